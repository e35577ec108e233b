"""Which worker takes a target, and what becomes of it when workers come and go."""

from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest

from adaudit.config import LdapTarget, TargetConfig
from adaudit.errors import AdauditError, CollectError
from adaudit.fleet.crew import FleetCrew
from adaudit.fleet.turns import Again
from adaudit.fleet.workers import Worker


class KilledError(Exception):
    """Stands for what the library raises."""


@dataclass
class Cluster:
    """Workers that a test lets come and go, and work that it ends."""

    now: tuple[Worker, ...] | None
    given: list[tuple[str, str]] = field(default_factory=list)
    """Worker and target"""

    def workers(self) -> tuple[Worker, ...] | None:
        """Those that are there."""
        return self.now

    def submit(self, worker: Worker, target: TargetConfig) -> Future[str]:
        """Remember it."""
        self.given.append((worker.address, target.name))
        return Future()

    def is_loss(self, error: BaseException) -> bool:
        """One kind is."""
        return isinstance(error, KilledError)


class Clock:
    """Goes when it is told to."""

    time = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.time


def target(name: str, site: str | None = None) -> LdapTarget:
    return LdapTarget.model_construct(name=name, ldap=(), site=site)


def crew_of(*workers: Worker, most: int = 9) -> tuple[FleetCrew[str], Cluster, Clock]:
    cluster, clock = Cluster(workers), Clock()
    crew = FleetCrew(cluster, most, grace=10, clock=clock)
    crew.look()
    return crew, cluster, clock


def started(crew: FleetCrew[str], target: TargetConfig) -> Future[str]:
    future = crew.start(target)
    assert isinstance(future, Future)
    return future


def change(crew: FleetCrew[str], cluster: Cluster, clock: Clock, *workers: Worker) -> None:
    """Let other workers be there, and the crew see it."""
    cluster.now = workers
    clock.time += 1
    crew.look()


def test_the_worker_that_has_least_to_do_is_given_the_next_target() -> None:
    crew, cluster, _ = crew_of(Worker("a", 2), Worker("b", 3))
    answers = [crew.start(target(name)) for name in "123456"]

    assert [worker for worker, _ in cluster.given] == ["a", "b", "a", "b", "b"]
    assert answers[-1] is None


def test_a_worker_takes_no_more_targets_than_the_list_allows() -> None:
    crew, cluster, _ = crew_of(Worker("a", 8), most=2)
    answers = [crew.start(target(name)) for name in "123"]

    assert len(cluster.given) == 2
    assert answers[-1] is None


def test_a_target_with_a_site_is_given_to_a_worker_that_offers_it() -> None:
    here = Worker("b", 9, frozenset({"site-here", "GPU"}))
    crew, cluster, _ = crew_of(Worker("a", 9, frozenset({"site-there", "here"})), here)
    for name in "12":
        started(crew, target(name, "here"))

    assert cluster.given == [("b", "1"), ("b", "2")]


def test_a_target_that_no_worker_takes_waits_for_one_and_then_fails() -> None:
    crew, cluster, clock = crew_of(Worker("a", 1))
    assert crew.start(target("1", "here")) is None
    clock.time = 9.9
    assert crew.start(target("1", "here")) is None
    clock.time = 10
    error = crew.start(target("1", "here"))

    assert isinstance(error, CollectError)
    assert error.message == "there is no worker at the site `here`"
    assert error.hint == "start one there: `dask worker SCHEDULER --resources site-here=1`"
    assert cluster.given == []


def test_a_worker_that_comes_in_time_is_given_what_waited() -> None:
    crew, cluster, clock = crew_of()
    assert crew.start(target("1")) is None
    change(crew, cluster, clock, Worker("a", 1))
    started(crew, target("1"))

    assert cluster.given == [("a", "1")]


def test_a_target_that_waits_for_a_busy_worker_does_not_fail() -> None:
    crew, _, clock = crew_of(Worker("a", 1))
    started(crew, target("1"))
    clock.time = 1000

    assert crew.start(target("2")) is None
    clock.time = 2000
    assert crew.start(target("2")) is None


