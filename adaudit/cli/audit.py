"""`adaudit audit`: the main job."""

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from adaudit.audit import run
from adaudit.cli.executor import Place, executor_options
from adaudit.cli.inputs import list_in
from adaudit.cli.options import Output, exit_status, output_options
from adaudit.cli.progress import board
from adaudit.config import AuditConfig
from adaudit.findings import Report

_INTERRUPTED = 130  # as shells count a process that SIGINT ended


@click.command(short_help="Read the targets of a list, check them and report.")
@click.argument("targets", type=click.Path(path_type=Path))
@executor_options
@output_options
def audit(targets: Path, place: Place, output: Output[Report], fail_on: str | None) -> int:
    """
    Read every target of the list TARGETS (YAML), check it and report.

    Of Exchange servers it tells who may not Send-As to whom; of targets with `scope: all` who can
    take over what matters most. Each finding has the entry and the group that decide; what could
    not be read or decided is told. Ends with status 1 if anything is found at or above --fail-on,
    with 3 if nothing is and the report is incomplete.
    """
    config = list_in(targets, elsewhere=place.fleet is not None)
    report = _run(config, place, str(targets))
    output.show(report)
    return exit_status(report, fail_on or config.checks.fail_on)


def _run(config: AuditConfig, place: Place, file: str) -> Report:
    try:
        with board() as watch:
            return run(config, place.executor(watch), file)
    except KeyboardInterrupt:
        _end_at_once()


def _end_at_once() -> NoReturn:
    """End without waiting for threads that wait for servers; no file is open for writing."""
    click.echo(err=True)
    sys.stderr.flush()
    os._exit(_INTERRUPTED)
