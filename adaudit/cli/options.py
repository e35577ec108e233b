"""Options and results that several commands share: formats, files, exit status."""

import os
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Generic, TypeVar

import click

from adaudit.errors import ReportError
from adaudit.findings import Report, Severity
from adaudit.report import FORMATS, Format, write

_NOTHING_FAILS = "none"
_SEVERITIES = [*map(str, Severity), _NOTHING_FAILS]


_Told = TypeVar("_Told")
_Command = Callable[..., int]


@dataclass(frozen=True, slots=True)
class Output(Generic[_Told]):
    """Where the report goes, and in which forms."""

    formats: Mapping[str, Format[_Told]]
    form: str
    files: tuple[tuple[str, Path], ...]

    def show(self, told: _Told) -> None:
        """
        Write the report to its files and to standard output.

        Raises `ReportError` at the end for the files that could not be written: none of them keeps
        the rest back.
        """
        faults = tuple(self._faults(told))
        text = self.formats[self.form].render(told)
        # A text stream turns line feeds into the line ends of the system by itself.
        click.echo(text.replace("\r\n", "\n") if os.linesep == "\r\n" else text, nl=False)
        if faults:
            raise ReportError("\n".join(faults))

    def _faults(self, told: _Told) -> Iterator[str]:
        for form, path in self.files:
            try:
                write(told, self.formats[form], path)
            except ReportError as error:
                yield error.message


scope_option = click.option(
    "--scope",
    type=click.Choice(["exchange", "all"]),
    default="exchange",
    show_default=True,
    help="What is kept of an export: what the checks of Exchange need, or everything.",
)
"""The option of commands that read files; a target list has a scope of its own"""

target_option = click.option(
    "--target", "name", metavar="NAME", help="Target of the list, where FILE is one with several."
)
"""The option of commands that look at one directory"""


def form_options(formats: Mapping[str, Format[_Told]]) -> Callable[[_Command], _Command]:
    """Add `--format`, the first form being the default, and `-o`; the command gets `output`."""

    def parse_files(
        _: click.Context, __: click.Parameter, values: tuple[str, ...]
    ) -> tuple[tuple[str, Path], ...]:
        return tuple(_parse_file(value, formats) for value in values)

    def decorate(command: _Command) -> _Command:
        @click.option(
            "--format",
            "form",
            type=click.Choice(list(formats)),
            default=next(iter(formats)),
            show_default=True,
            help="Form of the report on standard output.",
        )
        @click.option(
            "-o",
            "--output",
            "written",
            metavar="FORMAT=FILE",
            multiple=True,
            callback=parse_files,
            help="Write the report to FILE too, in that format; repeatable.",
        )
        @wraps(command)
        def with_output(form: str, written: tuple[tuple[str, Path], ...], **rest: object) -> int:
            return command(output=Output(formats, form, written), **rest)

        return with_output

    return decorate


def output_options(command: _Command) -> _Command:
    """Add the options of a report: its forms, and `--fail-on`."""
    fail_on = click.option(
        "--fail-on",
        type=click.Choice(_SEVERITIES),
        help="Least severity of a finding that ends with status 1.  [default: high]",
    )
    return form_options(FORMATS)(fail_on(command))


def exit_status(report: Report, fail_on: str) -> int:
    """0 complete and clean, 1 findings at or above `fail_on`, 3 incomplete."""
    if fail_on != _NOTHING_FAILS:
        least = Severity[fail_on.upper()]
        if any(finding.severity >= least for finding in report.findings()):
            return 1
    return 0 if report.is_complete else 3


def _parse_file(value: str, formats: Collection[str]) -> tuple[str, Path]:
    form, _, path = value.partition("=")
    if form not in formats or not path:
        forms = ", ".join(formats)
        raise click.BadParameter(f"`{value}` is not FORMAT=FILE with a format of: {forms}")
    return form, Path(path)
