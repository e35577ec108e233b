"""Secrets that are asked on the terminal: all before anything is read, one question at a time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from adaudit.collect.source import Ask
from adaudit.config import LdapTarget, TargetConfig
from adaudit.config.auth import AuthConfig, questions

Answers: TypeAlias = Mapping[str, Ask]
"""By the name of a target: what answers its questions"""


def questions_of(target: TargetConfig) -> tuple[str, ...]:
    """The questions that reading a target puts, each once, in the order in which it does."""
    return tuple(dict.fromkeys(text for auth in _auths(target) for text in questions(auth)))


def ask_all(targets: Sequence[TargetConfig], ask: Ask | None) -> Answers:
    """
    Ask for the secrets of all targets, in their order.

    Where there is nobody to ask nothing answers, which is then the error of its target.
    """
    if ask is None:
        return {}
    several = len(targets) > 1
    return {target.name: _ask(target, ask, several=several) for target in targets}


def _ask(target: TargetConfig, ask: Ask, *, several: bool) -> Ask:
    prefix = f"{target.name}: " if several else ""
    return {text: ask(prefix + text) for text in questions_of(target)}.__getitem__


def _auths(target: TargetConfig) -> Iterator[AuthConfig]:
    if isinstance(target, LdapTarget):
        yield target.auth
    if target.evidence and target.evidence.live:
        yield target.evidence.live.auth
