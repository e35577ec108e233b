"""Entries as numbers, one for all that mean the same, and what children get of them."""

from functools import cache
from uuid import UUID

from adaudit.security.ace import Ace, AnyAce
from adaudit.security.inheritance import inherit_entry, normalise
from adaudit.security.sid import CREATOR_GROUP, CREATOR_OWNER, Sid
from adaudit.security.wire import decode_ace

_CREATORS = frozenset({CREATOR_OWNER, CREATOR_GROUP})


class Meanings:
    """Entries are given as bytes; each distinct one is decoded once."""

    def __init__(self) -> None:
        self._numbers: dict[AnyAce, int] = {}
        self._aces: list[AnyAce] = []
        self.of = cache(self._of)
        self.handed_down = cache(self._hand_down)
        self.names_creator = cache(self._names_creator)

    def ace(self, number: int) -> AnyAce:
        """The entry that a number stands for, see `normalise`."""
        return self._aces[number]

    def _of(self, raw: bytes) -> int:
        """The number of an entry as it stands."""
        return self._number(decode_ace(raw))

    def _hand_down(
        self, raw: bytes, object_class: UUID | None, owner: Sid | None, group: Sid | None
    ) -> tuple[int, ...]:
        """
        The numbers of what a child gets of an entry of its parent, see `inherit_entry`.

        Of a child whose class is not known, what it gets of any class.
        """
        ace = decode_ace(raw)
        if object_class is not None:
            classes = frozenset({object_class})
        elif isinstance(ace, Ace) and ace.inherited_object_type is not None:
            return ()
        else:
            classes = frozenset()
        return tuple(map(self._number, inherit_entry(ace, classes, owner, group)))

    @staticmethod
    def _names_creator(raw: bytes) -> bool:
        """Whether what a child gets of an entry hangs on its owner or group."""
        ace = decode_ace(raw)
        return isinstance(ace, Ace) and ace.trustee in _CREATORS

    def _number(self, ace: AnyAce) -> int:
        plain = normalise(ace)
        found = self._numbers.get(plain)
        if found is None:
            found = self._numbers[plain] = len(self._aces)
            self._aces.append(plain)
        return found
