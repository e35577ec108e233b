"""
The registry as Windows reads it, by a stand-in for the module `winreg`.

The stand-in has the functions that the documentation of Python describes, over a tree of values.
"""

import sys
import time
from collections.abc import Mapping
from types import ModuleType
from typing import Self

import pytest

from adaudit.directory.observations import RegistryValue
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry.windows import read_registry

Values = list[tuple[str, object, int]]
CURRENT = r"SYSTEM\CurrentControlSet"
XEXCH50 = rf"{CURRENT}\Services\SMTPSVC\XEXCH50"
NAME = rf"{CURRENT}\Control\ComputerName\ComputerName"
SOUND: Mapping[str, Values] = {
    XEXCH50: [("SuppressExternal", 1, 4), ("Other", 1, 4)],
    rf"{CURRENT}\Services\MSExchangeTransport\Diagnostics": [("7 SMTP Protocol", 5, 4)],
    rf"{CURRENT}\Control\Lsa\MSV1_0": [("BackConnectionHostNames", ["a", "b"], 7)],
    NAME: [("ComputerName", "EX01", 1)],
}


class WindowsError(OSError):
    def __init__(self, number: int, text: str) -> None:
        super().__init__(number, text)
        self.winerror = number


class Key:
    def __init__(self, values: Values) -> None:
        self.values = values

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class Winreg(ModuleType):
    HKEY_LOCAL_MACHINE = 0x80000002
    KEY_QUERY_VALUE = 1

    def __init__(self, keys: Mapping[str, Values]) -> None:
        super().__init__("winreg")
        self.keys = keys
        self.denied = ""
        self.fault: OSError | None = None
        self.asked: list[tuple[str, int]] = []

    def ConnectRegistry(self, computer: str, _root: int) -> Key:  # noqa: N802 - named by Windows
        """Connect, where the stand-in lets itself be reached."""
        self.asked.append((computer, 0))
        if self.fault:
            raise self.fault
        return Key([])

    def OpenKey(self, _key: Key, path: str, _reserved: int, access: int) -> Key:  # noqa: N802 - the same
        """Open a key that is there, and not denied."""
        self.asked.append((path, access))
        if path == self.denied:
            raise PermissionError(13, "Access is denied")
        if path not in self.keys:
            raise FileNotFoundError(2, "The system cannot find the file specified")
        return Key(self.keys[path])

    def EnumValue(self, key: Key, index: int) -> tuple[str, object, int]:  # noqa: N802 - the same
        """One value after the other, and then the error that Windows gives."""
        if index >= len(key.values):
            raise WindowsError(259, "No more data is available")
        return key.values[index]


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Winreg:
    module = Winreg(SOUND)
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "winreg", module)
    return module


def values(reading: Reading) -> dict[str, object]:
    return {each.name: each.value for each in reading.records if isinstance(each, RegistryValue)}


@pytest.mark.usefixtures("windows")
def test_what_is_wanted_is_read_and_what_is_missing_told() -> None:
    assert values(read_registry("ex01.contoso.example")) == {
        "SuppressExternal": 1,
        "Exch50AuthCheckEnabled": None,
        "7 SMTP Protocol": 5,
        "BackConnectionHostNames": ("a", "b"),
        "ComputerName": "EX01",
        "Hostname": None,
        "Domain": None,
    }


def test_no_right_is_asked_for_but_to_query_values(windows: Winreg) -> None:
    read_registry("ex01")
    assert {access for _, access in windows.asked[1:]} == {windows.KEY_QUERY_VALUE}


@pytest.mark.usefixtures("windows")
def test_the_name_that_was_asked_is_kept_where_it_agrees() -> None:
    assert read_registry("ex01.contoso.example").source.computer == "ex01.contoso.example"


@pytest.mark.usefixtures("windows")
def test_an_alias_gives_way_to_the_own_name_of_a_computer() -> None:
    source = read_registry("mail.contoso.example").source
    assert source.computer == "EX01"
    assert source.notes[1] == "mail.contoso.example calls itself EX01"


def test_a_key_that_may_not_be_read_is_a_gap(windows: Winreg) -> None:
    windows.denied = XEXCH50
    reading = read_registry("ex01")
    assert "SuppressExternal" not in values(reading)
    assert [(gap.subject, gap.reason) for gap in reading.gaps] == [
        (rf"\\ex01\HKLM\{XEXCH50}", "Access is denied")
    ]


def test_a_host_that_cannot_be_reached_is_an_error(windows: Winreg) -> None:
    windows.fault = WindowsError(53, "The network path was not found")
    with pytest.raises(EvidenceError, match="`ex01`: The network path was not found") as caught:
        read_registry("ex01")
    assert caught.value.hint is not None


def test_a_host_that_does_not_answer_is_given_up(
    windows: Winreg, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(_self: Winreg, _computer: str, _root: int) -> Key:
        time.sleep(1)
        return Key([])

    monkeypatch.setattr(type(windows), "ConnectRegistry", wait)
    with pytest.raises(EvidenceError, match=r"does not answer within 0\.05 s"):
        read_registry("ex01", timeout=0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="says what other systems than Windows do")
def test_elsewhere_than_on_windows_it_is_an_error() -> None:
    with pytest.raises(EvidenceError, match="only Windows"):
        read_registry("ex01")
