"""From a target of the list into a snapshot."""

from typing import Protocol

from adaudit.collect.completeness import complete
from adaudit.collect.source import Source, Stage
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import SnapshotWriter


class Progress(Protocol):
    """Who watches a collection."""

    def update(self, count: int, what: str) -> None:
        """Learn that `count` objects were read so far and that `what` is read now."""


def collect(source: Source, writer: SnapshotWriter, progress: Progress | None = None) -> None:
    """
    Read a source to its end into a snapshot, with a gap for whatever is missing.

    Raises `CollectError` when nothing can be read.
    """
    what = source.description
    for item in complete(source.read()):
        if isinstance(item, Stage):
            what = item.what
        elif isinstance(item, Gap):
            writer.add_gap(item)
        else:
            writer.add(item)
        if progress is not None:
            progress.update(writer.count, what)
