"""Snapshots of AD Explorer as a source: what is kept of them, and what is a gap."""

from contextlib import suppress
from pathlib import Path
from struct import pack

import pytest

from adaudit.collect.explorer import ExplorerSource
from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.source import Stage
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import CollectError
from tests.collect.explorer_builder import DN_WITH_BINARY, HEADER_SIZE, explorer_file

SAMPLE = Path(__file__).parents[2] / "samples" / "contoso.ldif"
DOMAIN = Entry(Dn("DC=contoso,DC=example"), {"objectclass": (b"top", b"domain", b"domainDNS")})
GROUP = Entry(
    Dn("CN=Mail Öps,CN=Users,DC=contoso,DC=example"),
    {
        "objectclass": (b"top", b"group"),
        "objectguid": (bytes(range(16)),),
        "grouptype": (b"-2147483646",),
        "member": (b"CN=a,DC=contoso,DC=example", "CN=ő,DC=contoso,DC=example".encode()),
    },
)
SERVER = Entry(
    Dn("CN=EX01,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=example"),
    {
        "objectclass": (b"top", b"msExchExchangeServer"),
        "whencreated": (b"20041124093000.0Z",),
        "msexchmixedmode": (b"FALSE",),
    },
    b"\1\0\4\x80",
)
COMPUTER = Entry(
    Dn("CN=EX01,CN=Computers,DC=contoso,DC=example"),
    {"objectclass": (b"top", b"user", b"computer"), "pwdlastset": (b"-1",)},
)
ALL = (DOMAIN, GROUP, SERVER, COMPUTER)


def read(*files: Path, everything: bool = False) -> list[object]:
    source = ExplorerSource(files, everything=everything)
    return [item for item in source.read() if not isinstance(item, Stage)]


