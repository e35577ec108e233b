"""
What the events say that Exchange logs about mail between servers, read off the inserted strings.

Pure functions over single events, in no language. The layouts are those of the message texts in
KB 843106 (7004, 7010), KB 914137 (1706), KB 818530 (1709) and KB 271335 (9186 to 9188). Of 1704
and 7006 no text is known: host and error code are looked for among all their strings. A string
that is missing reads as an empty one, and blanks around strings are taken off: the text of a 504
ends in some.
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaudit.directory.dn import Dn
from adaudit.directory.observations import LogEvent
from adaudit.errors import DirectoryError

TRANSPORT = "MSExchangeTransport"
SYSTEM_ATTENDANT = "MSExchangeSA"
SENDER_IDS = frozenset({7002, 7004})
"""A server that was sent a command refused it; logged by the one that sent it"""
RECEIVER_ID = 7010
"""This server refused a command; logged by the one that refused"""
SECURITY_IDS = frozenset({1704, 1706, 7006})
"""EXPS failed"""
UNAUTHENTICATED_ID = 1709
MEMBERSHIP_IDS = frozenset({9186, 9187, 9188})
"""The server is not in the group of servers, or could not find out"""

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_BARE_NAME = re.compile(_LABEL)
_DOTTED_NAME = re.compile(rf"(?=.{{1,254}}\Z)(?=.*[A-Za-z]){_LABEL}(?:\.{_LABEL})+\.?")
_SOURCE_FILE = re.compile(r".*\.(?:c|cc|cpp|cxx|h|hpp|hxx|inl)", re.IGNORECASE)
_PREFIXED_CODE = re.compile(r"0x([0-9A-Fa-f]{8})(?![0-9A-Fa-f])")
_BARE_CODE = re.compile(r"[89A-Fa-f][0-9A-Fa-f]{7}")
_SIGNED_CODE = re.compile(r"-[0-9]{9,10}")
_REFUSAL = re.compile(r"50[45](?![0-9])")


@dataclass(frozen=True, slots=True)
class ProtocolError:
    """One SMTP command and the answer that it was refused with. Events 7002, 7004 and 7010."""

    event: LogEvent
    virtual_server: str
    """Number of the SMTP virtual server that logged it: `1`"""
    connection: str
    peer: str
    """The other side: a host name if the sender logged it, an IP address if the receiver did"""
    command: str
    """As logged: `xexch50`, `X-EXPS`"""
    response: str
    full_command: str

    @property
    def is_logged_by_sender(self) -> bool:
        """Whether the computer that logged it had sent the command, and not refused it."""
        return self.event.event_id in SENDER_IDS

    @property
    def verb(self) -> str:
        """The command in upper case, taken from the full command where it is blank."""
        words = (self.command or self.full_command).split(maxsplit=1)
        return words[0].upper() if words else ""

    @property
    def is_exch50_refusal(self) -> bool:
        """Whether XEXCH50 was answered `504 Need to authenticate first`, or 505 as by 5.5."""
        return self.verb == "XEXCH50" and _REFUSAL.match(self.response) is not None


@dataclass(frozen=True, slots=True)
class SecurityFailure:
    """EXPS, the authentication between Exchange servers, failed. Events 1704, 1706 and 7006."""

    event: LogEvent
    host: str
    """The other server; empty where none is named"""
    function: str
    """Only of 1706"""
    called: str
    """The function that gave the error code; only of 1706"""
    error_code: int | None
    """An HRESULT as unsigned number: 0x8009030C"""


@dataclass(frozen=True, slots=True)
class UnauthenticatedClient:
    """A client sent mail without authentication, and was denied. Event 1709, KB 818530."""

    event: LogEvent
    client: str
    """IP address"""
    error_code: int | None
    """Of the event's data: 0x80070005"""


def decode(event: LogEvent) -> ProtocolError | SecurityFailure | UnauthenticatedClient | None:
    """Say what an event of MSExchangeTransport means; None for any other event."""
    if event.provider.casefold() != TRANSPORT.casefold():
        return None
    if event.event_id in SENDER_IDS or event.event_id == RECEIVER_ID:
        return ProtocolError(event, *_strings(event, 6))
    if event.event_id in SECURITY_IDS:
        return _security_failure(event)
    if event.event_id == UNAUTHENTICATED_ID:
        (client,) = _strings(event, 1)
        return UnauthenticatedClient(event, client, _error_code(event))
    return None


def servers_group_dn(event: LogEvent) -> str | None:
    """
    The DN of the group of Exchange servers that MSExchangeSA 9186, 9187 or 9188 names.

    None for another event, and where no string is a DN.
    """
    is_of_attendant = event.provider.casefold() == SYSTEM_ATTENDANT.casefold()
    if not is_of_attendant or event.event_id not in MEMBERSHIP_IDS:
        return None
    return next((text.strip() for text in event.strings if _is_dn(text.strip())), None)


def _security_failure(event: LogEvent) -> SecurityFailure:
    function = called = ""
    if event.event_id == 1706:
        _, function, called = _strings(event, 3)
    return SecurityFailure(event, _host(event), function, called, _error_code(event))


def _strings(event: LogEvent, count: int) -> Iterator[str]:
    for position in range(count):
        yield event.strings[position].strip() if position < len(event.strings) else ""


def _host(event: LogEvent) -> str:
    """The host where 1706 or 7004 have it; failing that, any name with a dot or address."""
    strings = [text.strip() for text in event.strings]
    position = 2 if len(strings) > 2 and _are_numbers(strings[:2]) else 0
    expected = strings[position] if position < len(strings) else ""
    if _is_address(expected) or _is_name(expected):
        return expected
    return next((text for text in strings if _is_address(text) or _is_dotted_name(text)), "")


def _is_name(text: str) -> bool:
    is_bare = _BARE_NAME.fullmatch(text) is not None and _code_in(text) is None
    return _is_dotted_name(text) or (is_bare and not text.isdigit())


def _is_dotted_name(text: str) -> bool:
    return _DOTTED_NAME.fullmatch(text) is not None and not _SOURCE_FILE.fullmatch(text)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return True


def _are_numbers(texts: Sequence[str]) -> bool:
    return all(text.isascii() and text.isdigit() for text in texts)


def _is_dn(text: str) -> bool:
    try:
        rdns = Dn(text).rdns
    except DirectoryError:
        return False
    return len(rdns) > 1 and all("=" in rdn for rdn in rdns)


def _error_code(event: LogEvent) -> int | None:
    """The HRESULT among the strings, or else in the event's data, low byte first."""
    found = (_code_in(text.strip()) for text in event.strings)
    code = next((code for code in found if code is not None), None)
    if code is None and len(event.data) == 4 and event.data[3] & 0x80:
        code = int.from_bytes(event.data, "little")
    return code


def _code_in(text: str) -> int | None:
    if match := _PREFIXED_CODE.search(text):
        return int(match[1], 16)
    if _BARE_CODE.fullmatch(text):
        return int(text, 16)
    if _SIGNED_CODE.fullmatch(text) and -(1 << 31) <= int(text) < 0:
        return int(text) + (1 << 32)
    return None
