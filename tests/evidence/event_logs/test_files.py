from pathlib import Path

import pytest

from adaudit.errors import EvidenceError
from adaudit.evidence.event_logs import files as event_logs
from tests.evidence.event_exports import EVENT_VIEWER_2003, WEVTUTIL, XML, table
from tests.evt_builder import REFUSAL, Event, log
from tests.evtx_builder import evtx

FORMS = {
    "evt": log([Event()]),
    "evt with a damaged header": b"\xaa" * 48 + log([Event()])[48:],
    "evtx": evtx([Event()]),
    "evtx with a damaged header": b"\xaa" * 128 + evtx([Event()])[128:],
    "CSV": table(EVENT_VIEWER_2003).encode(),
    "CSV in UTF-16": table(EVENT_VIEWER_2003).encode("utf-16"),
    "text": WEVTUTIL.encode(),
    "XML": XML.encode(),
}


@pytest.mark.parametrize("suffix", [".evt", ".evtx", ".csv", ".txt", ""])
@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS.keys())
def test_a_log_is_known_by_its_content_whatever_its_name(
    tmp_path: Path, content: bytes, suffix: str
) -> None:
    path = tmp_path / f"ex01{suffix}"
    path.write_bytes(content)

    (event,) = event_logs.read(path, None).records

    assert event.strings[3:] == REFUSAL[3:]


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="is no file"):
        event_logs.read(tmp_path, None)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"cannot read `.*ex01\.evt`: No such file"):
        event_logs.read(tmp_path / "ex01.evt", None)


def test_another_binary_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ex01.evt"
    path.write_bytes(b"SQLite format 3\0" + bytes(5000))

    with pytest.raises(EvidenceError, match=r"`ex01\.evt` is no event log"):
        event_logs.read(path, None)
