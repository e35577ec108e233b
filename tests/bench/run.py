"""
All parts of the benchmark, one after the other, each in a process of its own, and the report.

`make bench`, or `make bench OBJECTS=100000`; one part is run by `python -m tests.bench.decode`.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.goals import GOALS
from tests.bench.machine import machine, versions
from tests.bench.result import Result, table

PARTS = (
    "decode",
    "ldap_entries",
    "snapshot",
    "memberships",
    "holders",
    "everything",
    "growth",
    "send_as",
)
_ROOT = Path(__file__).parents[2]
_REPORT = Path(__file__).parent / "RESULTS.md"
_FULL_SIZE = 1_000_000


def run(part: str, objects: int, rounds: int, folder: Path) -> Result | None:
    """Run a part; None if it fails, which it tells itself."""
    file = folder / f"{part}.json"
    command = [sys.executable, "-m", f"tests.bench.{part}", "--json", str(file)]
    command += ["--objects", str(objects), "--rounds", str(rounds), "--folder", str(folder)]
    done = subprocess.run(command, cwd=_ROOT, check=False)
    return Result.load(file) if done.returncode == 0 else None


def report(results: dict[str, Result | None], objects: int, rounds: int, minutes: float) -> str:
    """The whole report."""
    figures: dict[str, float] = {}
    sections = []
    for part, result in results.items():
        if result is None:
            sections.append(f"## {part}\n\nIt failed.\n")
        else:
            figures |= result.figures
            sections.append(result.markdown())
    size = f"`make bench OBJECTS={objects}`"
    lines = [
        "# What was measured",
        "",
        (
            f"Made by {size} on {datetime.now(UTC):%Y-%m-%d}, in {minutes:.0f} min. Medians of "
            f"{rounds} rounds with their ranges, in which everything that is compared takes turns; "
            "data are generated, the same in every run."
        ),
        "",
        f"- {versions()}",
        f"- {machine()}",
        "",
        "Ratios count more than figures, which are those of this machine.",
        "",
        "## Goals",
        "",
    ]
    if objects < _FULL_SIZE:
        lines += [f"Goals are set for a million objects; these were {objects:,}.", ""]
    header = ("what", "goal", "measured", "reached")
    rows = [goal.row(figures) for goal in GOALS]
    lines += table(header, rows if objects >= _FULL_SIZE else [(*row[:3], "") for row in rows])
    return "\n".join([*lines, "", *_limits(figures, objects), *sections])


def _limits(figures: dict[str, float], objects: int) -> list[str]:
    """What stands in the way of each goal that is not reached."""
    if objects < _FULL_SIZE:
        return []
    missed = [goal for goal in GOALS if goal.limit and goal.is_met(figures) is False]
    return [*(f"- {goal.what}: {goal.limit}." for goal in missed), *([""] if missed else [])]


def main() -> int:
    """Run all parts, or those that are named, and write the report of all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=_FULL_SIZE)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=_REPORT)
    parser.add_argument("parts", nargs="*", help=f"some of {', '.join(PARTS)}; without any all")
    given = parser.parse_args()
    parts = given.parts or PARTS
    if unknown := set(parts).difference(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="adaudit-bench-") as name:
        folder = Path(name)
        results = {part: run(part, given.objects, given.rounds, folder) for part in parts}
    minutes = (time.monotonic() - started) / 60
    given.output.write_text(report(results, given.objects, given.rounds, minutes), encoding="utf-8")
    return 1 if None in results.values() else 0


if __name__ == "__main__":
    sys.exit(main())
