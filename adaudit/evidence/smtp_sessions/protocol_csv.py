"""
SMTP sessions in a protocol log of Exchange 2007 and later, whose rows are comma-separated.

Each row is one line of a session, which is named and numbered: `<` was received, `>` sent, `+` and
`-` are the ends of the connection, `*` tells what the server did, and is not kept.
"""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from adaudit.directory.observations import SessionEnd, SmtpSession
from adaudit.evidence.smtp_sessions.exchanges import Exchanges
from adaudit.evidence.smtp_sessions.log_lines import directive

_OPENED, _CLOSED, _RECEIVED, _SENT = "+", "-", "<", ">"
_NEEDED = frozenset({"date-time", "session-id", "event", "data"})
_MOST_OPEN = 10_000
_MOST_COMPUTERS = 2

_ONE_LINE_ANSWER = re.compile(r"250 +(\S+ Hello \[[^\]\s]*\])((?: +\S+)+)")
"""Exchange 2013 and later write the answer to EHLO as one line"""
_EXTENSION = re.compile(
    " +(?=SIZE|PIPELINING|DSN|ENHANCEDSTATUSCODES|STARTTLS|AUTH|8BITMIME|BINARYMIME|CHUNKING|"
    "SMTPUTF8|X(?!OAUTH2))"
)


@dataclass(slots=True)
class _Session:
    """A session whose end was not seen."""

    started: datetime | None
    exchanges: Exchanges
    own: str
    """Name or address of the computer that writes the log"""
    peer: str
    is_client: bool | None
    """Whether the log's computer sends the commands; None where that is not known yet"""
    number: int | None = None
    """The last sequence number"""

    def close(self, end: SessionEnd) -> SmtpSession:
        """Give what was seen of it."""
        return SmtpSession(
            client=self.own if self.is_client else self.peer,
            server=self.peer if self.is_client else self.own,
            exchanges=self.exchanges.all(),
            started=self.started,
            end=SessionEnd.QUIT if self.exchanges.has_quit else end,
            is_whole=self.exchanges.is_whole,
        )


class ProtocolCsv:
    """Takes the lines of a log, and gives sessions when they are over."""

    def __init__(self, computer: str | None) -> None:
        self._computer = computer
        self._fields: list[str] = []
        self._is_client: bool | None = None
        self._open: dict[str, _Session] = {}
        self.computers: set[str] = set()
        """The names that connectors give of the log's own computer"""
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.damaged = 0
        """How many rows do not fit `#Fields`"""
        self.is_smtp = False
        """Whether any row is of SMTP"""

    def take(self, line: str) -> Iterator[SmtpSession]:
        """Take the next line."""
        told = directive(line)
        if told is not None:
            self._direct(*told)
        elif line.strip():
            row = self._row(line)
            if row is None:
                self.damaged += 1
            else:
                yield from self._take_row(row)

    def end(self) -> Iterator[SmtpSession]:
        """No more lines come."""
        yield from (session.close(SessionEnd.UNKNOWN) for session in self._open.values())
        self._open.clear()

    def _direct(self, name: str, value: str) -> None:
        if name == "fields":
            self._fields = [field.strip().lower() for field in value.split(",")]
        elif name == "log-type":
            self._is_client = {"send": True, "receive": False}.get(
                next(iter(value.lower().removeprefix("smtp ").split()), "")
            )

    def _row(self, line: str) -> Mapping[str, str] | None:
        try:
            values = next(csv.reader([line]), [])
        except csv.Error:
            return None
        is_row = len(values) == len(self._fields) and _NEEDED.issubset(self._fields)
        return dict(zip(self._fields, values, strict=True)) if is_row else None

    def _take_row(self, row: Mapping[str, str]) -> Iterator[SmtpSession]:
        self.is_smtp = True
        at = _moment(row["date-time"])
        self.first, self.last = self.first or at, at or self.last
        name, event = row["session-id"], row["event"]
        session = self._open.get(name)
        if session is None:
            session = self._open[name] = self._begin(row, at)
        self._check_number(session, row)
        if event in {_RECEIVED, _SENT}:
            _take_line(session, event, row["data"], at)
        if event == _CLOSED:
            yield self._open.pop(name).close(SessionEnd.CLOSED)
        elif len(self._open) > _MOST_OPEN:
            oldest = next(iter(self._open))
            yield self._open.pop(oldest).close(SessionEnd.UNKNOWN)

    def _begin(self, row: Mapping[str, str], at: datetime | None) -> _Session:
        connector, _, rest = row.get("connector-id", "").partition("\\")
        if rest and len(self.computers) < _MOST_COMPUTERS:
            self.computers.add(connector)
        own = (connector if rest else "") or self._computer
        return _Session(
            started=at,
            exchanges=Exchanges(expects_greeting=row["event"] == _OPENED),
            own=own or _address(row.get("local-endpoint", "")),
            peer=_address(row.get("remote-endpoint", "")),
            is_client=self._is_client,
        )

    def _check_number(self, session: _Session, row: Mapping[str, str]) -> None:
        """Rows of a session are numbered one by one: a number left out is a line not seen."""
        text = row.get("sequence-number", "")
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            return
        number = int(text)
        if session.number is not None and number != session.number + 1:
            session.exchanges.forget()
        session.number = number


def _take_line(session: _Session, event: str, data: str, at: datetime | None) -> None:
    is_reply = data[:3].isascii() and data[:3].isdigit()
    if session.is_client is None:
        session.is_client = is_reply is (event == _RECEIVED)
    if session.is_client is (event == _SENT):
        session.exchanges.command(data, at)
    else:
        for line in _answer_lines(data):
            session.exchanges.reply(line, at)


def _answer_lines(data: str) -> list[str]:
    """The lines of an answer; one that holds a whole answer to EHLO is taken apart."""
    whole = _ONE_LINE_ANSWER.fullmatch(data.strip())
    if whole is None:
        return [data]
    texts = [whole[1], *(text for text in _EXTENSION.split(whole[2]) if text.strip())]
    return [f"250-{text.strip()}" for text in texts[:-1]] + [f"250 {texts[-1].strip()}"]


def _address(endpoint: str) -> str:
    """The address of `10.0.0.1:25` and `[fe80::1]:25`."""
    address, _, port = endpoint.rpartition(":")
    return address.strip("[]") if port.isdigit() else endpoint


def _moment(text: str) -> datetime | None:
    """When a row was written; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
