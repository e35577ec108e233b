"""All of a real forest, with the partitions of its DNS zones and with audit entries."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.collector import collect
from adaudit.collect.completeness import NO_DESCRIPTOR
from adaudit.collect.ldap import LdapSource
from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.source import Source
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.directory.writer import SnapshotWriter
from adaudit.security.descriptor import AbsentAcl, SecurityDescriptor
from tests.available import unavailable
from tests.live.controller import (
    Controller,
    ControllerUnavailableError,
    free_address,
    require_samba,
)
from tests.live.domain import EXAMPLE

pytestmark = pytest.mark.live

_ALL_PARTS = "!1.2.840.113556.1.4.801=::MAMCAQ8="  # sdflags 15
ZONES = [f"DC={name},{EXAMPLE.base}" for name in ("DomainDnsZones", "ForestDnsZones")]


@pytest.fixture(scope="module")
def controller() -> Iterator[Controller]:
    """A domain controller of its own, which serves DNS zones."""
    try:
        require_samba()
        with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
            found = Controller(EXAMPLE, free_address(), Path(root))
            found.provision(dns="SAMBA_INTERNAL")
            found.populate("example")
            with found.running():
                yield found
    except ControllerUnavailableError as error:
        unavailable(str(error))


@pytest.fixture(scope="module")
def exported(controller: Controller, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same as ldapsearch writes it for the administrator, partition by partition."""
    folder = tmp_path_factory.mktemp("exported")
    configuration = controller.domain.configuration
    bases = [configuration, f"CN=Schema,{configuration}", controller.domain.base, *ZONES]
    server = ["-x", "-H", f"ldaps://{controller.domain.fqdn}", "-E", _ALL_PARTS]
    user = ["-D", f"Administrator@{controller.domain.dns_name}", "-w", controller.password]
    what = ["(objectClass=*)", "*", "nTSecurityDescriptor"]
    files = [folder / f"{number}.ldif" for number in range(len(bases))]
    for file, base in zip(files, bases, strict=True):
        done = controller.run(["ldapsearch", *server, *user, "-b", base, *what])
        file.write_text(done.stdout, encoding="utf-8")
    return files


def live(controller: Controller, user: str, *, with_sacls: bool) -> Snapshot:
    identity = SimpleIdentity(f"{user}@{controller.domain.dns_name}", controller.password)
    access = Access(identity, ca_file=controller.ca_file, timeout=10)
    url = LdapUrl("ldaps", controller.address, 636)
    return read(LdapSource([url], access, everything=True, with_sacls=with_sacls))


def read(source: Source) -> Snapshot:
    writer = SnapshotWriter(source.description)
    collect(source, writer)
    return writer.finish()


def contents(snapshot: Snapshot) -> dict[Dn, Entry]:
    """By name, but the server's own entry, which no export of a partition holds."""
    return {entry.dn: _sorted(entry) for entry in snapshot.entries() if entry.dn.text}


def _sorted(entry: Entry) -> Entry:
    """The same object; the order of values means nothing but in objectClass."""
    values = {
        name: tuple(held) if name == "objectclass" else tuple(sorted(held))
        for name, held in entry.attributes.items()
    }
    return Entry(entry.dn, values, entry.descriptor)


def sacls(snapshot: Snapshot) -> int:
    found = map(descriptor_of, snapshot.entries())
    sound = [each for each in found if isinstance(each, SecurityDescriptor)]
    return sum(not isinstance(each.sacl, AbsentAcl) for each in sound)


def test_an_administrator_reads_every_partition_with_audit_entries_as_an_export_has_them(
    controller: Controller, exported: list[Path]
) -> None:
    snapshot, file = (
        live(controller, "Administrator", with_sacls=True),
        read(LdifSource(exported, everything=True)),
    )
    assert snapshot.gaps == file.gaps == ()
    ours, theirs = contents(snapshot), contents(file)
    assert ours.keys() == theirs.keys()
    assert [dn for dn, entry in ours.items() if entry != theirs[dn]] == []
    assert {Dn(zone) for zone in ZONES} <= ours.keys()
    assert len(list(snapshot.of_class("dnsNode"))) > 1
    assert snapshot.has_sacls
    assert file.has_sacls
    assert sacls(snapshot) > 1000


def test_an_auditor_without_the_right_reads_all_but_the_audit_entries(
    controller: Controller,
) -> None:
    snapshot = live(controller, "auditor", with_sacls=True)
    plain = live(controller, "auditor", with_sacls=False)
    missing = [gap for gap in snapshot.gaps if gap.reason != NO_DESCRIPTOR]
    assert [gap.subject for gap in missing] == ["audit entries"]
    assert contents(snapshot) == contents(plain)
    assert not snapshot.has_sacls
    assert sacls(snapshot) == 0
    assert {Dn(zone) for zone in ZONES} <= contents(snapshot).keys()
