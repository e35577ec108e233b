"""The object type tree of an access check. [MS-ADTS] 5.1.3.3.3"""

from functools import lru_cache
from uuid import UUID

from adaudit.access.question import TypeList


class TypeTree:
    """A type list as a tree: nodes are numbered in the order of the list, the root is 0."""

    def __init__(self, type_list: TypeList) -> None:
        self._node_of: dict[UUID, int] = {}
        self.parents: list[int | None] = []
        self.children: list[list[int]] = []
        branch: list[int] = []
        for number, node in enumerate(type_list):
            del branch[node.level :]
            self._add(branch[-1] if branch else None)
            branch.append(number)
            known = self._node_of.get(node.guid)
            # One GUID may name a property set and an attribute in it: the set is meant.
            if known is None or node.level < type_list[known].level:
                self._node_of[node.guid] = number
        if not type_list:
            self._add(None)

    def _add(self, parent: int | None) -> None:
        self.parents.append(parent)
        self.children.append([])
        if parent is not None:
            self.children[parent].append(len(self.parents) - 1)

    def __len__(self) -> int:
        return len(self.parents)

    def node_of(self, object_type: UUID | None) -> int | None:
        """The node that an entry speaks of: the root without a GUID, None if it is not there."""
        return 0 if object_type is None else self._node_of.get(object_type)

    def ancestors(self, node: int) -> list[int]:
        """The nodes above `node`, the nearest first."""
        found = []
        current = self.parents[node]
        while current is not None:
            found.append(current)
            current = self.parents[current]
        return found

    def below(self, node: int) -> list[int]:
        """`node` and all nodes under it."""
        found = [node]
        for known in found:
            found.extend(self.children[known])
        return found

    def bears_on(self, object_type: UUID | None, node: int) -> bool:
        """Whether an entry with that object type can change what is held at `node`."""
        spoken = self.node_of(object_type)
        if spoken is None:
            return False
        return spoken == node or spoken in self.ancestors(node) or node in self.ancestors(spoken)


type_tree = lru_cache(maxsize=1 << 10)(TypeTree)
"""The tree of a type list; it is never changed, and few lists are asked about."""


class Walk:
    """What the nodes hold while entries are applied in order, bit by bit."""

    def __init__(self, tree: TypeTree, node: int, implicit: int) -> None:
        self._tree = tree
        self.node = node
        self._grants = [implicit] * len(tree)
        self._denies = [0] * len(tree)
        self.decided: dict[int, int] = {}
        """For each bit that an entry decided at the node asked about: its position"""

    @property
    def granted(self) -> int:
        """The bits granted at the node that was asked about."""
        return self._grants[self.node]

    def apply(self, position: int, allows: bool, mask: int, object_type: UUID | None) -> None:  # noqa: FBT001 - the two kinds of entry
        """Apply one entry; it does nothing if its object type is not in the tree."""
        node = self._tree.node_of(object_type)
        if node is None:
            return
        before = self._grants[self.node] | self._denies[self.node]
        if allows:
            self._grant(node, mask)
        else:
            self._deny(node, mask)
        new = (self._grants[self.node] | self._denies[self.node]) & ~before
        while new:
            bit = new & -new
            self.decided[bit] = position
            new ^= bit

    def _grant(self, node: int, mask: int) -> None:
        for known in self._tree.below(node):
            self._grants[known] |= mask & ~self._denies[known]
        for above in self._tree.ancestors(node):
            everywhere = mask  # a node above holds what all its children hold
            for child in self._tree.children[above]:
                everywhere &= self._grants[child]
            self._grants[above] |= everywhere & ~self._denies[above]

    def _deny(self, node: int, mask: int) -> None:
        for known in self._tree.below(node) + self._tree.ancestors(node):
            self._denies[known] |= mask & ~self._grants[known]
