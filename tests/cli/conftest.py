"""The command line, and files to give it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.command import Command
from tests.scenarios.reading import ldif_file, snapshot_file

Make = Callable[[str], Path]


@pytest.fixture
def adaudit(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """`adaudit ARGUMENTS` in this process: its status and what it printed."""
    return Command(capsys, monkeypatch)


@pytest.fixture
def snapshot(tmp_path: Path) -> Make:
    """A snapshot file of a scenario, by its name."""
    return lambda name: snapshot_file(name, tmp_path)


@pytest.fixture
def ldif(tmp_path: Path) -> Make:
    """An export of a scenario, by its name."""
    return lambda name: ldif_file(name, tmp_path)


@pytest.fixture
def targets(tmp_path: Path) -> Callable[..., Path]:
    """A target list of files, with further keys: `targets(sound=path, checks="{fail_on: low}")`."""

    def write(rest: str = "", **files: Path | str) -> Path:
        lines = [
            f"  - {{name: {name.replace('_', '-')}, {_kind(file)}: '{file}'}}"
            for name, file in files.items()
        ]
        path = tmp_path / "targets.yaml"
        path.write_text("\n".join(["version: 1", "targets:", *lines, rest, ""]), encoding="utf-8")
        return path

    return write


def _kind(file: Path | str) -> str:
    return "snapshot" if str(file).endswith(".snapshot") else "ldif"
