"""
Which worker takes a target, and what becomes of a target whose worker is lost.

A target is given to one worker by its address, so that nobody repeats its reading unasked. When
that worker is lost, the target is read once more from the beginning by another one: reading
changes nothing, and nothing of the first attempt is kept. It is not read a third time: what kills
two workers, a directory that needs more memory than they have, would take them one by one.
"""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic

from adaudit.config import TargetConfig
from adaudit.errors import AdauditError
from adaudit.fleet.executor import T, Watch
from adaudit.fleet.faults import as_error
from adaudit.fleet.turns import Again
from adaudit.fleet.workers import Cluster, Worker, lost_scheduler, lost_twice, no_worker

GRACE = 30.0
"""Seconds that a target waits for the first worker that can take it"""
_BETWEEN_LOOKS = 0.5


@dataclass(slots=True)
class FleetCrew(Generic[T]):
    """The workers of a fleet as a crew; at most `most` targets at a time for each of them."""

    cluster: Cluster[T]
    most: int
    watch: Watch | None = None
    grace: float = GRACE
    clock: Callable[[], float] = monotonic
    _workers: dict[str, Worker] = field(init=False, default_factory=dict)
    _is_lost: bool = field(init=False, default=False)
    """Whether the scheduler is"""
    _looked: float = field(init=False, default=float("-inf"))
    _places: dict[Future[T], str] = field(init=False, default_factory=dict)
    """The worker of each target that is being read"""
    _lost: dict[str, list[str]] = field(init=False, default_factory=dict)
    """By the name of a target: the workers that were lost while they read it"""
    _homeless: dict[str, float] = field(init=False, default_factory=dict)
    """By the name of a target: since when no worker can take it"""

    def look(self) -> None:
        """Ask the scheduler for its workers, and give up what was read by one that is gone."""
        if not self._is_lost and self.clock() >= self._looked + _BETWEEN_LOOKS:
            self._look_now()

    def start(self, target: TargetConfig) -> Future[T] | AdauditError | None:
        """Give a target to the worker that has least to do."""
        if self._is_lost:
            return lost_scheduler()
        busy = Counter(self._places.values())
        able = self._able(target, busy)
        if not able:
            return self._wait_for_a_worker(target)
        self._homeless.pop(target.name, None)
        free = [worker for worker in able if self._has_a_place(worker, busy)]
        if not free:
            return None
        worker = min(free, key=lambda each: busy[each.address])
        return self._give(target, worker)

    def outcome(self, target: TargetConfig, done: Future[T]) -> T | AdauditError | Again:
        """What the worker gave; if it was lost, another one may try once."""
        address = self._places.pop(done)
        if self.watch:
            self.watch.end(target.name)
        if done.cancelled():
            return self._without(target, address)
        error = done.exception()
        if error is None:
            return done.result()
        if self.cluster.is_loss(error):
            return self._lose(target, address)
        return as_error(error, target.name, self.watch)

    def _look_now(self) -> None:
        workers = self.cluster.workers()
        self._looked = self.clock()
        self._is_lost = workers is None
        self._workers = {worker.address: worker for worker in workers or ()}
        for future, address in self._places.items():
            if address not in self._workers:
                future.cancel()

    def _able(self, target: TargetConfig, busy: Counter[str]) -> list[Worker]:
        """The workers that can take a target, now or when they have done what they do."""
        lost = self._lost.get(target.name, ())
        return [
            worker
            for worker in self._workers.values()
            if worker.offers(target.site)
            and worker.address not in lost
            and (worker.is_running or busy[worker.address])
        ]

    def _has_a_place(self, worker: Worker, busy: Counter[str]) -> bool:
        return worker.is_running and busy[worker.address] < min(worker.threads, self.most)

    def _wait_for_a_worker(self, target: TargetConfig) -> AdauditError | None:
        since = self._homeless.setdefault(target.name, self.clock())
        if self.clock() < since + self.grace:
            return None
        return no_worker(target.site, self._lost.get(target.name, ()))

    def _give(self, target: TargetConfig, worker: Worker) -> Future[T]:
        future = self.cluster.submit(worker, target)
        self._places[future] = worker.address
        if self.watch:
            self.watch.begin(target.name, worker.address)
        return future

    def _without(self, target: TargetConfig, address: str) -> AdauditError | Again:
        """What comes of a target that was given up, by us or because of the scheduler."""
        self._look_now()
        if self._is_lost or address in self._workers:
            return lost_scheduler(address)
        return self._lose(target, address)

    def _lose(self, target: TargetConfig, address: str) -> AdauditError | Again:
        lost = self._lost.setdefault(target.name, [])
        lost.append(address)
        if len(lost) > 1:
            return lost_twice(lost)
        if self.watch:
            self.watch.note(f"{target.name}: the worker `{address}` was lost: read once more")
        return Again()
