"""Targets on threads: limits, questions, what fails, and who watches."""

import threading
from dataclasses import dataclass, field

import pytest

from adaudit.collect.collector import Progress
from adaudit.collect.source import Ask
from adaudit.config import LdapTarget, LdapUrl, LimitsConfig, NtlmAuth, Secret, TargetConfig
from adaudit.errors import CollectError
from adaudit.fleet.threads import Threads

_PATIENCE = 10.0


def target(name: str, server: str = "", **secrets: Secret) -> LdapTarget:
    return LdapTarget.model_construct(
        name=name,
        ldap=(LdapUrl("ldap", server or name, 389),),
        auth=NtlmAuth(method="ntlm", user=f"{name}\\auditor", **(secrets or {"password": ENV})),
        evidence=None,
    )


ENV, PROMPT = Secret(env="NOWHERE"), Secret(prompt=True)


@dataclass
class Watch:
    """Remembers what it learns."""

    seen: list[str] = field(default_factory=list)

    def begin(self, name: str, where: str | None = None) -> "Watch":
        """Remember it."""
        self.seen.append(f"begin {name} at {where}")
        return self

    def update(self, count: int, what: str) -> None:
        """Remember it."""
        self.seen.append(f"{count} {what}")

    def end(self, name: str) -> None:
        """Remember it."""
        self.seen.append(f"end {name}")

    def note(self, text: str) -> None:
        """Remember it."""
        self.seen.append(text)


def test_as_many_targets_run_at_once_as_the_list_allows_and_no_more() -> None:
    """Three meet at a barrier, which breaks if there are fewer; a fourth would be counted."""
    barrier = threading.Barrier(3, timeout=_PATIENCE)
    running: list[str] = []
    most = 0

    def work(target: TargetConfig, _: Ask | None, __: Progress | None) -> str:
        nonlocal most
        running.append(target.name)
        most = max(most, len(running))
        barrier.wait()
        running.remove(target.name)
        return target.name

    names = [f"t{number}" for number in range(9)]
    limits = LimitsConfig(targets=3)
    assert Threads().run(work, [target(name) for name in names], limits) == names
    assert most == 3


@pytest.mark.parametrize("per_server", [1, 2])
def test_targets_of_one_server_run_as_many_at_a_time_as_it_may_be_asked(per_server: int) -> None:
    running: list[str] = []
    most = 0

    def work(target: TargetConfig, _: Ask | None, __: Progress | None) -> None:
        nonlocal most
        running.append(target.name)
        most = max(most, len(running))
        threading.Event().wait(0.05)
        running.remove(target.name)

    targets = [target(f"t{number}", "dc1") for number in range(4)]
    Threads().run(work, targets, LimitsConfig(targets=4, per_server=per_server))
    assert most == per_server


def test_secrets_are_asked_in_the_order_of_the_list_before_anything_is_read() -> None:
    happened: list[str] = []

    def ask(question: str) -> str:
        happened.append(question)
        assert threading.current_thread() is threading.main_thread()
        return f"answer to {question}"

    def work(target: TargetConfig, ask: Ask | None, _: Progress | None) -> str | None:
        happened.append("reads")
        return ask(rf"password of {target.name}\auditor") if ask else None

    targets = [target("b", password=PROMPT), target("c"), target("a", password=PROMPT)]
    answers = Threads(ask).run(work, [targets[0], targets[2]], LimitsConfig())

    assert happened == [
        r"b: password of b\auditor",
        r"a: password of a\auditor",
        "reads",
        "reads",
    ]
    assert answers == [rf"answer to {name}: password of {name}\auditor" for name in "ba"]


def test_the_question_for_a_single_target_does_not_name_it() -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "hunter2"

    Threads(ask).run(lambda *_: None, [target("a", nt_hash=PROMPT)], LimitsConfig())
    assert asked == [r"NT hash of a\auditor"]


def test_a_failure_of_any_kind_is_the_error_of_its_target_alone() -> None:
    def work(target: TargetConfig, _: Ask | None, __: Progress | None) -> str:
        if target.name == "b":
            raise CollectError("no")
        if target.name == "c":
            raise ZeroDivisionError("hunter2")
        return target.name

    watch = Watch()
    first, expected, unforeseen, last = Threads(None, watch).run(
        work, [target(name) for name in "abcd"], LimitsConfig()
    )
    assert (first, last) == ("a", "d")
    assert isinstance(expected, CollectError)
    assert expected.message == "no"
    assert isinstance(unforeseen, CollectError)
    assert unforeseen.message == "a fault of adaudit itself: ZeroDivisionError"
    (told,) = [seen for seen in watch.seen if "Traceback" in seen]
    assert told.startswith("c: ")


def test_who_watches_learns_of_each_target_and_how_far_it_is() -> None:
    watch = Watch()

    def work(target: TargetConfig, _: Ask | None, progress: Progress | None) -> None:
        assert progress is not None
        progress.update(7, f"objects of {target.name}")

    Threads(None, watch).run(work, [target("a"), target("b")], LimitsConfig(targets=1))
    assert watch.seen == [
        "begin a at None",
        "7 objects of a",
        "end a",
        "begin b at None",
        "7 objects of b",
        "end b",
    ]
