"""`adaudit check`: the checks alone, offline."""

from collections.abc import Sequence
from pathlib import Path

import click

from adaudit.audit import choose, report_on
from adaudit.checks import Check
from adaudit.cli.inputs import is_list, opener, opener_of_all
from adaudit.cli.options import Output, exit_status, output_options, scope_option
from adaudit.directory.reach import Scope
from adaudit.errors import ConfigError
from adaudit.findings import Report, TargetReport

_LIST = "TARGETS.yaml"
"""What the files have to be named in, so that another command can look at all of them"""


@click.command(short_help="Check snapshots or exports, offline.")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--skip", multiple=True, metavar="CHECK", help="A check not to run; repeatable.")
@scope_option
@click.option(
    "--merge", is_flag=True, help="Put FILES together: each holds a part of the same forest."
)
@output_options
def check(
    files: tuple[Path, ...],
    skip: tuple[str, ...],
    scope: Scope,
    output: Output[Report],
    fail_on: str | None,
    *,
    merge: bool,
) -> int:
    """
    Check snapshots or exports, and report, without connecting to anything.

    Each of the FILES is a directory of its own, unless --merge puts them together: the snapshots of
    the domains of a forest, say. What it suggests to look at then takes a target list that names
    them all. The status is that of audit.
    """
    checks = choose(skip)
    for file in files:
        if is_list(file):
            raise ConfigError(f"`{file}` is a target list", "`adaudit audit` reads and checks it")
    if merge:
        name = " + ".join(file.name for file in files)
        report = Report((report_on(name, opener_of_all(files, scope=scope), (_LIST,), checks),))
    else:
        report = Report(tuple(_report_on(file, scope, checks) for file in files))
    output.show(report)
    return exit_status(report, fail_on or "high")


def _report_on(file: Path, scope: Scope, checks: Sequence[Check]) -> TargetReport:
    words = (str(file), *(("--scope", scope) if scope != "exchange" else ()))
    return report_on(file.name, opener(file, scope=scope), words, checks)