def test_a_worker_that_pauses_gets_nothing_and_is_waited_for_while_it_reads() -> None:
    crew, cluster, clock = crew_of(Worker("a", 2))
    first = started(crew, target("1"))
    change(crew, cluster, clock, Worker("a", 2, is_running=False))
    assert crew.start(target("2")) is None
    clock.time = 1000
    assert crew.start(target("2")) is None
    first.set_result("read")
    assert crew.outcome(target("1"), first) == "read"
    assert crew.start(target("2")) is None
    clock.time = 1010

    assert isinstance(crew.start(target("2")), CollectError)


def test_what_the_lost_worker_read_is_read_once_more_by_another() -> None:
    crew, cluster, clock = crew_of(Worker("a", 1), Worker("b", 1))
    future = started(crew, target("1"))
    change(crew, cluster, clock, Worker("b", 1))

    assert future.cancelled()
    assert crew.outcome(target("1"), future) == Again()
    started(crew, target("1"))
    assert cluster.given == [("a", "1"), ("b", "1")]


@pytest.mark.parametrize("is_told", [True, False], ids=["told by the library", "seen"])
def test_what_takes_two_workers_with_it_is_not_given_a_third(*, is_told: bool) -> None:
    names = "abc"
    crew, cluster, clock = crew_of(*(Worker(name, 1) for name in names))
    outcomes: list[str | AdauditError | Again] = []
    for gone in range(2):
        future = started(crew, target("1"))
        if is_told:
            future.set_exception(KilledError())
        change(crew, cluster, clock, *(Worker(name, 1) for name in names[gone + 1 :]))
        outcomes.append(crew.outcome(target("1"), future))

    first, second = outcomes
    assert first == Again()
    assert isinstance(second, CollectError)
    assert second.message == "the workers `a` and `b` were lost while they read this target"


def test_a_worker_that_was_lost_with_a_target_is_not_given_it_again() -> None:
    """It was restarted at the same address, and is the only one."""
    crew, _, clock = crew_of(Worker("a", 1))
    future = started(crew, target("1"))
    future.set_exception(KilledError())
    assert crew.outcome(target("1"), future) == Again()
    assert crew.start(target("1")) is None
    clock.time = 10
    error = crew.start(target("1"))

    assert isinstance(error, CollectError)
    assert error.message == (
        "the worker `a` was lost while it read this target, and there is no other"
    )
    assert isinstance(crew.start(target("2")), Future)


def test_a_lost_scheduler_costs_what_is_read_and_what_waits() -> None:
    crew, cluster, clock = crew_of(Worker("a", 1))
    future = started(crew, target("1"))
    cluster.now = None
    clock.time = 1
    crew.look()

    assert future.cancelled()
    held, waiting = crew.outcome(target("1"), future), crew.start(target("2"))
    assert isinstance(held, CollectError)
    assert "was lost while `a` read this target" in held.message
    assert isinstance(waiting, CollectError)
    assert waiting.message.startswith("not read: ")


def test_what_is_cancelled_by_others_is_the_error_of_its_target() -> None:
    crew, _, _ = crew_of(Worker("a", 1))
    future = started(crew, target("1"))
    future.cancel()

    assert isinstance(crew.outcome(target("1"), future), CollectError)


def test_an_error_of_the_work_is_that_of_the_target() -> None:
    crew, _, _ = crew_of(Worker("a", 2))
    expected, unforeseen = started(crew, target("1")), started(crew, target("2"))
    failed = CollectError("no", "do it right")
    expected.set_exception(failed)
    unforeseen.set_exception(ZeroDivisionError("with a secret in it"))

    assert crew.outcome(target("1"), expected) is failed
    error = crew.outcome(target("2"), unforeseen)
    assert isinstance(error, CollectError)
    assert error.message == "a fault of adaudit itself: ZeroDivisionError"
