"""Questions to whoever sits at the terminal."""

import sys
from collections.abc import Callable

import click


def asker() -> Callable[[str], str] | None:
    """What asks for a secret without echo, None where there is no terminal to ask on."""
    return _ask if sys.stdin.isatty() else None


def _ask(what: str) -> str:
    answer: str = click.prompt(what, hide_input=True, err=True)
    return answer
