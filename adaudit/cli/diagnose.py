"""`adaudit diagnose`: KB 843106 step by step."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

import click

from adaudit.cli.inputs import is_list, opener, targets_of
from adaudit.diagnosis import diagnose as diagnose_target
from adaudit.errors import ReportError
from adaudit.findings import DiagnosisReport, Report
from adaudit.report import Format, write
from adaudit.report.diagnosis import render as render_text
from adaudit.report.diagnosis_json import render as render_json
from adaudit.report.diagnosis_state import is_complete

_Reports = Sequence[DiagnosisReport]
_FORMS: Mapping[str, Callable[[_Reports], str]] = MappingProxyType(
    {"text": render_text, "json": render_json}
)
_FOUND, _INCOMPLETE = 1, 3


def _parse_files(
    _: click.Context, __: click.Parameter, values: tuple[str, ...]
) -> tuple[tuple[str, Path], ...]:
    return tuple(map(_parse_file, values))


def _parse_file(value: str) -> tuple[str, Path]:
    form, _, path = value.partition("=")
    if form not in _FORMS or not path:
        forms = ", ".join(_FORMS)
        raise click.BadParameter(f"`{value}` is not FORMAT=FILE with a format of: {forms}")
    return form, Path(path)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--from", "sender", metavar="SENDER", help="Server that sends: its name or address.")
@click.option("--to", "receiver", metavar="RECEIVER", help="Server that receives.")
@click.option("--target", "name", help="Diagnose only this target of the list.")
@click.option(
    "--format", "form", type=click.Choice(list(_FORMS)), default="text", show_default=True
)
@click.option(
    "-o",
    "--output",
    "written",
    metavar="FORMAT=FILE",
    multiple=True,
    callback=_parse_files,
    help="Write the diagnosis to FILE too, in that format; repeatable.",
)
def diagnose(
    file: Path,
    sender: str | None,
    receiver: str | None,
    name: str | None,
    form: str,
    written: tuple[tuple[str, Path], ...],
) -> int:
    """
    Make each step of KB 843106 for the mail from one Exchange server to another.

    FILE is a target list (YAML), a snapshot or an LDIF export. Without --from and --to every pair
    is diagnosed that the evidence shows to refuse XEXCH50 (`504 need to authenticate first`, events
    7004 and 7010). Ends with status 1 if a cause is found, with 3 if none is and a step is unknown.
    """
    reports = _diagnose(file, sender, receiver, name)
    faults = tuple(_faults(reports, written))
    click.echo(_FORMS[form](reports), nl=False)
    if faults:
        raise ReportError("\n".join(faults))
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


def _faults(reports: _Reports, written: tuple[tuple[str, Path], ...]) -> Iterator[str]:
    """Write all files; one that cannot be written keeps no other back."""
    for form, path in written:
        try:
            write(Report(()), _holding(_FORMS[form](reports)), path)
        except ReportError as error:
            yield error.message


def _holding(text: str) -> Format:
    """A form whose text is made already: all that is wanted of it is the way into a file."""

    def render(_: Report) -> str:
        return text

    return Format(render, "utf-8")
