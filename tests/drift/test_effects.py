"""What changed in effect: what the access check says of every pair, before and now."""

from collections import Counter

from hypothesis import given, settings

from adaudit.access import evaluate
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.changes import Cause
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.membership import Membership
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.drift.effects import Effects, Found
from adaudit.drift.joining import join
from adaudit.drift.members import group_changes
from adaudit.drift.rights import compared_rights
from adaudit.drift.sides import Sides
from adaudit.drift.tokens import Touched, touched
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.sid import ANONYMOUS, Sid
from tests.drift.drift_strategies import MEMBERSHIPS, OWN, Worlds, plain_worlds, worlds

Case = tuple[str, bytes, Sid, Decision, Decision]
"""Right, objectGUID, account, and what was decided before and now"""


def effects_of(given_worlds: Worlds) -> tuple[Sides, list[Found]]:
    joined = join(given_worlds.old, given_worlds.new)
    sides = Sides(joined)
    changes = group_changes(
        sides.old.membership.population, sides.new.membership.population, joined
    )
    found = (
        Touched() if joined.are_principals_same else touched(sides.old, sides.new, joined, changes)
    )
    return sides, list(Effects(sides, found).found())


def told(sides: Sides, found: list[Found]) -> Counter[Case]:
    """Every pair of every set."""
    cases: Counter[Case] = Counter()
    for each in found:
        difference = each.difference
        for subject, number in difference.pairs():
            guid = sides.joined.old.at(number).values("objectGUID")[0]
            sid = sides.accounts.sid(subject)
            cases[difference.right, guid, sid, difference.before, difference.after] += 1
    return cases


def expected(given_worlds: Worlds) -> set[Case]:
    """One by one: accounts of either snapshot, objects of both, each right on its classes."""
    views = View(given_worlds.old), View(given_worlds.new)
    accounts = [accounts_of(view.membership) for view in views]
    objects = [by_guid(snapshot) for snapshot in (given_worlds.old, given_worlds.new)]
    found = set()
    for guid in objects[0].keys() & objects[1].keys():
        entries = objects[0][guid], objects[1][guid]
        if any(not isinstance(descriptor_of(entry), SecurityDescriptor) for entry in entries):
            continue
        for right in compared_rights(views[1], views[0]):
            chain = tuple(name.lower() for name in entries[1].texts("objectClass"))
            if not right.is_about(chain):
                continue
            for sid in accounts[0] | accounts[1]:
                decided = [
                    decision(
                        view,
                        entry,
                        entries[1].dn,
                        right.permission.question(view.facts(entry)),
                        sid,
                    )
                    if sid in known
                    else Decision.DENIED
                    for view, entry, known in zip(views, entries, accounts, strict=True)
                ]
                if decided[0] is not decided[1]:
                    found.add((right.name, guid, sid, *decided))
    return found


def accounts_of(membership: Membership) -> set[Sid]:
    population = membership.population
    known = {population.sid(number) for number in range(population.account_count)}
    return {sid for sid in known if sid.domain is not None or sid == ANONYMOUS}


def by_guid(snapshot: Snapshot) -> dict[bytes, Entry]:
    return {entry.values("objectGUID")[0]: entry for entry in snapshot.entries() if entry.guid}


def decision(view: View, entry: Entry, lies: Dn, question: object, sid: Sid) -> Decision:
    descriptor = descriptor_of(entry)
    token = view.token(sid, view.controller_of(view.domains.containing(lies)))
    return evaluate(descriptor, token, question).decision


@settings(max_examples=30)
@given(worlds())
def test_every_pair_is_told_once_as_the_access_check_decides_it(given_worlds: Worlds) -> None:
    sides, found = effects_of(given_worlds)
    cases = told(sides, found)
    assert set(cases) == expected(given_worlds)
    assert set(cases.values()) <= {1}


@settings(max_examples=20)
@given(worlds(with_gaps=False))
def test_the_same_where_all_was_read(given_worlds: Worlds) -> None:
    sides, found = effects_of(given_worlds)
    assert set(told(sides, found)) == expected(given_worlds)


@settings(max_examples=30)
@given(plain_worlds(MEMBERSHIPS))
def test_the_same_where_memberships_alone_changed(given_worlds: Worlds) -> None:
    sides, found = effects_of(given_worlds)
    assert told(sides, found) == Counter(expected(given_worlds))
    assert {each.cause for each in found} <= {Cause.MEMBERSHIPS}


@settings(max_examples=30)
@given(plain_worlds(OWN))
def test_the_same_where_entries_for_self_changed(given_worlds: Worlds) -> None:
    sides, found = effects_of(given_worlds)
    assert told(sides, found) == Counter(expected(given_worlds))
