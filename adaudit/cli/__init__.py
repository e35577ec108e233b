"""The commands: the only place that prints or exits."""

import importlib
import os
import sys
import traceback
from io import TextIOWrapper

import click

from adaudit import __version__
from adaudit.errors import AdauditError, CollectError, DirectoryError

_COMMANDS = (
    *(
        "audit",
        "collect",
        "check",
        "explain",
        "who-can",
        "rights-of",
        "paths",
        "delegations",
        "diff",
        "diagnose",
        "probe",
    ),
    *("checks", "config"),
)
_WRONG_USE = 2
_INCOMPLETE = 3
_FAULT = 70  # EX_SOFTWARE of sysexits.h
_INTERRUPTED = 130  # as shells count a process that SIGINT ended
_BROKEN_PIPE = 141  # and one that SIGPIPE ended


class _Commands(click.Group):
    """Loads the module of a command only when it is called: libraries cost time to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in _COMMANDS:
            return None
        name = cmd_name.replace("-", "_")
        module = importlib.import_module(f"adaudit.cli.{name}")
        command: click.Command = getattr(module, name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; click would give a broken pipe the status of findings."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            # Python would complain when it flushes the rest at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return _BROKEN_PIPE


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit status: 0 complete and clean; 1 something was found: a finding at or above "
        "--fail-on, a cause, a path, a delegation, a change; 2 wrong use or configuration; 3 "
        "incomplete: something could not be read or decided, and nothing was found; 70 a fault of "
        "adaudit itself; 130 interrupted; 141 output not read to its end."
    ),
)
@click.version_option(__version__, message="%(prog)s %(version)s")
def adaudit() -> None:
    """Say who may do what in an Active Directory, and which entry and which group decide."""


def main() -> None:
    """Run a command; expected failures become one message on stderr and an exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a name that the terminal cannot show is no error
            stream.reconfigure(errors="backslashreplace")
    try:
        status = adaudit(prog_name="adaudit", standalone_mode=False)
    except click.exceptions.Abort:
        status = _INTERRUPTED
    except click.ClickException as error:
        error.show()
        status = _WRONG_USE
    except AdauditError as error:
        _tell(error)
        status = _INCOMPLETE if isinstance(error, CollectError | DirectoryError) else _WRONG_USE
    except Exception:  # noqa: BLE001 - told whole, and not with the status of a result
        traceback.print_exc()
        click.echo("error: this is a fault of adaudit itself, not of what it read", err=True)
        status = _FAULT
    sys.exit(status or 0)


def _tell(error: AdauditError) -> None:
    from adaudit.report.text import safe_text  # noqa: PLC0415 - needed for errors alone

    for line in error.message.split("\n"):
        click.echo(f"error: {safe_text(line)}", err=True)
    if error.hint:
        click.echo(f"help: {safe_text(error.hint)}", err=True)
