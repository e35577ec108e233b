"""The line of progress: whatever is read, it is shown as it is, and only on a terminal."""

import io
import sys

import pytest

from adaudit.cli.progress import Line, shown


class Terminal(io.StringIO):
    """What takes itself for a terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


@pytest.mark.parametrize("name", ["CN=[/red]", "CN=[bold]", "CN=[link=http://x]"])
def test_a_name_is_no_markup(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    with shown() as line:
        assert line is not None
        line.update(1234, name)

    assert name in screen.getvalue()
    assert "1,234 objects" in screen.getvalue()


def test_a_name_steers_no_terminal() -> None:
    said: list[str] = []
    Line(said.append).update(1, "CN=\x1b[31m\u202e")

    assert len(said) == 1
    assert "\x1b" not in said[0]
    assert "\u202e" not in said[0]


def test_nothing_is_shown_where_nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with shown() as line:
        assert line is None

    assert screen.getvalue() == ""
