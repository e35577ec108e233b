"""Runs the command line as a user does, in this process or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from adaudit.cli import main


@dataclass(frozen=True)
class Ran:
    """What came of a run."""

    status: int
    out: str
    err: str


class Command:
    """`adaudit`, run in this process."""

    def __init__(self, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capture = capture
        self._patch = patch

    def __call__(self, *arguments: str | Path) -> Ran:
        """Run it and take what it prints."""
        self._patch.setattr(sys, "argv", ["adaudit", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            main()
        out, err = self._capture.readouterr()
        assert isinstance(end.value.code, int)
        return Ran(end.value.code, out, err)


def in_own_process(
    *arguments: str | Path, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run `adaudit` without a terminal; `environment` is added to what is there."""
    return subprocess.run(
        [sys.executable, "-m", "adaudit", *map(str, arguments)],
        env=clean_environment() | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


def clean_environment() -> Mapping[str, str]:
    """The environment without what changes colours and encodings."""
    unwanted = {"NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "PYTHONUTF8", "TERM", "COLUMNS"}
    return {name: value for name, value in os.environ.items() if name not in unwanted}
