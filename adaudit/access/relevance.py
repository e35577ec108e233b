"""
Which entries can bear on a question, and in what way: all of an entry that its answer hangs on.

Two entries with one rule change the same in every access check of that question. What an entry
does beside it (other bits, other nodes, inheritance) is left out, so rules are few.
"""

from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from adaudit.access.question import Question, TypeList
from adaudit.access.tree import TypeTree, type_tree
from adaudit.security.ace import ALLOW_TYPES, DENY_TYPES, Ace, AnyAce, OpaqueAce
from adaudit.security.rights import AccessMask, map_generic

_ALL_BITS = 0xFFFFFFFF
_MAXIMUM = int(AccessMask.MAXIMUM_ALLOWED)
_SYSTEM_SECURITY = int(AccessMask.ACCESS_SYSTEM_SECURITY)
_ACCESS_TYPES = ALLOW_TYPES | DENY_TYPES

Leaves = tuple[int, ...] | None
"""
The leaves under the node asked about that an entry speaks of, in ascending order; None for all.

A node holds what all its children hold, so it is granted when every leaf under it is.
"""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an entry that takes effect does to the bits asked for, if it applies."""

    allows: bool
    mask: int
    """Those of its bits that matter"""
    leaves: Leaves = None
    """What is allowed of the node asked about; whatever denies a part of it denies it"""
    is_ambiguous: bool = False
    """Whether it is left open that an entry with that object type counts"""
    condition: Ace | None = None
    """The entry, if it applies under a condition"""


@dataclass(frozen=True, slots=True)
class Bearing:
    """How entries with some object type bear on the node asked about."""

    leaves: Leaves
    is_ambiguous: bool


class Scope:
    """What a question asks for, apart from the object that it is asked of."""

    def __init__(
        self, mask: int, type_list: TypeList, node: int, ambiguous: frozenset[UUID]
    ) -> None:
        asked = map_generic(mask)
        self.is_privileged = bool(asked & _SYSTEM_SECURITY)
        """Whether it takes a privilege, which no token of a directory carries"""
        self.asked = asked
        self.required = asked & ~_MAXIMUM
        """The bits each of which has to be granted; if there are none, MAXIMUM_ALLOWED needs any"""
        self.is_any_enough = asked == _MAXIMUM
        self.bits = _ALL_BITS if self.is_any_enough else asked
        """The bits on which the answer hangs"""
        tree = type_tree(type_list)
        self.leaf_count, leaves = _leaves(tree, node)
        self._bearings: dict[UUID | None, Bearing] = {}
        for object_type in {None, *(known.guid for known in type_list)}:
            spoken = tree.node_of(object_type)
            if spoken in leaves:
                is_ambiguous = object_type in ambiguous
                self._bearings[object_type] = Bearing(leaves[spoken], is_ambiguous)

    @property
    def object_types(self) -> frozenset[UUID]:
        """The object types of entries that bear on the node asked about."""
        return frozenset(guid for guid in self._bearings if guid is not None)

    def is_granted_by(self, implicit: int) -> bool:
        """Whether what is held implicitly is all that is asked for."""
        return bool(self.asked) and not self.asked & ~implicit

    def rule(self, ace: AnyAce) -> Rule | None:
        """The rule of an entry; None if it has no influence on the answer."""
        if ace.is_inherit_only:
            return None
        if isinstance(ace, OpaqueAce):
            is_allowing = ace.type_code in ALLOW_TYPES
            return self.rule_of(is_allowing, self.bits, None) if is_obscure(ace) else None
        mask = int(ace.mask)
        if not mask & self.bits or ace.type not in _ACCESS_TYPES:
            return None
        return self.rule_of(ace.allows, mask, ace.object_type, ace if ace.is_callback else None)

    def rule_of(
        self,
        allows: bool,  # noqa: FBT001 - the two kinds of entry
        mask: int,
        object_type: UUID | None,
        condition: Ace | None = None,
    ) -> Rule | None:
        """The rule of an entry that is in effect and allows or denies."""
        mask &= self.bits
        bearing = self._bearings.get(object_type) if mask else None
        if bearing is None:
            return None
        leaves = bearing.leaves if allows else None
        return Rule(allows, mask, leaves, bearing.is_ambiguous, condition)


_scope = lru_cache(maxsize=1 << 10)(Scope)


def is_obscure(ace: AnyAce) -> bool:
    """Whether an entry allows or denies, and nothing else is known of it."""
    return isinstance(ace, OpaqueAce) and ace.type_code in _ACCESS_TYPES


def scope_of(question: Question) -> Scope:
    """The scope of a question; equal questions share one."""
    return _scope(int(question.right.mask), question.type_list, question.node, question.ambiguous)


def _leaves(tree: TypeTree, node: int) -> tuple[int, dict[int | None, Leaves]]:
    """How many leaves are under `node`, and for each node that bears on it, which of them."""
    below = tree.below(node)
    numbers = {leaf: number for number, leaf in enumerate(n for n in below if not tree.children[n])}
    found: dict[int | None, Leaves] = dict.fromkeys((node, *tree.ancestors(node)))
    for part in below:
        of_part = tuple(sorted(numbers[leaf] for leaf in tree.below(part) if leaf in numbers))
        found[part] = of_part if len(of_part) < len(numbers) else None
    return len(numbers), found
