"""The schema that Microsoft publishes, against the copies of it that other programs install."""

import base64
import re
from collections.abc import Iterator, Mapping
from itertools import chain
from pathlib import Path
from uuid import UUID

import pytest

from adaudit.directory.known_schema import known_schema
from adaudit.directory.schema import Schema
from adaudit.exchange.receive_connectors import ACCEPT_EXCH50, SUBMIT
from adaudit.security import sddl, wire
from adaudit.security.ace import Ace
from adaudit.security.rights import RECEIVE_AS, SEND_AS, SEND_TO
from adaudit.security.sid import Sid
from tests.available import unavailable
from tests.builders import World
from tests.windows import descriptors

SAMBA = Path("/usr/share/samba/setup")
EXCHANGE = Path(__file__).parents[1] / "live" / "directory"
HOST_NAME = UUID("72e39547-7b18-11d1-adef-00c04fd8d5cd")
VALIDATED_WRITE_COMPUTER = UUID("9b026da6-0d3c-465c-8bee-5199d7165cba")
DOMAIN = Sid.parse("S-1-5-21-1-2-3")
_READ_ONLY_CONTROLLERS = re.compile(r"S-1-5-21-\d+-\d+-\d+-498\b")
_ABSENT: tuple[bytes, ...] = ()

Record = Mapping[str, tuple[bytes, ...]]


def records(text: str) -> Iterator[Record]:
    """The objects of an LDIF file, in the way of [RFC2849] as far as schema files go."""
    unfolded = text.replace("\r\n", "\n").replace("\n ", "")
    for block in re.split(r"\n(?:[ \t]*\n)+", unfolded):
        found: dict[str, tuple[bytes, ...]] = {}
        for line in block.splitlines():
            name, colon, value = line.partition(":")
            if not colon or line.startswith("#"):
                continue
            raw = base64.b64decode(value[1:]) if value.startswith(":") else value.strip().encode()
            found[name.lower()] = (*found.get(name.lower(), ()), raw)
        if "dn" in found:
            yield found


def text(record: Record, name: str) -> str | None:
    """The one value of an attribute."""
    return next((value.decode() for value in record.get(name.lower(), _ABSENT)), None)


def guid(record: Record, name: str) -> UUID | None:
    """The one value of an attribute, in the order of bytes that a directory stores."""
    return next((UUID(bytes_le=value) for value in record.get(name.lower(), _ABSENT)), None)


@pytest.fixture(scope="module")
def samba() -> tuple[Record, ...]:
    """The classes and attributes of Windows Server 2016 as Samba installs Microsoft's files."""
    files = sorted((SAMBA / "ad-schema").glob("AD_DS_*__Windows_Server_2016.ldf"))
    if len(files) != 2:
        unavailable("Samba's copies of Microsoft's schema are not installed")
    return tuple(chain.from_iterable(records(file.read_text("latin-1")) for file in files))


@pytest.fixture(scope="module")
def rights() -> tuple[Record, ...]:
    """The controlAccessRight objects that Samba makes; what newer schemas have among them."""
    file = SAMBA / "extended-rights.ldif"
    if not file.exists():
        unavailable("Samba's extended rights are not installed")
    kept = re.sub(r"^\$\{INC20\d\d\}", "", file.read_text("utf-8"), flags=re.MULTILINE)
    return tuple(found for found in records(kept) if "rightsguid" in found)


def of_class(found: tuple[Record, ...], name: bytes) -> Mapping[str, Record]:
    """The definitions of one kind, by lower-case name."""
    those = (record for record in found if name in record["objectclass"])
    return {(text(record, "lDAPDisplayName") or "").lower(): record for record in those}


def test_every_attribute_is_as_in_the_files_of_microsoft(samba: tuple[Record, ...]) -> None:
    published = of_class(samba, b"attributeSchema")
    assert len(published) == 1498
    known = known_schema().attributes
    assert {
        name: (
            text(record, "lDAPDisplayName"),
            guid(record, "schemaIDGUID"),
            guid(record, "attributeSecurityGUID"),
            bool(int(text(record, "searchFlags") or 0) & 0x80),
        )
        for name, record in published.items()
    } == {
        name: (
            known[name].name,
            known[name].guid,
            known[name].property_set,
            known[name].is_confidential,
        )
        for name in published
    }


