"""The TCP connections of a capture that carry SMTP, as sessions."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from adaudit.directory.observations import SessionEnd, SmtpSession
from adaudit.evidence.smtp_sessions.frames import RST, SYN, Endpoint, Segment
from adaudit.evidence.smtp_sessions.keeper import SessionKeeper
from adaudit.evidence.smtp_sessions.stream import SmtpStream
from adaudit.evidence.smtp_sessions.tcp_streams import Connection, Delivery

SMTP_PORTS = frozenset({25, 587, 2525})
_GREETING = b"220"
_MOST_CONNECTIONS = 20_000
_MOST_FOREIGN = 200_000

_Sides: TypeAlias = tuple[Endpoint, Endpoint]


@dataclass(slots=True)
class _Followed:
    """A connection that may carry SMTP."""

    connection: Connection
    sides: _Sides
    started: datetime | None
    server: Endpoint | None
    """None until it greets, where the ports do not tell it"""
    stream: SmtpStream | None = None
    """None until someone speaks"""

    def hear(self, delivery: Delivery, at: datetime | None) -> None:
        """Take the next bytes of one side; `server` has to be known."""
        if self.stream is None:
            self.stream = SmtpStream(is_begun=self.connection.is_begun)
        is_of_client = delivery.sender != self.server
        if delivery.missing:
            self.stream.lose(delivery.missing, is_of_client=is_of_client)
        elif is_of_client:
            self.stream.say(delivery.data, at)
        else:
            self.stream.answer(delivery.data, at)

    @property
    def is_over(self) -> bool:
        """Whether it was ended or reset."""
        return self.connection.is_reset or self.connection.is_finished

    @property
    def is_encrypted(self) -> bool:
        """Whether it went on inside TLS."""
        return self.stream is not None and self.stream.dialogue.is_encrypted

    def session(self, server: Endpoint) -> SmtpSession:
        """All that was seen of it."""
        dialogue = self.stream.dialogue if self.stream else None
        first, second = self.sides
        return SmtpSession(
            client=(second if server == first else first).address,
            server=server.address,
            exchanges=dialogue.all() if dialogue else (),
            started=self.started,
            end=self._end(),
            retransmissions=self.connection.retransmissions,
            is_whole=dialogue.is_whole if dialogue else self.connection.opener is not None,
        )

    def _end(self) -> SessionEnd:
        if self.stream is not None and self.stream.dialogue.has_quit:
            return SessionEnd.QUIT
        if self.connection.is_reset:
            return SessionEnd.RESET
        if self.connection.is_finished:
            # A QUIT may have been said where nothing was read any more, inside TLS for one.
            is_over = self.stream is not None and self.stream.is_over
            return SessionEnd.UNKNOWN if is_over else SessionEnd.CLOSED
        return SessionEnd.SILENT if self.connection.is_silent else SessionEnd.UNKNOWN


@dataclass(slots=True)
class SmtpConnections:
    """Takes the segments of a capture in its order; `end` has to be called after the last."""

    sessions: SessionKeeper = field(default_factory=SessionKeeper)
    encrypted: int = 0
    """How many sessions went on inside TLS"""
    ignored: int = 0
    """How many connections were not followed, since there are too many"""
    _followed: dict[_Sides, _Followed] = field(default_factory=dict)
    _foreign: set[_Sides] = field(default_factory=set)
    """Connections that speak something else"""

    def take(self, segment: Segment, at: datetime | None) -> None:
        """Take the next segment."""
        sides = _sides(segment)
        if sides in self._foreign and not segment.flags & SYN:
            return
        followed = self._followed.get(sides)
        if followed is not None and followed.connection.is_opened_anew_by(segment):
            self._finish(self._followed.pop(sides))
            followed = None
        if followed is None:
            followed = self._follow(sides, segment, at)
        if followed is not None:
            self._hear(followed, followed.connection.take(segment), at)

    def end(self) -> None:
        """No more segments come."""
        for followed in self._followed.values():
            self._finish(followed)
        self._followed.clear()

    def _follow(self, sides: _Sides, segment: Segment, at: datetime | None) -> _Followed | None:
        """Follow a connection; nothing is worth it that is only the end of one."""
        if not (segment.flags & SYN or segment.data) or segment.flags & RST:
            return None
        if len(self._followed) >= _MOST_CONNECTIONS:
            self._finish_those_over()
        if len(self._followed) >= _MOST_CONNECTIONS:
            self.ignored += bool(segment.flags & SYN)
            return None
        connection = Connection(segment)
        followed = _Followed(connection, sides, at, _server_by_port(connection, segment))
        self._followed[sides] = followed
        self._foreign.discard(sides)
        return followed

    def _hear(self, followed: _Followed, deliveries: list[Delivery], at: datetime | None) -> None:
        for delivery in deliveries:
            if followed.server is None and delivery.data:
                is_greeting = delivery.data.startswith(_GREETING)
                if not is_greeting or delivery.sender == followed.connection.opener:
                    self._leave(followed)
                    return
                followed.server = delivery.sender
            if followed.server is not None:
                followed.hear(delivery, at)

    def _leave(self, followed: _Followed) -> None:
        """It is no SMTP."""
        self._followed.pop(followed.sides, None)
        if len(self._foreign) >= _MOST_FOREIGN:
            self._foreign.clear()
        self._foreign.add(followed.sides)

    def _finish_those_over(self) -> None:
        for sides, followed in list(self._followed.items()):
            if followed.is_over:
                self._finish(self._followed.pop(sides))

    def _finish(self, followed: _Followed) -> None:
        server = followed.server
        if server is None:
            return
        for delivery in followed.connection.end():
            followed.hear(delivery, None)
        self.encrypted += followed.is_encrypted
        self.sessions.take([followed.session(server)])


def _sides(segment: Segment) -> _Sides:
    """Both ends in one order, whoever sends."""
    source, destination = segment.source, segment.destination
    return (source, destination) if source <= destination else (destination, source)


def _server_by_port(connection: Connection, segment: Segment) -> Endpoint | None:
    """The side on a port of SMTP; who opened a connection is its client on whatever port."""
    found = [
        side
        for side in (segment.destination, segment.source)
        if side.port in SMTP_PORTS and side != connection.opener
    ]
    return found[0] if found else None
