"""What children inherit."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.security import sddl, wire
from adaudit.security.ace import Ace, AceFlags, AnyAce, OpaqueAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import inherit, inherit_entry, normalise
from adaudit.security.sid import Sid
from tests.strategies import aces, few_guids, few_sids, opaque_aces
from tests.windows import descriptors

USER = UUID("bf967aba-0de6-11d0-a285-00aa003049e2")
GROUP = UUID("bf967a9c-0de6-11d0-a285-00aa003049e2")
OWNER = Sid.parse("S-1-5-21-1-2-3-1104")
OWNERS_GROUP = Sid.parse("S-1-5-21-1-2-3-513")
CASES = json.loads((Path(__file__).parents[1] / "data" / "inherit_cases.json").read_text("utf-8"))
"""Computed by Samba's create_security_descriptor(), whose tests pass on Windows 2022"""


def child_of(*parent: str, child_class: UUID = USER) -> list[str]:
    """What a child inherits from these entries, as text."""
    acl = Acl(4, tuple(sddl.parse_ace(text) for text in parent))
    return [sddl.format_ace(ace) for ace in inherit(acl, child_class, OWNER, OWNERS_GROUP)]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_worked_case_inherits_what_windows_does(case: dict[str, str]) -> None:
    inherited = inherit_entry(
        sddl.parse_ace(case["parent_ace"]),
        UUID(case["child_class"]),
        Sid.parse(case["child_owner"]),
        None,
    )
    assert inherited == tuple(map(sddl.parse_ace, case["expected_inherited_aces"]))


# [MS-DTYP] 2.5.3.4, [MS-ADTS] 6.1.3
@pytest.mark.parametrize(
    ("parent", "inherited"),
    [
        ("(A;;RP;;;AU)", []),
        ("(A;CI;RP;;;AU)", ["(A;CIID;RP;;;AU)"]),
        ("(A;CIID;RP;;;AU)", ["(A;CIID;RP;;;AU)"]),
        ("(A;CIIO;RP;;;AU)", ["(A;CIID;RP;;;AU)"]),
        ("(A;OI;RP;;;AU)", ["(A;OIIOID;RP;;;AU)"]),
        ("(A;OICI;RP;;;AU)", ["(A;OICIID;RP;;;AU)"]),
        ("(A;CINP;GA;;;CO)", ["(A;ID;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;S-1-5-21-1-2-3-1104)"]),
        ("(A;CI;RP;;;CO)", ["(A;ID;RP;;;S-1-5-21-1-2-3-1104)", "(A;CIIOID;RP;;;CO)"]),
        ("(A;CI;RP;;;CG)", ["(A;ID;RP;;;S-1-5-21-1-2-3-513)", "(A;CIIOID;RP;;;CG)"]),
        (f"(OD;CI;CR;;{USER};AU)", [f"(OD;CIID;CR;;{USER};AU)"]),
        (f"(OD;CINP;CR;;{USER};AU)", ["(D;ID;CR;;;AU)"]),
        (f"(OA;CINP;CR;{GROUP};{USER};AU)", [f"(OA;ID;CR;{GROUP};;AU)"]),
        (f"(OD;CI;CR;;{GROUP};AU)", [f"(OD;CIIOID;CR;;{GROUP};AU)"]),
        (f"(OD;CINP;CR;;{GROUP};AU)", []),
        ("(OA;CINP;RP;;;AU)", ["(OA;ID;RP;;;AU)"]),
        (f"(OU;CISA;GR;;{USER};WD)", ["(AU;IDSA;LCRPLORC;;;WD)", f"(OU;CIIOIDSA;GR;;{USER};WD)"]),
        ("(0x14;CI;#deadbeef)", ["(0x14;CIID;#deadbeef)"]),
        ("(0x14;CIIO;#deadbeef)", ["(0x14;CIID;#deadbeef)"]),
        ("(0x14;CINP;#deadbeef)", ["(0x14;ID;#deadbeef)"]),
        ("(0x14;OI;#deadbeef)", ["(0x14;OIIOID;#deadbeef)"]),
        ("(0x14;;#deadbeef)", []),
    ],
)
def test_one_entry_is_inherited_as(parent: str, inherited: list[str]) -> None:
    assert child_of(parent) == inherited


