"""Who reads over RPC, and how impacket logs on as that."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeAlias

from adaudit.errors import EvidenceError

if TYPE_CHECKING:
    from impacket.krb5.ccache import CCache
    from impacket.smbconnection import SMBConnection


@dataclass(frozen=True, slots=True)
class NtlmCredentials:
    """A user with the password, or the NT hash in place of it; both are never shown."""

    domain: str
    user: str
    password: str = field(default="", repr=False)
    nt_hash: str = field(default="", repr=False)
    """32 hexadecimal digits"""


@dataclass(frozen=True, slots=True)
class TicketCredentials:
    """The tickets that `kinit` got, in a file."""

    ccache: Path | None = None
    """None for the file that `KRB5CCNAME` names, or the usual one of the current user"""


_FORMATS = (b"\x05\x03", b"\x05\x04")
"""What files of tickets begin with: versions 3 and 4 of the format of MIT Kerberos"""
_Ticket: TypeAlias = dict[str, object]
"""A ticket with its session key, in impacket's form"""
RpcCredentials: TypeAlias = NtlmCredentials | TicketCredentials


def log_on(
    connection: "SMBConnection", host: str, credentials: RpcCredentials, timeout: float
) -> None:
    """Log on, by NTLMv2 or Kerberos. Raises what impacket raises, or `EvidenceError`."""
    if isinstance(credentials, NtlmCredentials):
        connection.login(
            credentials.user,
            credentials.password,
            credentials.domain,
            nthash=credentials.nt_hash,
            ntlmFallback=False,
        )
    else:
        _log_on_by_ticket(connection, host, credentials, timeout)


def _log_on_by_ticket(
    connection: "SMBConnection", host: str, credentials: TicketCredentials, timeout: float
) -> None:
    from impacket.krb5.ccache import CCache  # noqa: PLC0415 - heavy, and not on Windows

    path = credentials.ccache or _usual_ccache()
    hint = "`kinit` gets one; `ccache` names another file"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EvidenceError(f"no tickets in `{path}`: {error.strerror}", hint) from error
    if not content.startswith(_FORMATS):
        raise EvidenceError(f"no tickets in `{path}`: it is of another form", hint)
    cache = CCache(content)
    realm = cache.principal.realm["data"].decode()
    user = "/".join(part["data"].decode() for part in cache.principal.components)
    name = f"cifs/{host}@{realm}"
    service = cache.getCredential(name, anySPN=False)
    ticket = service.toTGS(name) if service else _ticket_for(cache, host, realm, timeout)
    connection.kerberosLogin(user, "", realm, TGS=ticket, useCache=False)


def _usual_ccache() -> Path:
    kind, separator, name = os.environ.get("KRB5CCNAME", "").rpartition(":")
    if separator and kind.upper() != "FILE":
        raise EvidenceError(
            f"tickets are kept in `{kind}`, and only those in a file can be used",
            "`kinit -c FILE:/tmp/tickets`, and `ccache: /tmp/tickets`",
        )
    return Path(name or f"/tmp/krb5cc_{os.getuid()}")  # noqa: S108 - where Kerberos keeps it


def _ticket_for(cache: "CCache", host: str, realm: str, timeout: float) -> _Ticket:
    granting = cache.getCredential(f"krbtgt/{realm}@{realm}", anySPN=False)
    if granting is None:
        raise EvidenceError(f"the tickets of {realm} are none to get others with", "`kinit` again")
    answers: SimpleQueue[_Ticket | Exception] = SimpleQueue()
    # impacket waits for a KDC without end: only a thread can be left behind.
    Thread(target=_ask, args=(granting.toTGT(), host, realm, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise EvidenceError(f"the KDC of {realm} does not answer within {timeout:.3g} s") from None
    if isinstance(answer, Exception):
        hint = f"`kvno cifs/{host}` gets one into the file of tickets"
        raise EvidenceError(f"no ticket for cifs/{host}: {answer}", hint) from answer
    return answer


def _ask(
    granting: _Ticket, host: str, realm: str, answers: "SimpleQueue[_Ticket | Exception]"
) -> None:
    from impacket.krb5.constants import PrincipalNameType  # noqa: PLC0415 - heavy, not on Windows
    from impacket.krb5.kerberosv5 import getKerberosTGS  # noqa: PLC0415 - the same
    from impacket.krb5.types import Principal  # noqa: PLC0415 - the same

    name = Principal(f"cifs/{host}", type=PrincipalNameType.NT_SRV_INST.value)
    try:
        reply, cipher, _, key = getKerberosTGS(
            name, realm, None, granting["KDC_REP"], granting["cipher"], granting["sessionKey"]
        )
    except Exception as error:  # noqa: BLE001 - impacket raises Exception itself
        answers.put(error)
    else:
        answers.put({"KDC_REP": reply, "cipher": cipher, "sessionKey": key})
