"""`adaudit diff`: what changed between two snapshots of a forest."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from adaudit.changes import Drift
from adaudit.cli.inputs import is_list, opener
from adaudit.cli.options import Output, form_options
from adaudit.collect.recognition import Kind, kind_of
from adaudit.directory.reach import Scope
from adaudit.directory.snapshot import Snapshot
from adaudit.drift import compare
from adaudit.report import DRIFT_FORMATS

_CHANGED, _INCOMPLETE = 1, 3


@click.command(short_help="Tell what changed between two snapshots.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--target", "name", metavar="NAME", help="Target of each list with several, OLD or NEW."
)
@form_options(DRIFT_FORMATS)
def diff(old: Path, new: Path, name: str | None, output: Output[Drift]) -> int:
    """
    Tell what changed from OLD to NEW: in effect, in entries, in objects and memberships.

    Each is a snapshot, an export or a target list, and both are of one forest. Ends with status 1
    if anything changed, with 3 if nothing did in what could be compared.
    """
    with ExitStack() as stack:
        before, after = _opened((old, new), name, stack)
        drift = compare(before, after, (str(old), str(new)))
        output.show(drift)
    if drift.has_changes:
        return _CHANGED
    return 0 if drift.is_complete else _INCOMPLETE


def _opened(files: Sequence[Path], name: str | None, stack: ExitStack) -> tuple[Snapshot, Snapshot]:
    """The snapshots; of an export as much as the other one holds, and all of two exports."""
    has_list = any(map(is_list, files))
    scope: Scope = "all"
    found: dict[int, Snapshot] = {}
    for number in sorted(range(len(files)), key=lambda each: _is_export(files[each])):
        file = files[number]
        target = name if is_list(file) or not has_list else None
        found[number] = stack.enter_context(opener(file, target, scope=scope)())
        scope = found[number].scope
    return found[0], found[1]


def _is_export(file: Path) -> bool:
    return not is_list(file) and kind_of(file) is not Kind.SNAPSHOT
