"""Canonical order. [MS-DTYP] 2.4.5"""

import pytest

from adaudit.security import sddl, wire
from adaudit.security.canonical import Disorder, Rule, find_disorder
from adaudit.security.descriptor import Acl
from tests.windows import descriptors

ALLOW, DENY = "(A;;RP;;;AU)", "(D;;WP;;;AU)"
OBJECT_ALLOW = "(OA;;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;AU)"
INHERITED_ALLOW, INHERITED_DENY = "(A;ID;RP;;;AU)", "(D;ID;WP;;;AU)"
OPAQUE, INHERITED_OPAQUE = "(0x14;;#deadbeef)", "(0x14;ID;#deadbeef)"


def disorder(*entries: str) -> Disorder | None:
    """What is found in a list of these entries."""
    return find_disorder(Acl(4, tuple(map(sddl.parse_ace, entries))))


@pytest.mark.parametrize(
    "entries",
    [
        (),
        (ALLOW,),
        (DENY, ALLOW, INHERITED_DENY, INHERITED_ALLOW),
        (DENY, INHERITED_ALLOW, INHERITED_DENY),
        (OBJECT_ALLOW, ALLOW),
        (OPAQUE, DENY, OPAQUE, ALLOW, INHERITED_OPAQUE),
    ],
)
def test_a_list_in_order_has_no_disorder(entries: tuple[str, ...]) -> None:
    assert disorder(*entries) is None


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ((INHERITED_ALLOW, ALLOW), Disorder(1, 0, Rule.EXPLICIT_FIRST)),
        ((DENY, INHERITED_DENY, INHERITED_ALLOW, DENY), Disorder(3, 1, Rule.EXPLICIT_FIRST)),
        ((INHERITED_OPAQUE, ALLOW), Disorder(1, 0, Rule.EXPLICIT_FIRST)),
        ((INHERITED_ALLOW, OPAQUE), Disorder(1, 0, Rule.EXPLICIT_FIRST)),
        ((ALLOW, DENY), Disorder(1, 0, Rule.DENY_FIRST)),
        ((DENY, OBJECT_ALLOW, OPAQUE, ALLOW, DENY), Disorder(4, 1, Rule.DENY_FIRST)),
        ((ALLOW, DENY, INHERITED_ALLOW, ALLOW), Disorder(1, 0, Rule.DENY_FIRST)),
    ],
)
def test_the_first_entry_out_of_order_is_named(
    entries: tuple[str, ...], expected: Disorder
) -> None:
    assert disorder(*entries) == expected


def test_windows_keeps_every_list_of_a_real_domain_in_order() -> None:
    lists = [wire.decode(data).dacl for data in descriptors().values()]
    assert [acl for acl in lists if isinstance(acl, Acl) and find_disorder(acl)] == []
