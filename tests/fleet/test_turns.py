"""Whose turn it is: limits, order, and what fails."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.config import LdapTarget, LdapUrl, TargetConfig
from adaudit.errors import AdauditError, CollectError
from adaudit.fleet.turns import Again, Turns

Outcome = str | AdauditError | Again | None


@pytest.fixture(autouse=True, scope="module")
def _no_waiting() -> Iterator[None]:
    """Nothing ends in the background here: there is nothing to wait for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("adaudit.fleet.turns._TICK", 0)
        yield


def target(name: str, *servers: str) -> LdapTarget:
    urls = tuple(LdapUrl("ldap", server, 389) for server in servers)
    return LdapTarget.model_construct(name=name, ldap=urls)


@dataclass
class Crew:
    """Has some places, and ends the oldest target at each look."""

    places: int
    outcome_of: Callable[[str], Outcome] = str.upper
    running: list[tuple[TargetConfig, Future[str]]] = field(default_factory=list)
    rounds: list[list[str]] = field(default_factory=list)
    """Which targets ran at each look"""
    started: list[str] = field(default_factory=list)

    def look(self) -> None:
        """End one."""
        self.rounds.append([target.name for target, _ in self.running])
        if self.running:
            _, future = self.running.pop(0)
            future.set_result("done")

    def start(self, target: TargetConfig) -> Future[str] | AdauditError | None:
        """Take it if there is a place."""
        if target.name == "homeless":
            return CollectError("no place at all")
        if len(self.running) == self.places:
            return None
        self.started.append(target.name)
        future: Future[str] = Future()
        self.running.append((target, future))
        return future

    def outcome(self, target: TargetConfig, done: Future[str]) -> Outcome:
        """What was said before."""
        assert done.result() == "done"
        return self.outcome_of(target.name)


@given(
    st.lists(st.lists(st.sampled_from("abc"), max_size=2, unique=True), max_size=9),
    st.integers(1, 4),
    st.integers(1, 3),
)
def test_no_server_is_asked_by_more_targets_than_the_limit(
    asked: list[list[str]], places: int, per_server: int
) -> None:
    targets = [target(str(number), *servers) for number, servers in enumerate(asked)]
    crew = Crew(places)
    outcomes = Turns(crew, targets, per_server).take()

    assert outcomes == [str(number) for number in range(len(targets))]
    assert sorted(crew.started) == sorted(each.name for each in targets)
    for names in crew.rounds:
        servers = [server for name in names for server in asked[int(name)]]
        assert len(names) <= places
        assert all(servers.count(server) <= per_server for server in servers)


def test_a_target_whose_server_is_taken_holds_up_no_later_one() -> None:
    targets = [target("a", "dc1"), target("b", "DC1"), target("c", "dc2")]
    crew = Crew(places=3)
    Turns(crew, targets, 1).take()

    assert crew.started == ["a", "c", "b"]


def test_outcomes_come_in_the_order_of_the_list() -> None:
    targets = [target("a", "dc1"), target("b", "dc1"), target("c"), target("homeless")]
    *outcomes, last = Turns(Crew(places=2), targets, 1).take()

    assert outcomes == ["A", "B", "C"]
    assert isinstance(last, CollectError)


def test_a_target_that_fails_stops_no_other() -> None:
    failed = CollectError("no")
    crew = Crew(2, outcome_of=lambda name: failed if name == "b" else name)

    assert Turns(crew, [target(name) for name in "abcd"], 1).take() == ["a", failed, "c", "d"]


def test_a_target_that_has_to_be_read_again_comes_first() -> None:
    told: list[Outcome] = [Again(), "at last"]
    crew = Crew(1, outcome_of=lambda name: told.pop(0) if name == "a" else name)
    targets = [target(name, "dc1") for name in "abc"]

    assert Turns(crew, targets, 1).take() == ["at last", "b", "c"]
    assert crew.started == ["a", "a", "b", "c"]


def test_nothing_is_an_outcome_as_well() -> None:
    assert Turns(Crew(1, outcome_of=lambda _: None), [target("a")], 1).take() == [None]


def test_no_targets_have_no_outcomes() -> None:
    assert Turns(Crew(1), [], 1).take() == []


def test_an_interruption_ends_the_run_at_once() -> None:
    crew = Crew(1)

    def interrupt() -> None:
        raise KeyboardInterrupt

    crew.look = interrupt  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        Turns(crew, [target("a")], 1).take()
