"""The evidence of a scenario, as readers of logs and registries would give it."""

from collections.abc import Iterable, Iterator

from adaudit.directory.observations import (
    EvidenceSource,
    LogEvent,
    Observation,
    RegistryValue,
    ResolvedName,
    SmtpExchange,
    SmtpProbe,
    SmtpSession,
    SourceKind,
)
from adaudit.directory.writer import SnapshotWriter
from tests.builders import TAKEN_AT
from tests.scenarios.model import NOON, Dialogue, Evidence, Probe, Scenario, Value

_SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
_SHORT = {"XEXCH50": r"SMTPSVC\XEXCH50", "Diagnostics": r"MSExchangeTransport\Diagnostics"}


def add_evidence(scenario: Scenario, writer: SnapshotWriter) -> None:
    """Record all evidence of a scenario."""
    for name, given in scenario.evidence.items():
        records = tuple(_records(given))
        source = EvidenceSource(
            _kind(given),
            name,
            TAKEN_AT,
            given.computer,
            len(records) if given.total is None else given.total,
            given.first,
            given.last,
            given.verified,
            given.notes,
        )
        writer.add_evidence(source, records)


def _kind(given: Evidence) -> SourceKind:
    kinds = {
        SourceKind.EVENT_LOG: given.events,
        SourceKind.SMTP_LOG: given.sessions,
        SourceKind.CAPTURE: given.capture,
        SourceKind.PROBE: given.probes,
        SourceKind.REGISTRY: given.registry,
        SourceKind.NAMES: given.names,
    }
    (kind,) = (kind for kind, records in kinds.items() if records is not None)
    return kind


def _records(given: Evidence) -> Iterator[Observation]:
    for number, event in enumerate(given.events or (), 1):
        computer = event.computer or given.computer or ""
        yield LogEvent(number, event.at, event.id, event.provider, computer, event.strings)
    for session in (*(given.sessions or ()), *(given.capture or ())):
        yield _session(session)
    for probe in given.probes or ():
        yield _probe(probe)
    for path, value in (given.registry or {}).items():
        yield _registry_value(path, value, given.computer)
    for name, addresses in (given.names or {}).items():
        yield ResolvedName(name, addresses)


def _session(given: Dialogue) -> SmtpSession:
    return SmtpSession(
        given.client,
        given.server,
        tuple(exchanges(given.lines)),
        NOON,
        given.end,
        given.retransmissions,
        given.whole,
    )


def _probe(given: Probe) -> SmtpProbe:
    return SmtpProbe(
        given.host,
        25,
        given.seen_from,
        NOON,
        given.address,
        tuple(exchanges(given.lines)),
        given.tls,
        given.detail,
        given.fault,
    )


def exchanges(lines: Iterable[str]) -> Iterator[SmtpExchange]:
    """Turn lines that begin with `C: ` and `S: ` into commands with their replies."""
    command, argument = "", ""
    replies: list[str] = []
    is_first = True
    for line in lines:
        side, text = line[:3], line[3:]
        if side == "S: ":
            replies.append(text)
            continue
        assert side == "C: ", f"neither `C: ` nor `S: `: {line}"
        if replies or not is_first:
            yield SmtpExchange(command, argument, tuple(replies), NOON)
        verb, _, argument = text.partition(" ")
        command, replies, is_first = verb.upper(), [], False
    if replies or not is_first:
        yield SmtpExchange(command, argument, tuple(replies), NOON)


def _registry_value(path: str, value: Value, computer: str | None) -> RegistryValue:
    key, _, name = path.rpartition("\\")
    full = key if key.startswith("HKLM") else f"{_SERVICES}\\{_SHORT.get(key, key)}"
    kind = {int: "REG_DWORD", str: "REG_SZ", tuple: "REG_MULTI_SZ"}.get(type(value), "")
    found = tuple(map(str, value)) if isinstance(value, tuple) else value
    return RegistryValue(computer, full, name, kind, found)
