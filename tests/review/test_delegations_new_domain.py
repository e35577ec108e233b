"""Nothing was set by hand in a new domain; what is planted in one is found, once and in place."""

import csv
import re
from pathlib import Path

import pytest

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.review.defaults.rows import Row, rows
from adaudit.review.delegations import Delegation, Kind, Origin, find_delegations
from adaudit.security import sddl, wire
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from tests.review.windows_forest import DOMAIN, WindowsForest

TABLES = Path(__file__).parents[2] / "adaudit" / "review" / "defaults"
HELPDESK = DOMAIN.relative(1601)
CLASS_USER = "bf967aba-0de6-11d0-a285-00aa003049e2"


PLACES = (
    ("", "domain"),
    ("CN=Users", "domain"),
    ("CN=Computers", "domain"),
    ("CN=Builtin", "domain"),
    ("CN=System", "domain"),
    ("CN=AdminSDHolder,CN=System", "domain"),
    ("CN=Policies,CN=System", "domain"),
    ("CN={31B2F340-016D-11D2-945F-00C04FB984F9},CN=Policies,CN=System", "domain"),
    ("CN=MicrosoftDNS,CN=System", "domain"),
    ("CN=Keys", "domain"),
    ("OU=Domain Controllers", "domain"),
    ("CN=DC01,OU=Domain Controllers", "domain"),
    ("CN=Domain Admins,CN=Users", "domain"),
    ("CN=Administrator,CN=Users", "domain"),
    ("", "configuration"),
    ("CN=Services", "configuration"),
    ("CN=Sites", "configuration"),
    ("CN=Partitions", "configuration"),
    ("CN=Send-As,CN=Extended-Rights", "configuration"),
    ("CN=user-Display,CN=409,CN=DisplaySpecifiers", "configuration"),
    ("", "schema"),
    ("CN=User", "schema"),
    ("", "domain dns"),
    ("DC=LAB.local,CN=MicrosoftDNS", "domain dns"),
    ("DC=_msdcs.LAB.local,CN=MicrosoftDNS", "forest dns"),
)


def found_in(forest: WindowsForest) -> tuple[Delegation, ...]:
    return tuple(find_delegations(View(forest.snapshot())).found)


def plant(forest: WindowsForest, dn: Dn, ace: str) -> None:
    """Put an entry before all others of an object."""
    made = forest.at(dn)
    assert made.descriptor is not None
    known = wire.decode(made.descriptor)
    assert isinstance(known.dacl, Acl)
    entries = (sddl.parse_ace(ace, DOMAIN, DOMAIN), *known.dacl.entries)
    changed = SecurityDescriptor(known.control, known.owner, known.group, Acl(4, entries))
    made.descriptor = wire.encode(changed)


def test_nothing_was_set_by_hand_in_a_new_windows_domain() -> None:
    found = find_delegations(View(WindowsForest().snapshot()))

    assert (tuple(found.found), found.gaps, found.described) == ((), (), 3658)


def test_no_entry_of_a_new_windows_domain_is_taken_for_one_of_another_product() -> None:
    assert find_delegations(View(WindowsForest().snapshot())).defaults.get(Origin.PRODUCT) is None


@pytest.mark.parametrize(
    "ace",
    [
        f"(A;CI;WD;;;{HELPDESK})",
        f"(OA;CIIO;CR;00299570-246d-11d0-a768-00aa006e0529;{CLASS_USER};{HELPDESK})",
        "(A;CI;WP;;;AU)",
        "(A;;GA;;;WD)",
        f"(D;;RP;;;{HELPDESK})",
        "(OA;;CR;1131f6ad-9c07-11d1-f79f-00c04fc2dcd2;;AU)",
    ],
)
def test_an_entry_that_is_planted_on_default_objects_is_found_on_each_and_nowhere_else(
    ace: str,
) -> None:
    forest = WindowsForest()
    planted = [forest.made(place, partition).dn for place, partition in PLACES]
    for dn in planted:
        plant(forest, dn, ace)
    snapshot = forest.snapshot()

    found = find_delegations(View(snapshot)).found

    objects = [snapshot.at(number).dn for each in found for number in each.objects]
    assert sorted(map(str, objects)) == sorted(map(str, planted))
    assert {each.ace for each in found} == {sddl.parse_ace(ace, DOMAIN, DOMAIN)}


@pytest.mark.parametrize("ace", ["(A;;GA;;;WD)", "(A;CI;WP;;;DU)"])
def test_no_object_at_all_lets_a_strong_right_of_everyone_pass(ace: str) -> None:
    forest = WindowsForest()
    for made in forest.objects:
        plant(forest, made.dn, ace)

    found = found_in(forest)

    assert sum(len(each.objects) for each in found) == len(forest.objects) == 3658
    assert {each.kind for each in found} == {Kind.ALLOW}


def test_a_default_entry_with_one_right_more_is_found() -> None:
    forest = WindowsForest()
    made = forest.made("CN=Users")
    assert made.descriptor is not None
    known = wire.decode(made.descriptor)
    assert isinstance(known.dacl, Acl)
    text = sddl.format(known)
    more = re.sub(r"\(OA;;CCDC;bf967aba-[^)]*;;AO\)", f"(OA;;CCDCCR;{CLASS_USER};;AO)", text)
    assert more != text
    made.descriptor = wire.encode(sddl.parse(more))

    (found,) = found_in(forest)

    assert isinstance(found.ace, Ace)
    assert (found.place, int(found.ace.mask)) == (made.dn, 0x103)


def test_a_default_of_one_domain_is_none_for_the_groups_of_another() -> None:
    forest = WindowsForest()
    plant(forest, forest.made("CN=Users").dn, "(A;;CCDCLCSWRPWPLOCRRCWDWO;;;S-1-5-21-1-2-3-512)")

    (found,) = found_in(forest)

    assert found.trustee is not None
    assert str(found.trustee.sid) == "S-1-5-21-1-2-3-512"


def test_the_tables_name_no_account_of_the_domains_that_they_were_read_from() -> None:
    issued = re.compile(r"S-1-5-21-")

    assert [row for row in rows() if issued.search(row.what) or issued.search(str(row))] == []


def test_every_row_of_the_tables_says_where_it_is_documented() -> None:
    tables = [
        row
        for name in ("system", "products")
        for row in csv.DictReader(
            (TABLES / f"{name}.tsv").read_text("utf-8").splitlines(), delimiter="\t"
        )
    ]

    assert len(tables) == len(rows())
    assert [row for row in tables if not row["source"] or None in row] == []


@pytest.mark.parametrize("row", [row for row in rows() if row.what.startswith("(")])
def test_every_entry_of_the_tables_has_a_sense(row: Row) -> None:
    """Names stand where GUIDs would, and in braces where an alias would."""
    fields = row.what.strip("()").split(";")
    fields[3:5] = ["", ""]
    if fields[0] in {"OA", "OD"}:
        fields[0] = fields[0][1]
    fields[5] = "WD" if fields[5].startswith("{") else fields[5]

    ace = sddl.parse_ace(f"({';'.join(fields)})", DOMAIN, DOMAIN)

    assert isinstance(ace, Ace)
    assert ace.mask


@pytest.mark.parametrize("row", [row for row in rows() if row.place is None])
def test_a_row_for_any_place_gives_nobody_a_right_over_others(row: Row) -> None:
    """It is for computers themselves, or keeps everyone from deleting."""
    of_itself = r"\(OA;CIIO;RPWP;ms-?[A-Za-z-]+;computer;PS\)"
    assert re.fullmatch(rf"{of_itself}|\(D;;(DTSD|DC);;;WD\)", row.what)