def gaps(file: Path) -> list[Gap]:
    return [item for item in read(file) if isinstance(item, Gap)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "contoso.dat"


def test_objects_come_with_the_values_that_ldap_would_give(file: Path) -> None:
    file.write_bytes(explorer_file(ALL))
    assert read(file) == [*ALL]


def test_the_sample_is_the_same_as_from_ldif(file: Path) -> None:
    source = LdifSource([SAMPLE], everything=True)
    entries = [item for item in source.read() if isinstance(item, Entry)]
    file.write_bytes(explorer_file(entries))
    assert read(file, everything=True) == entries


def test_only_what_the_plan_wants_is_kept(file: Path) -> None:
    attributes = {**GROUP.attributes, "mail": (b"ops@contoso.example",)}
    group = Entry(GROUP.dn, attributes, b"\1\0\4\x80")
    contact = Entry(Dn("CN=x,DC=contoso,DC=example"), {"objectclass": (b"contact",)})
    file.write_bytes(explorer_file([contact, group]))
    assert read(file) == [GROUP]


def test_with_scope_all_every_object_comes_with_its_descriptor(file: Path) -> None:
    contact = Entry(Dn("CN=x,DC=contoso,DC=example"), {"objectclass": (b"contact",)}, b"\1\0\4\x80")
    file.write_bytes(explorer_file([contact]))
    assert read(file, everything=True) == [contact]


def test_values_of_a_type_that_is_not_known_are_a_gap_of_their_object(file: Path) -> None:
    file.write_bytes(explorer_file(ALL, {"member": DN_WITH_BINARY}))
    assert gaps(file) == [
        Gap(str(GROUP.dn), "`member` could not be read: values of type 27 are not known")
    ]


@pytest.mark.parametrize("count", [1000, 1500, 5000])
def test_as_many_members_as_one_answer_holds_may_not_be_all(file: Path, count: int) -> None:
    members = tuple(b"CN=%d,DC=contoso,DC=example" % number for number in range(count))
    file.write_bytes(explorer_file([Entry(GROUP.dn, {**GROUP.attributes, "member": members})]))
    (gap,) = gaps(file)
    assert gap.subject == str(GROUP.dn)
    assert f"it has {count} values" in gap.reason


def test_other_numbers_of_members_are_taken_for_all(file: Path) -> None:
    members = tuple(b"CN=%d,DC=contoso,DC=example" % number for number in range(1501))
    file.write_bytes(explorer_file([Entry(GROUP.dn, {**GROUP.attributes, "member": members})]))
    assert not gaps(file)


@pytest.mark.parametrize("share", range(1, 20))
def test_a_file_that_was_cut_off_is_never_whole(file: Path, share: int) -> None:
    data = explorer_file(ALL)
    file.write_bytes(data[: len(data) * share // 20])
    with suppress(CollectError):
        assert gaps(file)


def test_the_index_is_missed_when_it_was_cut_off(file: Path) -> None:
    file.write_bytes(explorer_file(ALL)[:-1])
    assert [gap.subject for gap in gaps(file)] == ["contoso.dat"]


def test_an_object_that_the_index_does_not_name_is_noticed(file: Path) -> None:
    whole, fewer = explorer_file(ALL), explorer_file(ALL[:3])
    index = int.from_bytes(fewer[1078:1086], "little")
    other = int.from_bytes(whole[1078:1086], "little")
    file.write_bytes(whole[:other] + fewer[index:])
    assert "index" in gaps(file)[0].reason


def test_an_object_beyond_the_table_is_where_reading_ends(file: Path) -> None:
    data = bytearray(explorer_file(ALL))
    data[HEADER_SIZE : HEADER_SIZE + 4] = pack("<I", 0x7FFFFFFF)
    second = bytearray(explorer_file(ALL))
    size = int.from_bytes(second[HEADER_SIZE : HEADER_SIZE + 4], "little")
    second[HEADER_SIZE + size : HEADER_SIZE + size + 4] = pack("<I", 4)
    file.write_bytes(second)
    assert read(file) == [
        DOMAIN,
        Gap("contoso.dat", "object 2 of 4 is damaged: the rest was not read"),
    ]
    file.write_bytes(data)
    with pytest.raises(CollectError, match="object 1 of 4 is damaged"):
        read(file)


def test_objects_that_the_header_counts_and_that_are_not_there_are_missed(file: Path) -> None:
    data = bytearray(explorer_file(ALL))
    data[1062:1066] = pack("<I", 5)
    file.write_bytes(data)
    assert gaps(file) == [Gap("contoso.dat", "4 objects are in it, and 5 should be")]


def test_values_that_lie_outside_the_file_are_a_gap_of_their_object(file: Path) -> None:
    data = bytearray(explorer_file([DOMAIN, GROUP]))
    start = HEADER_SIZE + int.from_bytes(data[HEADER_SIZE : HEADER_SIZE + 4], "little")
    data[start + 8 + 4 * 8 + 4 : start + 8 + 4 * 8 + 8] = pack("<i", 0x7FFFFFFF)  # of `member`
    file.write_bytes(data)
    (gap,) = gaps(file)
    assert gap.subject == str(GROUP.dn)
    assert gap.reason.startswith("`member` could not be read: bytes ")


@pytest.mark.parametrize("position", range(HEADER_SIZE, HEADER_SIZE + 700, 13))
def test_a_damaged_byte_ends_in_no_other_error(file: Path, position: int) -> None:
    data = bytearray(explorer_file(ALL))
    data[position] ^= 0xFF
    file.write_bytes(data)
    with suppress(CollectError):
        read(file)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no snapshot of AD Explorer"),
        (b"dn: DC=contoso\n" * 200, "no snapshot of AD Explorer"),
        (b"win-ad-ob\0\2\0\1\0" + bytes(2000), "version 0x00010002"),
        (b"win-ad-ob\0\1\0\1\0" + bytes(2000), "cut off"),
    ],
)
def test_what_is_no_such_file_is_refused(file: Path, data: bytes, reason: str) -> None:
    file.write_bytes(data)
    with pytest.raises(CollectError, match=reason):
        read(file)


def test_one_bad_file_of_several_is_a_gap(tmp_path: Path, file: Path) -> None:
    file.write_bytes(explorer_file(ALL))
    missing = tmp_path / "emea.dat"
    found = read(file, missing)
    assert found == [*ALL, Gap("emea.dat", "cannot be read: No such file or directory")]
