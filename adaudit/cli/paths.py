"""`adaudit paths`: who comes to control an object, step by step."""

from pathlib import Path

import click

from adaudit.cli.inputs import opener, widening_of
from adaudit.cli.options import Output, form_options, target_option
from adaudit.control import paths_to
from adaudit.findings.control import ControlReport
from adaudit.report.answer_forms import PATHS_FORMATS

_FOUND, _INCOMPLETE = 1, 3


@click.command(short_help="Show by which steps somebody comes to control an object.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--to", metavar="OBJECT", required=True, help="Object: its DN, or a principal by name or SID."
)
@target_option
@form_options(PATHS_FORMATS)
def paths(file: Path, to: str, name: str | None, output: Output[ControlReport]) -> int:
    """
    Show by which steps accounts outside tier 0 come to control an object.

    FILE is a snapshot, an export or a target list, read with `scope: all`. Each step of a path is
    a right that is held in effect, denies and the order of entries counted, with the entry that
    grants it; ✂ marks the step to cut. Ends with status 1 if there are paths, with 3 if there are
    none and something was not read.
    """
    with opener(file, name, scope="all")() as snapshot:
        found = paths_to(snapshot, to, widening_of(file))
    output.show(found)
    if found.paths:
        return _FOUND
    return _INCOMPLETE if found.gaps else 0
