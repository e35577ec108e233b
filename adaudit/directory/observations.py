"""
Records of evidence from outside the directory: what logs, dialogues and registries said.

Pure values that a snapshot keeps. Each record names its source, so that whatever is concluded from
it can say where it stands. No record holds a password or anything that authenticates.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias


class SourceKind(StrEnum):
    """What sort of evidence a source gives."""

    EVENT_LOG = "event log"
    SMTP_LOG = "SMTP log"
    CAPTURE = "packet capture"
    REGISTRY = "registry"
    PROBE = "SMTP probe"
    NAMES = "name resolution"


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """Where records come from, and what has to be known to weigh them."""

    kind: SourceKind
    name: str
    r"""`ex01.evt`, `\\ex01.contoso.example\Application`"""
    taken_at: datetime
    """When it was read, aware"""
    computer: str | None = None
    """The computer that it is of, where the source or the target list says so"""
    total: int = 0
    """How many records it holds, those that bear on nothing included"""
    first: datetime | None = None
    """Time of its oldest record, aware"""
    last: datetime | None = None
    """Time of its newest record, aware"""
    is_verified: bool = True
    """False where what a server sent could have been altered on the way unnoticed"""
    notes: tuple[str, ...] = ()
    """What limits it, in words: `3 of 9 records were recovered from a damaged file`"""


@dataclass(frozen=True, slots=True)
class LogEvent:
    """One event of an application log; strings are those inserted, in no language."""

    number: int
    """Record number in its log"""
    at: datetime | None
    """When it was logged, aware"""
    event_id: int
    """The id that event viewers show: the low 16 bits. [MS-EVEN] 2.2.3"""
    provider: str
    """The event source: `MSExchangeTransport`"""
    computer: str
    """The computer that logged it, as the log says; may be empty in an export"""
    strings: tuple[str, ...]
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class SmtpExchange:
    """One command with its reply, or the greeting, whose command is empty."""

    command: str
    """The verb in upper case: `EHLO`, `XEXCH50`, `X-EXPS`; empty for the greeting"""
    argument: str = ""
    """What followed the verb; never what authenticates, which is left out"""
    replies: tuple[str, ...] = ()
    """Reply lines as they came, code first: `504 Need to authenticate first`; only `504` where a
    log keeps no more; empty where no reply was seen"""
    at: datetime | None = None

    @property
    def code(self) -> int | None:
        """The code of the reply. [RFC5321] 4.2"""
        digits = self.replies[-1][:3] if self.replies else ""
        return int(digits) if len(digits) == 3 and digits.isascii() and digits.isdigit() else None


class SessionEnd(StrEnum):
    """How a session ended."""

    QUIT = "quit"
    CLOSED = "closed without QUIT"
    RESET = "reset"
    SILENT = "fell silent"
    """No end was seen, and packets went unanswered"""
    UNKNOWN = "not seen"


@dataclass(frozen=True, slots=True)
class SmtpSession:
    """One SMTP session as a log or a capture shows it."""

    client: str
    """The side that sent commands: name or address, as the source gives it"""
    server: str
    """The side that answered, likewise"""
    exchanges: tuple[SmtpExchange, ...]
    """In the order of the session; the greeting first where it was seen"""
    started: datetime | None = None
    end: SessionEnd = SessionEnd.UNKNOWN
    retransmissions: int = 0
    """TCP segments that were sent again; only a capture shows them"""
    is_whole: bool = True
    """False where the beginning was not seen, or something between"""


class TlsState(StrEnum):
    """What came of STARTTLS in a probe."""

    NOT_OFFERED = "not offered"
    NOT_TRIED = "offered, not tried"
    ESTABLISHED = "established"
    NOT_VERIFIABLE = "offered, not verifiable from this client"
    """The TLS library of the prober has no version or cipher in common with the server"""
    REFUSED = "offered, but refused"


@dataclass(frozen=True, slots=True)
class SmtpProbe:
    """What a server said to EHLO, asked from where `seen_from` stands."""

    host: str
    port: int
    seen_from: str
    """Name of the computer that asked"""
    at: datetime
    address: str | None = None
    """The IP address that answered"""
    exchanges: tuple[SmtpExchange, ...] = ()
    """The greeting, EHLO, STARTTLS, EHLO again inside TLS, … in their order"""
    tls: TlsState = TlsState.NOT_OFFERED
    tls_detail: str = ""
    """`TLSv1.2, certificate for ex01.contoso.example not trusted: self-signed`, or the failure"""
    fault: str | None = None
    """Why the dialogue was not finished: `no answer to EHLO within 10 s`"""


@dataclass(frozen=True, slots=True)
class RegistryValue:
    """One value of a computer's registry. A value that could not be read has no record."""

    computer: str | None
    """Whose registry; None where the source does not say"""
    key: str
    r"""`HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50`, always from `HKLM\`"""
    name: str
    type: str
    """`REG_DWORD`, …; empty where the value does not exist"""
    value: int | str | tuple[str, ...] | None
    """None where the key was read and has no such value, or does not exist itself"""


@dataclass(frozen=True, slots=True)
class ResolvedName:
    """What a host name resolves to."""

    name: str
    addresses: tuple[str, ...]
    """IP addresses; empty where the name is not known"""


Observation: TypeAlias = LogEvent | SmtpSession | SmtpProbe | RegistryValue | ResolvedName
