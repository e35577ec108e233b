"""Tier 0 of a domain that a real controller has just made."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot
from adaudit.review.tier_zero import Kind, TierZero
from adaudit.security.sid import BUILTIN, Sid
from tests.live.controller import Controller

_CLIENT = Path(__file__).with_name("collect_target.py")


@pytest.fixture(scope="module")
def snapshot(
    controller: Controller, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Snapshot]:
    """All of the directory, read by a plain account."""
    folder = tmp_path_factory.mktemp("tier_zero")
    user = f"auditor@{controller.domain.dns_name}"
    target = {
        "name": "example",
        "ldap": f"ldaps://{controller.domain.fqdn}",
        "tls": {"ca_file": str(controller.ca_file)},
        "auth": {"method": "simple", "user": user, "password": {"file": str(folder / "password")}},
        "scope": "all",
    }
    (folder / "password").write_text(controller.password, encoding="utf-8")
    (folder / "password").chmod(0o600)
    file = folder / "targets.yaml"
    file.write_text(json.dumps({"version": 1, "targets": [target]}), encoding="utf-8")
    controller.run([sys.executable, _CLIENT, file, folder / "out.snapshot"])
    with Snapshot.open(folder / "out.snapshot") as snapshot:
        yield snapshot


@pytest.fixture(scope="module")
def tier_zero(snapshot: Snapshot) -> TierZero:
    return TierZero.of(View(snapshot))


def principals(snapshot: Snapshot, tier_zero: TierZero) -> set[Sid | None]:
    kinds = (Kind.GROUP, Kind.ACCOUNT)
    return {snapshot.at(a.number).sid for a in tier_zero.assets if a.kind in kinds}


def test_the_principals_are_those_that_the_controller_marks_as_protected(
    controller: Controller, snapshot: Snapshot, tier_zero: TierZero
) -> None:
    """
    `adminCount` of a new domain, which is [MS-ADTS] 3.1.1.6.1.2.

    Read-only controllers are marked beside them; certification authorities and who makes trusts
    are counted beside them.
    """
    marked = {each.sid for each in snapshot.with_sid() if each.text("adminCount") == "1"}
    domain = Sid.parse(controller.domain.sid)
    found = principals(snapshot, tier_zero)

    assert marked - found == {domain.relative(521)}
    assert found - marked == {domain.relative(517), BUILTIN.relative(557)}


def test_the_controller_is_found_with_its_unit(tier_zero: TierZero) -> None:
    found = {asset.dn: asset.kind for asset in tier_zero.assets}
    controllers = {dn for dn, kind in found.items() if kind is Kind.CONTROLLER}

    assert {dn.name for dn in controllers} == {"DC1"}
    assert {dn.parent for dn in controllers} == {
        dn for dn, kind in found.items() if kind is Kind.CONTROLLERS_UNIT
    }


def test_both_default_policies_are_found_by_their_guids(tier_zero: TierZero) -> None:
    """[MS-GPOD] 1.1.9 names them; a new domain links one to its head, one above its controllers."""
    policies = {asset.dn.name for asset in tier_zero.assets if asset.kind is Kind.POLICY}

    assert policies == {
        "{31B2F340-016D-11D2-945F-00C04FB984F9}",
        "{6AC1786C-016F-11D2-945F-00C04FB984F9}",
    }


def test_all_of_it_was_read_and_nothing_is_open(tier_zero: TierZero) -> None:
    assert tier_zero.unread == ()
    assert tier_zero.open_to == {}
