"""Options and results that several commands share: formats, files, exit status."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import click

from adaudit.errors import ReportError
from adaudit.findings import Report, Severity
from adaudit.report import FORMATS, write

_NOTHING_FAILS = "none"
_SEVERITIES = [*map(str, Severity), _NOTHING_FAILS]


@dataclass(frozen=True, slots=True)
class Output:
    """Where the report goes, and in which forms."""

    form: str
    files: tuple[tuple[str, Path], ...]

    def show(self, report: Report) -> None:
        """
        Write the report to its files and to standard output.

        Raises `ReportError` at the end for the files that could not be written: none of them keeps
        the rest back.
        """
        faults = tuple(self._faults(report))
        text = FORMATS[self.form].render(report)
        # A text stream turns line feeds into the line ends of the system by itself.
        click.echo(text.replace("\r\n", "\n") if os.linesep == "\r\n" else text, nl=False)
        if faults:
            raise ReportError("\n".join(faults))

    def _faults(self, report: Report) -> Iterator[str]:
        for form, path in self.files:
            try:
                write(report, FORMATS[form], path)
            except ReportError as error:
                yield error.message


def output_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add `--format`, `-o` and `--fail-on`; the command gets `output` and `fail_on`."""

    @click.option(
        "--format",
        "form",
        type=click.Choice(list(FORMATS)),
        default="table",
        show_default=True,
        help="Form of the report on standard output.",
    )
    @click.option(
        "-o",
        "--output",
        "written",
        metavar="FORMAT=FILE",
        multiple=True,
        callback=_parse_files,
        help="Write the report to FILE too, in that format; repeatable.",
    )
    @click.option(
        "--fail-on",
        type=click.Choice(_SEVERITIES),
        help="Least severity of a finding that ends with status 1.  [default: high]",
    )
    @wraps(command)
    def with_output(form: str, written: tuple[tuple[str, Path], ...], **rest: object) -> int:
        return command(output=Output(form, written), **rest)

    return with_output


def exit_status(report: Report, fail_on: str) -> int:
    """0 complete and clean, 1 findings at or above `fail_on`, 3 incomplete."""
    if fail_on != _NOTHING_FAILS:
        least = Severity[fail_on.upper()]
        if any(finding.severity >= least for finding in report.findings()):
            return 1
    return 0 if report.is_complete else 3


def _parse_files(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    return tuple(map(_parse_file, values))


def _parse_file(value: str) -> tuple[str, Path]:
    form, _, path = value.partition("=")
    if form not in FORMATS or not path:
        forms = ", ".join(FORMATS)
        raise click.BadParameter(f"`{value}` is not FORMAT=FILE with a format of: {forms}")
    return form, Path(path)
