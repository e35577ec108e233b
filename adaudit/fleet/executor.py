"""What work on many targets looks like, whoever carries it out."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

from adaudit.collect.collector import Progress
from adaudit.collect.source import Ask
from adaudit.config import LimitsConfig, TargetConfig
from adaudit.errors import AdauditError

T = TypeVar("T")

Work: TypeAlias = Callable[[TargetConfig, Ask | None, Progress | None], T]
"""What is done with one target; on a fleet it travels, so it and its result can be pickled"""


class Watch(Protocol):
    """Who watches several targets at once; all methods can be called from any thread."""

    def begin(self, name: str, where: str | None = None) -> Progress:
        """Learn that a target is read from now on, and where if it is not here."""

    def end(self, name: str) -> None:
        """Learn that a target is read no longer."""

    def note(self, text: str) -> None:
        """Learn what is worth telling and is no result: a reading that was begun anew."""


class Executor(Protocol):
    """Carries out work on targets."""

    def run(
        self, work: Work[T], targets: Sequence[TargetConfig], limits: LimitsConfig
    ) -> list[T | AdauditError]:
        """
        What comes of each target, in their order: a result, or why there is none.

        What fails on one target stops no other. Raises `AdauditError` when nothing can be begun.
        """
