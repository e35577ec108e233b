"""The syntax of LDIF, by RFC 2849 and by what exporting programs write."""

import base64
import gzip
import io
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.collect.ldif import Part, Record, Reference, read_records
from adaudit.collect.ldif_lines import Fault

EXAMPLE_5_OF_RFC_2849 = b"""\
version: 1
dn:: b3U95Za25qWt6YOoLG89QWlyaXVz
# dn:: ou=<JapaneseOU>,o=Airius
objectclass: top
objectclass: organizationalUnit
ou:: 5Za25qWt6YOo
description: A very long description that is folded onto two lines of the file,
  as this one is.

dn: cn=Bjorn Jensen, ou=Accounting, dc=airius, dc=com
cn: Bjorn Jensen
telephonenumber:+1 408 555 1212
jpegPhoto;binary::/9g=
"""
LDAPSEARCH = b"""\
# extended LDIF
#
# LDAPv3
# base <DC=example,DC=test> with scope subtree
# filter: (objectClass=*)
# requesting: dn
#

# EXCH01, Computers, example.test
dn: CN=EXCH01,CN=Computers,DC=example,DC=test

# search reference
ref: ldaps://example.test/CN=Configuration,DC=example,DC=test

# search result
search: 2
result: 0 Success

# numResponses: 3
# numEntries: 1
# numReferences: 1
"""
LDAPSEARCH_IN_PAGES = b"""\
# extended LDIF
#
# LDAPv3
# with pagedResults control: size=1
#

# Partitions, Configuration, example.test
dn: CN=Partitions,CN=Configuration,DC=example,DC=test

# search result
search: 2
result: 0 Success
control: 1.2.840.113556.1.4.319 false MAcCAQQEAjEA
pagedresults: estimate=4 cookie=MQA=
# extended LDIF
#
# LDAPv3
# with pagedResults control: size=1
#

# EXAMPLE, Partitions, Configuration, example.test
dn: CN=EXAMPLE,CN=Partitions,CN=Configuration,DC=example,DC=test

# search result
search: 3
result: 0 Success
control: 1.2.840.113556.1.4.319 false MAUCAQAEAA==
pagedresults: cookie=

# numResponses: 4
# numEntries: 2
"""
LDAPSEARCH_BY_KERBEROS = b"""\
SASL/GSSAPI authentication started
SASL username: auditor@EXAMPLE.TEST
SASL SSF: 256
SASL data security layer installed.
dn: OU=Domain Controllers,DC=example,DC=test
objectClass: top
objectClass: organizationalUnit

# refldaps://example.test/CN=Configuration,DC=example,DC=test

# pagedresults: estimate=2 cookie=MQA=
dn: CN=Users,DC=example,DC=test
objectClass: top
objectClass: container

# pagedresults: cookie=
"""
LDAPSEARCH_OF_NOTHING = b"""\
# extended LDIF
#
# LDAPv3
# base <OU=none,DC=example,DC=test> with scope subtree
# filter: (objectClass=*)
# requesting: ALL
#

# search result
search: 2
result: 32 No such object
text: acl_read: Error retrieving instanceType for base. at ../../source4/dsdb/s
 amdb/ldb_modules/acl_read.c:967

# numResponses: 1
"""
LDAPSEARCH_FOR_NAMES = b"""\
# extended LDIF
#
# LDAPv3
# base <CN=Users,DC=example,DC=test> with scope oneLevel
# filter pattern: (sAMAccountName=%s)
# requesting: objectClass
#

#
# filter: (sAMAccountName=Guest)
#
# Guest, Users, example.test
dn: CN=Guest,CN=Users,DC=example,DC=test
objectClass: user

# search result
search: 2
result: 0 Success

# numResponses: 2
# numEntries: 1

#
# filter: (sAMAccountName=nobody)
#
# search result
search: 4
result: 0 Success

# numResponses: 1
"""
LDBSEARCH = b"""\
# record 1
dn: CN=Replicator,CN=Builtin,DC=example,DC=test
objectClass: top
objectClass: group

# Referral
ref: ldap:///CN=Configuration,DC=example,DC=test

# returned 2 records
# 1 entries
# 1 referrals
"""
LDIFDE = (
    b"dn: CN=EX01,CN=Computers,DC=contoso,DC=example\r\n"
    b"changetype: add\r\n"
    b"objectClass: top\r\n"
    b"objectClass: computer\r\n"
    b"distinguishedName: \r\n"
    b" CN=EX01,CN=Computers,DC=contoso,DC=example\r\n"
    b"objectGUID:: AAECAwQFBgcICQoLDA0ODw==\r\n"
    b"\r\n"
)


def parts(data: bytes) -> list[Part]:
    return list(read_records(io.BytesIO(data)))


def record(data: bytes) -> Record:
    (part,) = parts(data)
    assert isinstance(part, Record)
    return part


def fault(data: bytes) -> Fault:
    (found,) = [part for part in parts(data) if isinstance(part, Fault)]
    return found


