"""What was set by hand in a domain that a real controller has just made, and in one after that."""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.review.delegations import Delegation, Delegations, Kind, find_delegations
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import map_generic
from adaudit.security.sddl import format_ace
from tests.available import unavailable
from tests.live.controller import (
    DIRECTORY_SCRIPTS,
    SYSTEM_PYTHON,
    Controller,
    ControllerUnavailableError,
    free_address,
    require_samba,
)
from tests.live.domain import EXAMPLE

pytestmark = pytest.mark.live

_CLIENT = Path(__file__).with_name("collect_target.py")
USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
RESET = "00299570-246d-11d0-a768-00aa006e0529"
GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
PLANTED = {
    "": [f"(OA;;CR;{GET_CHANGES_ALL};;{{Desk}})"],
    "OU=Staff": [f"(OA;CIIO;CR;{RESET};{USER};{{Desk}})", "(D;CI;WP;;;{Trainees})"],
    "OU=North,OU=Staff": ["(A;CI;WP;;;{Desk})"],
    "CN=Users": ["(A;;WD;;;{Desk})"],
    "CN=Domain Admins,CN=Users": ["(A;;WP;;;{Desk})"],
    "CN=AdminSDHolder,CN=System": ["(A;;WP;;;{Desk})"],
    "OU=Domain Controllers": ["(A;CI;GA;;;{Desk})"],
    "CN=Policies,CN=System": ["(A;;CC;;;{Desk})"],
    "CN=Sites,CN=Configuration": ["(A;CI;WP;;;{Desk})"],
}
PLAN = {
    "groups": ["Desk", "Trainees"],
    "units": ["OU=Staff", "OU=North,OU=Staff", "OU=Closed,OU=Staff"],
    "users": {
        "anna": "CN=Anna,OU=Staff",
        "bert": "CN=Bert,OU=North,OU=Staff",
        "carl": "CN=Carl,OU=Closed,OU=Staff",
        "dora": "CN=Dora,OU=North,OU=Staff",
    },
    "entries": PLANTED,
    "owners": {"CN=Bert,OU=North,OU=Staff": "Desk", "CN=Dora,OU=North,OU=Staff": "Desk"},
    "protected": ["OU=Closed,OU=Staff"],
}


@pytest.fixture(scope="module")
def fresh() -> Iterator[Controller]:
    """A domain controller of its own, as it is set up, with the partitions of DNS zones."""
    try:
        require_samba()
        with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
            controller = Controller(EXAMPLE, free_address(), Path(root))
            controller.provision("SAMBA_INTERNAL")
            yield controller
    except ControllerUnavailableError as error:
        unavailable(str(error))


def collected(controller: Controller, folder: Path) -> Snapshot:
    """All of the directory over LDAP, read by its administrator."""
    (folder / "password").write_text(controller.password, encoding="utf-8")
    (folder / "password").chmod(0o600)
    user = f"Administrator@{controller.domain.dns_name}"
    target = {
        "name": "example",
        "ldap": f"ldaps://{controller.domain.fqdn}",
        "tls": {"ca_file": str(controller.ca_file)},
        "auth": {"method": "simple", "user": user, "password": {"file": str(folder / "password")}},
        "scope": "all",
    }
    file = folder / "targets.yaml"
    file.write_text(json.dumps({"version": 1, "targets": [target]}), encoding="utf-8")
    with controller.running():
        done = controller.run([sys.executable, _CLIENT, file, folder / "out.snapshot"], check=False)
    assert done.returncode == 0, done.stderr
    return Snapshot.open(folder / "out.snapshot")


@pytest.fixture(scope="module")
def untouched(fresh: Controller, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Delegations]:
    with collected(fresh, tmp_path_factory.mktemp("untouched")) as snapshot:
        yield find_delegations(View(snapshot))


