"""Progress of collections, on stderr and only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock
from time import monotonic

import click

from adaudit.report.text import safe_text
from adaudit.wording import counted

_SECONDS_BETWEEN = 0.1


class Line:
    """A line that says how many objects were read, how fast, and what is read now."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._start = monotonic()
        self._next = self._start

    def update(self, count: int, what: str) -> None:
        """Show that `count` objects were read and that `what` is read now."""
        now = monotonic()
        if now >= self._next:  # drawing takes far longer than reading an object
            self._next = now + _SECONDS_BETWEEN
            rate = count / max(now - self._start, 1e-3)
            self._show(f"{count:,} objects, {rate:,.0f}/s: {safe_text(what)}")


class Board:
    """A line for each of several targets, as long as it is read."""

    def __init__(self, show: Callable[[str], None], tell: Callable[[str], None]) -> None:
        self._show = show
        self._tell = tell
        self._lock = Lock()
        self._lines: dict[str, str] = {}
        self._done = 0

    def begin(self, name: str, where: str | None = None) -> Line:
        """Show that a target is read from now on."""
        self._set(name, f"at {where}" if where else "connecting")
        return Line(partial(self._set, name))

    def end(self, name: str) -> None:
        """Show a target no longer."""
        with self._lock:
            self._lines.pop(name, None)
            self._done += 1
            self._draw()

    def note(self, text: str) -> None:
        """Tell something that stays to be read."""
        for line in text.splitlines():
            self._tell(safe_text(line))

    def _set(self, name: str, text: str) -> None:
        with self._lock:
            self._lines[name] = text
            self._draw()

    def _draw(self) -> None:
        lines = [f"{safe_text(name)}: {text}" for name, text in self._lines.items()]
        head = [f"{counted(self._done, 'target')} done"] if self._done or len(lines) > 1 else []
        self._show("\n  ".join([*head, *lines]))


def _nowhere(text: str) -> None:
    """Show nothing."""


def _on_stderr(text: str) -> None:
    click.echo(text, err=True)


@contextmanager
def board() -> Iterator[Board]:
    """Show the progress of targets while the block runs; notes alone if stderr is no terminal."""
    if not sys.stderr.isatty():
        yield Board(_nowhere, _on_stderr)
        return
    from rich.console import Console  # noqa: PLC0415 - what draws is loaded only to draw
    from rich.text import Text  # noqa: PLC0415 - the same

    console = Console(stderr=True, markup=False, highlight=False)
    with console.status("connecting") as status:
        yield Board(lambda text: status.update(Text(text)), console.print)


@contextmanager
def shown() -> Iterator[Line | None]:
    """Show progress while the block runs; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # noqa: PLC0415 - what draws is loaded only to draw
    from rich.text import Text  # noqa: PLC0415 - the same

    console = Console(stderr=True, markup=False, highlight=False)
    with console.status("connecting") as status:
        yield Line(lambda text: status.update(Text(text)))  # plain text would be read as markup
