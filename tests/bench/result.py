"""What a part of the benchmark found: a table, and the figures that goals are set for."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Self


@dataclass(frozen=True)
class Result:
    """The outcome of one part."""

    title: str
    data: str
    """What was measured on: numbers, sizes, shapes"""
    header: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: str = ""
    """What a figure includes and leaves out, as a list in Markdown"""
    figures: dict[str, float] = field(default_factory=dict)
    """By the name that `goals` has for them"""

    def markdown(self) -> str:
        """The section of the report."""
        lines = [f"## {self.title}", "", self.data, "", *table(self.header, self.rows)]
        return "\n".join([*lines, "", self.notes.strip(), ""])

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read what `run_part` wrote."""
        values = json.loads(path.read_text())
        rows = [tuple(row) for row in values.pop("rows")]
        return cls(header=tuple(values.pop("header")), rows=rows, **values)


@dataclass(frozen=True, slots=True)
class Options:
    """What a part is told."""

    objects: int
    """Size of the forest"""
    folder: Path
    """Where what is made for one part lies for the others"""
    rounds: int


def run_part(measure: Callable[[Options], Result], arguments: Sequence[str] | None = None) -> None:
    """Measure in this process, print the section and leave it in a file for the report."""
    parser = argparse.ArgumentParser(description=sys.modules[measure.__module__].__doc__)
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    given.folder.mkdir(exist_ok=True)
    result = measure(Options(given.objects, given.folder, given.rounds))
    print(result.markdown(), flush=True)
    if given.json is not None:
        given.json.write_text(json.dumps(asdict(result)))


def spread(values: Sequence[float], digits: int = 0) -> str:
    """The median with its range: `1,234 [1,200..1,300]`."""
    low, middle, high = (
        f"{value:,.{digits}f}" for value in (min(values), median(values), max(values))
    )
    return middle if len(values) == 1 else f"{middle} [{low}..{high}]"


def times(value: float) -> str:
    """A ratio: `4,500 x`."""
    return f"{value:,.0f} x" if value >= 10 else f"{value:,.2f} x"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table in Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]