def test_a_dynamic_auxiliary_class_counts_as_a_class_of_the_child() -> None:
    ace = sddl.parse_ace(f"(OA;CI;RP;;{GROUP};AU)")
    (inherited,) = inherit_entry(ace, frozenset({USER, GROUP}), OWNER, OWNERS_GROUP)
    assert not inherited.is_inherit_only


def test_creator_owner_stays_if_the_owner_is_not_known() -> None:
    ace = sddl.parse_ace("(A;CINP;RP;;;CO)")
    assert inherit_entry(ace, USER, None, None) == (sddl.parse_ace("(A;ID;RP;;;CO)"),)


def test_entries_keep_the_order_of_the_parent() -> None:
    assert child_of("(A;CI;RP;;;AU)", "(D;CIID;WP;;;AU)") == [
        "(A;CIID;RP;;;AU)",
        "(D;CIID;WP;;;AU)",
    ]


def test_the_same_entry_from_two_levels_is_inherited_once() -> None:
    assert child_of("(A;CI;RP;;;AU)", "(A;CIID;RP;;;AU)") == ["(A;CIID;RP;;;AU)"]


# As Windows Server 2019 keeps them, see the test of real data below
def test_an_entry_that_an_earlier_one_covers_is_dropped() -> None:
    assert child_of("(A;CI;RPWP;;;AU)", "(A;CI;RP;;;AU)") == ["(A;CIID;RPWP;;;AU)"]


def test_an_entry_that_only_a_later_one_covers_is_kept() -> None:
    parent = ("(A;CI;RP;;;AU)", "(A;CI;RPWP;;;AU)")
    assert child_of(*parent) == ["(A;CIID;RP;;;AU)", "(A;CIID;RPWP;;;AU)"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("(A;CI;RPWP;;;AU)", "(D;CI;RP;;;AU)"),
        ("(A;CI;RPWP;;;AU)", "(A;CI;RP;;;WD)"),
        (f"(OA;CI;RPWP;{USER};;AU)", f"(OA;CI;RP;{GROUP};;AU)"),
        ("(A;CI;RPWP;;;AU)", "(A;OICI;RP;;;AU)"),
        (f"(OA;CIIO;RP;;{GROUP};AU)", "(A;CI;RP;;;AU)"),
        ('(XA;CI;RPWP;;;AU;(@User.a == "b"))', '(XA;CI;RP;;;AU;(@User.a == "c"))'),
    ],
)
def test_an_entry_of_another_kind_or_reach_covers_nothing(first: str, second: str) -> None:
    assert len(child_of(first, second)) == 2


@given(aces(few_sids) | opaque_aces(), few_guids)
def test_what_is_inherited_says_so_and_is_never_effective_without_container_inherit(
    ace: AnyAce, child_class: UUID
) -> None:
    copies = inherit_entry(ace, child_class, OWNER, OWNERS_GROUP)
    assert all(copy.is_inherited for copy in copies)
    if not ace.flags & AceFlags.CONTAINER_INHERIT:
        assert all(copy.is_inherit_only for copy in copies)


@given(st.lists(aces(few_sids), max_size=5), few_guids)
def test_a_grandchild_of_the_same_class_inherits_no_new_effective_rights(
    entries: list[Ace], child_class: UUID
) -> None:
    child = inherit(Acl(4, tuple(entries)), child_class, OWNER, OWNERS_GROUP)
    grandchild = inherit(Acl(4, child), child_class, OWNER, OWNERS_GROUP)
    assert effective(grandchild) <= effective(child)


