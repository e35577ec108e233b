"""`adaudit probe`: ask servers what they offer."""

from collections.abc import Callable, Sequence
from pathlib import Path

import click

from adaudit.directory.observations import SmtpProbe
from adaudit.endpoint import SMTP_PORT, parse_endpoint
from adaudit.errors import AdauditError, AddressError, EvidenceError
from adaudit.evidence.smtp_probe.files import dump
from adaudit.evidence.smtp_probe.options import ProbeOptions, own_name
from adaudit.evidence.smtp_probe.probe import probe_all
from adaudit.report import write_text
from adaudit.report.probes import render
from adaudit.report.text import safe_text

_INCOMPLETE = 3


def _json(probes: Sequence[SmtpProbe]) -> str:
    return dump(probes, own_name())


_FORMS: dict[str, Callable[[Sequence[SmtpProbe]], str]] = {"table": render, "json": _json}


@click.group("probe", short_help="Ask mail servers what they offer.")
def probe() -> None:
    """Ask servers what they offer, without logging on."""


@probe.command("smtp", short_help="Ask for greeting and extensions, in TLS too.")
@click.argument("hosts", metavar="HOST[:PORT]...", nargs=-1, required=True)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=SMTP_PORT,
    show_default=True,
    help="Port of hosts that name none.",
)
@click.option(
    "--timeout",
    metavar="SECONDS",
    type=click.FloatRange(0.05, 600),
    default=10.0,
    show_default=True,
    help="For the connection and for each answer; four times that for all of one host.",
)
@click.option("--no-starttls", is_flag=True, help="Do not look inside TLS where it is offered.")
@click.option(
    "--xexch50",
    is_flag=True,
    help=(
        "Ask about XEXCH50 too: MAIL FROM:<>, XEXCH50, RSET, and never a recipient or data. The "
        "server may log the refusal as event 7010."
    ),
)
@click.option("--ehlo-name", metavar="NAME", help="Name to give.  [default: this computer's]")
@click.option(
    "--ca-file",
    type=click.Path(path_type=Path),
    help="Authorities (PEM) to trust instead of those of the system.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMS)),
    default="table",
    show_default=True,
    help="json is what `smtp_probes` of a target list reads.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead.")
def smtp(  # noqa: PLR0913 - click gives each option as an argument
    *,
    hosts: tuple[str, ...],
    port: int,
    timeout: float,
    no_starttls: bool,
    xexch50: bool,
    ehlo_name: str | None,
    ca_file: Path | None,
    form: str,
    output: Path | None,
) -> int:
    """
    Ask mail servers for their greeting and extensions, in TLS too, and leave.

    Run it where the sending server stands: firewalls and proxies on the way are part of what is
    seen. No mail is sent. Ends with status 3 if a host could not be asked to the end.
    """
    name = own_name() if ehlo_name is None else ehlo_name
    try:
        endpoints = [parse_endpoint(host, port) for host in hosts]
        options = ProbeOptions(timeout, not no_starttls, xexch50, name, ca_file)
        probes = probe_all(endpoints, options)
    except (AddressError, EvidenceError) as error:  # what servers do wrong is told in their probes
        raise click.UsageError(_whole(error)) from error
    _show(_FORMS[form](probes), output)
    return _INCOMPLETE if any(each.fault is not None for each in probes) else 0


def _whole(error: AdauditError) -> str:
    lines = [error.message, *([f"help: {error.hint}"] if error.hint else [])]
    return "\n".join(map(safe_text, lines))


def _show(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    write_text(text, output)
