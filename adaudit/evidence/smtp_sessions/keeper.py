"""Which sessions of a source are kept: those that bear on the matter, the newest of each pair."""

from collections import deque
from collections.abc import Iterable, Iterator

from adaudit.directory.observations import SmtpSession
from adaudit.evidence.smtp_sessions.redaction import bears

_MOST_OF_A_PAIR = 100
_MOST_PAIRS = 2_000


class SessionKeeper:
    """Takes all sessions of a source in their order, counts them, and keeps some."""

    def __init__(self) -> None:
        self.total = 0
        self.left_out = 0
        """How many bear on the matter, but are of too many pairs"""
        self._older = 0
        self._pairs: dict[tuple[str, str], deque[SmtpSession]] = {}

    def take(self, sessions: Iterable[SmtpSession]) -> None:
        """Take the next sessions."""
        for session in sessions:
            self.total += 1
            if bears(session.exchanges, session.end):
                self._keep(session)

    @property
    def kept(self) -> tuple[SmtpSession, ...]:
        """The sessions that are kept, by pair."""
        return tuple(session for pair in self._pairs.values() for session in pair)

    @property
    def notes(self) -> Iterator[str]:
        """What a reader has to know of those that are not."""
        if self._older:
            yield f"{self._older} more sessions of the same pairs are older, and only counted"

    def _keep(self, session: SmtpSession) -> None:
        pair = session.client, session.server
        if pair not in self._pairs:
            if len(self._pairs) >= _MOST_PAIRS:
                self.left_out += 1
                return
            self._pairs[pair] = deque(maxlen=_MOST_OF_A_PAIR)
        self._older += len(self._pairs[pair]) == _MOST_OF_A_PAIR
        self._pairs[pair].append(session)
