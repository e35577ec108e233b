"""Whose turn it is: one loop that starts the targets whose servers and a place are free."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Generic, Protocol

from adaudit.config import TargetConfig
from adaudit.errors import AdauditError
from adaudit.fleet.executor import T
from adaudit.fleet.servers import servers_of

_TICK = 0.25
"""Seconds; on Windows Ctrl-C is only seen between two waits"""


@dataclass(frozen=True, slots=True)
class Again:
    """Comes of a target whose reading ended without its fault: it has to be started again."""


class Crew(Protocol[T]):
    """Who carries out work on one target, at places of which there are some."""

    def look(self) -> None:
        """Take note of what has changed around the crew since the last look."""

    def start(self, target: TargetConfig) -> Future[T] | AdauditError | None:
        """Start a target; None if all places are taken now, an error if there is none for it."""

    def outcome(self, target: TargetConfig, done: Future[T]) -> T | AdauditError | Again:
        """What came of a target."""


@dataclass(slots=True)
class Turns(Generic[T]):
    """Where a run over targets stands."""

    crew: Crew[T]
    targets: Sequence[TargetConfig]
    per_server: int
    """How many targets may ask the same server at a time"""
    outcomes: dict[int, T | AdauditError] = field(init=False, default_factory=dict)
    _waiting: list[int] = field(init=False)
    _servers: list[frozenset[str]] = field(init=False)
    """What each target asks"""
    _running: dict[Future[T], int] = field(init=False, default_factory=dict)
    _asked: Counter[str] = field(init=False, default_factory=Counter)
    """How many running targets ask each server"""

    def __post_init__(self) -> None:
        self._waiting = list(range(len(self.targets)))
        self._servers = [servers_of(target) for target in self.targets]

    def take(self) -> list[T | AdauditError]:
        """Give every target its turn; the outcomes in the order of the targets."""
        while self._waiting or self._running:
            self.crew.look()
            self._waiting = [number for number in self._waiting if not self._begin(number)]
            done, _ = wait(self._running, _TICK, FIRST_COMPLETED)
            for future in done:
                self._end(future)
        return [self.outcomes[number] for number in range(len(self.targets))]

    def _begin(self, number: int) -> bool:
        """Start a target if it can be started; whether it waits no longer."""
        servers = self._servers[number]
        if any(self._asked[server] >= self.per_server for server in servers):
            return False
        started = self.crew.start(self.targets[number])
        if isinstance(started, Future):
            self._running[started] = number
            self._asked.update(servers)
        elif started is not None:
            self.outcomes[number] = started
        return started is not None

    def _end(self, future: Future[T]) -> None:
        number = self._running.pop(future)
        self._asked.subtract(self._servers[number])
        outcome = self.crew.outcome(self.targets[number], future)
        if isinstance(outcome, Again):
            self._waiting.insert(0, number)
        else:
            self.outcomes[number] = outcome
