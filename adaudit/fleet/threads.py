"""Targets on threads of this process: what they wait for is the network."""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic

from adaudit.collect.source import Ask
from adaudit.config import LimitsConfig, TargetConfig
from adaudit.errors import AdauditError
from adaudit.fleet.asking import Answers, ask_all
from adaudit.fleet.executor import T, Watch, Work
from adaudit.fleet.faults import as_error
from adaudit.fleet.turns import Turns


@dataclass(frozen=True, slots=True)
class Threads:
    """
    Reads targets on threads, as many at a time as the limits allow.

    `ask` puts the questions for secrets, all of them before anything is read. After Ctrl-C no
    further target is begun; the threads end when what they wait for does.
    """

    ask: Ask | None = None
    watch: Watch | None = None

    def run(
        self, work: Work[T], targets: Sequence[TargetConfig], limits: LimitsConfig
    ) -> list[T | AdauditError]:
        """See `Executor.run`."""
        answers = ask_all(targets, self.ask)
        pool = ThreadPoolExecutor(limits.targets, "adaudit-target")
        try:
            crew = _Crew(pool, limits.targets, work, answers, self.watch)
            return Turns(crew, targets, limits.per_server).take()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


@dataclass(slots=True)
class _Crew(Generic[T]):
    pool: ThreadPoolExecutor
    places: int
    work: Work[T]
    answers: Answers
    watch: Watch | None
    taken: int = field(init=False, default=0)

    def look(self) -> None:
        """Nothing changes around threads."""

    def start(self, target: TargetConfig) -> Future[T] | None:
        """Start a target on a thread that is free."""
        if self.taken == self.places:
            return None
        self.taken += 1
        progress = self.watch.begin(target.name) if self.watch else None
        return self.pool.submit(self.work, target, self._ask(target), progress)

    def outcome(self, target: TargetConfig, done: Future[T]) -> T | AdauditError:
        """What the thread gave."""
        self.taken -= 1
        if self.watch:
            self.watch.end(target.name)
        error = done.exception()
        return done.result() if error is None else as_error(error, target.name, self.watch)

    def _ask(self, target: TargetConfig) -> Callable[[str], str] | None:
        return self.answers.get(target.name)