def effective(entries: tuple[AnyAce, ...]) -> set[tuple[object, ...]]:
    """Type, mask, trustee and object type of each entry that takes effect."""
    return {
        (ace.type, bit, ace.trustee, ace.object_type)
        for ace in entries
        if isinstance(ace, Ace) and not ace.is_inherit_only
        for bit in range(32)
        if ace.mask >> bit & 1
    }


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("(OA;CI;GR;;;AU)", "(A;CI;LCRPLORC;;;AU)"),
        ("(A;;0x1f01ff;;;AU)", "(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;AU)"),
        ("(A;;0xffffffff;;;AU)", "(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;AU)"),
        (f"(OD;;CR;{USER};;AU)", f"(OD;;CR;{USER};;AU)"),
        (f"(OD;;CR;;{USER};AU)", f"(OD;;CR;;{USER};AU)"),
        ("(0x14;CI;#deadbeef)", "(0x14;CI;#deadbeef)"),
    ],
)
def test_entries_that_mean_the_same_have_one_normal_form(text: str, normal: str) -> None:
    assert sddl.format_ace(normalise(sddl.parse_ace(text))) == normal


def test_a_plain_and_an_opaque_entry_differ_in_normal_form() -> None:
    assert isinstance(normalise(sddl.parse_ace("(0x00;;#deadbeef)")), OpaqueAce)


NAMING_CONTEXTS = frozenset(
    {
        "DC=LAB,DC=local",
        "CN=Configuration,DC=LAB,DC=local",
        "CN=Schema,CN=Configuration,DC=LAB,DC=local",
        "DC=DomainDnsZones,DC=LAB,DC=local",
        "DC=ForestDnsZones,DC=LAB,DC=local",
    }
)


@cache
def windows() -> dict[str, SecurityDescriptor]:
    """The descriptor of each object of a real domain."""
    return {dn: wire.decode(data) for dn, data in descriptors().items()}


def parent_of(dn: str) -> str:
    """The name of the parent; escaped commas do not separate."""
    position = dn.index(",")
    while dn[position - 1] == "\\":
        position = dn.index(",", position + 1)
    return dn[position + 1 :]


def unprotected() -> Iterator[tuple[str, SecurityDescriptor, Acl]]:
    """Each object that inherits, its descriptor, and its parent's DACL."""
    for dn, descriptor in windows().items():
        if dn not in NAMING_CONTEXTS and not descriptor.is_dacl_protected:
            parent = windows()[parent_of(dn)].dacl
            assert isinstance(parent, Acl)
            yield dn, descriptor, parent


def inherited_entries(descriptor: SecurityDescriptor) -> list[AnyAce]:
    """The entries that carry INHERITED, normalised."""
    assert isinstance(descriptor.dacl, Acl)
    return [normalise(ace) for ace in descriptor.dacl.entries if ace.is_inherited]


def is_explained(descriptor: SecurityDescriptor, parent: Acl) -> bool:
    """
    Whether some class gives exactly the inherited entries of the object, in their order.

    The data has no classes: any class that the parent's entries speak of may be that of the
    object, or one that none of them speaks of. So a wrong treatment of classes as such would show
    only where no class fits.
    """
    named = {
        ace.inherited_object_type
        for ace in parent.entries
        if isinstance(ace, Ace) and ace.inherited_object_type is not None
    }
    actual = inherited_entries(descriptor)
    return any(
        [normalise(ace) for ace in inherit(parent, child_class, descriptor.owner, descriptor.group)]
        == actual
        for child_class in (*named, UUID(int=1))
    )


def test_every_inherited_entry_of_a_real_domain_is_explained_by_the_parent() -> None:
    objects = list(unprotected())
    unexplained = [dn for dn, descriptor, parent in objects if not is_explained(descriptor, parent)]
    assert (len(objects), unexplained) == (3646, [])


def test_protected_objects_and_heads_of_naming_contexts_of_a_real_domain_inherit_nothing() -> None:
    others = [
        dn
        for dn, descriptor in windows().items()
        if dn in NAMING_CONTEXTS or descriptor.is_dacl_protected
    ]
    assert len(others) == 12
    assert [dn for dn in others if inherited_entries(windows()[dn])] == []
