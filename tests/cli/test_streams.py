"""Standard output carries results only, and no terminal is too small for them."""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cli.command import clean_environment, in_own_process
from tests.scenarios.model import load
from tests.scenarios.reading import ldif_file, snapshot_of
from tests.scenarios.world import build

ESCAPE, OVERRIDE = "\x1b", "\u202e"
HOSTILE = f"=cmd|'/c calc'!A0 {ESCAPE}[31mred{OVERRIDE}[/red]"


@pytest.fixture
def audited(tmp_path: Path) -> Path:
    """A target list whose report holds Hungarian names."""
    path = tmp_path / "targets.yaml"
    export = ldif_file("renamed-servers-group", tmp_path)
    path.write_text(f"version: 1\ntargets: [{{name: one, ldif: '{export}'}}]\n")
    return path


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_nothing_is_said_on_stderr_without_a_terminal(audited: Path, form: str) -> None:
    ran = in_own_process("audit", audited, "--format", form)

    assert ran.returncode == 0
    assert ran.stderr == b""
    assert "one" in ran.stdout.decode()


def test_errors_go_to_stderr_and_nothing_to_stdout() -> None:
    ran = in_own_process("audit", "missing.yaml")

    assert ran.returncode == 2
    assert ran.stdout == b""
    assert b"missing.yaml" in ran.stderr


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_an_encoding_that_lacks_a_letter_is_no_error(audited: Path, encoding: str) -> None:
    ran = in_own_process("audit", audited, PYTHONIOENCODING=encoding)

    assert ran.returncode == 0
    assert ran.stderr == b""
    assert b"Levelez" in ran.stdout


def test_a_letter_that_an_encoding_lacks_is_shown_by_its_number(audited: Path) -> None:
    ran = in_own_process("audit", audited, PYTHONIOENCODING="latin-1")

    assert "Levelez\\u0151 kiszolgálók" in ran.stdout.decode("latin-1")


def test_a_reader_who_goes_away_is_no_error(audited: Path) -> None:
    program = [sys.executable, "-m", "adaudit", "audit", str(audited), "--format", "json"]
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ran = subprocess.run(
            program,
            env=clean_environment(),
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    finally:
        os.close(writing)

    assert ran.stderr == b""
    assert ran.returncode == 141


def on_terminal(program: list[str], environment: Mapping[str, str]) -> tuple[bytes, bytes]:
    """Run a program whose stderr is a terminal; what it writes to stdout and there."""
    master, slave = pty.openpty()
    with subprocess.Popen(program, env=environment, stdout=subprocess.PIPE, stderr=slave) as run:
        os.close(slave)
        out = run.stdout.read() if run.stdout else b""
        shown = b""
        while True:
            try:
                part = os.read(master, 4096)
            except OSError:  # the other end is closed: the program has ended
                break
            if not part:
                break
            shown += part
    os.close(master)
    return out, shown


def test_progress_is_shown_on_a_terminal_and_only_there(audited: Path) -> None:
    program = [sys.executable, "-m", "adaudit", "audit", str(audited)]
    out, shown = on_terminal(program, {**clean_environment(), "TERM": "xterm"})

    assert b"connecting" in shown or b"objects" in shown
    assert b"EX03" in out
    assert ESCAPE.encode() not in out


def test_no_colour_is_shown_to_who_wants_none(audited: Path) -> None:
    program = [sys.executable, "-m", "adaudit", "audit", str(audited)]
    wanted = {**clean_environment(), "TERM": "xterm", "NO_COLOR": "1"}
    _, shown = on_terminal(program, wanted)

    assert not re.search(rb"\x1b\[[0-9;]*m", shown.replace(b"\x1b[0m", b""))


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_a_hostile_name_is_inert_in_every_form(tmp_path: Path, form: str) -> None:
    ran = in_own_process("check", hostile(tmp_path), "--format", form)
    text = ran.stdout.decode()

    assert ran.returncode == 1
    assert "calc" in text
    assert ESCAPE not in text
    assert OVERRIDE not in text
    assert not any(
        cell.startswith("=cmd") for line in text.splitlines() for cell in line.split(",")
    )


def hostile(folder: Path) -> Path:
    """The snapshot of a scenario in which the denied group bears a hostile name."""
    forest = build(load("two-sources"))
    group = forest.principals.made["restricted"]
    group.attributes["samaccountname"] = [HOSTILE.encode()]
    path = folder / "hostile.snapshot"
    with snapshot_of(forest, path):
        return path


def test_a_hostile_name_is_inert_in_an_explanation(tmp_path: Path) -> None:
    asked = ("--who", "EX01$", "--on", "EX02", "--right", "Send-As")
    for form in ("text", "json"):
        ran = in_own_process("explain", hostile(tmp_path), *asked, "--format", form)
        assert ran.returncode == 0
        assert b"calc" in ran.stdout
        assert ESCAPE.encode() not in ran.stdout
        assert OVERRIDE.encode() not in ran.stdout


def test_a_message_shows_hostile_input_inert() -> None:
    ran = in_own_process("checks", f"x{ESCAPE}[31m")

    assert ran.returncode == 2
    assert ESCAPE.encode() not in ran.stderr
