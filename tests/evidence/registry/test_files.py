r"""
Exported registry keys. Files are written here in the two forms that KB 310516 describes.

What Samba's `net registry export` writes is read in tests/live/test_rpc.py.
"""

from collections.abc import Iterable
from pathlib import Path

import pytest

from adaudit.directory.observations import RegistryValue, SourceKind
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry import files
from adaudit.evidence.registry.files import read

SYSTEM = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet"
XEXCH50 = rf"[{SYSTEM}\Services\SMTPSVC\XEXCH50]"
DIAGNOSTICS = rf"[{SYSTEM}\Services\MSExchangeTransport\Diagnostics]"
MSV1_0 = rf"[{SYSTEM}\Control\Lsa\MSV1_0]"
NAME = (rf"[{SYSTEM}\Control\ComputerName\ComputerName]", '"ComputerName"="EX01"')
VERSION_5 = "Windows Registry Editor Version 5.00"


def written(tmp_path: Path, *lines: str, name: str = "ex01.reg", encoding: str = "utf-16") -> Path:
    first = VERSION_5 if encoding.startswith("utf") else "REGEDIT4"
    path = tmp_path / name
    path.write_bytes("\r\n".join((first, "", *lines, "")).encode(encoding))
    return path


def reading(tmp_path: Path, *lines: str, encoding: str = "utf-16") -> Reading:
    return read(written(tmp_path, *lines, encoding=encoding), "EX01")


def values(records: Iterable[object]) -> dict[str, object]:
    return {each.name: each.value for each in records if isinstance(each, RegistryValue)}


def found(tmp_path: Path, *lines: str, encoding: str = "utf-16") -> dict[str, object]:
    given = reading(tmp_path, *lines, encoding=encoding)
    assert given.gaps == ()
    return values(given.records)


def test_a_dword_is_read_with_its_key_and_type(tmp_path: Path) -> None:
    given = reading(tmp_path, XEXCH50, '"SuppressExternal"=dword:00000001')
    key = r"HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50"
    assert given.records[0] == RegistryValue("EX01", key, "SuppressExternal", "REG_DWORD", 1)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_every_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    lines = (XEXCH50, '"SuppressExternal"=dword:00000001', '"Exch50AuthCheckEnabled"=dword:0')
    wanted = {"SuppressExternal": 1, "Exch50AuthCheckEnabled": 0}
    assert found(tmp_path, *lines, encoding=encoding) == wanted


def test_the_source_says_what_it_is(tmp_path: Path) -> None:
    source = reading(tmp_path, XEXCH50, '"Other"=dword:1', '"SuppressExternal"=dword:1').source
    assert (source.kind, source.name) == (SourceKind.REGISTRY, "ex01.reg")
    assert (source.computer, source.total, source.is_verified) == ("EX01", 2, True)


def test_keys_and_names_are_read_in_whatever_case(tmp_path: Path) -> None:
    assert found(tmp_path, XEXCH50.upper(), '"suppressEXTERNAL"=dword:1') == {
        "suppressEXTERNAL": 1,
        "Exch50AuthCheckEnabled": None,
    }


def test_a_value_that_its_key_lacks_is_told_to_be_absent(tmp_path: Path) -> None:
    absent = {"SuppressExternal": None, "Exch50AuthCheckEnabled": None}
    assert found(tmp_path, XEXCH50) == absent


def test_of_a_key_that_is_not_in_the_file_nothing_is_told(tmp_path: Path) -> None:
    given = reading(tmp_path, rf"[{SYSTEM}\Services\SMTPSVC]", '"SuppressExternal"=dword:1')
    assert (given.records, given.gaps) == ((), ())
    assert given.source.notes == ("holds none of the keys that bear on mail",)


SMTPSVC = (
    rf"[{SYSTEM}\Services\SMTPSVC]",
    '"Start"=dword:00000002',
    "",
    rf"[{SYSTEM}\Services\SMTPSVC\Parameters]",
    '"ResolveP2"=dword:00000000',
    "",
)
"""The service as an export has it, with what is below it; there is no key XEXCH50"""


def test_a_key_that_the_export_of_its_parent_lacks_does_not_exist(tmp_path: Path) -> None:
    given = reading(tmp_path, *SMTPSVC)
    assert values(given.records) == {"SuppressExternal": None, "Exch50AuthCheckEnabled": None}
    (note,) = given.source.notes
    assert note.startswith(
        r"HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50 does not exist: "
    )


