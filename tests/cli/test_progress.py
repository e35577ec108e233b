"""The line of progress: whatever is read, it is shown as it is, and only on a terminal."""

import io
import sys

import pytest

from adaudit.cli.progress import Board, Line, board, shown


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


def test_each_of_several_targets_has_its_line_as_long_as_it_is_read() -> None:
    drawn: list[str] = []
    several = Board(drawn.append, drawn.append)
    first = several.begin("contoso")
    assert drawn[-1] == "contoso: connecting"
    several.begin("fabrikam", "tls://10.0.0.5:40123")
    first.update(7, "groups")
    several.end("contoso")

    lines = [text.splitlines() for text in drawn[1:]]
    assert lines[0][1:] == ["  contoso: connecting", "  fabrikam: at tls://10.0.0.5:40123"]
    assert lines[1][1].startswith("  contoso: 7 objects, ")
    assert lines[1][2] == "  fabrikam: at tls://10.0.0.5:40123"
    assert lines[2] == ["1 target done", "  fabrikam: at tls://10.0.0.5:40123"]


def test_a_note_about_a_target_steers_no_terminal() -> None:
    told: list[str] = []
    Board(told.append, told.append).note("CN=\x1b[31m\u202e: read once more")

    assert len(told) == 1
    assert "\x1b" not in told[0]
    assert "\u202e" not in told[0]


def test_where_nobody_looks_only_notes_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    with board() as several:
        several.begin("contoso").update(7, "groups")
        several.note("contoso: read once more")
        several.end("contoso")

    assert screen.getvalue() == "contoso: read once more\n"


def test_the_targets_of_a_terminal_are_no_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "xterm")
    with board() as several:
        several.begin("contoso").update(1234, "CN=[/red]")
        several.begin("fabrikam")
        several.note("[bold]: read once more")

    for text in ("CN=[/red]", "1,234 objects", "fabrikam: connecting", "[bold]: read once more"):
        assert text in screen.getvalue()
