"""
SMTP sessions in a W3C extended log of IIS, as Exchange 2000 and 2003 write it.

A row of a client that connected holds a command and the code of its answer. Rows of connections
that the server made hold either a command or the first line of an answer, and say so in
`cs-username`. No row names its connection: they are put together by address, site and direction,
and sessions that ran at once cannot be told apart; those are marked as not whole.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from adaudit.directory.observations import SessionEnd, SmtpSession
from adaudit.evidence.smtp_sessions.exchanges import Exchanges
from adaudit.evidence.smtp_sessions.log_lines import directive
from adaudit.evidence.smtp_sessions.redaction import UNKNOWN_VERB, known_verb
from adaudit.exchange.smtp import is_masked_verb

_COMMAND = "OutboundConnectionCommand"
_RESPONSE = "OutboundConnectionResponse"
_TIMEOUT = "TIMEOUT"
"""Written where a command of a client would stand, when the server gave up waiting for one"""
_HELLO = frozenset({"EHLO", "HELO"})
_LONGEST_PAUSE = timedelta(minutes=30)
"""A virtual server drops a silent client after 25 minutes. KB 321757"""
_MOST_OPEN = 10_000
_MOST_COMPUTERS = 2


class _Key(NamedTuple):
    """What the rows of one session have in common."""

    address: str
    site: str
    owner: str
    is_outbound: bool


@dataclass(slots=True)
class _Session:
    """A session that may go on."""

    key: _Key
    started: datetime | None
    last: datetime | None
    exchanges: Exchanges
    end: SessionEnd = SessionEnd.UNKNOWN

    def close(self) -> SmtpSession:
        """Give what was seen of it."""
        key = self.key
        return SmtpSession(
            client=key.owner if key.is_outbound else key.address,
            server=key.address if key.is_outbound else key.owner,
            exchanges=self.exchanges.all(),
            started=self.started,
            end=SessionEnd.QUIT if self.exchanges.has_quit else self.end,
            is_whole=self.exchanges.is_whole,
        )

    def goes_on(self, line: str, *, is_reply: bool) -> bool:
        """Whether `line` may be the next one of this session; a greeting begins another."""
        last = self.exchanges.last
        if last is None or last.command == "STARTTLS":
            return True
        if is_reply:
            return not line.startswith("220")
        is_refused = (last.code or 0) // 100 == 5
        is_first = not last.command or (
            is_refused and (last.command in _HELLO or is_masked_verb(last.command))
        )
        return is_first or _verb(line) not in _HELLO


class W3cLog:
    """Takes the lines of a log, and gives sessions when they are over."""

    def __init__(self, computer: str | None) -> None:
        self._computer = computer
        self._fields: list[str] = []
        self._date = ""
        self._open: dict[_Key, _Session] = {}
        self.computers: set[str] = set()
        """The names that rows give of the log's own computer"""
        self.first: datetime | None = None
        self.last: datetime | None = None
        self.damaged = 0
        """How many rows do not fit `#Fields`"""
        self.is_smtp = False
        """Whether any row is of SMTP"""

    def take(self, line: str) -> Iterator[SmtpSession]:
        """Take the next line; `#Fields` may change at any."""
        told = directive(line)
        values = line.split()
        if told is not None:
            self._direct(*told)
        elif len(values) == len(self._fields):
            row = dict(zip(self._fields, ("" if v == "-" else v for v in values), strict=True))
            yield from self._take_row(row)
        elif values:
            self.damaged += 1

    def end(self) -> Iterator[SmtpSession]:
        """No more lines come."""
        yield from (session.close() for session in self._open.values())
        self._open.clear()

    def _direct(self, name: str, value: str) -> None:
        if name == "fields":
            self._fields = value.lower().split()
        elif name == "date":
            self._date = value.split(" ", 1)[0]

    def _take_row(self, row: Mapping[str, str]) -> Iterator[SmtpSession]:
        user, at = row.get("cs-username", ""), self._moment(row)
        self.first, self.last = self.first or at, at or self.last
        key = _Key(
            row.get("c-ip", ""), row.get("s-sitename", ""), self._owner(row), user in _OUTBOUND
        )
        line = _line(row)
        self.is_smtp = self.is_smtp or key.is_outbound or _verb(line) != UNKNOWN_VERB
        session, over = self._session(key, line, at, is_reply=user == _RESPONSE)
        if over is not None:
            yield over.close()
        session.last = at or session.last
        if user == _RESPONSE:
            session.exchanges.reply(line, at)
        else:
            self._command(session, row, line, at)
        is_answered_quit = session.exchanges.has_quit and session.exchanges.is_answered
        if is_answered_quit or session.end is not SessionEnd.UNKNOWN:
            yield self._open.pop(key).close()
        elif len(self._open) > _MOST_OPEN:
            yield self._open.pop(next(iter(self._open))).close()

    def _command(
        self, session: _Session, row: Mapping[str, str], line: str, at: datetime | None
    ) -> None:
        if row.get("cs-method", "").upper() == _TIMEOUT:
            session.end = SessionEnd.CLOSED
            return
        session.exchanges.command(line, at)
        status = row.get("sc-status", "")
        if not session.key.is_outbound and len(status) == 3:
            session.exchanges.reply(status, at)

    def _session(
        self, key: _Key, line: str, at: datetime | None, *, is_reply: bool
    ) -> tuple[_Session, _Session | None]:
        """The session that `line` belongs to, and the one that is over by it."""
        old = self._open.get(key)
        if old is not None and not _is_past(old, at) and old.goes_on(line, is_reply=is_reply):
            return old, None
        exchanges = Exchanges(expects_greeting=is_reply, is_abridged=True)
        begins = line.startswith("220") if is_reply else _begins(line)
        exchanges.is_whole = begins and (is_reply or not key.is_outbound)
        if old is not None and not _is_past(old, at):
            # Either the old one was dropped, or both go on at once.
            old.exchanges.is_whole = exchanges.is_whole = False
        self._open.pop(key, None)
        self._open[key] = _Session(key, at, at, exchanges)
        return self._open[key], old

    def _owner(self, row: Mapping[str, str]) -> str:
        name = row.get("s-computername", "")
        if name and len(self.computers) < _MOST_COMPUTERS:
            self.computers.add(name)
        return name or self._computer or row.get("s-ip", "")

    def _moment(self, row: Mapping[str, str]) -> datetime | None:
        """When a row was written: these logs are in UTC."""
        try:
            moment = datetime.fromisoformat(f"{row.get('date') or self._date}T{row['time']}")
        except (KeyError, ValueError):
            return None
        return moment.replace(tzinfo=UTC)


_OUTBOUND = frozenset({_COMMAND, _RESPONSE})


def _line(row: Mapping[str, str]) -> str:
    """What was said: blanks are written as plus signs."""
    parts = [row.get(name, "") for name in ("cs-method", "cs-uri-stem", "cs-uri-query")]
    line = " ".join(" ".join(parts).replace("+", " ").split())
    is_nameless = line.upper() in _HELLO and row.get("cs-username", "") not in _OUTBOUND
    return f"{line} {row.get('cs-username', '')}".strip() if is_nameless else line


def _verb(line: str) -> str:
    return known_verb(line.split(" ", 1)[0])


def _begins(line: str) -> bool:
    """Whether a client may begin with it."""
    return _verb(line) in _HELLO or is_masked_verb(_verb(line))


def _is_past(session: _Session, at: datetime | None) -> bool:
    return bool(at and session.last and at - session.last > _LONGEST_PAUSE)
