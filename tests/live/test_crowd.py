"""
A domain of 20,000 users, read whole: the same as ldap3 reads it, object by object.

ldap3 asks the same searches, one after the other, and decodes the answers itself.
"""

import json
import ssl
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adaudit.collect.collector import collect, open_source
from adaudit.collect.completeness import NO_DESCRIPTOR
from adaudit.collect.plan import DESCRIPTOR, ROOT_DSE, domain_searches, forest_searches
from adaudit.collect.search import Scope
from adaudit.config import LdapTarget, load
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.available import unavailable
from tests.live.controller import (
    DIRECTORY_SCRIPTS,
    SYSTEM_PYTHON,
    Controller,
    ControllerUnavailableError,
    free_address,
    require_samba,
)
from tests.live.cutting_proxy import CuttingProxy
from tests.live.domain import EXAMPLE, PASSWORD

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.protocol.microsoft import security_descriptor_control

pytestmark = pytest.mark.live

USERS = 20_000
PAGE = 1000
_OWNER_GROUP_DACL = 7
_SCOPES = {Scope.BASE: ldap3.BASE, Scope.ONE_LEVEL: ldap3.LEVEL, Scope.SUBTREE: ldap3.SUBTREE}
_PASSWORD = {"env": "ADAUDIT_TEST_PASSWORD"}
SIMPLE = {"method": "simple", "user": "auditor@example.test", "password": _PASSWORD}
NTLM = {"method": "ntlm", "user": "EXAMPLE\\auditor", "password": _PASSWORD}
MEBIBYTE = 1 << 20

Plain = tuple[dict[str, tuple[bytes, ...]], bytes | None]
Entries = dict[str, Plain]
Reading = Callable[[dict[str, object]], Entries]


@pytest.fixture(scope="module")
def crowded() -> Iterator[Controller]:
    """A domain controller of its own, with an organisation and 20,000 users in units."""
    try:
        require_samba()
        with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
            controller = Controller(EXAMPLE, free_address(), Path(root))
            controller.provision()
            controller.populate("example")
            script = DIRECTORY_SCRIPTS / "crowd.py"
            command = [SYSTEM_PYTHON, "-B", script, controller.smb_conf, str(USERS)]
            subprocess.run(command, check=True)
            with controller.running():
                yield controller
    except ControllerUnavailableError as error:
        unavailable(str(error))


@pytest.fixture(scope="module")
def by_ldap3(crowded: Controller) -> Entries:
    """What ldap3 reads with all searches of the plan, in the form of `_plain`."""
    # how ldap3 verifies a name is deprecated, and who is asked is known
    tls = ldap3.Tls(validate=ssl.CERT_NONE)
    server = ldap3.Server(crowded.address, 636, use_ssl=True, tls=tls, get_info=ldap3.NONE)
    found: dict[str, dict[str, set[bytes]]] = {}
    user = f"auditor@{crowded.domain.dns_name}"
    connection = ldap3.Connection(server, user, crowded.password, auto_bind=True)
    with connection.socket:  # which ldap3 does not close when the server is quicker
        for search in (
            ROOT_DSE,
            *forest_searches(Dn(crowded.domain.configuration), everything=True),
            *domain_searches(Dn(crowded.domain.base), everything=True),
        ):
            answers = connection.extend.standard.paged_search(
                str(search.base),
                search.filter,
                _SCOPES[search.scope],
                attributes=list(search.requested),
                controls=security_descriptor_control(criticality=True, sdflags=_OWNER_GROUP_DACL),
                paged_size=PAGE,
                generator=True,
            )
            for answer in answers:
                if answer["type"] == "searchResEntry":
                    held = found.setdefault(Dn(answer["raw_dn"].decode()).path, {})
                    for name, values in answer["raw_attributes"].items():
                        held.setdefault(name.lower(), set()).update(values)
    return {path: _as_plain(held) for path, held in found.items()}


def _as_plain(held: dict[str, set[bytes]]) -> Plain:
    # Samba lists some objects of which the reader may see nothing: ldap3 gives empty attributes
    (body,) = held.pop(DESCRIPTOR, None) or {None}
    return {name: tuple(sorted(values)) for name, values in held.items() if values}, body


def _plain(entry: Entry) -> Plain:
    """Attributes and descriptor; the order of values means nothing here."""
    values = {name: tuple(sorted(held)) for name, held in entry.attributes.items()}
    return values, entry.descriptor


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reading:
    """Collect a target whole, without a gap but for what the reader may not see."""
    monkeypatch.setenv(_PASSWORD["env"], PASSWORD)

    def reading(target: dict[str, object]) -> Entries:
        settings = {"name": "crowd", "scope": "all", "page_size": PAGE, **target}
        file = tmp_path / "targets.yaml"
        file.write_text(json.dumps({"version": 1, "targets": [settings]}), encoding="utf-8")
        (loaded,) = load(file).targets
        assert isinstance(loaded, LdapTarget)
        source = open_source(loaded, None)
        with SnapshotWriter(source.description, tmp_path / "crowd.snapshot") as writer:
            collect(source, writer)
            with writer.finish() as snapshot:
                return _entries_of(snapshot)

    return reading


def _entries_of(snapshot: Snapshot) -> Entries:
    assert {gap.reason for gap in snapshot.gaps} == {NO_DESCRIPTOR}
    return {entry.dn.path: _plain(entry) for entry in snapshot.entries()}


def _ldaps(controller: Controller, place: str) -> dict[str, object]:
    return {
        "ldap": f"ldaps://{place}",
        "tls": {"ca_file": str(controller.ca_file)},
        "auth": SIMPLE,
    }


def _sealed(_: Controller, place: str) -> dict[str, object]:
    return {"ldap": f"ldap://{place}", "auth": NTLM}


WAYS = {"LDAPS": (_ldaps, 636), "NTLM, sealed": (_sealed, 389)}


def _check_same(ours: Entries, theirs: Entries) -> None:
    """Compare object by object: a comparison of all would take minutes to show a difference."""
    assert ours.keys() == theirs.keys()
    for path, expected in theirs.items():
        # what its SELF entries grant is granted to whoever binds by NTLM, and ldap3 does not
        if not path.endswith(",cn=ntlm authentication"):
            assert ours[path] == expected, path


def test_the_domain_is_as_large_as_it_should_be(by_ldap3: Entries) -> None:
    users = [path for path in by_ldap3 if ",cn=user0" in path]
    assert len(users) == USERS
    assert len({by_ldap3[path][1] for path in users}) == 20
    assert max(len(values.get("member", ())) for values, _ in by_ldap3.values()) == USERS // 10


@pytest.mark.parametrize("way", WAYS)
def test_every_object_is_as_ldap3_reads_it(
    crowded: Controller, by_ldap3: Entries, read: Reading, way: str
) -> None:
    target, _ = WAYS[way]
    _check_same(read(target(crowded, crowded.address)), by_ldap3)


@pytest.mark.parametrize("way", WAYS)
def test_a_connection_that_is_cut_twice_makes_no_difference(
    crowded: Controller, by_ldap3: Entries, read: Reading, way: str
) -> None:
    target, port = WAYS[way]
    limits = [8 * MEBIBYTE + 1234, 12 * MEBIBYTE + 77]
    with CuttingProxy((crowded.address, port), limits).running() as proxy:
        entries = read(target(crowded, f"localhost:{proxy.port}"))
    assert proxy.connections == 3
    _check_same(entries, by_ldap3)
