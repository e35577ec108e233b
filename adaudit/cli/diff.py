"""`adaudit diff`: what changed between two snapshots of a forest."""

from pathlib import Path

import click

from adaudit.changes import Drift
from adaudit.cli.inputs import is_list, opener
from adaudit.cli.options import Output, form_options
from adaudit.drift import compare
from adaudit.report import DRIFT_FORMATS

_CHANGED, _INCOMPLETE = 1, 3


@click.command()
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--target", "name", help="Target, of each argument that is a list with several.")
@form_options(DRIFT_FORMATS)
def diff(old: Path, new: Path, name: str | None, output: Output[Drift]) -> int:
    """
    Tell what changed from OLD to NEW: in effect, in entries, in objects and memberships.

    Both are snapshots, LDIF exports or target lists, of one forest. Ends with status 0 if nothing
    changed, with 1 if anything did, and with 3 if nothing did in what could be compared.
    """
    has_list = is_list(old) or is_list(new)
    before, after = (
        opener(file, name if is_list(file) or not has_list else None) for file in (old, new)
    )
    with before() as one, after() as other:
        drift = compare(one, other, (str(old), str(new)))
        output.show(drift)
    if drift.has_changes:
        return _CHANGED
    return 0 if drift.is_complete else _INCOMPLETE
