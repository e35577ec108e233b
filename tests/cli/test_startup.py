"""What is asked for often comes fast: nothing is loaded that is not needed."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adaudit import __version__
from tests.cli.command import Command

HEAVY = {
    "adaudit.collect",
    "adaudit.fleet",
    "adaudit.report.table",
    "distributed",
    "ldap3",
    "pydantic",
    "rich",
    "spnego",
    "sqlite3",
    "tabulate",
    "yaml",
}
"""What takes long to import"""


def loaded_by(*arguments: str) -> set[str]:
    program = (
        "import sys\n"
        "from adaudit.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print('\\n'.join(sys.modules), file=sys.stderr)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(ran.stderr.split())


def test_the_version_needs_no_library_but_the_command_line_itself() -> None:
    assert not HEAVY & loaded_by("--version")


@pytest.mark.parametrize("module", ["ldap3", "spnego"])
def test_the_catalogue_needs_no_directory(module: str) -> None:
    assert module not in loaded_by("checks")


def test_threads_need_no_library_of_a_fleet(
    snapshot: Callable[[str], Path], targets: Callable[..., Path]
) -> None:
    assert "distributed" not in loaded_by("audit", str(targets(one=snapshot("sound"))))


def test_the_version_is_that_of_the_package(adaudit: Command) -> None:
    ran = adaudit("--version")

    assert ran.status == 0
    assert ran.out == f"adaudit {__version__}\n"


def test_help_names_every_command_and_every_exit_status(adaudit: Command) -> None:
    ran = adaudit("--help")

    assert ran.status == 0
    for name in ("audit", "collect", "check", "explain", "checks", "config"):
        assert f"\n  {name} " in ran.out
    for status in ("0 complete", "1 something", "2 wrong use", "3 incomplete"):
        assert status in " ".join(ran.out.split())
