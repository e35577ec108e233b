"""Progress of a collection, on stderr and only on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from adaudit.report.text import safe_text

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
