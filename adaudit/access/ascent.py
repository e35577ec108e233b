"""
The graph that tokens are grown on at one server, for all subjects at once.

A node is a SID at a stage, for which groups may follow on it hangs on both; the arcs are those
that `growth` counts. Whether an arc counts does not depend on the subject: a global group only
counts in the domain of its subject, and whatever it was reached from is of that domain too.
"""

from array import array
from collections.abc import Iterator
from typing import Literal

from adaudit.access.bitmap import BitMap
from adaudit.access.growth import Server
from adaudit.access.members import member_sets
from adaudit.directory.membership import Membership
from adaudit.directory.principal import GroupScope, Principal
from adaudit.security.sid import Sid

START = 0
AFTER_ACCOUNT = int(GroupScope.DOMAIN_LOCAL)
"""The stage of SIDs that come in when the groups of the account are already found"""
END = len(GroupScope) + 1

_Domain = tuple[int, ...] | None
_From = _Domain | Literal[True]
"""The domain from which a group is reached; True for every one"""


def domain_of(sid: Sid) -> _Domain:
    """What tells the domain that issued a SID from others; cheaper than `sid.domain`."""
    parts = sid.subauthorities
    return parts[:4] if len(parts) == 5 and parts[0] == 21 and sid.authority == 5 else None


class Ascent:
    """All SIDs that subjects reach: `enter` each, `put` what else they hold, then `carriers`."""

    def __init__(self, server: Server, membership: Membership) -> None:
        self._server = server
        self._membership = membership
        self._nodes: dict[tuple[Sid, int], int] = {}
        self._keys: list[tuple[Sid, int]] = []
        self._direct: list[array[int]] = []
        self._steps: dict[int, tuple[int, _From] | None] = {}

    def enter(self, subject: Sid, number: int) -> None:
        """Take the groups that a subject is directly in, and its SID history."""
        domain = domain_of(subject)
        membership, direct = self._membership, self._direct
        for arc in membership.arcs.get(subject, ()):
            try:
                step = self._steps[id(arc.group)]
            except KeyError:
                step = self._step(arc.group)
            if step is not None and (step[1] is True or step[1] == domain):
                direct[step[0]].append(number)
        principal = membership.principals.get(subject)
        if principal and principal.sid_history:
            for old in principal.sid_history:
                self.put(old, AFTER_ACCOUNT, array("I", (number,)))

    def put(self, sid: Sid, stage: int, numbers: "array[int]") -> None:
        """Let subjects hold a SID from a stage on."""
        self._direct[self._node(sid, stage)].extend(numbers)

    def carriers(self) -> dict[Sid, BitMap]:
        """For each SID that is reached from another one: the numbers of the subjects below it."""
        below = self._below()
        sets = member_sets([BitMap(numbers) for numbers in self._direct], below)
        found: dict[Sid, BitMap] = {}
        for (sid, _), united in zip(self._keys, sets, strict=True):
            found[sid] = found[sid] | united if sid in found else united
        return found

    def _below(self) -> list[list[int]]:
        """For each node the nodes that lead directly to it; those found on the way are added."""
        arcs = [
            (node, above)
            for node, (sid, stage) in enumerate(self._keys)  # grows meanwhile
            for above in self._above(sid, stage)
        ]
        below: list[list[int]] = [[] for _ in self._keys]
        for node, above in arcs:
            below[above].append(node)
        return below

    def _above(self, sid: Sid, stage: int) -> Iterator[int]:
        """The nodes that follow directly on a SID at a stage."""
        domain = domain_of(sid)
        for arc in self._membership.arcs.get(sid, ()):
            scope = arc.group.scope or START
            is_after_none = scope is not GroupScope.BUILTIN or stage < GroupScope.BUILTIN
            step = self._step(arc.group) if scope >= stage and is_after_none else None
            if step is not None and (step[1] is True or step[1] == domain):
                yield step[0]
        principal = self._membership.principals.get(sid)
        if principal and stage <= GroupScope.UNIVERSAL:
            for old in principal.sid_history:
                yield self._node(old, AFTER_ACCOUNT)

    def _step(self, group: Principal) -> tuple[int, _From] | None:
        """
        The node of a group and, of a global group, the domain from which it is reached.

        None if no token holds it here. Groups are told apart by identity: comparing two of them
        takes longer than all else about an arc, and the membership keeps each.
        """
        known = id(group)
        if known not in self._steps:
            self._steps[known] = self._found(group)
        return self._steps[known]

    def _found(self, group: Principal) -> tuple[int, _From] | None:
        scope = group.scope
        if not group.is_security_enabled or scope is None:
            return None
        is_controller = self._server.is_domain_controller
        is_here = group.domain is not None and group.domain == self._server.domain
        if scope >= GroupScope.DOMAIN_LOCAL and not is_here:
            return None
        if scope is GroupScope.BUILTIN and not is_controller:
            return None
        reached_from: _From = domain_of(group.sid) if scope is GroupScope.GLOBAL else True
        return self._node(group.sid, int(scope)), reached_from

    def _node(self, sid: Sid, stage: int) -> int:
        node = self._nodes.setdefault((sid, stage), len(self._nodes))
        if node == len(self._keys):
            self._keys.append((sid, stage))
            self._direct.append(array("I"))
        return node
