"""
The global catalog of a real domain controller, on its own ports.

Samba has one domain here, of which its catalog gives all attributes and all members: what a
catalog leaves out is proved elsewhere.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adaudit.directory.membership import Membership
from adaudit.directory.partly import FROM_CATALOG
from adaudit.directory.snapshot import Snapshot
from tests.live.controller import Controller

_CLIENT = Path(__file__).with_name("collect_target.py")
_PASSWORD = {"env": "ADAUDIT_TEST_PASSWORD"}
NTLM = {"method": "ntlm", "user": "EXAMPLE\\auditor", "password": _PASSWORD}
SIMPLE = {"method": "simple", "user": "auditor@example.test", "password": _PASSWORD}
Collect = Callable[..., Snapshot]


@pytest.fixture
def collected(controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collect:
    """What is read of a target, in an environment with the server's names."""
    monkeypatch.setenv(_PASSWORD["env"], controller.password)

    def collecting(**target: object) -> Snapshot:
        file, snapshot = tmp_path / "targets.yaml", tmp_path / "out.snapshot"
        targets = {"version": 1, "targets": [{"name": "example", **target}]}
        file.write_text(json.dumps(targets), encoding="utf-8")
        done = controller.run([sys.executable, _CLIENT, file, snapshot], check=False)
        assert done.returncode == 0, done.stderr
        return Snapshot.open(snapshot)

    return collecting


def in_domain(snapshot: Snapshot, controller: Controller) -> set[str]:
    configuration = controller.domain.configuration.lower()
    names = (str(entry.dn) for entry in snapshot.entries())
    return {name for name in names if name and not name.lower().endswith(configuration)}


@pytest.mark.parametrize("port", ["gc", "gcs"])
def test_a_domain_whose_server_is_down_is_read_from_the_catalog(
    controller: Controller, collected: Collect, port: str
) -> None:
    host = controller.domain.fqdn
    if port == "gc":
        down, secured = f"ldap://{host}:390", {"auth": NTLM}
    else:
        down = f"ldaps://{host}:637"
        secured = {"auth": SIMPLE, "tls": {"ca_file": str(controller.ca_file)}}
    with collected(ldap=f"ldap://{host}", auth=NTLM) as snapshot:
        expected = in_domain(snapshot, controller)
    with collected(ldap=[down, f"{port}://{host}"], **secured) as snapshot:
        assert in_domain(snapshot, controller) == expected
        reasons = {gap.subject: gap.reason for gap in snapshot.gaps}
        assert reasons[f"domain {controller.domain.dns_name}"] == FROM_CATALOG
        assert down in reasons


def test_the_catalog_gives_nothing_of_a_domain_that_a_server_gives(
    controller: Controller, collected: Collect
) -> None:
    host = controller.domain.fqdn
    with collected(ldap=[f"gc://{host}", f"ldap://{host}"], auth=NTLM) as snapshot:
        assert snapshot.gaps == ()
        assert not Membership.of(snapshot).incomplete
