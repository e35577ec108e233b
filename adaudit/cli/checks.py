"""`adaudit checks`: the catalogue."""

import click

from adaudit.checks import catalogue
from adaudit.errors import QuestionError


@click.command(short_help="List the checks, or explain one.")
@click.argument("check_id", metavar="[ID]", required=False)
def checks(check_id: str | None) -> None:
    """List all checks, or say what check ID reports, why it matters and how to mend it."""
    known = {check.id: check for check in catalogue()}
    if check_id is None:
        width = max(map(len, known))
        for check in known.values():
            click.echo(f"{check.id:{width}}  {check.severity!s:6}  {check.title}")
        return
    if check_id not in known:
        raise QuestionError(f"no check `{check_id}`", f"checks: {', '.join(known)}")
    check = known[check_id]
    why = f" ({check.reason})" if check.reason else ""
    click.echo(f"{check.title}\n\nid: {check.id}\nworst severity: {check.severity}{why}")
    if check.step is not None:
        click.echo(f"step of adaudit diagnose: {check.step}")
    click.echo(f"\n{check.documentation}")
    if check.references:
        click.echo("\n".join(["\nReferences:", *(f"- {each}" for each in check.references)]))
