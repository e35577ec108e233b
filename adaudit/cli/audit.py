"""`adaudit audit`: the main job."""

from pathlib import Path

import click

from adaudit.audit import run
from adaudit.cli.options import Output, exit_status, output_options
from adaudit.cli.progress import shown
from adaudit.cli.prompt import asker
from adaudit.config import load
from adaudit.findings import Report


@click.command()
@click.argument("targets", type=click.Path(path_type=Path))
@output_options
def audit(targets: Path, output: Output[Report], fail_on: str | None) -> int:
    """
    Read every target of the list TARGETS (YAML), check it and report.

    Prints who may not Send-As to whom among the Exchange servers, the groups to blame with the
    entry that decides, and what could not be read or decided.
    """
    config = load(targets)
    with shown() as progress:
        report = run(config, asker(), progress, str(targets))
    output.show(report)
    return exit_status(report, fail_on or config.checks.fail_on)
