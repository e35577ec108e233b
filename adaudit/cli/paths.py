"""`adaudit paths`: who comes to control an object, step by step."""

from pathlib import Path

import click

from adaudit.cli.inputs import opener, widening_of
from adaudit.control import paths_to
from adaudit.report.control import render_json, render_text

_FORMS = {"text": render_text, "json": render_json}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", required=True, help="Object: its DN, or a principal by name or SID.")
@click.option("--target", "name", help="Target, if FILE is a target list with several.")
@click.option(
    "--format", "form", type=click.Choice(list(_FORMS)), default="text", show_default=True
)
def paths(file: Path, to: str, name: str | None, form: str) -> int:
    """
    Show the shortest paths by which accounts outside tier 0 come to control an object.

    Each step is a right that is held in effect, denies and the order of entries counted, with the
    entry that grants it; ✂ marks the step to cut. Ends with status 1 if there are paths, and 3 if
    there are none and something was not read.
    """
    with opener(file, name, scope="all")() as snapshot:
        found = paths_to(snapshot, to, widening_of(file))
    click.echo(_FORMS[form](found), nl=False)
    if found.paths:
        return 1
    return 3 if found.gaps else 0