def test_every_class_is_as_in_the_files_of_microsoft(samba: tuple[Record, ...]) -> None:
    published = of_class(samba, b"classSchema")
    assert len(published) == 269
    known = known_schema().classes
    assert {
        name: (
            text(record, "lDAPDisplayName"),
            guid(record, "schemaIDGUID"),
            text(record, "subClassOf"),
            _READ_ONLY_CONTROLLERS.sub("RO", text(record, "defaultSecurityDescriptor") or ""),
        )
        for name, record in published.items()
    } == {
        name: (
            known[name].name,
            known[name].guid,
            known[name].parent,
            known[name].default_descriptor or "",
        )
        for name in published
    }


def test_every_right_is_as_samba_makes_it(rights: tuple[Record, ...]) -> None:
    """Its displayName is not: Samba's are made from the common names."""
    published = {
        (record["dn"][0].decode().partition(",")[0], record["rightsguid"][0].decode().lower()): int(
            record["validaccesses"][0]
        )
        for record in rights
    }
    known = {
        (f"CN={right.name}", str(right.guid)): right.accesses for right in known_schema().rights
    }
    assert len(published) >= 80
    assert published.items() <= known.items()


def rows(file: str) -> Iterator[list[str]]:
    """The rows of a table of the Exchange 2003 schema, without what is made up there."""
    for line in (EXCHANGE / file).read_text("ascii").splitlines():
        if not line.startswith(("#", "msExchSmtpReceive")):
            yield line.split()


def test_the_attributes_of_exchange_2003_are_those_that_test_servers_get() -> None:
    known = known_schema().attributes
    for name, _, _, identifier, *_ in rows("exchange2003-attributes.txt"):
        assert (known[name.lower()].name, str(known[name.lower()].guid)) == (name, identifier)


def test_the_classes_of_exchange_2003_are_those_that_test_servers_get() -> None:
    known = known_schema().classes
    for name, _, _, identifier, parent, _, _, descriptor, _ in rows("exchange2003-classes.txt"):
        found = known[name.lower()]
        assert (found.name, str(found.guid), found.parent) == (name, identifier, parent)
        assert (found.default_descriptor or "-") == descriptor


@pytest.mark.parametrize("right", [SEND_AS, RECEIVE_AS, SEND_TO, ACCEPT_EXCH50, SUBMIT])
def test_rights_that_checks_know_have_the_same_name_and_guid(right: object) -> None:
    schema = Schema.of(World().snapshot())
    assert schema.right(getattr(right, "name", "")) == right


def test_every_default_descriptor_can_be_read() -> None:
    for found in known_schema().classes.values():
        if found.default_descriptor:
            sddl.parse(found.default_descriptor, DOMAIN, DOMAIN)


def test_no_default_descriptor_names_the_domain_of_another_forest() -> None:
    descriptors = (found.default_descriptor or "" for found in known_schema().classes.values())
    assert not [text for text in descriptors if "S-1-5-21-" in text]


def test_every_class_is_derived_from_top() -> None:
    schema = Schema.of(World().snapshot())
    assert not [name for name in schema.classes if not schema.is_derived(name, "top")]


@pytest.mark.parametrize(
    ("name", "ancestor", "expected"),
    [
        ("msDS-GroupManagedServiceAccount", "computer", True),
        ("msDS-DelegatedManagedServiceAccount", "computer", True),
        ("msDS-ManagedServiceAccount", "computer", True),
        ("inetOrgPerson", "user", True),
        ("user", "computer", False),
        ("msExchExchangeServer", "server", True),
        ("domainDNS", "domain", True),
    ],
)
def test_accounts_are_derived_as_microsoft_documents_it(
    name: str, ancestor: str, *, expected: bool
) -> None:
    assert Schema.of(World().snapshot()).is_derived(name, ancestor) is expected


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("user", "bf967aba-0de6-11d0-a285-00aa003049e2"),
        ("DOMAINDNS", "19195a5b-6da0-11d0-afd3-00c04fd930c9"),
        ("domain", "19195a5a-6da0-11d0-afd3-00c04fd930c9"),
        ("msDS-DelegatedManagedServiceAccount", "0feb936f-47b3-49f2-9386-1dedc2c23765"),
        ("msExchExchangeServer", "01a9aa9c-a981-11d2-a9ff-00c04f8eedd8"),
    ],
)
def test_a_class_has_the_guid_that_is_documented(name: str, identifier: str) -> None:
    assert Schema.of(World().snapshot()).class_guid(name) == UUID(identifier)


