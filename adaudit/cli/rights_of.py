"""`adaudit rights-of`: all that one subject in effect holds."""

from pathlib import Path

import click

from adaudit.cli.asking import ON_HELP, WHO_HELP
from adaudit.cli.inputs import opener
from adaudit.cli.options import Output, form_options, scope_option, target_option
from adaudit.directory.reach import Scope
from adaudit.explanation.rights_of import rights_of as all_rights_of
from adaudit.findings.rights_of import RightsOf
from adaudit.report.answer_forms import RIGHTS_OF_FORMATS

_INCOMPLETE = 3


@click.command(short_help="Show all that somebody holds, and through what.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--who", metavar="WHO", required=True, help=WHO_HELP)
@click.option("--on", metavar="OBJECT", help=ON_HELP)
@click.option(
    "--under", metavar="OBJECT", help="Object by the same names: it and all objects below it."
)
@click.option("--all", "is_all", is_flag=True, help="Show what Authenticated Users hold as well.")
@click.option(
    "--in",
    "domain",
    metavar="DOMAIN",
    help="Domain whose controller checks access to what is in no domain, by name.",
)
@scope_option
@target_option
@form_options(RIGHTS_OF_FORMATS)
def rights_of(  # noqa: PLR0913, PLR0917 - click passes every option as an argument
    file: Path,
    who: str,
    on: str | None,
    under: str | None,
    domain: str | None,
    scope: Scope,
    name: str | None,
    output: Output[RightsOf],
    *,
    is_all: bool,
) -> int:
    """
    Show all that WHO in effect holds: on one object, under one, or everywhere.

    FILE is a snapshot, an export or a target list. Objects on which the same is held by the
    same entries are told once. What whoever logs on holds as well is left out unless --all is
    given. Ends with status 3 if an object cannot be judged or something is not known.
    """
    if on and under:
        raise click.UsageError("--on and --under exclude each other")
    with opener(file, name, scope=scope)() as snapshot:
        found = all_rights_of(snapshot, who, on, under, domain, is_all=is_all)
        output.show(found)
        return 0 if found.is_complete else _INCOMPLETE
