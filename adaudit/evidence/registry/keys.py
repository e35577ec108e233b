"""The wanted keys of a `.reg` file, while its lines are taken one after the other."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from adaudit.evidence.registry.lines import Assignment, Header, Malformed, Statement
from adaudit.evidence.registry.plan import CURRENT, PLAN, FoundValue, WantedKey

_CONTROL_SET = re.compile(r"SYSTEM\\((?:Current)?ControlSet(?:\d{3})?)(\\.*)?", re.IGNORECASE)
_CURRENT_SET = "currentcontrolset"
_SELECT = r"SYSTEM\Select"
"""Its value `Current` is the number of the control set that is in use"""


@dataclass(slots=True)
class RegKey:
    """What a file says of a wanted key, in one control set."""

    values: dict[str, FoundValue] = field(default_factory=dict)
    """By their names in lower case"""
    is_damaged: bool = False
    """Whether it may have values that could not be read"""


class RegKeys:
    """Takes the statements of a file in their order, as Windows does: the last one holds."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._sets: dict[str, dict[WantedKey, RegKey]] = {}
        """By the name of the control set in lower case"""
        self._selected: int | None = None
        self._wanted: WantedKey | None = None
        self._key: RegKey | None = None
        """The key that assignments are to, None while they are to no wanted one"""
        self._is_select = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether the file holds several control sets and does not say which is in use."""
        sets = [name for name, keys in self._sets.items() if keys]
        return _CURRENT_SET not in self._sets and self._selected is None and len(sets) > 1

    def current(self) -> Mapping[WantedKey, RegKey]:
        """What is said of the wanted keys in the control set that is in use."""
        if _CURRENT_SET in self._sets:
            return self._sets[_CURRENT_SET]
        if self._selected is not None:
            return self._sets.get(f"controlset{self._selected:03}", {})
        found = [keys for keys in self._sets.values() if keys]
        return found[0] if len(found) == 1 else {}

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
        keys = self._sets.setdefault(match[1].casefold(), {})
        below = f"{CURRENT}{match[2] or ''}\\".casefold()
        for wanted in PLAN:
            path = f"{wanted.path}\\".casefold()
            if header.is_deletion and path.startswith(below):
                keys[wanted] = RegKey()
            elif path == below:
                self._wanted, self._key = wanted, keys.setdefault(wanted, RegKey())

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
        if value is None:
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
