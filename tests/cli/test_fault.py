"""A fault of the program itself is told whole, and is no result."""

import sys

import pytest

from adaudit import cli


def test_a_fault_of_the_program_ends_with_a_status_of_its_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> None:
        raise RuntimeError("broken in the test")

    monkeypatch.setattr("adaudit.cli.checks.catalogue", broken)
    monkeypatch.setattr(sys, "argv", ["adaudit", "checks"])
    with pytest.raises(SystemExit) as ended:
        cli.main()

    said = capsys.readouterr()
    assert ended.value.code == 70
    assert said.out == ""
    assert "RuntimeError: broken in the test" in said.err
    assert "a fault of adaudit itself" in said.err
