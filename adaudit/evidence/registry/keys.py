"""The wanted keys of a `.reg` file, while its lines are taken one after the other."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adaudit.evidence.registry.lines import Assignment, Header, Malformed, Statement
from adaudit.evidence.registry.plan import CURRENT, PLAN, FoundValue, WantedKey

_CONTROL_SET = re.compile(r"SYSTEM\\((?:Current)?ControlSet(?:\d{3})?)(\\.*)?", re.IGNORECASE)
_CURRENT_SET = "currentcontrolset"
_MOST_VALUES = 256
"""Values of one key; only an ending may be that of many"""
_SELECT = r"SYSTEM\Select"
"""Its value `Current` is the number of the control set that is in use"""


@dataclass(slots=True)
class RegKey:
    """What a file says of a wanted key, in one control set."""

    values: dict[str, FoundValue] = field(default_factory=dict)
    """By their names in lower case"""
    is_damaged: bool = False
    """Whether it may have values that could not be read"""


@dataclass(slots=True)
class _ControlSet:
    """What a file holds of one control set."""

    keys: dict[WantedKey, RegKey] = field(default_factory=dict)
    parents: set[WantedKey] = field(default_factory=set)
    """The wanted keys whose parent is in the file"""
    siblings: set[WantedKey] = field(default_factory=set)
    """Those whose parent is in the file with keys below it, as an export has them all"""

    @property
    def bears(self) -> bool:
        """Whether it says anything of a wanted key."""
        return bool(self.keys or self.siblings)


class RegKeys:
    """Takes the statements of a file in their order, as Windows does: the last one holds."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._sets: dict[str, _ControlSet] = {}
        """By the name of the control set in lower case"""
        self._selected: int | None = None
        self._wanted: WantedKey | None = None
        self._key: RegKey | None = None
        """The key that assignments are to, None while they are to no wanted one"""
        self._is_select = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether the file holds several control sets and does not say which is in use."""
        is_told = _CURRENT_SET in self._sets or self._selected is not None
        return not is_told and len(self._bearing()) > 1

    def current(self) -> Mapping[WantedKey, RegKey]:
        """What is said of the wanted keys in the control set that is in use."""
        return self._current().keys

    def left_out(self) -> Iterator[WantedKey]:
        """
        The wanted keys that are not in the file, though their parent is, with others below it.

        No tool exports a key without all that is below it.
        """
        found = self._current()
        yield from (key for key in PLAN if key in found.siblings and key not in found.keys)

    def _current(self) -> _ControlSet:
        if _CURRENT_SET in self._sets:
            return self._sets[_CURRENT_SET]
        if self._selected is not None:
            return self._sets.get(f"controlset{self._selected:03}", _ControlSet())
        found = self._bearing()
        return found[0] if len(found) == 1 else _ControlSet()

    def _bearing(self) -> list[_ControlSet]:
        return [each for each in self._sets.values() if each.bears]

    def take(self, statement: Statement) -> bool:
        """Take a statement; whether it could be read."""
        if isinstance(statement, Header):
            self._open(statement)
        elif isinstance(statement, Assignment):
            return self._assign(statement)
        else:
            self._damage(statement)
        return not isinstance(statement, Malformed)

    def _open(self, header: Header) -> None:
        self._key = self._wanted = None
        path = header.path or ""
        self._is_select = path.casefold() == _SELECT.casefold()
        match = _CONTROL_SET.fullmatch(path)
        if match is None:
            return
        found = self._sets.setdefault(match[1].casefold(), _ControlSet())
        below = f"{CURRENT}{match[2] or ''}\\".casefold()
        for wanted in PLAN:
            path = f"{wanted.path}\\".casefold()
            if header.is_deletion:
                if path.startswith(below):
                    found.keys[wanted] = RegKey()
            elif path == below:
                self._wanted, self._key = wanted, found.keys.setdefault(wanted, RegKey())
            else:
                _note_parent(found, wanted, below)

    def _assign(self, assignment: Assignment) -> bool:
        name = assignment.name.casefold()
        if self._is_select and name == "current":
            selected = assignment.value(self._encoding)
            self._selected = selected.value if selected and type(selected.value) is int else None
        if self._key is None or self._wanted is None or not self._wanted.wants(name):
            return True
        self._key.values.pop(name, None)
        if assignment.is_deletion:
            return True
        value = assignment.value(self._encoding)
        if value is None or len(self._key.values) >= _MOST_VALUES:
            self._key.is_damaged = True
            return False
        self._key.values[name] = FoundValue(assignment.name, *value)
        return True

    def _damage(self, line: Malformed) -> None:
        if self._key is not None:
            self._key.is_damaged = True
        if line.may_be_header:
            self._key = self._wanted = None
            self._is_select = False


def _note_parent(found: _ControlSet, wanted: WantedKey, below: str) -> None:
    """Note whether a key, given by what all below it begin with, is the parent of a wanted one."""
    parent = wanted.path.rpartition("\\")[0].casefold() + "\\"
    if below == parent:
        found.parents.add(wanted)
    elif below.startswith(parent) and wanted in found.parents:
        found.siblings.add(wanted)
