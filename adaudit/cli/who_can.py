"""`adaudit who-can`: everybody who holds a right or can carry an operation out."""

from pathlib import Path

import click

from adaudit.cli.asking import ON_HELP, RIGHT_HELP
from adaudit.cli.inputs import opener
from adaudit.cli.options import Output, form_options, scope_option, target_option
from adaudit.directory.reach import Scope
from adaudit.explanation.who_can import who_can as everybody_who_can
from adaudit.findings.who_can import WhoCan
from adaudit.report.answer_forms import WHO_CAN_FORMATS

_UNDECIDED = 3


@click.command(short_help="Show everybody who holds a right, and through what.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--right", metavar="RIGHT", required=True, help=RIGHT_HELP)
@click.option("--on", metavar="OBJECT", required=True, help=ON_HELP)
@click.option("--to", metavar="DN", help="New parent, for the operation Move.")
@click.option(
    "--in", "domain", metavar="DOMAIN", help="Domain whose controller checks access, by name."
)
@click.option("--paths", is_flag=True, help="Show how each of them is reached, not an example.")
@scope_option
@target_option
@form_options(WHO_CAN_FORMATS)
def who_can(  # noqa: PLR0913, PLR0917 - click passes every option as an argument
    file: Path,
    right: str,
    on: str,
    to: str | None,
    domain: str | None,
    scope: Scope,
    name: str | None,
    output: Output[WhoCan],
    *,
    paths: bool,
) -> int:
    """
    Show everybody who in effect holds RIGHT on an object.

    FILE is a snapshot, an export or a target list. A group holds it if a member with nothing
    else would. All are told by what decides for them: the entry, where it was set, and how it is
    reached; of an operation that takes several checks, for each. Ends with status 3 if it is not
    known of somebody.
    """
    with opener(file, name, scope=scope)() as snapshot:
        found = everybody_who_can(snapshot, right, on, domain, to, with_paths=paths)
        output.show(found)
        return _UNDECIDED if found.undecided else 0
