"""`adaudit check`: the checks alone, offline."""

from pathlib import Path

import click

from adaudit.audit import choose, report_on
from adaudit.cli.inputs import is_list, opener
from adaudit.cli.options import Output, exit_status, output_options
from adaudit.errors import ConfigError
from adaudit.findings import Report


@click.command()
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--skip", multiple=True, metavar="CHECK", help="A check not to run; repeatable.")
@output_options
def check(
    files: tuple[Path, ...], skip: tuple[str, ...], output: Output[Report], fail_on: str | None
) -> int:
    """Check snapshot FILES or exports, and report, without connecting to anything."""
    checks = choose(skip)
    for file in files:
        if is_list(file):
            raise ConfigError(f"`{file}` is a target list", "`adaudit audit` reads and checks it")
    targets = tuple(report_on(file.name, opener(file), (str(file),), checks) for file in files)
    report = Report(targets)
    output.show(report)
    return exit_status(report, fail_on or "high")
