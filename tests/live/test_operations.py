"""
Operations succeed and fail at a controller as the tool predicts from what was read before.

Each is tried by accounts whose rights differ, at places where rights are allowed, denied, handed
down, limited or meant for something else: `directory/delegated.py` has them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from adaudit.access.doing import Place, decide
from adaudit.access.operation import AnyOf, Operation
from adaudit.access.right_names import operation_of
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from tests.live import trials
from tests.live.delegation import ACCOUNTS, ADMINISTRATOR, COMPUTER, Delegation
from tests.live.trials import Trial

PEOPLE = ("plain", "helper", "trainee", "keeper", COMPUTER)
OWNERS = (*PEOPLE, "owner", ADMINISTRATOR)
_OWNER, _DACL = 1, 4

Trials = Callable[["Units", str], Iterator[Trial]]
Tried = tuple[str, str, str]
"""Who tried what, and the object by its name and that of its parent"""


@dataclass(frozen=True)
class Units:
    """What is below OU=Delegated."""

    view: View
    root: Dn

    def below(self, name: str) -> list[Entry]:
        """All objects of a unit, without itself."""
        unit = self.unit(name)
        return [entry for entry in self.view.snapshot.entries() if entry.dn.is_below(unit)]

    def unit(self, name: str) -> Dn:
        """A unit right below."""
        return self.root.child(f"OU={name}")

    def named(self, unit: str, name: str) -> list[Dn]:
        """What is called that below a unit."""
        return [entry.dn for entry in self.below(unit) if entry.dn.name == name]


@pytest.fixture(scope="module")
def units(delegation: Delegation) -> Units:
    root = Dn(delegation.controller.domain.base).child("OU=Delegated")
    return Units(delegation.view, root)


def deletions(units: Units, account: str) -> Iterator[Trial]:
    return map(trials.delete, units.named("Deletion", account))


def renames(units: Units, account: str) -> Iterator[Trial]:
    return map(trials.rename, units.named("Renaming", account))


def moves(units: Units, account: str) -> Iterator[Trial]:
    for dn in units.named("Moving", account):
        assert dn.parent is not None
        yield trials.move(dn, units.unit("Moved"), f"{account} {dn.parent.name}")


def creations(units: Units, account: str) -> Iterator[Trial]:
    for number, unit in enumerate(units.below("Creation")):
        for kind in ("user", "computer", "group", "contact"):
            yield trials.create(kind, unit.dn, f"{account.strip('$')}-{kind[:4]}{number}"[-15:])


def resets(units: Units, account: str) -> Iterator[Trial]:
    for entry in units.below("Staff"):
        yield trials.reset_password(entry.dn, f"Of.{account}.42")


def writes(units: Units, account: str) -> Iterator[Trial]:
    for entry in units.below("Staff"):
        yield trials.write(entry.dn, "telephoneNumber", f"1 {len(account)}")
        yield trials.write(entry.dn, "homePhone", f"2 {len(account)}")


def service_names(units: Units, account: str) -> Iterator[Trial]:
    computers = [entry.dn for entry in units.below("Staff") if entry.object_class == "computer"]
    for dn in (*computers, Dn(f"CN=WS01,CN=Computers,{units.root.parent}")):
        yield trials.add_service_name(dn, f"{account.strip('$')}/{dn.name}")


def confidential_reads(units: Units, account: str) -> Iterator[Trial]:
    del account
    for entry in units.below("Staff"):
        if entry.object_class == "computer":
            yield trials.read(entry.dn, "msTPM-OwnerInformation")
        elif entry.object_class == "user" and entry.dn.name not in ("Guarded", "Unordered"):
            yield trials.read(entry.dn, "msPKIRoamingTimeStamp")


def joinings(units: Units, account: str) -> Iterator[Trial]:
    own = Dn(f"CN={account.strip('$')},CN={_container(account)},{units.root.parent}")
    for group in units.below("Groups"):
        yield trials.add_member(group.dn, own, "AddSelf")


def additions(units: Units, account: str) -> Iterator[Trial]:
    # somebody else for each account, so that nobody is added twice
    people = [entry.dn for entry in units.below("Staff") if entry.object_class == "user"]
    for group in units.below("Groups"):
        yield trials.add_member(group.dn, people[PEOPLE.index(account)], "AddMember")


def writes_of_descriptors(units: Units, account: str) -> Iterator[Trial]:
    del account
    for entry in units.below("Owned"):
        assert entry.descriptor is not None
        yield trials.write_descriptor("WriteDacl", entry.dn, _DACL, entry.descriptor)
        yield trials.write_descriptor("WriteOwner", entry.dn, _OWNER, entry.descriptor)


def synchronizations(units: Units, account: str) -> Iterator[Trial]:
    del account
    assert units.root.parent is not None
    yield trials.synchronize(units.root.parent)


def _container(account: str) -> str:
    return "Computers" if account == COMPUTER else "Users"


KINDS: dict[str, tuple[Trials, tuple[str, ...]]] = {
    "to delete": (deletions, PEOPLE),
    "to rename": (renames, PEOPLE),
    "to move": (moves, PEOPLE),
    "to create": (creations, (*PEOPLE, ADMINISTRATOR)),
    "to reset a password": (resets, (*PEOPLE, ADMINISTRATOR)),
    "to write an attribute": (writes, (*PEOPLE, ADMINISTRATOR)),
    "to add a service name": (service_names, (*PEOPLE, ADMINISTRATOR)),
    "to read what is confidential": (confidential_reads, (*PEOPLE, ADMINISTRATOR)),
    "to join a group": (joinings, PEOPLE),
    "to add another to a group": (additions, PEOPLE),
    "to write owner and DACL": (writes_of_descriptors, OWNERS),
    "to be told of changes": (synchronizations, ACCOUNTS),
}
OTHERWISE: dict[str, set[Tried]] = {
    # Samba looks at the attribute that names the object when it is moved too
    "to move": {
        (account, "Move", f"{account}, By name alone") for account in ("helper", "trainee")
    },
    # an object-specific entry with CONTROL_ACCESS grants everything: samba_access.py
    "to write an attribute": {
        (account, "write:telephoneNumber", "Hugo, Staff") for account in ("keeper", COMPUTER)
    },
    # Samba does not know OWNER RIGHTS: samba_access.py
    "to write owner and DACL": {("owner", "WriteDacl", "With OWNER RIGHTS, Owned")},
}
"""Where Samba differs from the specification, and from nothing else may it differ"""


@pytest.mark.parametrize("kind", KINDS)
def test_operations_succeed_and_fail_as_predicted(
    delegation: Delegation, units: Units, kind: str
) -> None:
    of_account, accounts = KINDS[kind]
    differing: set[Tried] = set()
    seen: dict[Decision, int] = dict.fromkeys(Decision, 0)
    for account in accounts:
        token = delegation.token(account)
        with delegation.bound(account) as connection:
            for trial in of_account(units, account):
                entry = delegation.view.snapshot.entry(trial.on)
                assert entry is not None
                operation = _operation(trial.operation, delegation.view)
                place = Place(entry, delegation.view, trial.to)
                predicted = decide(operation, place, token).decision
                seen[predicted] += 1
                if (predicted is Decision.ALLOWED) is not trial.attempt(connection):
                    differing.add((account, trial.operation, _short(trial.on)))
    assert differing == OTHERWISE.get(kind, set())
    assert seen[Decision.ALLOWED]
    assert seen[Decision.DENIED]
    assert not seen[Decision.UNDECIDED]


def test_secrets_are_replicated_to_whom_it_is_predicted(delegation: Delegation) -> None:
    view = delegation.view
    head = view.snapshot.entry(Dn(delegation.controller.domain.base))
    assert head is not None
    operation = operation_of("DCSync", view)
    predicted = {
        account: decide(operation, Place(head, view), delegation.token(account)).decision
        for account in ACCOUNTS
    }
    answers = delegation.controller.replicate(ACCOUNTS)
    assert {account for account in ACCOUNTS if answers[account]} == {
        "helper",
        "syncer",
        ADMINISTRATOR,
    }
    assert predicted == {
        account: Decision.ALLOWED if got else Decision.DENIED for account, got in answers.items()
    }


def _short(dn: Dn) -> str:
    return f"{dn.name}, {dn.parent.name if dn.parent else ''}"


def _operation(name: str, view: View) -> Operation:
    if name != "AddServiceName":
        return operation_of(name, view)
    ways = ("write:servicePrincipalName", "Validated-SPN")
    needs = (operation_of(way, view).need for way in ways)
    return Operation(name, AnyOf(tuple(needs)))
