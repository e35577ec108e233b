"""`adaudit checks`: the catalogue."""

from collections.abc import Collection, Iterator

import click

from adaudit.access.name_hints import meant
from adaudit.checks import Check, catalogue
from adaudit.errors import QuestionError

_TITLES = {False: "Of the domain", True: "Of the mail between Exchange servers"}


@click.command(short_help="List the checks, or explain one.")
@click.argument("check_id", metavar="[ID]", required=False)
def checks(check_id: str | None) -> None:
    """
    List all checks with the worst that each reports, or tell of one, by its ID, everything.

    That is what it reports, why it matters, how to mend it, why it is as severe as it is, and who
    else describes it. Checks of the domain run on targets with `scope: all`; those of descriptors
    alone (order, damage, missing lists, stale inheritance) on every target.
    """
    known = {check.id: check for check in catalogue()}
    if check_id is None:
        click.echo("\n".join(_list(known.values())))
        return
    if check_id not in known:
        hint = meant(check_id, known) or f"checks: {', '.join(known)}"
        raise QuestionError(f"no check `{check_id}`", hint)
    check = known[check_id]
    why = f" ({check.reason})" if check.reason else ""
    click.echo(f"{check.title}\n\nid: {check.id}\nworst severity: {check.severity}{why}")
    if check.step is not None:
        click.echo(f"step of adaudit diagnose: {check.step}")
    click.echo(f"\n{check.documentation}")
    if check.references:
        click.echo("\n".join(["\nReferences:", *(f"- {each}" for each in check.references)]))


def _list(known: Collection[Check]) -> Iterator[str]:
    """One line a check, so that it can be searched for: id, worst severity, title."""
    width = max(len(check.id) for check in known)
    for of_exchange, title in _TITLES.items():
        yield f"{title}   (adaudit checks ID tells more)" if not of_exchange else f"\n{title}"
        for check in known:
            if check.of_exchange is of_exchange:
                yield f"   {check.id:{width}}  {check.severity!s:6}  {check.title}"
