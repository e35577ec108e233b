"""Progress of a collection, on stderr and only on a terminal."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.status import Status
from rich.text import Text

from adaudit.report.text import safe_text


class Line:
    """A line that says how many objects were read, how fast, and what is read now."""

    def __init__(self, status: Status) -> None:
        self._status = status
        self._start = monotonic()

    def update(self, count: int, what: str) -> None:
        """Show that `count` objects were read and that `what` is read now."""
        rate = count / max(monotonic() - self._start, 1e-3)
        line = f"{count:,} objects, {rate:,.0f}/s: {safe_text(what)}"
        self._status.update(Text(line))  # a plain string would be read as markup


@contextmanager
def shown() -> Iterator[Line | None]:
    """Show progress while the block runs; None where stderr is no terminal."""
    console = Console(stderr=True, markup=False, highlight=False)
    if not console.is_terminal:
        yield None
        return
    with console.status("connecting") as status:
        yield Line(status)