@pytest.fixture(scope="module")
def planted(
    fresh: Controller,
    untouched: Delegations,  # noqa: ARG001 - which is read before anything is planted
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[View]:
    command = [SYSTEM_PYTHON, "-B", DIRECTORY_SCRIPTS / "plant.py", fresh.smb_conf]
    subprocess.run(command, input=json.dumps(PLAN), check=True, encoding="utf-8")
    with collected(fresh, tmp_path_factory.mktemp("planted")) as snapshot:
        yield View(snapshot)


@pytest.fixture(scope="module")
def found(planted: View) -> tuple[Delegation, ...]:
    return tuple(find_delegations(planted).found)


def test_nothing_was_set_by_hand_in_a_new_domain(untouched: Delegations) -> None:
    assert (list(untouched.found), untouched.gaps) == ([], ())
    assert untouched.described > 3600


def dn(place: str) -> Dn:
    return Dn(f"{place},{EXAMPLE.base}" if place else EXAMPLE.base)


def entries_at(view: View, place: str) -> set[str]:
    """The entries that were planted on an object, with the SIDs that the controller gave."""
    sids = {name: sid_of(view, name) for name in ("Desk", "Trainees")}
    full = "CCDCLCSWRPWPDTLOCRSDRCWDWO"
    # the controller keeps a generic right for objects below, and maps it on the object itself
    split = {
        "(A;CI;GA;;;{Desk})": [f"(A;;{full};;;{{Desk}})", "(A;CIIO;GA;;;{Desk})"],
    }
    texts = (text for each in PLANTED[place] for text in split.get(each, [each]))
    return {text.format_map(sids) for text in texts}


def sid_of(view: View, name: str) -> str:
    return str(view.principal_named(f"EXAMPLE\\{name}"))


@pytest.mark.parametrize("place", PLANTED)
def test_what_was_planted_is_found_once_where_it_was_planted(
    planted: View, found: tuple[Delegation, ...], place: str
) -> None:
    there = [each for each in found if each.place == dn(place) and each.ace]

    assert Counter(format_ace(each.ace) for each in there if each.ace) == Counter(
        entries_at(planted, place)
    )


def test_nothing_else_is_found(found: tuple[Delegation, ...]) -> None:
    closed = dn("OU=Closed,OU=Staff")
    places = {dn(place) for place in PLANTED}
    others = [each for each in found if each.place not in places]

    # what was kept there as inheritance was blocked, of what was planted above
    assert {each.place for each in others} == {closed}
    assert Counter(each.kind for each in others) == {Kind.BLOCKED: 1, Kind.ALLOW: 1, Kind.DENY: 1}


def test_the_owner_of_several_objects_is_told_once(
    planted: View, found: tuple[Delegation, ...]
) -> None:
    (owner,) = [each for each in found if each.kind is Kind.OWNER]

    assert owner.trustee is not None
    assert str(owner.trustee.sid) == sid_of(planted, "Desk")
    assert (owner.place, len(owner.objects)) == (dn("OU=North,OU=Staff"), 2)


def test_as_many_objects_are_reached_as_the_controller_handed_it_down_to(
    planted: View, found: tuple[Delegation, ...]
) -> None:
    reaching = [each for each in found if each.reach and each.place != dn("OU=Closed,OU=Staff")]

    for each in reaching:
        assert (each.place, each.reach) == (each.place, len(list(having(planted, each))))
    assert len(reaching) >= 5


def having(view: View, told: Delegation) -> Iterator[Dn]:
    """The objects below a place that inherited its entry, and have it in effect."""
    closed = dn("OU=Closed,OU=Staff")
    for entry in view.snapshot.below(told.place):
        descriptor = descriptor_of(entry)
        assert isinstance(descriptor, SecurityDescriptor)
        assert isinstance(descriptor.dacl, Acl)
        is_reached = any(is_copy(ace, told.ace) for ace in descriptor.dacl.entries)
        if is_reached and not entry.dn.is_below(closed):
            yield entry.dn


def is_copy(ace: AnyAce, of: AnyAce | None) -> bool:
    return (
        isinstance(ace, Ace)
        and isinstance(of, Ace)
        and ace.is_inherited
        and not ace.is_inherit_only
        and (ace.trustee, ace.object_type, ace.allows) == (of.trustee, of.object_type, of.allows)
        and map_generic(int(ace.mask)) == map_generic(int(of.mask))
    )
