"""A snapshot of a forest: written, and opened for analysis."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median

from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.marks import Mark
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.bench.clock import memory_mb, peak_mb, timed
from tests.bench.forest import Forest
from tests.bench.result import Options, Result, run_part, spread

_PAGE = 500
_BATCH = 20_000
_NOTES = f"""
- Entries are made in memory {_BATCH:,} at a time, which is not timed, and added with a checkpoint
  after each page of {_PAGE}; indexes and the last flush to disk are timed.
- The file was in the cache of the system when it was opened. Peak of the process, entries included:
  {{peak:,.0f}} MB.
"""


def written(options: Options) -> Path:
    """The snapshot of a forest of that size; it is made where there is none yet."""
    path = options.folder / _name(options.objects)
    if not path.exists():
        write(Forest(options.objects), path)
    return path


def write(forest: Forest, path: Path) -> float:
    """Write a snapshot with a checkpoint after each page, and say how long that took."""
    spent = 0.0
    entries = (row.entry() for row in forest.rows())
    with SnapshotWriter("a forest to measure with", path) as writer:
        while batch := list(islice(entries, _BATCH)):  # making it is not timed
            with timed() as watch:
                for page in _pages(batch):
                    for entry in page:
                        writer.add(entry)
                    writer.checkpoint(Mark("all", b"cookie"))
            spent += watch.seconds
        with timed() as watch:
            writer.finish()
    return spent + watch.seconds


def _name(objects: int) -> str:
    return f"forest-{objects}.snapshot"


def _pages(batch: list[Entry]) -> Iterator[list[Entry]]:
    for start in range(0, len(batch), _PAGE):
        yield batch[start : start + _PAGE]


def measure(options: Options) -> Result:
    """Write once, as it takes most of the time to make what is written; open in each round."""
    path = options.folder / _name(options.objects)
    wrote = write(Forest(options.objects), path)
    opened, made, added = [], [], 0.0
    for _ in range(min(options.rounds, 3)):
        before = memory_mb()
        with timed() as watch:
            snapshot = Snapshot.open(path)
        opened.append(watch.seconds)
        with timed() as watch:
            View(snapshot)
        made.append(watch.seconds)
        added = added or memory_mb() - before
        with snapshot:
            pass
    ready = [a + b for a, b in zip(opened, made, strict=True)]
    size = path.stat().st_size / 1e6
    return Result(
        "Snapshot",
        f"{options.objects:,} objects in a file of {size:,.0f} MB.",
        ("what", "seconds", "MB in memory"),
        [
            ("written", f"{wrote:,.2f}", ""),
            ("opened", spread(opened, 4), ""),
            ("opened and ready: schema, names, memberships", spread(ready, 2), f"{added:,.0f}"),
        ],
        _NOTES.format(peak=peak_mb()),
        {"snapshot written": wrote, "snapshot opened": median(ready), "snapshot MB": size},
    )


if __name__ == "__main__":
    run_part(measure)