def test_the_forms_of_values_in_the_standard_are_read() -> None:
    first, second = parts(EXAMPLE_5_OF_RFC_2849)
    assert first == Record(
        2,
        "ou=営業部,o=Airius",
        {
            "objectclass": [b"top", b"organizationalUnit"],
            "ou": ["営業部".encode()],
            "description": [
                (
                    b"A very long description that is folded onto two lines of the file, "
                    b"as this one is."
                )
            ],
        },
    )
    assert second == Record(
        10,
        "cn=Bjorn Jensen, ou=Accounting, dc=airius, dc=com",
        {
            "cn": [b"Bjorn Jensen"],
            "telephonenumber": [b"+1 408 555 1212"],
            "jpegphoto;binary": [b"\xff\xd8"],
        },
    )


def test_the_output_of_ldapsearch_is_read_with_its_referrals() -> None:
    found, reference = parts(LDAPSEARCH)
    assert found == Record(10, "CN=EXCH01,CN=Computers,DC=example,DC=test", {})
    url = "ldaps://example.test/CN=Configuration,DC=example,DC=test"
    assert reference == Reference(13, url)


def test_the_pages_of_ldapsearch_are_one_export() -> None:
    names = [
        part.dn.partition(",")[0] for part in parts(LDAPSEARCH_IN_PAGES) if isinstance(part, Record)
    ]
    assert names == ["CN=Partitions", "CN=EXAMPLE"]
    assert len(parts(LDAPSEARCH_IN_PAGES)) == 2


def test_the_output_of_ldbsearch_is_read_with_its_referrals() -> None:
    found, reference = parts(LDBSEARCH)
    assert isinstance(found, Record)
    assert found.attributes == {"objectclass": [b"top", b"group"]}
    assert reference == Reference(7, "ldap:///CN=Configuration,DC=example,DC=test")


def test_a_referral_in_a_comment_is_read() -> None:
    (reference,) = parts(b"# refldap://child.contoso.example/DC=child,DC=contoso,DC=example\n")
    url = "ldap://child.contoso.example/DC=child,DC=contoso,DC=example"
    assert reference == Reference(1, url)


def test_the_output_of_ldifde_is_read() -> None:
    name = "CN=EX01,CN=Computers,DC=contoso,DC=example"
    assert record(LDIFDE) == Record(
        1,
        name,
        {
            "objectclass": [b"top", b"computer"],
            "distinguishedname": [name.encode()],
            "objectguid": [bytes(range(16))],
        },
    )


def test_a_byte_order_mark_is_no_part_of_the_first_line() -> None:
    assert record(b"\xef\xbb\xbfdn: DC=x\n\n").dn == "DC=x"


def test_an_empty_value_is_a_value() -> None:
    assert record(b"dn:\nsupportedcontrol:\nx::\n\n").attributes == {
        "supportedcontrol": [b""],
        "x": [b""],
    }


def test_options_stay_with_the_name() -> None:
    found = record(b"dn: CN=g\nmember;range=0-1499: CN=a\n\n")
    assert found.attributes == {"member;range=0-1499": [b"CN=a"]}


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"dn: DC=x\ncn:< file:///etc/passwd\n\n", 2, "`cn` stands elsewhere"),
        (b"dn: DC=x\nchangetype: delete\n\n", 1, "`changetype: delete` is a change"),
        (b"dn: DC=x\nchangetype: modify\nadd: cn\ncn: y\n-\n\n", 5, "no colon"),
        (b"dn: DC=x\ncn:: QUJ\n\n", 2, "damaged base64"),
        (b"dn: DC=x\ncn:: QU!JD\n\n", 2, "damaged base64"),
        (b"dn: DC=x\ncn: Bj\xf8rn\n\n", 2, "not UTF-8 (byte 0xf8)"),
        (b"dn:: w7g=\ncn: a\0b\n\n", 2, "NUL"),
        (b"dn:: /w==\n\n", 1, "not UTF-8"),
        (b"cn: a\ndn: DC=x\n\n", 1, "starts with `cn:`"),
        (b"dn: DC=x\nno colon here\n\n", 2, "no colon"),
        (b"dn: DC=x\nc n: y\n\n", 2, "not an attribute description"),
        (b"version: 2\ndn: DC=x\n\n", 1, "version `2`"),
        (b"\xff\xfed\0n\0:\0x", 1, "cut off or damaged: 'utf-16-le'"),
        (b" dn: DC=x\n\n", 1, "not an attribute description"),
    ],
)
def test_what_is_no_ldif_is_a_fault_with_its_line(data: bytes, line: int, reason: str) -> None:
    found = fault(data)
    assert found.line == line
    assert reason in found.reason


def test_reading_goes_on_after_a_faulty_record() -> None:
    found = parts(b"dn: DC=a\n\ndn: DC=b\ncn:: !\n\ndn: DC=c\n\n")
    assert [type(part) for part in found] == [Record, Fault, Record]


@pytest.mark.parametrize("length", range(len(LDIFDE) + 1, 2 * len(LDIFDE)))
def test_a_file_cut_off_in_a_line_gives_what_stands_before_and_a_fault(length: int) -> None:
    second = LDIFDE.replace(b"EX01", b"EX02")
    data = (LDIFDE + second)[:length]
    first, *rest = parts(data)
    assert first == record(LDIFDE)
    if not data.endswith(b"\n"):
        (cut,) = rest
        assert isinstance(cut, Fault)
        assert cut.line == 9
        assert "ends without the end of its last line" in cut.reason


