"""Security descriptors as text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.errors import DescriptorError
from adaudit.security import sddl, wire
from adaudit.security.ace import OBJECT_TYPES, Ace, AceFlags, AceType, OpaqueAce
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, NullAcl, SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sddl_tokens import DOMAIN_RIDS, ROOT_DOMAIN_RIDS, SIDS
from adaudit.security.sid import EVERYONE, Sid
from tests.specification import SDDL_EXAMPLE, SDDL_EXAMPLE_BYTES
from tests.strategies import aces, descriptors, opaque_aces
from tests.windows import descriptors as windows_descriptors

DOMAIN = Sid.parse("S-1-5-21-1-2-3")
ROOT = Sid.parse("S-1-5-21-4-5-6")


def ace(text: str) -> Ace:
    """One entry that is understood."""
    parsed = sddl.parse_ace(text, DOMAIN, ROOT)
    assert isinstance(parsed, Ace)
    return parsed


def test_the_example_of_the_specification_stands_for_its_bytes() -> None:
    assert wire.encode(sddl.parse(SDDL_EXAMPLE)) == SDDL_EXAMPLE_BYTES


def test_every_descriptor_of_a_real_domain_comes_back_from_its_text() -> None:
    values = [without_revisions(wire.decode(data)) for data in set(windows_descriptors().values())]
    assert [without_revisions(sddl.parse(sddl.format(value))) for value in values] == values


@given(descriptors)
def test_what_sddl_can_say_of_a_descriptor_comes_back_from_its_text(
    value: SecurityDescriptor,
) -> None:
    assert without_revisions(sddl.parse(sddl.format(value))) == without_revisions(value)


WORDS = "O: D: S: AI (A; (OA;CI; (XA;; RP; ; ;;; BA 0x # ) ( ! @User. a == { } , 1 - && SID("
PIECES = st.sampled_from(WORDS.split())


@given(st.lists(PIECES | st.text(max_size=2), max_size=25).map("".join))
def test_any_text_gives_a_descriptor_that_comes_back_or_a_descriptor_error(text: str) -> None:
    try:
        value = without_revisions(sddl.parse(text))
    except DescriptorError:
        return
    assert without_revisions(sddl.parse(sddl.format(value))) == value


@given(descriptors, st.data())
def test_damaged_text_gives_a_descriptor_that_comes_back_or_a_descriptor_error(
    original: SecurityDescriptor, draw: st.DataObject
) -> None:
    text = sddl.format(original)
    start = draw.draw(st.integers(0, len(text)))
    damaged = text[:start] + draw.draw(PIECES) + text[start + draw.draw(st.integers(0, 3)) :]
    try:
        value = without_revisions(sddl.parse(damaged))
    except DescriptorError:
        return
    assert without_revisions(sddl.parse(sddl.format(value))) == value


def without_revisions(value: SecurityDescriptor) -> SecurityDescriptor:
    """A descriptor without what SDDL has no place for."""
    said = ControlFlags(0)
    if not isinstance(value.dacl, AbsentAcl):
        said |= ControlFlags.DACL_PROTECTED | ControlFlags.DACL_AUTO_INHERITED
        said |= ControlFlags.DACL_COMPUTED_INHERITANCE_REQUIRED
    if not isinstance(value.sacl, AbsentAcl):
        said |= ControlFlags.SACL_PROTECTED | ControlFlags.SACL_AUTO_INHERITED
        said |= ControlFlags.SACL_COMPUTED_INHERITANCE_REQUIRED
    dacl = Acl(4, value.dacl.entries) if isinstance(value.dacl, Acl) else value.dacl
    sacl = Acl(4, value.sacl.entries) if isinstance(value.sacl, Acl) else value.sacl
    return SecurityDescriptor(value.control & said, value.owner, value.group, dacl, sacl)


@given(aces() | opaque_aces())
def test_every_entry_comes_back_from_its_text(value: Ace | OpaqueAce) -> None:
    assert sddl.parse_ace(sddl.format_ace(value)) == value


# Lines on which Windows gives back what it was given, from [MS-DTYP] and published descriptors
@pytest.mark.parametrize(
    "text",
    [
        "D:",
        "D:S:",
        "D:P",
        "D:PARAI(A;;GA;;;SY)",
        "D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;BA)",
        "D:(A;;0x401200a0;;;BG)",
        "D:(A;OICI;GXGWGR;;;AU)",
        "O:S-1-5-21-1-2-3-512G:S-1-5-21-1-2-3-513D:(A;;;;;BO)",
        "D:AI(OA;CIIO;RP;;bf967aba-0de6-11d0-a285-00aa003049e2;ED)",
        "S:(AU;SAFA;CR;;;WD)(OU;CISA;WP;f30e3bbe-9ff0-11d1-b603-0000f80367c1;;WD)",
        "S:(ML;;NWNRNX;;;ME)(SP;;;;;S-1-17-1)",
        'D:(XA;;CC;;;WD;(@USER.Title == "PM"))',
        'S:(RA;;;;;WD;("colour",TS,0x0,"blue","red"))',
    ],
)
def test_canonical_text_comes_back(text: str) -> None:
    assert sddl.format(sddl.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("D:(A;;RPWPCRCCDCLCLORCWOWDSDDTSW;;;SY)", "D:(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)"),
        ("d:(a;;ga;;;lg)", "D:(A;;GA;;;S-1-5-21-1-2-3-501)"),
        ("  O:AA G:WD  ", "O:AAG:WD"),
        ("D:P (A; ;GA;;; LG) (A;;GX;;;AA)", "D:P(A;;GA;;;S-1-5-21-1-2-3-501)(A;;GX;;;AA)"),
        ("D:(A;;0x1f;;;AA)", "D:(A;;CCDCLCSWRP;;;AA)"),
        ("D:(A;;017;;;AA)", "D:(A;;CCDCLCSW;;;AA)"),
        ("D:(A;;15;;;AA)", "D:(A;;CCDCLCSW;;;AA)"),
        ("D:(A;;FA;;;WD)", "D:(A;;0x1f01ff;;;WD)"),
        ("D:(A;;KR;;;WD)", "D:(A;;CCSWRPRC;;;WD)"),
        ("S:D:", "D:S:"),
        ("D:(0x00;;RP;;;WD)", "D:(A;;RP;;;WD)"),
    ],
)
def test_other_ways_to_write_it_mean_the_same(text: str, canonical: str) -> None:
    assert sddl.format(sddl.parse(text, DOMAIN, ROOT)) == canonical


def test_lists_that_are_absent_null_and_empty_are_told_apart() -> None:
    texts = ("", "D:NO_ACCESS_CONTROL", "D:")
    lists = [sddl.parse(text).dacl for text in texts]
    assert lists == [AbsentAcl(), NullAcl(), Acl(2, ())]
    assert [sddl.format(sddl.parse(text)) for text in texts] == list(texts)


def test_a_protected_null_list_comes_back() -> None:
    assert sddl.format(sddl.parse("D:PNO_ACCESS_CONTROL")) == "D:PNO_ACCESS_CONTROL"


def test_a_list_with_object_entries_has_revision_4() -> None:
    guid = "ab721a54-1e2f-11d0-9819-00aa0040529b"
    revisions = [
        sddl.parse(text).dacl
        for text in (f"D:(OA;;CR;{guid};;AU)", "D:(A;;CR;;;AU)", 'D:(XA;;CR;;;AU;(@User.a == "b"))')
    ]
    assert [acl.revision for acl in revisions if isinstance(acl, Acl)] == [4, 2, 2]


# [MS-DTYP] 2.4.2.4
@pytest.mark.parametrize(
    ("alias", "sid"),
    [
        ("DA", "S-1-5-21-1-2-3-512"),
        ("DU", "S-1-5-21-1-2-3-513"),
        ("DG", "S-1-5-21-1-2-3-514"),
        ("DC", "S-1-5-21-1-2-3-515"),
        ("DD", "S-1-5-21-1-2-3-516"),
        ("LA", "S-1-5-21-1-2-3-500"),
        ("RS", "S-1-5-21-1-2-3-553"),
        ("EA", "S-1-5-21-4-5-6-519"),
        ("SA", "S-1-5-21-4-5-6-518"),
        ("RO", "S-1-5-21-4-5-6-498"),
        ("AU", "S-1-5-11"),
        ("PS", "S-1-5-10"),
        ("OW", "S-1-3-4"),
        ("RU", "S-1-5-32-554"),
        ("ED", "S-1-5-9"),
        ("AN", "S-1-5-7"),
        ("AC", "S-1-15-2-1"),
        ("UD", "S-1-5-84-0-0-0-0-0"),
        ("MP", "S-1-16-8448"),
    ],
)
def test_an_alias_means_its_sid(alias: str, sid: str) -> None:
    assert ace(f"(A;;RP;;;{alias})").trustee == Sid.parse(sid)


@pytest.mark.parametrize("alias", [*DOMAIN_RIDS, *ROOT_DOMAIN_RIDS])
def test_an_alias_of_a_domain_that_is_not_given_is_refused_with_a_hint(alias: str) -> None:
    with pytest.raises(DescriptorError, match=f"`{alias}` means a SID of the") as raised:
        sddl.parse(f"O:{alias}")
    assert raised.value.hint is not None


def test_only_sids_that_are_the_same_everywhere_are_written_as_aliases() -> None:
    text = sddl.format(sddl.parse("O:DAG:EAD:(A;;RP;;;AU)", DOMAIN, ROOT))
    assert text == "O:S-1-5-21-1-2-3-512G:S-1-5-21-4-5-6-519D:(A;;RP;;;AU)"


def test_no_alias_stands_for_two_sids() -> None:
    assert len({*SIDS, *DOMAIN_RIDS, *ROOT_DOMAIN_RIDS}) == (
        len(SIDS) + len(DOMAIN_RIDS) + len(ROOT_DOMAIN_RIDS)
    )
    assert len(set(SIDS.values())) == len(SIDS)


@pytest.mark.parametrize(
    ("word", "type_code"),
    [
        ("A", 0x00),
        ("D", 0x01),
        ("AU", 0x02),
        ("OA", 0x05),
        ("OD", 0x06),
        ("OU", 0x07),
        ("XA", 0x09),
        ("XD", 0x0A),
        ("ZA", 0x0B),
        ("XU", 0x0D),
        ("ML", 0x11),
        ("RA", 0x12),
        ("SP", 0x13),
        ("0x0C", 0x0C),
        ("0xF", 0x0F),
    ],
)
def test_a_word_means_its_type_of_entry(word: str, type_code: int) -> None:
    assert ace(f"({word};;RP;;;WD)").type == type_code


def test_flags_are_written_in_the_order_of_windows() -> None:
    everything = Ace(AceType.SYSTEM_AUDIT, AceFlags(0xFF), AccessMask.READ_PROPERTY, EVERYONE)
    assert sddl.format_ace(everything) == "(AU;OICINPIOIDCRSAFA;RP;;;WD)"


def test_an_object_entry_without_guids_is_not_written_as_a_plain_one() -> None:
    assert sddl.format_ace(ace("(OA;;RP;;;WD)")) == "(OA;;RP;;;WD)"


def test_a_guid_of_zeros_is_written() -> None:
    text = "(OA;;RP;00000000-0000-0000-0000-000000000000;;WD)"
    assert sddl.format_ace(ace(text)) == text


def test_an_entry_that_is_not_understood_is_written_as_type_flags_and_bytes() -> None:
    opaque = wire.decode_ace(bytes.fromhex("14120800deadbeef"))
    assert sddl.format_ace(opaque) == "(0x14;CIID;#deadbeef)"


def test_bytes_behind_a_sid_are_written() -> None:
    longer = Ace(AceType.ACCESS_ALLOWED, AceFlags(0), AccessMask(16), EVERYONE, None, None, b"abcd")
    assert sddl.format_ace(longer) == "(A;;RP;;;WD;#61626364)"


def test_a_condition_that_does_not_parse_is_written_as_bytes() -> None:
    text = "(XA;;RP;;;WD;#6172747881000000)"
    assert sddl.format_ace(ace(text)) == text


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("X:", 1, "expected `O:`, `G:`, `D:`, `S:` or the end"),
        ("O:BAO:BA", 5, "a second `O:`"),
        ("O:", 3, "expected a SID"),
        ("O:XX", 3, "`XX` is no alias"),
        ("O:S-1-", 3, "expected a SID"),
        ("O:S-1-5-99999999999", 3, "is not a SID"),
        ("D:(Q;;RP;;;WD)", 4, "`Q` is no type of entry"),
        ("D:(A;XX;RP;;;WD)", 6, "expected `;`"),
        ("D:(A;;XX;;;WD)", 7, "`XX` is no right"),
        ("D:(A;;0x123456789;;;WD)", 7, "32 bits"),
        ("D:(A;;09;;;WD)", 7, "octal"),
        ("D:(A;;RP;abc;;WD)", 10, "expected `;`"),
        ("D:(A;;RP;;;WD", 14, "expected `\\)`"),
        ("D:(A;;RP;;WD)", 11, "expected `;`"),
        ("D:(A;;RP;;;WD;(a))", 15, "only conditional and resource attribute"),
        ("D:(A;;RP;ab721a54-1e2f-11d0-9819-00aa0040529b;;WD)", 4, "has no object type"),
        ("D:NO_ACCESS_CONTROL(A;;RP;;;WD)", 32, "has no entries"),
        ("D:(XA;;RP;;;WD;(@User.a ==))", 27, "expected a value"),
        ("D:(XA;;RP;;;WD;#ff)", 4, "multiple of 4"),
        ("D:(0x14;;#ff)", 10, "multiple of 4"),
        ("D:(A;;RP;;;WD))", 15, "or the end"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, place: int, message: str) -> None:
    with pytest.raises(DescriptorError, match=message) as raised:
        sddl.parse(text)
    assert raised.value.message.startswith(f"SDDL character {place}: ")


def test_every_type_with_object_types_takes_guids_in_its_text() -> None:
    guid = "ab721a54-1e2f-11d0-9819-00aa0040529b"
    for code in sorted(OBJECT_TYPES):
        parsed = ace(f"(0x{code:02X};;CR;{guid};{guid};WD)")
        assert str(parsed.object_type) == str(parsed.inherited_object_type) == guid
