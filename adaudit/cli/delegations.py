"""`adaudit delegations`: what was set by hand."""

from pathlib import Path
from typing import cast

import click

from adaudit.access.view import View
from adaudit.cli.inputs import opener
from adaudit.cli.options import Output, form_options, target_option
from adaudit.report import DELEGATION_FORMATS
from adaudit.report.delegation_lines import By, DelegationReport, delegation_report
from adaudit.review.delegations import find_delegations


@click.command(short_help="List what was set by hand, by place or by trustee.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--by",
    type=click.Choice(["place", "trustee"]),
    default="place",
    show_default=True,
    help="Order: by the object that it was set on, or by whom it is for.",
)
@target_option
@form_options(DELEGATION_FORMATS)
def delegations(file: Path, by: str, name: str | None, output: Output[DelegationReport]) -> int:
    """
    List what was set by hand.

    FILE is a snapshot, an export or a target list, read with `scope: all`. Told is every explicit
    entry and owner that is no default of its class, of the system or of Exchange and LAPS, and no
    copy of AdminSDHolder, and where inheritance is blocked. Ends with status 1 if there is any,
    with 3 if there is none and not everything could be judged.
    """
    with opener(file, name, scope="all")() as snapshot:
        view = View(snapshot)
        report = delegation_report(find_delegations(view), view, cast("By", by))
    output.show(report)
    if report.lines:
        return 1
    return 0 if report.is_complete else 3