def test_of_a_sole_control_set_the_same_is_told(tmp_path: Path) -> None:
    lines = [line.replace("CurrentControlSet", "ControlSet001") for line in SMTPSVC]
    assert found(tmp_path, *lines) == {"SuppressExternal": None, "Exch50AuthCheckEnabled": None}


def test_a_key_that_the_export_of_its_parent_holds_is_not_left_out(tmp_path: Path) -> None:
    given = reading(tmp_path, *SMTPSVC, XEXCH50, '"SuppressExternal"=dword:1', "")
    assert values(given.records)["SuppressExternal"] == 1
    assert given.source.notes == ()


@pytest.mark.parametrize(
    "lines",
    [SMTPSVC[3:], SMTPSVC[:3], SMTPSVC[:-1], (*SMTPSVC, "garbage", "")],
    ids=["no parent", "nothing below it", "cut off", "a line that cannot be read"],
)
def test_else_nothing_is_known_of_a_key_that_is_not_in_the_file(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    assert reading(tmp_path, *lines).records == ()


def test_a_control_set_without_the_key_is_one_of_several_too(tmp_path: Path) -> None:
    other = [line.replace("CurrentControlSet", "ControlSet001") for line in SMTPSVC]
    key = XEXCH50.replace("CurrentControlSet", "ControlSet002")
    given = reading(tmp_path, *other, key, '"SuppressExternal"=dword:1', "")
    assert (given.records, len(given.gaps)) == ((), 1)


def test_a_deleted_value_is_told_to_be_absent(tmp_path: Path) -> None:
    assert found(tmp_path, XEXCH50, '"SuppressExternal"=-')["SuppressExternal"] is None


def test_a_deleted_key_takes_all_below_it_away(tmp_path: Path) -> None:
    lines = (XEXCH50, '"SuppressExternal"=dword:1', rf"[-{SYSTEM}\Services\SMTPSVC]")
    assert found(tmp_path, *lines)["SuppressExternal"] is None


def test_what_comes_later_in_a_file_holds(tmp_path: Path) -> None:
    lines = (XEXCH50, '"SuppressExternal"=dword:1', "", XEXCH50, '"SuppressExternal"=dword:0')
    assert found(tmp_path, *lines)["SuppressExternal"] == 0


def test_a_value_of_another_type_is_kept_as_it_is(tmp_path: Path) -> None:
    record = reading(tmp_path, XEXCH50, '"SuppressExternal"="1"').records[0]
    assert isinstance(record, RegistryValue)
    assert (record.type, record.value) == ("REG_SZ", "1")


def test_texts_lose_their_escapes(tmp_path: Path) -> None:
    lines = (rf"[{SYSTEM}\Services\Tcpip\Parameters]", r'"Hostname"="a\\b\"c" ; so it is')
    assert found(tmp_path, *lines)["Hostname"] == 'a\\b"c'


def test_every_value_with_the_wanted_ending_is_read(tmp_path: Path) -> None:
    lines = (DIAGNOSTICS, '"1 Routing"=dword:5', '"7 SMTP Protocol"=dword:3')
    assert found(tmp_path, *lines) == {"7 SMTP Protocol": 3}


def test_an_ending_that_no_value_has_is_told_to_be_absent(tmp_path: Path) -> None:
    assert found(tmp_path, DIAGNOSTICS, '"1 Routing"=dword:5') == {"SMTP Protocol": None}


def test_a_list_of_texts_goes_on_over_lines(tmp_path: Path) -> None:
    hexadecimal = '"BackConnectionHostNames"=hex(7):6d,00,61,00,\\'
    lines = (MSV1_0, hexadecimal, "  69,00,6c,00,00,00,\\", "  62,00,00,00,00,00")
    assert found(tmp_path, *lines) == {"BackConnectionHostNames": ("mail", "b")}


def test_texts_in_bytes_of_the_older_form_are_ansi(tmp_path: Path) -> None:
    lines = (MSV1_0, '"BackConnectionHostNames"=hex(7):6d,61,69,6c,00,62,00,00')
    assert found(tmp_path, *lines, encoding="cp1252") == {"BackConnectionHostNames": ("mail", "b")}


def test_a_text_may_hold_line_ends(tmp_path: Path) -> None:
    other = (rf"[{SYSTEM}\Services\Other]", '"Description"="one', 'two" ', XEXCH50)
    assert found(tmp_path, *other, '"SuppressExternal"=dword:1')["SuppressExternal"] == 1


def test_comments_and_default_values_are_no_faults(tmp_path: Path) -> None:
    lines = ("; of ex01", XEXCH50, '@="default"', '  "SuppressExternal" = dword:1 ; on')
    assert found(tmp_path, *lines)["SuppressExternal"] == 1


def test_a_comment_behind_a_header_may_have_brackets(tmp_path: Path) -> None:
    lines = (f"{XEXCH50} ; [KB 818222]", '"SuppressExternal"=dword:1')
    assert found(tmp_path, *lines)["SuppressExternal"] == 1


def test_a_key_may_have_brackets_in_its_name(tmp_path: Path) -> None:
    other = XEXCH50.replace("XEXCH50]", "XEXCH50]a]")
    assert reading(tmp_path, other, '"SuppressExternal"=dword:1').records == ()


def test_a_numbered_control_set_stands_for_the_current_one(tmp_path: Path) -> None:
    key = XEXCH50.replace("CurrentControlSet", "ControlSet001")
    given = reading(tmp_path, key, '"SuppressExternal"=dword:1')
    record = given.records[0]
    assert isinstance(record, RegistryValue)
    assert (record.key, record.value) == (
        r"HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50",
        1,
    )


def test_a_numbered_control_set_does_not_count_beside_the_current_one(tmp_path: Path) -> None:
    other = XEXCH50.replace("CurrentControlSet", "ControlSet002")
    lines = (XEXCH50, '"SuppressExternal"=dword:1', other, '"SuppressExternal"=dword:0')
    assert found(tmp_path, *lines)["SuppressExternal"] == 1


def two_sets() -> tuple[str, ...]:
    first = XEXCH50.replace("CurrentControlSet", "ControlSet001")
    other = XEXCH50.replace("CurrentControlSet", "ControlSet002")
    return first, '"SuppressExternal"=dword:1', other, '"SuppressExternal"=dword:0'


def test_select_tells_which_control_set_is_the_current_one(tmp_path: Path) -> None:
    select = (r"[HKEY_LOCAL_MACHINE\SYSTEM\Select]", '"Current"=dword:00000002')
    assert found(tmp_path, *two_sets(), *select)["SuppressExternal"] == 0


def test_without_select_several_control_sets_are_a_gap(tmp_path: Path) -> None:
    given = reading(tmp_path, *two_sets())
    assert given.records == ()
    assert [gap.reason for gap in given.gaps] == [
        "has several control sets, and not `Select`, which tells the current one"
    ]


def test_a_malformed_line_is_a_gap_with_its_number(tmp_path: Path) -> None:
    given = reading(tmp_path, XEXCH50, "SuppressExternal=1", '"Other"=dword:1')
    assert [gap.subject for gap in given.gaps] == ["ex01.reg, line 4"]


def test_a_key_with_a_malformed_line_lacks_nothing_for_certain(tmp_path: Path) -> None:
    given = reading(tmp_path, XEXCH50, '"SuppressExternal"=dword:1', "garbage")
    assert values(given.records) == {"SuppressExternal": 1}


@pytest.mark.parametrize(
    "value",
    ["dword:xyz", "dword:123456789", "hex:0g", "hex:01,02,\\", '"open', "1", "", "hex(7):41,,42"],
)
def test_a_wanted_value_of_no_known_form_is_a_gap(tmp_path: Path, value: str) -> None:
    given = reading(tmp_path, XEXCH50, f'"SuppressExternal"={value}')
    assert (given.records, len(given.gaps)) == ((), 1)


def test_values_behind_a_damaged_header_are_not_of_the_key_before(tmp_path: Path) -> None:
    given = reading(tmp_path, XEXCH50, r"[HKEY_LOCAL_MACHINE\SYSTEM", '"SuppressExternal"=dword:1')
    assert values(given.records) == {}
    assert [gap.subject for gap in given.gaps] == ["ex01.reg, line 4"]


def test_a_text_without_end_does_not_swallow_the_next_key(tmp_path: Path) -> None:
    other = (rf"[{SYSTEM}\Services\Other]", '"Description"="one', XEXCH50)
    given = reading(tmp_path, *other, '"SuppressExternal"=dword:1')
    assert values(given.records)["SuppressExternal"] == 1
    assert [gap.subject for gap in given.gaps] == ["ex01.reg, line 4"]


def test_only_the_first_of_many_faults_are_listed(tmp_path: Path) -> None:
    gaps = reading(tmp_path, XEXCH50, *["garbage"] * 1000).gaps
    assert len(gaps) == 21
    assert gaps[-1].reason == "980 more lines cannot be read"


def test_of_countless_values_with_the_ending_the_first_are_kept(tmp_path: Path) -> None:
    given = reading(tmp_path, DIAGNOSTICS, *(f'"{n} SMTP Protocol"=dword:1' for n in range(1000)))
    assert len(given.records) == 256
    assert given.gaps[-1].reason == "724 more lines cannot be read"


@pytest.mark.parametrize("value", ['"' + "x" * 300_000 + '"', "hex(7):" + "61,00," * 60_000 + "00"])
def test_an_overlong_value_is_a_gap(tmp_path: Path, value: str) -> None:
    given = reading(tmp_path, DIAGNOSTICS, f'"7 SMTP Protocol"={value}')
    assert (given.records, [gap.subject for gap in given.gaps]) == ((), ["ex01.reg, line 4"])


def test_of_a_file_with_countless_lines_the_first_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_MOST_LINES", 5)
    given = reading(tmp_path, XEXCH50, '"SuppressExternal"=dword:1', "", "garbage", "")
    assert values(given.records) == {"SuppressExternal": 1}
    assert [gap.reason for gap in given.gaps] == [
        "only its first 5 lines were read: export less of it"
    ]


def test_a_file_that_ends_within_a_value_is_a_gap(tmp_path: Path) -> None:
    path = written(tmp_path, MSV1_0, '"BackConnectionHostNames"=hex(7):6d,00,61,00,\\')
    path.write_bytes(path.read_bytes()[:-5])
    given = read(path, "EX01")
    assert (given.records, len(given.gaps)) == ((), 1)


@pytest.mark.parametrize("content", [b"", b"\0" * 64, b"<xml/>", b"REGEDIT5\r\n", b"MZ\x90\0"])
def test_a_file_of_another_sort_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ex01.reg"
    path.write_bytes(content)
    with pytest.raises(EvidenceError, match="is no registry file"):
        read(path, None)


def test_a_missing_file_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="No such file"):
        read(tmp_path / "none.reg", None)


