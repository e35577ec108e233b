"""`adaudit explain`: one verdict with its whole reason."""

from pathlib import Path

import click

from adaudit.cli.asking import ON_HELP, RIGHT_HELP
from adaudit.cli.inputs import opener
from adaudit.cli.options import scope_option
from adaudit.directory.reach import Scope
from adaudit.explanation import explain as explain_verdict
from adaudit.report.explanation import render_json, render_text

_FORMS = {"text": render_text, "json": render_json}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--who", required=True, help=r"Account or group: NAME, DOMAIN\NAME, DN or SID.")
@click.option("--on", required=True, help=ON_HELP)
@click.option("--right", required=True, help=RIGHT_HELP)
@click.option("--to", metavar="DN", help="New parent, for the operation Move.")
@click.option(
    "--in", "domain", metavar="DOMAIN", help="Domain whose controller checks access, by name."
)
@scope_option
@click.option("--target", "name", help="Target, if FILE is a target list with several.")
@click.option(
    "--format", "form", type=click.Choice(list(_FORMS)), default="text", show_default=True
)
def explain(  # noqa: PLR0913, PLR0917 - click passes every option as an argument
    file: Path,
    who: str,
    on: str,
    right: str,
    to: str | None,
    domain: str | None,
    scope: Scope,
    name: str | None,
    form: str,
) -> int:
    """
    Explain whether WHO holds RIGHT on an object, from a snapshot, LDIF export or target list.

    Shows the entry that decides, how it came there, the way to its trustee, and what every other
    entry of the DACL did; of an operation that takes several checks, each of them. Ends with
    status 3 if the question cannot be decided.
    """
    with opener(file, name, scope=scope)() as snapshot:
        found = explain_verdict(snapshot, who, on, right, domain, to)
    click.echo(_FORMS[form](found), nl=False)
    return 3 if found.decision == "undecided" else 0
