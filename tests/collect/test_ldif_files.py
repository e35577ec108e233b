"""LDIF files as a source: what is kept of them, and what is a gap."""

import gzip
from pathlib import Path

import pytest

from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.source import Item, Referral, Stage
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import CollectError

GROUP = """\
dn: CN=Mail Ops,CN=Users,DC=contoso,DC=example
objectClass: top
objectClass: group
objectGUID:: AAECAwQFBgcICQoLDA0ODw==
member;range=0-1: CN=a,DC=contoso,DC=example
member;range=0-1: CN=b,DC=contoso,DC=example
mail: ops@contoso.example
nTSecurityDescriptor:: AQAEgA==

"""
REST_OF_GROUP = """\
dn: cn=mail ops,cn=users,dc=contoso,dc=example
objectClass: group
member;range=2-*: CN=c,DC=contoso,DC=example

"""


def read(*files: Path) -> list[Item]:
    return [item for item in LdifSource(files).read() if not isinstance(item, Stage)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "contoso.ldif"


def test_only_what_the_plan_wants_is_kept(file: Path) -> None:
    file.write_text(GROUP.replace(";range=0-1", ""), encoding="utf-8")
    assert read(file) == [
        Entry(
            Dn("CN=Mail Ops,CN=Users,DC=contoso,DC=example"),
            {
                "objectclass": (b"top", b"group"),
                "objectguid": (bytes(range(16)),),
                "member": (b"CN=a,DC=contoso,DC=example", b"CN=b,DC=contoso,DC=example"),
            },
        )
    ]


def test_the_descriptor_stands_apart(file: Path) -> None:
    head = "dn: DC=contoso,DC=example\nobjectClass: domainDNS\nnTSecurityDescriptor:: AQAEgA==\n\n"
    file.write_text(head, encoding="utf-8")
    domain = Entry(Dn("DC=contoso,DC=example"), {"objectclass": (b"domainDNS",)}, b"\1\0\4\x80")
    assert read(file) == [domain]


def test_objects_outside_the_plan_are_left_out(file: Path) -> None:
    contact = "dn: CN=x,DC=contoso,DC=example\nobjectClass: contact\n\n"
    file.write_text(contact + GROUP, encoding="utf-8")
    assert [item.dn.name for item in read(file) if isinstance(item, Entry)] == ["Mail Ops"]


def test_parts_of_an_attribute_may_stand_in_several_files(tmp_path: Path, file: Path) -> None:
    other = tmp_path / "rest.ldif.gz"
    file.write_text(GROUP, encoding="utf-8")
    other.write_bytes(gzip.compress(REST_OF_GROUP.encode()))
    assert not [item for item in read(file, other) if isinstance(item, Gap)]


def test_a_part_that_never_comes_is_a_gap(file: Path) -> None:
    file.write_text(GROUP, encoding="utf-8")
    reason = "`member` is incomplete: its values from number 2 on are missing"
    assert read(file)[-1] == Gap("CN=Mail Ops,CN=Users,DC=contoso,DC=example", reason)


def test_a_file_cut_off_keeps_what_stands_before(file: Path) -> None:
    file.write_text(GROUP.replace(";range=0-1", "") + REST_OF_GROUP[:70], encoding="utf-8")
    entry, gap = read(file)
    assert isinstance(entry, Entry)
    assert isinstance(gap, Gap)
    assert gap.subject == "contoso.ldif:10"


def test_objects_without_their_class_are_a_gap(file: Path) -> None:
    file.write_text(GROUP + "dn: DC=contoso,DC=example\nobjectSid:: AQE=\n\n", encoding="utf-8")
    gap = read(file)[1]
    reason = "1 objects without objectClass were left out, the first here"
    assert gap == Gap("contoso.ldif:10", reason)


def test_a_name_that_is_no_dn_is_a_gap(file: Path) -> None:
    file.write_text("dn: nonsense\nobjectClass: group\n\n" + GROUP, encoding="utf-8")
    gap, entry, _ = read(file)
    assert isinstance(entry, Entry)
    assert isinstance(gap, Gap)
    assert gap.subject == "contoso.ldif:1"


def test_a_referral_names_the_object_that_lies_elsewhere(file: Path) -> None:
    url = "ldap://child.contoso.example/DC=child,DC=contoso%5C%2Cx,DC=example"
    file.write_text(f"# ref{url}\n\n{GROUP}", encoding="utf-8")
    assert read(file)[0] == Referral(url, Dn(r"DC=child,DC=contoso\,x,DC=example"))


def test_one_file_that_is_missing_does_not_stop_the_others(tmp_path: Path, file: Path) -> None:
    file.write_text(GROUP, encoding="utf-8")
    gap, entry, _ = read(tmp_path / "none.ldif", file)
    assert gap == Gap("none.ldif", "cannot be read: No such file or directory")
    assert isinstance(entry, Entry)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "no object that is looked for is in it"),
        (b"%PDF-1.7\n", "contoso.ldif:1: `%PDF-1.7` has no colon"),
        (
            b"dn: CN=x,DC=contoso,DC=example\nobjectClass: contact\n\n",
            "no object that is looked for",
        ),
        (b"\xff\xfe\x00\xd8", "contoso.ldif:1: the file is cut off or damaged"),
        (b"\x1f\x8b\x08\x00not gzip at all", "contoso.ldif:1: the file is cut off or damaged"),
    ],
)
def test_a_file_of_something_else_is_refused(file: Path, content: bytes, message: str) -> None:
    file.write_bytes(content)
    with pytest.raises(CollectError) as caught:
        read(file)
    assert message in caught.value.message
    assert caught.value.hint


def test_a_file_full_of_faults_is_left_early(file: Path) -> None:
    file.write_text(GROUP + "nonsense\n\n" * 1000, encoding="utf-8")
    gaps = [item for item in read(file) if isinstance(item, Gap)]
    assert gaps[-2] == Gap("contoso.ldif", "more than 50 faults: the rest was not read")
    assert len(gaps) == 53


def test_the_description_names_the_files(tmp_path: Path) -> None:
    source = LdifSource([tmp_path / "a.ldif", tmp_path / "b.ldif.gz"])
    assert source.description == "LDIF a.ldif, b.ldif.gz"


def test_an_unreadable_object_of_exchange_is_kept_without_its_descriptor(file: Path) -> None:
    dn = "CN=EX01,CN=Microsoft Exchange,CN=Services,CN=Configuration,DC=contoso,DC=example"
    file.write_text(f"dn: {dn}\n\n", encoding="utf-8")
    assert read(file) == [Entry(Dn(dn))]


def test_everything_keeps_objects_that_no_check_needs_with_their_descriptors(file: Path) -> None:
    dn = "CN=c,DC=contoso,DC=example"
    file.write_text(f"dn: {dn}\nobjectClass: contact\nnTSecurityDescriptor:: AQAEgA==\n\n")
    (contact,) = [
        each for each in LdifSource([file], everything=True).read() if each != Stage(file.name)
    ]
    assert contact == Entry(Dn(dn), {"objectclass": (b"contact",)}, b"\1\0\4\x80")
