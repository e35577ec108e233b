r"""
The application log of another computer, over the pipe `eventlog`. [MS-EVEN]

Windows 2003 and older know no other interface, and later ones still serve this one. That of later
ones alone, [MS-EVEN6], answers in binary XML and is not read here.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from adaudit.directory.entry import Gap
from adaudit.endpoint import is_address
from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs.record_numbers import lost
from adaudit.evidence.event_logs.relevant import Tally
from adaudit.evidence.reading import Reading
from adaudit.evidence.rpc.credentials import RpcCredentials
from adaudit.evidence.rpc.event_records import Damaged, decode_records
from adaudit.evidence.rpc.failures import (
    BUFFER_TOO_SMALL,
    END_OF_FILE,
    RefusedCallError,
    opening,
)
from adaudit.evidence.rpc.fields import number, octets
from adaudit.evidence.rpc.line import Limits
from adaudit.evidence.rpc.session import (
    NOT_VERIFIED,
    SMB_PORT,
    Interface,
    Message,
    Pipe,
    open_session,
)

EVENTLOG = Interface(
    "eventlog",
    "82273FDC-E32A-18C3-3F78-827929DC23EA",
    "0.0",
    # ElfrCloseEL, ElfrNumberOfRecords, ElfrOldestRecord, ElfrOpenELW, ElfrReadELW
    frozenset({2, 4, 5, 7, 10}),
    "event log",
)
LOG = "Application"
_HINT = r"on that computer, `wevtutil epl Application app.evtx` (or Event Viewer) exports the log"
_SEQUENTIAL, _SEEK, _FORWARDS = 1, 2, 4
_BUFFER = 1 << 16
_LARGEST_BUFFER = 0x7FFFF
"""MAX_BATCH_BUFF. [MS-EVEN] 2.2.9"""
_MOST_RECEIVED = 1 << 28
MOST_RECORDS = 250_000


@dataclass(slots=True)
class _Found:
    """What is found while a log is read."""

    oldest: int
    """Number of the oldest record in the log"""
    expected: range
    """Numbers of the records that are to be read"""
    tally: Tally = field(default_factory=Tally)
    numbers: set[int] = field(default_factory=set)
    damaged: int = 0
    cut: str | None = None
    """Why reading ended early"""


def read_event_log(
    host: str,
    credentials: RpcCredentials,
    *,
    timeout: float = 10,
    whole: float = 300,
    most: int = MOST_RECORDS,
    port: int = SMB_PORT,
) -> Reading:
    """
    Read the application log of a host, given by name or address, from its oldest record on.

    `timeout` holds for the connection and for each answer, `whole` for everything, both in
    seconds; of a log with more than `most` records the newest ones are read. What was not read is
    a gap. Raises `EvidenceError` where nothing can be read: the user may not log on or not read
    the log, the host does not answer.
    """
    limits = Limits(timeout, whole, _MOST_RECEIVED)
    with open_session(host, credentials, limits, port) as session:
        try:
            with opening(host, f"the log `{LOG}`"):
                log = _Log(session.open_pipe(EVENTLOG))
        except EvidenceError as error:
            raise EvidenceError(error.message, error.hint or _HINT) from error
        found = _read(log, most)
    return _reading(host, found)


def _read(log: "_Log", most: int) -> _Found:
    start = max(log.oldest, log.oldest + log.count - most)
    found = _Found(log.oldest, range(start, log.oldest + log.count))
    try:
        for buffer in log.buffers(None if start == log.oldest else start):
            _take(buffer, found)
            if found.tally.total >= most:
                break
    except (RefusedCallError, EvidenceError) as error:
        if not found.tally.total:
            raise EvidenceError(f"the log `{LOG}` cannot be read: {error}", _HINT) from error
        found.cut = str(error)
    return found


def _take(buffer: bytes, found: _Found) -> None:
    for record in decode_records(buffer):
        if isinstance(record, Damaged):
            found.damaged += 1
        elif record.number not in found.numbers:
            found.numbers.add(record.number)
            found.tally.add(record)


def _reading(host: str, found: _Found) -> Reading:
    name = f"\\\\{host}\\{LOG}"
    source = found.tally.source(name, None if is_address(host) else host, _notes(found))
    source = replace(source, is_verified=False, notes=(NOT_VERIFIED, *source.notes))
    gaps = (*(Gap(name, reason) for reason in _losses(found)), *found.tally.gaps(name))
    return Reading(source, tuple(found.tally.events), gaps)


def _notes(found: _Found) -> Iterator[str]:
    if found.oldest > 1:
        yield f"it begins with record {found.oldest}: older ones are no longer in it"


def _losses(found: _Found) -> Iterator[str]:
    unread = found.expected.start - found.oldest
    if unread > 0:
        yield f"its oldest {unread} records were not read, but the newest {len(found.expected)}"
    if found.cut:
        yield f"only {found.tally.total} of {len(found.expected)} records were read: {found.cut}"
        return
    reason = lost(found.numbers, found.expected, found.damaged, _MOST_RECEIVED)
    if reason:
        yield reason


class _Log:
    """The log, open; the handle ends with the connection."""

    def __init__(self, pipe: Pipe) -> None:
        """Open it. Raises `RefusedCallError`."""
        from impacket.dcerpc.v5 import even  # noqa: PLC0415 - heavy, and not on Windows

        self._pipe = pipe
        request = even.ElfrOpenELW()
        request["UNCServerName"] = even.NULL
        request["ModuleName"] = LOG
        request["RegModuleName"] = ""
        request["MajorVersion"] = request["MinorVersion"] = 1
        self._handle = pipe.request(request)["LogHandle"]
        self.oldest = self._number(even.ElfrOldestRecord(), "OldestRecordNumber")
        self.count = self._number(even.ElfrNumberOfRecords(), "NumberOfRecords")

    def buffers(self, seek: int | None) -> Iterator[bytes]:
        """What is read from the record `seek` on, or from the oldest, buffer by buffer."""
        flags, offset = (_SEQUENTIAL, 0) if seek is None else (_SEEK, seek)
        while True:
            try:
                buffer = self._buffer(flags, offset)
            except RefusedCallError as error:
                if error.code == END_OF_FILE:
                    return
                raise
            if not buffer:  # which is how Samba tells the end
                return
            yield buffer
            flags, offset = _SEQUENTIAL, 0

    def _buffer(self, flags: int, offset: int) -> bytes:
        try:
            return self._read(flags, offset, _BUFFER)
        except RefusedCallError as error:
            if error.code != BUFFER_TOO_SMALL:
                raise
        return self._read(flags, offset, _LARGEST_BUFFER)

    def _read(self, flags: int, offset: int, size: int) -> bytes:
        from impacket.dcerpc.v5 import even  # noqa: PLC0415 - heavy, and not on Windows

        request = even.ElfrReadELW()
        request["LogHandle"] = self._handle
        request["ReadFlags"] = flags | _FORWARDS
        request["RecordOffset"] = offset
        request["NumberOfBytesToRead"] = size
        answer = self._pipe.request(request)
        return octets(answer, "Buffer", number(answer, "NumberOfBytesRead"))

    def _number(self, request: Message, field: str) -> int:
        request["LogHandle"] = self._handle
        return number(self._pipe.request(request), field)
