"""Canonical order as [MS-DTYP] 2.4.5 has it, without putting inherited entries in another order."""

import pytest

from adaudit.security.canonical import canonical_order, find_disorder
from adaudit.security.descriptor import Acl
from adaudit.security.sddl import parse
from adaudit.security.wire import decode
from tests.windows import descriptors


def positions(text: str) -> list[int]:
    dacl = parse(f"D:{text}").dacl
    assert isinstance(dacl, Acl)
    return canonical_order(dacl)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("(A;;RP;;;WD)(D;;RP;;;BG)", [1, 0]),
        ("(A;ID;RP;;;WD)(A;;WP;;;BA)(D;;WP;;;BG)", [2, 1, 0]),
        ("(A;ID;RP;;;WD)(D;ID;RP;;;BG)(A;ID;RP;;;BA)", [0, 1, 2]),
        ("(OD;;RP;bf967aba-0de6-11d0-a285-00aa003049e2;;BG)(D;;RP;;;WD)(A;;RP;;;BA)", [0, 1, 2]),
    ],
)
def test_denies_come_first_and_what_is_inherited_last(text: str, expected: list[int]) -> None:
    assert positions(text) == expected


def test_the_lists_of_a_real_windows_domain_are_left_as_they_are() -> None:
    lists = [decode(body).dacl for body in descriptors().values()]
    sound = [dacl for dacl in lists if isinstance(dacl, Acl)]

    assert len(sound) == 3658
    assert all(canonical_order(dacl) == [*range(len(dacl.entries))] for dacl in sound)
    assert not any(map(find_disorder, sound))
