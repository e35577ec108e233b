"""`adaudit diagnose`: KB 843106 step by step."""

from collections.abc import Sequence
from pathlib import Path

import click

from adaudit.cli.inputs import is_list, opener, targets_of
from adaudit.cli.options import Output, form_options
from adaudit.diagnosis import diagnose as diagnose_target
from adaudit.report import DIAGNOSIS_FORMATS
from adaudit.report.diagnosis_state import is_complete
from adaudit.rulings import DiagnosisReport

_FOUND, _INCOMPLETE = 1, 3


@click.command(short_help="Make the steps of KB 843106 for pairs of servers.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "sender", metavar="SENDER", help="Server that sends: its name or address.")
@click.option("--to", "receiver", metavar="RECEIVER", help="Server that receives.")
@click.option("--target", "name", metavar="NAME", help="Only this target of the list.")
@form_options(DIAGNOSIS_FORMATS)
def diagnose(
    file: Path,
    sender: str | None,
    receiver: str | None,
    name: str | None,
    output: Output[Sequence[DiagnosisReport]],
) -> int:
    """
    Make each step of KB 843106 for the mail from one Exchange server to another.

    FILE is a snapshot, an export or a target list. Without --from and --to every pair
    is diagnosed that the evidence shows to refuse XEXCH50 (`504 need to authenticate first`, events
    7004 and 7010). Ends with status 1 if a cause is found, with 3 if none is and a step is unknown.
    """
    reports = _diagnose(file, sender, receiver, name)
    output.show(reports)
    if any(report.has_causes for report in reports):
        return _FOUND
    return 0 if is_complete(reports) else _INCOMPLETE


def _diagnose(
    file: Path, sender: str | None, receiver: str | None, name: str | None
) -> list[DiagnosisReport]:
    """
    Diagnose all targets, or the one in which a server is named.

    Raises `ConfigError` when a server is named, and the list holds several targets to look for it.
    """
    if not is_list(file):
        source = opener(file, name)
        return [diagnose_target(file.name, source, (str(file),), sender, receiver)]
    chosen = targets_of(file, name)
    if sender is not None or receiver is not None:
        opener(file, name)  # says which targets there are to choose from
    several = len(targets_of(file)) > 1
    return [
        diagnose_target(
            target.name,
            opener(file, target.name),
            (str(file), "--target", target.name) if several else (str(file),),
            sender,
            receiver,
        )
        for target in chosen
    ]