def test_a_name_in_the_file_says_whose_it_is(tmp_path: Path) -> None:
    source = read(written(tmp_path, *NAME, name="export.reg"), None).source
    assert (source.computer, source.notes) == ("EX01", ())


def test_a_full_name_in_the_list_is_kept_where_the_file_agrees(tmp_path: Path) -> None:
    given = read(written(tmp_path, *NAME), "ex01.contoso.example")
    assert (given.source.computer, given.gaps) == ("ex01.contoso.example", ())


def test_a_name_in_the_file_holds_against_the_list(tmp_path: Path) -> None:
    given = read(written(tmp_path, *NAME, XEXCH50), "EX02")
    assert given.source.computer == "EX01"
    assert {each.computer for each in given.records if isinstance(each, RegistryValue)} == {"EX01"}
    assert [gap.reason for gap in given.gaps] == [
        "is of EX01 by its own `ComputerName`, not of EX02 as the list says"
    ]


def test_a_long_host_name_agrees_with_its_netbios_name(tmp_path: Path) -> None:
    name = (NAME[0], '"ComputerName"="EXCHANGE-SERVER"')
    given = read(written(tmp_path, *name), "exchange-server-one.contoso.example")
    assert given.gaps == ()


def test_else_the_file_name_says_whose_it_is(tmp_path: Path) -> None:
    source = read(written(tmp_path, XEXCH50), None).source
    assert source.computer == "ex01"
    assert source.notes == (
        "taken to be of ex01 after its file name: nothing else says whose it is",
    )


def test_a_file_name_that_is_no_host_name_leaves_a_gap(tmp_path: Path) -> None:
    given = read(written(tmp_path, XEXCH50, name="export (2).reg"), None)
    assert given.source.computer is None
    assert [gap.subject for gap in given.gaps] == ["export (2).reg"]
