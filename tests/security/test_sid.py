"""Security identifiers. [MS-DTYP] 2.4.2"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.errors import DescriptorError
from adaudit.security.sid import BUILTIN, DOMAIN_NAMES, WELL_KNOWN_NAMES, Sid
from tests.strategies import sids

ADMINISTRATORS = bytes.fromhex("01020000000000052000000020020000")


def test_the_administrators_are_read_from_their_bytes() -> None:
    assert Sid.decode(ADMINISTRATORS) == Sid(5, (32, 544)) == Sid.parse("S-1-5-32-544")


@given(sids)
def test_a_sid_comes_back_from_its_bytes(sid: Sid) -> None:
    assert Sid.decode(sid.encode()) == sid


@given(sids)
def test_a_sid_comes_back_from_its_text(sid: Sid) -> None:
    assert Sid.parse(str(sid)) == sid


@pytest.mark.parametrize(
    ("authority", "text"),
    [
        (0, "S-1-0"),
        (0xFFFFFFFF, "S-1-4294967295"),
        (0x100000000, "S-1-0x000100000000"),
        (0x1234567890AB, "S-1-0x1234567890AB"),
    ],
)
def test_an_authority_from_32_bits_on_is_hexadecimal(authority: int, text: str) -> None:
    # [MS-DTYP] 2.4.2.1
    assert str(Sid(authority, ())) == text


@pytest.mark.parametrize("text", ["s-1-5-32-544", " S-1-5-32-544 ", "S-1-0x5-32-544"])
def test_other_ways_to_write_a_sid_are_read(text: str) -> None:
    assert Sid.parse(text) == Sid(5, (32, 544))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "S-1",
        "S-1-",
        "S-2-5-32",
        "S-1-5-",
        "S-1-5--1",
        "S-1-5-x",
        "S-1-5-4294967296",
        "S-1-281474976710656",
        "S-1-5" + "-1" * 16,
        "S-1-\u0665-32",
    ],
)
def test_what_is_no_sid_is_refused(text: str) -> None:
    with pytest.raises(DescriptorError):
        Sid.parse(text)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "0 bytes is shorter than its header"),
        (ADMINISTRATORS[:7], "7 bytes is shorter than its header"),
        (ADMINISTRATORS[:15], "takes 16 bytes, found 15"),
        (ADMINISTRATORS + b"\0", "takes 16 bytes, found 17"),
        (b"\2" + ADMINISTRATORS[1:], "revision is 2, not 1"),
        (b"\1\x10" + bytes(70), "16 subauthorities, at most 15"),
    ],
)
def test_bytes_that_are_no_sid_are_refused(data: bytes, message: str) -> None:
    with pytest.raises(DescriptorError, match=message):
        Sid.decode(data)


@given(st.binary(max_size=80))
def test_any_bytes_give_a_sid_that_comes_back_or_a_descriptor_error(data: bytes) -> None:
    try:
        sid = Sid.decode(data)
    except DescriptorError:
        return
    assert sid.encode() == data


@pytest.mark.parametrize(
    ("authority", "parts"), [(-1, ()), (1 << 48, ()), (5, (-1,)), (5, (1 << 32,)), (5, (0,) * 16)]
)
def test_a_sid_that_its_fields_cannot_hold_does_not_exist(
    authority: int, parts: tuple[int, ...]
) -> None:
    with pytest.raises(DescriptorError):
        Sid(authority, parts)


@pytest.mark.parametrize(
    ("text", "domain", "rid"),
    [
        ("S-1-5-21-1-2-3-1105", "S-1-5-21-1-2-3", 1105),
        ("S-1-5-21-1-2-3", None, 3),
        ("S-1-5-32-544", None, 544),
        ("S-1-5-21-1-2-3-4-5", None, 5),
        ("S-1-5", None, None),
    ],
)
def test_a_sid_knows_its_domain_and_its_rid(text: str, domain: str | None, rid: int | None) -> None:
    sid = Sid.parse(text)
    assert (str(sid.domain) if sid.domain else None, sid.rid) == (domain, rid)


def test_a_rid_makes_a_sid_of_a_domain() -> None:
    assert BUILTIN.relative(544) == Sid(5, (32, 544))


# [MS-DTYP] 2.4.2.4
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("S-1-1-0", "Everyone"),
        ("S-1-5-11", "Authenticated Users"),
        ("S-1-5-9", "Enterprise Domain Controllers"),
        ("S-1-5-10", "Self"),
        ("S-1-5-32-554", r"BUILTIN\Pre-Windows 2000 Compatible Access"),
    ],
)
def test_a_well_known_sid_has_its_name(text: str, name: str) -> None:
    assert WELL_KNOWN_NAMES[Sid.parse(text)] == name


@pytest.mark.parametrize(("rid", "name"), [(512, "Domain Admins"), (519, "Enterprise Admins")])
def test_a_well_known_rid_has_its_name(rid: int, name: str) -> None:
    assert DOMAIN_NAMES[rid] == name