@pytest.mark.parametrize(
    ("name", "identifier"),
    [
        ("msDS-preferredDataLocation", "fa0c8ade-4c94-4610-bace-180efdee2140"),
        ("msDS-ManagedAccountPrecededByLink", "a0945b2b-57a2-43bd-b327-4d112a4e8bd1"),
        ("msDS-DelegatedMSAState", "2f5c138a-bd38-4016-88b4-0ec87cbb4919"),
        ("msDS-GroupMSAMembership", "888eedd6-ce04-df40-b462-b8a50e41ba38"),
        ("gPLink", "f30e3bbe-9ff0-11d1-b603-0000f80367c1"),
        ("altSecurityIdentities", "00fbf30c-91fe-11d1-aebc-0000f80367c1"),
    ],
)
def test_an_attribute_has_the_guid_that_is_documented(name: str, identifier: str) -> None:
    assert known_schema().attributes[name.lower()].guid == UUID(identifier)


def test_no_guid_stands_for_two_classes_or_two_attributes() -> None:
    schema = known_schema()
    guids = [found.guid for found in chain(schema.classes.values(), schema.attributes.values())]
    assert len(guids) == len(set(guids))


def test_one_guid_alone_stands_for_two_rights() -> None:
    guids = [right.guid for right in known_schema().rights]
    assert {each for each in guids if guids.count(each) > 1} == {HOST_NAME}


def test_the_guid_of_host_names_is_a_property_set_an_attribute_and_a_validated_write() -> None:
    schema = Schema.of(World().snapshot())
    named = {right.name for right in schema.control_rights if right.guid == HOST_NAME}
    assert named == {"DNS-Host-Name-Attributes", "Validated-DNS-Host-Name"}
    assert schema.attributes["dnshostname"].guid == HOST_NAME
    assert {each.name for each in schema.in_property_set(HOST_NAME)} == {
        "dNSHostName",
        "msDS-AdditionalDnsHostName",
    }


def test_the_right_to_a_computers_attributes_is_the_property_set_of_its_keys() -> None:
    schema = Schema.of(World().snapshot())
    keys = schema.attributes["msds-keycredentiallink"]
    assert keys.property_set == VALIDATED_WRITE_COMPUTER
    assert schema.rights[VALIDATED_WRITE_COMPUTER].is_validated_write


def test_account_restrictions_hold_who_may_act_on_behalf_of_others() -> None:
    schema = Schema.of(World().snapshot())
    restrictions = schema.control_right("User-Account-Restrictions")
    assert restrictions is not None
    names = {each.name for each in schema.in_property_set(restrictions.guid)}
    assert {"userAccountControl", "msDS-AllowedToActOnBehalfOfOtherIdentity"} <= names


def test_every_guid_in_the_descriptors_of_a_windows_domain_has_a_name() -> None:
    schema = Schema.of(World().snapshot())
    entries = [ace for body in descriptors().values() for ace in _typed(body)]
    types = {ace.object_type for ace in entries} - {None}
    classes = {ace.inherited_object_type for ace in entries} - {None}
    assert (len(types), len(classes)) == (64, 10)
    assert not [guid for guid in types if guid and schema.name(guid) is None]
    assert not [guid for guid in classes if guid and schema.class_of(guid) is None]


def _typed(body: bytes) -> Iterator[Ace]:
    descriptor = wire.decode(body)
    for acl in (descriptor.dacl, descriptor.sacl):
        yield from (ace for ace in getattr(acl, "entries", ()) if isinstance(ace, Ace))


def test_what_has_another_guid_in_each_forest_is_not_in_the_table() -> None:
    """[MS-ADA2] gives the attributes of LAPS no schemaIDGUID, and the servers make one up."""
    known = known_schema()
    assert not [name for name in known.attributes if name.startswith(("mslaps", "ms-mcs-admpwd"))]
    assert "ms-LAPS-Encrypted-Password-Attributes" in {right.name for right in known.rights}
