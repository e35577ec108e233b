"""What `adaudit diff` says of the sample is what was planted in it on a real controller."""

from functools import cache
from pathlib import Path

import pytest

from adaudit.audit import collect_into
from adaudit.changes import Drift, EffectKind
from adaudit.config import LdifTarget
from adaudit.directory.snapshot import Snapshot
from adaudit.drift import compare

SAMPLES = Path(__file__).parents[1] / "samples"
BASE = "DC=tailspin,DC=example"


def read(name: str) -> Snapshot:
    target = LdifTarget.model_construct(name=name, ldif=(SAMPLES / name,), scope="all")
    return collect_into(target, None, None, None)


@cache
def drift() -> Drift:
    return compare(read("tailspin-untouched.ldif.gz"), read("tailspin.ldif.gz"))


def gained(right: str, dn: str) -> set[str]:
    return {
        account
        for effect in drift().effects
        if effect.kind is EffectKind.GAINED and right in effect.rights and dn in effect.objects
        for account in effect.accounts
    }


def note(words: str) -> str:
    (found,) = (entry.note for entry in drift().entries if entry.words.startswith(words))
    return found


@pytest.mark.parametrize(
    ("right", "dn", "accounts"),
    [
        ("DS-Replication-Get-Changes", BASE, {"svc-dirsync", "svc-bi", "svc-monitor"}),
        ("DS-Replication-Get-Changes-All", BASE, {"svc-dirsync"}),
        ("WriteDac", BASE, {"EX01$"}),
        ("write:gPLink", f"OU=Servers,{BASE}", {"tokafor"}),
        ("write:member", f"CN=Payroll,OU=Groups,{BASE}", {"kdunn", "pholm"}),
        ("User-Force-Change-Password", f"CN=Tom Okafor,OU=Staff,{BASE}", {"hweiss", "tokafor"}),
        ("WriteDac", f"CN=PC01,OU=Workstations,{BASE}", {"dbrooks"}),
        ("create:user", f"OU=Web,{BASE}", {"icosta"}),
    ],
)
def test_who_gained_what_was_planted(right: str, dn: str, accounts: set[str]) -> None:
    names = {name.removeprefix("TAILSPIN\\") for name in gained(right, dn)}
    # an administrator may gain by the order in which a tool wrote the list anew
    assert names - {"Administrator"} >= accounts
    if dn == BASE or right.startswith("write:member"):
        assert names == accounts


def test_what_was_denied_before_has_no_effect() -> None:
    told = note("allow DS-Replication-Get-Changes-All for TAILSPIN\\Reporting")
    assert told == "no effect: entry 0 decides before it"


def test_a_deny_that_stands_too_late_has_no_effect() -> None:
    told = note("deny write property of member for TAILSPIN\\Payroll Trainees")
    assert told.startswith("no effect: entry ")


def test_a_distribution_group_carries_nothing() -> None:
    told = note("allow write dac for TAILSPIN\\On Call")
    assert told == "no effect: no account carries TAILSPIN\\On Call"


def test_generic_bits_have_no_effect() -> None:
    told = note("allow generic all for TAILSPIN\\Desktop Support")
    assert told == "no effect: generic bits of a stored entry grant and deny nothing"


def test_an_entry_of_the_head_is_told_once_for_all_that_inherit_it() -> None:
    (found,) = (
        entry
        for entry in drift().entries
        if entry.words.startswith("allow write dac for TAILSPIN\\Exchange Windows Permissions")
    )
    assert tuple(found.objects) == (BASE,)
    assert found.reached > 100


def test_who_joined_a_group() -> None:
    found = {change.group.name: set(change.came) for change in drift().memberships}
    assert found["BUILTIN\\Print Operators"] == {"Authenticated Users"}


def test_nothing_changed_in_what_was_not_touched() -> None:
    untouched = "tailspin-untouched.ldif.gz"
    assert not compare(read(untouched), read(untouched)).has_changes
