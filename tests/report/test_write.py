import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from adaudit.errors import ReportError
from adaudit.report import FORMATS, write
from tests.report.worlds import chinese, denied, sound


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_holds_what_is_rendered(form: str, tmp_path: Path) -> None:
    path = tmp_path / "report"
    write(chinese(), FORMATS[form], path)
    written = path.read_bytes().decode(FORMATS[form].encoding)
    assert written == FORMATS[form].render(chinese())


def test_a_csv_file_begins_with_the_mark_that_excel_needs(tmp_path: Path) -> None:
    write(chinese(), FORMATS["csv"], tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_bytes().startswith(b"\xef\xbb\xbfkind,")


def test_a_new_report_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    write(denied(), FORMATS["table"], path)
    write(sound(), FORMATS["table"], path)
    assert path.read_text("utf-8") == FORMATS["table"].render(sound())
    assert [file.name for file in tmp_path.iterdir()] == ["report.txt"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "report.txt")
    write(sound(), FORMATS["table"], tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "report.txt").read_text("utf-8").startswith("contoso")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes in its folders")
def test_a_pipe_is_written_into(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:
        write(sound(), FORMATS["json"], pipe)
        output, _ = reader.communicate(timeout=10)
    assert output.decode() == FORMATS["json"].render(sound())
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize("where", ["missing/report.csv", "."], ids=["no folder", "a folder"])
def test_what_cannot_be_written_is_one_clear_error(where: str, tmp_path: Path) -> None:
    with pytest.raises(ReportError, match=r"^cannot write `.*`: ") as caught:
        write(sound(), FORMATS["csv"], tmp_path / where)
    assert str(tmp_path / where) in caught.value.message
    assert not list(tmp_path.iterdir())


def test_a_failure_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.txt"
    path.write_text("old")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(ReportError, match="No space left on device"):
        write(sound(), FORMATS["table"], path)
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["report.txt"]


def test_the_formats_are_known_without_loading_what_draws_them() -> None:
    code = "import sys, adaudit.report; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert not {"tabulate", "adaudit.findings"} & set(done.stdout.split())
