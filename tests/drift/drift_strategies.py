"""Hypothesis strategies for two snapshots of one forest, with few or many changes between them."""

import copy
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from hypothesis import strategies as st

from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import DescriptorError
from adaudit.security import sid as sids
from adaudit.security import wire
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl, ControlFlags, NullAcl, SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from tests.access.forest_strategies import (
    DAMAGES,
    STRANGERS,
    Forest,
    damage,
    damaged_forests,
    forests,
)
from tests.access.holding_strategies import DAMAGED, conditions, mostly
from tests.builders import Made

OBJECT_GUIDS = [
    UUID(text)
    for text in (
        "00299570-246d-11d0-a768-00aa006e0529",  # User-Force-Change-Password
        "ab721a54-1e2f-11d0-9819-00aa0040529b",  # Send-As
        "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",  # DS-Replication-Get-Changes-All
        "bf9679c0-0de6-11d0-a285-00aa003049e2",  # member
        "f3a64788-5306-11d1-a9c5-0000f80367c1",  # servicePrincipalName
        "bf967aba-0de6-11d0-a285-00aa003049e2",  # user
        "bf967a9c-0de6-11d0-a285-00aa003049e2",  # group
    )
]
"""[MS-ADA1] to [MS-ADA3], [MS-ADSC], [MS-ADTS] 5.1.3.2.1"""
MASKS = [0xF01FF, 0xF01FF, 0x40000, 0x80000, 0x10000, 0x100, 0x20, 0x1, 0x60120]
KINDS = [
    *[AceType.ACCESS_ALLOWED] * 3,
    *[AceType.ACCESS_ALLOWED_OBJECT] * 4,
    AceType.ACCESS_DENIED,
    AceType.ACCESS_DENIED_OBJECT,
    AceType.ACCESS_ALLOWED_CALLBACK,
]


@dataclass(frozen=True)
class Worlds:
    """One forest at two times."""

    old: Snapshot
    new: Snapshot


def _readable(principals: list[Made]) -> set[Sid]:
    """The SIDs of those whose SID is not damaged."""
    found = set()
    for made in principals:
        with suppress(DescriptorError):
            found.add(made.sid)
    return found


Edit = Callable[[st.DrawFn, Forest, list[Sid]], None]


@st.composite
def entries(draw: st.DrawFn, named: list[Sid], odds: int = 3) -> tuple[Ace, ...]:
    """Entries that bear on the compared rights, in any order; one in `odds` for SELF and such."""
    special = st.sampled_from([PRINCIPAL_SELF, PRINCIPAL_SELF, OWNER_RIGHTS, sids.EVERYONE])
    trustee = mostly(st.sampled_from(named), special, odds)
    found = []
    for _ in range(draw(st.integers(2, 6))):
        kind = draw(st.sampled_from(KINDS))
        guid = draw(st.sampled_from(OBJECT_GUIDS)) if kind in OBJECT_TYPES else None
        data = draw(conditions(named)) if kind is AceType.ACCESS_ALLOWED_CALLBACK else b""
        flags = AceFlags(draw(st.sampled_from([0, 0, 2, 0x12, 0x1A])))
        mask = AccessMask(draw(st.sampled_from(MASKS)))
        found.append(Ace(kind, flags, mask, draw(trustee), guid, None, data))
    return tuple(found)


@st.composite
def bodies(draw: st.DrawFn, named: list[Sid]) -> bytes | None:
    """Descriptors, in a few cases missing, damaged or without a list."""
    acl = draw(mostly(entries(named).map(lambda those: Acl(4, those)), st.just(NullAcl()), 20))
    owner = draw(mostly(st.sampled_from(named), st.none(), 4))
    descriptor = SecurityDescriptor(ControlFlags(0), owner, None, acl)
    return draw(mostly(st.just(wire.encode(descriptor)), st.sampled_from([None, DAMAGED]), 12))


@st.composite
def worlds(draw: st.DrawFn, *, with_gaps: bool | None = None) -> Worlds:
    """A forest, and what became of it."""
    gaps = draw(st.booleans()) if with_gaps is None else with_gaps
    forest = draw(forests(with_gaps=gaps))
    if draw(st.integers(0, 4)) == 0:
        forest.world.heuristics("0" * 28 + "1")
    return _at_two_times(draw, forest, EDITS)


@st.composite
def plain_worlds(draw: st.DrawFn, edits: Sequence[Edit]) -> Worlds:
    """A forest of which all is known, with few doubts of whose tokens change."""
    forest = draw(forests(with_gaps=False))
    foreign = {made for made in forest.accounts if "ForeignSecurity" in str(made.dn)}
    forest.world.objects = [made for made in forest.world.objects if made not in foreign]
    forest.accounts = [made for made in forest.accounts if made not in foreign]
    return _at_two_times(draw, forest, edits)