@pytest.mark.parametrize("export", [LDAPSEARCH, LDAPSEARCH_IN_PAGES, LDBSEARCH])
def test_an_export_cut_off_between_records_is_a_fault(export: bytes) -> None:
    data = export[: export.rindex(b"dn:")] + b"dn: DC=x\n\n"
    assert "before the end of the search" in fault(data).reason


def test_a_search_that_failed_is_a_fault() -> None:
    data = LDAPSEARCH.replace(b"result: 0 Success", b"result: 4 Size limit exceeded")
    assert "result 4 (Size limit exceeded)" in fault(data).reason


def test_a_search_of_nothing_is_a_fault() -> None:
    assert "result 32 (No such object)" in fault(LDAPSEARCH_OF_NOTHING).reason


def test_searches_put_together_are_one_file() -> None:
    together = parts(LDAPSEARCH + LDAPSEARCH_IN_PAGES + LDAPSEARCH_FOR_NAMES + LDAPSEARCH)
    assert [type(part) for part in together if isinstance(part, Fault)] == []
    assert len([part for part in together if isinstance(part, Record)]) == 5


def test_what_ldapsearch_says_of_its_connection_is_no_fault() -> None:
    first, reference, second = parts(LDAPSEARCH_BY_KERBEROS)
    assert isinstance(first, Record)
    assert first.dn == "OU=Domain Controllers,DC=example,DC=test"
    url = "ldaps://example.test/CN=Configuration,DC=example,DC=test"
    assert isinstance(reference, Reference)
    assert reference.url == url
    assert isinstance(second, Record)


@pytest.mark.parametrize("search", [LDAPSEARCH_IN_PAGES, LDAPSEARCH_BY_KERBEROS])
def test_a_page_that_never_came_is_a_fault(search: bytes) -> None:
    first_page = search[: search.index(b"cookie=MQA=") + len(b"cookie=MQA=")] + b"\n"
    assert "before the last page" in fault(first_page).reason


def test_a_search_before_the_last_page_of_another_one_is_a_fault() -> None:
    first_page = LDAPSEARCH_IN_PAGES[: LDAPSEARCH_IN_PAGES.index(b"# extended LDIF\n", 1)]
    assert "before the last page" in fault(first_page + LDAPSEARCH).reason


def test_a_record_that_was_taken_out_is_a_fault() -> None:
    start = LDAPSEARCH_IN_PAGES.index(b"dn:")
    end = LDAPSEARCH_IN_PAGES.index(b"\n", start)
    data = LDAPSEARCH_IN_PAGES[:start] + LDAPSEARCH_IN_PAGES[end + 1 :]
    assert fault(data).reason == "the search found 2 objects, of which 1 are here"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("export", [LDIFDE, LDAPSEARCH, LDBSEARCH])
def test_utf_16_says_the_same(export: bytes, encoding: str) -> None:
    text = export.decode() + "dn: CN=\u0151\U0001f4e7,DC=example\n\n"
    assert parts(text.encode(encoding)) == parts(text.encode())


def test_a_mark_of_utf_8_may_stand_where_files_were_put_together() -> None:
    data = "dn: DC=x\n\n".encode("utf-8-sig")
    assert [part.dn for part in parts(data * 2) if isinstance(part, Record)] == ["DC=x", "DC=x"]


@pytest.mark.parametrize("length", range(2, 2 * len(LDIFDE), 7))
def test_utf_16_that_is_cut_off_is_a_fault_or_ends_with_a_line(length: int) -> None:
    data = LDIFDE.decode().encode("utf-16")[:length]
    is_cut = not data.endswith(b"\n\0")
    assert any(isinstance(part, Fault) for part in parts(data)) == is_cut


def test_a_gzip_stream_that_is_cut_off_gives_what_stands_before_and_a_fault() -> None:
    values = b"".join(base64.b64encode(sha256(bytes([i])).digest()) for i in range(250))
    whole = gzip.compress(LDIFDE + b"dn: DC=x\ncn:: " + values + b"\n\n")
    with gzip.open(io.BytesIO(whole[:-2000])) as stream:
        first, cut = read_records(stream)
    assert first == record(LDIFDE)
    assert isinstance(cut, Fault)
    assert (cut.line, "cut off" in cut.reason) == (9, True)


@given(
    st.sampled_from([EXAMPLE_5_OF_RFC_2849, LDAPSEARCH_IN_PAGES, LDBSEARCH, LDIFDE]),
    st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=8)), min_size=1, max_size=4),
)
def test_damage_is_a_fault_or_another_record_and_nothing_else(
    data: bytes, damage: list[tuple[float, bytes]]
) -> None:
    for place, noise in damage:
        start = int(place * len(data))
        data = data[:start] + noise + data[start + len(noise) // 2 :]
    assert all(isinstance(part, Record | Reference | Fault) for part in parts(data))
