"""
Make the evidence of samples/ that a program has to write: event logs and SMTP probes.

Samba's tools write the logs. The probes are made of real servers on loopback, one of which answers
as Exchange behind a PIX does; names, addresses and times are then those of the fictional forest.
"""

import tempfile
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adaudit.directory.observations import SmtpProbe
from adaudit.evidence.smtp_probe.files import dump
from adaudit.evidence.smtp_probe.options import ProbeOptions
from adaudit.evidence.smtp_probe.probe import probe
from tests.live.samba_event_log import Record, Samba
from tests.smtp_servers import Manner, Server, masked_pix, serving

_DAY = datetime(2004, 11, 24, tzinfo=UTC)
_REFUSED_BY_SENDER, _REFUSED_TO_CLIENT = 0xC0041B5C, 0xC0041B62  # 7004, 7010
_EXPS_BROKE_OFF, _EXPS_FAILED = 0xC0041B5E, 0xC00406AA  # 7006, 1706
_REFUSED = ("xexch50", "504 Need to authenticate first ", "XEXCH50 2336 3 ")


def _at(hour: int, minute: int) -> int:
    return int(_DAY.replace(hour=hour, minute=minute).timestamp())


def _refused(server: str, peer: str, hour: int, minute: int, *, to_client: bool = False) -> Record:
    """XEXCH50 was answered 504: logged by the sender with the peer's name, or by the receiver."""
    code = _REFUSED_TO_CLIENT if to_client else _REFUSED_BY_SENDER
    strings = ("1", str(100 * hour + minute), peer, *_REFUSED)
    return Record(code, strings, computer=server, at=_at(hour, minute))


def _other(server: str, hour: int, minute: int) -> Record:
    """An event that bears on nothing here."""
    strings = ("First Storage Group",)
    return Record(0x40000215, strings, "ESE", computer=server, at=_at(hour, minute))


_EXPS = ("ex02.contoso.example", "CExpsContext::Continue", "InitializeSecurityContext")
LOGS = {
    "EX01": (
        _other("EX01", 6, 0),
        _refused("EX01", "ex09.contoso.example", 8, 12),
        _refused("EX01", "ex08.contoso.example", 8, 14),
        _refused("EX01", "192.0.2.13", 8, 31, to_client=True),
        _refused("EX01", "EX12.contoso.example", 9, 2),
        _refused("EX01", "mail.fabrikam.example", 9, 40),
        _other("EX01", 12, 0),
    ),
    "EX02": (
        _other("EX02", 6, 0),
        _refused("EX02", "192.0.2.14", 7, 55, to_client=True),
        _refused("EX02", "mail.contoso.com", 8, 5),
        _refused("EX02", "mail.litware.example", 9, 21),
        _other("EX02", 12, 0),
    ),
    "EX06": (
        _other("EX06", 6, 0),
        Record(
            _EXPS_FAILED,
            (*_EXPS, "8009030c", "smtpauth.cpp@412"),
            computer="EX06",
            at=_at(10, 4),
        ),
        Record(_EXPS_BROKE_OFF, ("1", "1004", _EXPS[0]), computer="EX06", at=_at(10, 4)),
        _refused("EX06", "ex02.contoso.example", 10, 5),
        _refused("EX06", "ex11.contoso.example", 10, 30),
        _other("EX06", 12, 0),
    ),
}
"""The application log of each server, in the order in which events were logged"""


def write_event_logs(folder: Path) -> None:
    """Write `ex01.evt` and so on."""
    with tempfile.TemporaryDirectory() as scratch:
        samba = Samba(Path(scratch))
        for server, records in LOGS.items():
            written = samba.export(server.lower(), records)
            (folder / written.name).write_bytes(written.read_bytes())


def write_probes(folder: Path) -> None:
    """Write what EX06 sees of EX01, which is sound, and of EX11, behind a firewall."""
    sound = serving(Manner(name="ex01.contoso.example"))
    probes = [
        _probed("ex01.contoso.example", "192.0.2.11", 40, sound),
        _probed("ex11.contoso.example", "192.0.2.21", 41, masked_pix()),
    ]
    (folder / "ex06-probes.json").write_text(dump(probes, "EX06"), encoding="utf-8")


def _probed(
    host: str, address: str, minute: int, server: AbstractContextManager[Server]
) -> SmtpProbe:
    with server as running:
        options = ProbeOptions(ehlo_name="ex06.contoso.example")
        made = probe(running.host, running.port, options)
    at = _DAY.replace(hour=10, minute=minute)
    exchanges = tuple(
        replace(
            exchange,
            at=None,
            replies=tuple(line.replace("[127.0.0.1]", "[192.0.2.16]") for line in exchange.replies),
        )
        for exchange in made.exchanges
    )
    return replace(
        made,
        host=host,
        port=25,
        seen_from="EX06",
        at=at,
        address=address,
        exchanges=exchanges,
    )