@st.composite
def damaged_worlds(draw: st.DrawFn) -> Worlds:
    """A forest in which objects are damaged, and others later."""
    forest = draw(damaged_forests())
    return _at_two_times(draw, forest, [*EDITS, break_principal, break_principal])


def _at_two_times(draw: st.DrawFn, forest: Forest, edits: Sequence[Edit]) -> Worlds:
    known = forest.named
    groups = [sid for sid in known if sid in _readable(forest.groups)]
    named = [*groups * 4, *known[: -len(STRANGERS)]]
    for domain in forest.domains:
        kind = draw(st.sampled_from(["container", "organizationalUnit"]))
        forest.world.add(f"CN=Thing,{domain.dn}", kind)
    for _ in range(8):
        join_group(draw, forest, named)
    shared = [draw(bodies(named)) for _ in range(3)]
    for number, made in enumerate(forest.world.objects, 1):
        made.put(objectGUID=UUID(int=number))
        made.descriptor = draw(st.sampled_from(shared))
    later = copy.deepcopy(forest)
    for _ in range(draw(st.integers(1, 4))):
        draw(st.sampled_from(edits))(draw, later, named)
    return Worlds(forest.world.snapshot(), later.world.snapshot())


def join_group(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    group = draw(st.sampled_from(forest.groups))
    group.put(member=draw(st.sampled_from([*forest.accounts * 2, *forest.groups])))


def leave_group(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    made = draw(st.sampled_from(forest.principals))
    made.attributes.pop(draw(st.sampled_from(["member", "memberof", "primarygroupid"])), None)


def redescribe(draw: st.DrawFn, forest: Forest, named: list[Sid]) -> None:
    body = draw(bodies(named))
    for made in draw(st.lists(st.sampled_from(forest.world.objects), min_size=2, max_size=6)):
        made.descriptor = body


def redescribe_accounts(draw: st.DrawFn, forest: Forest, named: list[Sid]) -> None:
    """Give accounts a descriptor with entries for SELF."""
    acl = Acl(4, (*draw(entries(named, 2)), _for_self(draw), *draw(entries(named, 2))))
    body = wire.encode(SecurityDescriptor(ControlFlags(0), None, None, acl))
    for made in draw(st.lists(st.sampled_from(forest.accounts), min_size=1, max_size=4)):
        made.descriptor = body


def _for_self(draw: st.DrawFn) -> Ace:
    mask = AccessMask(draw(st.sampled_from(MASKS)))
    return Ace(AceType.ACCESS_ALLOWED, AceFlags(0), mask, PRINCIPAL_SELF)


def create_account(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    domain = draw(st.sampled_from(forest.domains))
    number = len(forest.world.objects)
    made = domain.user(f"N{number}", 2000 + number, draw(st.sampled_from([None, 1100, 1110])))
    made.put(objectGUID=UUID(int=1000 + number))
    forest.accounts.append(made)
    draw(st.sampled_from(forest.groups)).put(member=made)


def remove(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    made = draw(st.sampled_from(forest.world.objects))
    if made.dn not in {domain.dn for domain in forest.domains}:
        forest.world.objects.remove(made)


def retype(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    made = draw(st.sampled_from(forest.groups))
    made.attributes["grouptype"] = [draw(st.sampled_from([b"-2147483646", b"2", b"-2147483644"]))]


def inherit_sid(draw: st.DrawFn, forest: Forest, named: list[Sid]) -> None:
    made = draw(st.sampled_from(forest.principals))
    made.attributes["sidhistory"] = [draw(st.sampled_from(named)).encode()]


def promote(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    made = draw(st.sampled_from(forest.accounts))
    made.attributes["useraccountcontrol"] = [draw(st.sampled_from([b"532480", b"4096"]))]


def move(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    made = draw(st.sampled_from(forest.accounts))
    _move(made, f"CN=Moved {len(str(made.dn))},{made.dn.parent}")


def _move(made: Made, dn: str) -> None:
    made.dn = Dn(dn)


def set_heuristics(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    forest.world.objects = [m for m in forest.world.objects if "dsheuristics" not in m.attributes]
    forest.world.heuristics("0" * 28 + draw(st.sampled_from("01")))


def lose(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    forest.world.gap(draw(st.sampled_from(forest.groups)), "`member` is incomplete")


def break_principal(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    damage(draw(st.sampled_from(forest.principals)), draw(st.sampled_from(DAMAGES)))


def shuffle(draw: st.DrawFn, forest: Forest, _: list[Sid]) -> None:
    forest.world.objects = draw(st.permutations(forest.world.objects))


MEMBERSHIPS: list[Edit] = [join_group, join_group, leave_group]
OWN: list[Edit] = [redescribe_accounts, redescribe_accounts, join_group]
EDITS: list[Edit] = [
    *[join_group, redescribe] * 3,
    *(leave_group, create_account, remove, retype, inherit_sid, promote, move, set_heuristics),
    *(lose, shuffle),
]
