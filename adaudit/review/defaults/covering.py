"""Whether an entry says no more than others that are known."""

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from adaudit.security.ace import Ace, AceFlags, AnyAce
from adaudit.security.rights import FULL_CONTROL, map_generic

_CONTAINER_INHERIT = int(AceFlags.CONTAINER_INHERIT)
_NO_PROPAGATE = int(AceFlags.NO_PROPAGATE_INHERIT)
_MANY = 1 << 12
"""Entries that are told apart: on most objects stand those of the default"""
_IS_ONE = 1 << 32
"""What is covered of an entry without bits: that another one is as wide"""
_KEY = tuple[object, ...]


class Covering:
    """
    Known entries, and which others say no more than they do.

    An entry is covered if each of its bits is in a known one of the same sense (allow or deny),
    trustee and condition, that is limited to no other object type and no other class, and that
    takes effect and goes on wherever the entry does. What is of another type, or is not
    understood, is covered by its equal alone.
    """

    def __init__(self, known: Iterable[AnyAce]) -> None:
        self._alike: dict[_KEY, list[Ace]] = defaultdict(list)
        self._others: set[AnyAce] = set()
        for ace in known:
            key = _key(ace)
            if key is None or not isinstance(ace, Ace):
                self._others.add(ace)
            else:
                self._alike[key].append(ace)
        self.missing = lru_cache(_MANY)(self._missing)

    def covers(self, ace: AnyAce) -> bool:
        """Whether an entry says nothing that the known ones do not say."""
        return not self.missing(ace, bits_of(ace))

    def _missing(self, ace: AnyAce, bits: int) -> int:
        """Those of `bits` of an entry that no known one says."""
        key = _key(ace)
        if key is None or not isinstance(ace, Ace):
            return 0 if ace in self._others else bits
        for known in self._alike.get(key, ()):
            if _is_as_wide(known, ace):
                bits &= ~map_generic(int(known.mask)) & ~_IS_ONE
        return bits


@lru_cache(_MANY)
def bits_of(ace: AnyAce) -> int:
    """The bits of an entry that have to be covered, with one more that says that it is one."""
    mask = map_generic(int(ace.mask)) & FULL_CONTROL if isinstance(ace, Ace) else 0
    return mask | _IS_ONE


def _key(ace: AnyAce) -> _KEY | None:
    """What a covering entry has to have in common; None for what only its equal covers."""
    if not isinstance(ace, Ace) or not (ace.allows or ace.denies):
        return None
    return ace.allows, ace.trustee, ace.is_callback, ace.application_data


def _is_as_wide(known: Ace, ace: Ace) -> bool:
    if known.object_type not in {None, ace.object_type}:
        return False
    if known.is_inherit_only and not ace.is_inherit_only:
        return False
    flags, wider = int(ace.flags), int(known.flags)
    if not flags & _CONTAINER_INHERIT:
        return True
    is_limited = wider & _NO_PROPAGATE and not flags & _NO_PROPAGATE
    is_of_class = known.inherited_object_type in {None, ace.inherited_object_type}
    return bool(wider & _CONTAINER_INHERIT) and not is_limited and is_of_class
