"""`adaudit explain`: one verdict with its whole reason."""

from pathlib import Path

import click

from adaudit.cli.asking import ON_HELP, RIGHT_HELP, WHO_HELP
from adaudit.cli.inputs import opener
from adaudit.cli.options import Output, form_options, scope_option, target_option
from adaudit.directory.reach import Scope
from adaudit.explanation import explain as explain_verdict
from adaudit.findings import Explanation
from adaudit.report.answer_forms import EXPLANATION_FORMATS

_UNDECIDED = 3


@click.command(short_help="Explain one verdict with its whole reason.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--who", metavar="WHO", required=True, help=WHO_HELP)
@click.option("--on", metavar="OBJECT", required=True, help=ON_HELP)
@click.option("--right", metavar="RIGHT", required=True, help=RIGHT_HELP)
@click.option("--to", metavar="DN", help="New parent, for the operation Move.")
@click.option(
    "--in", "domain", metavar="DOMAIN", help="Domain whose controller checks access, by name."
)
@scope_option
@target_option
@form_options(EXPLANATION_FORMATS)
def explain(  # noqa: PLR0913, PLR0917 - click passes every option as an argument
    file: Path,
    who: str,
    on: str,
    right: str,
    to: str | None,
    domain: str | None,
    scope: Scope,
    name: str | None,
    output: Output[Explanation],
) -> int:
    """
    Explain whether WHO holds RIGHT on an object.

    FILE is a snapshot, an export or a target list. Shows the entry that decides, how it came there,
    the way to its trustee, and what every other entry of the DACL did; of an operation that takes
    several checks, each of them. Ends with status 0 whatever the answer is, and with 3 if the
    question cannot be decided.
    """
    with opener(file, name, scope=scope)() as snapshot:
        found = explain_verdict(snapshot, who, on, right, domain, to)
    output.show(found)
    return _UNDECIDED if found.decision == "undecided" else 0
