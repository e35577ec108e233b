"""
The entries of a descriptor on which rights hang, without decoding the others.

An entry is a code: the number of its trustee and that of its kind. The codes of a descriptor make
a list, in stored order, and descriptors with equal lists give everyone the same.
"""

from collections.abc import Callable, Sequence

from adaudit.access.kinds import RightKinds
from adaudit.access.trustees import CONDITIONAL, NO_ONE, OBSCURE, OWNER, SELF, Trustees
from adaudit.security.ace import OBJECT_TYPES, Ace, AnyAce
from adaudit.security.ace_wire import decode_ace
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF

KIND_BITS = 32
KIND_MASK = (1 << KIND_BITS) - 1

Codes = tuple[int, ...]
"""For each right the code of an entry, 0 where it has no influence"""
_Kinds = tuple[int | None, ...]
"""For each right the number of the kind of an entry, None where it has no influence"""

_DOMAIN_SID = b"\x01\x05"
"""How SIDs of domain accounts and groups begin: revision 1, five parts"""
_REST_OF_SID = 26
_MOST_REMEMBERED = 1 << 17
_LEAST_USES = 4


class Listing:
    """Finds the relevant entries of lists of entries, for each of several rights."""

    def __init__(self, rights: Sequence[RightKinds], trustees: Trustees) -> None:
        self._rights = tuple(rights)
        self._trustees = trustees
        self._none: _Kinds = (None,) * len(self._rights)
        self._known = _Known(self)
        self._seen = 0
        self._is_repetitive = True
        self._heads: dict[bytes, _Kinds | None] = {}

    def codes(self, entries: Sequence[bytes]) -> list[Codes | None]:
        """The codes of each entry, None where it has no influence on any right."""
        known = self._known
        if len(known) > _MOST_REMEMBERED:
            # where entries hardly come again, remembering them costs more than it saves
            self._is_repetitive = self._seen >= _LEAST_USES * len(known)
            known.clear()
            self._seen = 0
        if self._is_repetitive:
            self._seen += len(entries)
            return list(map(known.__getitem__, entries))
        return [self.code(entry, known.__getitem__) for entry in entries]

    def code(self, entry: bytes, otherwise: Callable[[bytes], Codes | None]) -> Codes | None:
        """
        The codes of one entry.

        Whatever precedes the parts of a SID settles the kind, so entries for domain accounts and
        groups are looked up by that; the others are for few and well-known trustees.
        """
        head = entry[:-_REST_OF_SID]
        try:
            kinds = self._heads[head]
        except KeyError:
            kinds = self._learned(head, entry)
        if kinds is None:
            return otherwise(entry)
        if kinds is self._none:
            return None
        return self._with(self._trustees.number(entry[-_REST_OF_SID - 2 :]), kinds)

    def _learned(self, head: bytes, entry: bytes) -> _Kinds | None:
        if len(self._heads) > _MOST_REMEMBERED:
            self._heads.clear()
        ace = decode_ace(entry)
        is_settled = isinstance(ace, Ace) and _is_head(head, ace)
        kinds = self._heads[head] = self._kinds(ace) if is_settled else None
        return kinds

    def decoded(self, entry: bytes) -> Codes | None:
        """The codes of one entry, of which nothing is known yet."""
        ace = decode_ace(entry)
        kinds = self._kinds(ace)
        return None if kinds is self._none else self._with(self._trustee(ace), kinds)

    def _kinds(self, ace: AnyAce) -> _Kinds:
        kinds = tuple(right.number(ace) for right in self._rights)
        return self._none if kinds == self._none else kinds

    def _trustee(self, ace: AnyAce) -> int:
        if not isinstance(ace, Ace):
            return OBSCURE
        if ace.is_callback:
            return CONDITIONAL
        if ace.trustee == PRINCIPAL_SELF:
            return SELF
        if ace.trustee == OWNER_RIGHTS:
            return OWNER
        return self._trustees.number(ace.trustee.encode())

    def _with(self, trustee: int, kinds: _Kinds) -> Codes | None:
        if trustee == NO_ONE:
            return None
        return tuple(0 if kind is None else trustee << KIND_BITS | kind for kind in kinds)


class _Known(dict[bytes, Codes | None]):
    """The codes of entries that were met; a dictionary finds them without running any Python."""

    def __init__(self, listing: Listing) -> None:
        super().__init__()
        self._listing = listing

    def __missing__(self, entry: bytes) -> Codes | None:
        codes = self[entry] = self._listing.code(entry, self._listing.decoded)
        return codes


def _is_head(head: bytes, ace: Ace) -> bool:
    """Whether `head` ends with the beginning of a SID that takes up all the rest of the entry."""
    size = 8
    if ace.type in OBJECT_TYPES:
        size += 4 + 16 * ((ace.object_type is not None) + (ace.inherited_object_type is not None))
    is_whole = not ace.application_data and not ace.is_callback
    return is_whole and len(head) == size + 2 and head[-2:] == _DOMAIN_SID
