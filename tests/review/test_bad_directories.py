"""A review of a directory that is damaged or read in part: it goes on, and says what it lacks."""

from uuid import UUID

import pytest

from adaudit.audit import choose, report_on
from adaudit.findings import TargetReport
from adaudit.security import sddl, wire
from adaudit.security.sid import Sid
from tests.reviews.model import load
from tests.reviews.world import Forest, build


@pytest.fixture
def forest() -> Forest:
    """The sound domain of the reviews."""
    return build(load("sound"))


def review(forest: Forest) -> TargetReport:
    return report_on("test", forest.snapshot, ("a.snapshot",), choose())


def unknown(report: TargetReport) -> dict[str, str]:
    """All that is not judged or not read, with the reason."""
    return {gap.subject: gap.reason for gap in (*report.unknown, *report.gaps)}


def remove(forest: Forest, place: str) -> None:
    forest.world.objects.remove(forest.places.pop(place.lower()))


def test_the_sound_domain_is_whole(forest: Forest) -> None:
    report = review(forest)

    assert report.is_complete
    assert report.findings == ()


@pytest.mark.parametrize("group", ["Domain Admins", "Enterprise Admins", "Administrators"])
def test_a_well_known_group_that_is_missing_is_told(forest: Forest, group: str) -> None:
    forest.world.objects.remove(forest.made(group if group != "Administrators" else _BUILTIN))
    report = review(forest)

    assert report.error is None
    assert any(group in subject for subject in unknown(report))
    assert not report.is_complete


_BUILTIN = "CN=Administrators,CN=Builtin"


@pytest.mark.parametrize("name", ["CN=AdminSDHolder,CN=System", "head", "Domain Admins"])
@pytest.mark.parametrize("descriptor", [None, b"\x01\x00\x04\x84"])
def test_an_object_of_tier_zero_without_a_sound_descriptor_is_told(
    forest: Forest, name: str, descriptor: bytes | None
) -> None:
    made = forest.made(name)
    made.descriptor = descriptor
    report = review(forest)

    assert report.error is None
    assert str(made.dn) in unknown(report)


def test_a_child_domain_alone_says_that_the_root_was_not_read(forest: Forest) -> None:
    child = "DC=emea,DC=contoso,DC=example"
    forest.world.domain("EMEA", child, is_read=True)
    root = forest.domain.dn.path
    forest.world.objects = [
        made
        for made in forest.world.objects
        if not (made.dn.path == root or made.dn.path.startswith(f"{root},"))
        or "cn=configuration" in made.dn.path
        or made.dn.path.startswith(f"{root},dc=emea")
    ]
    report = review(forest)

    assert report.error is None
    assert not report.is_complete
    assert any("contoso.example" in subject for subject in unknown(report))


def test_a_conflict_object_is_an_object_like_any_other(forest: Forest) -> None:
    descriptor = forest.made("Domain Admins").descriptor
    forest.world.add(
        f"CN=Domain Admins\\0ACNF:{UUID(int=7)},CN=Users,{forest.domain.dn}",
        "group",
        descriptor,
        objectSid=forest.domain.sid.relative(4711),
        sAMAccountName="$DUPLICATE-1267",
        groupType=-2147483646,
    )
    report = review(forest)

    assert report.error is None
    assert report.is_complete


def test_a_descriptor_of_64_kilobytes_is_judged(forest: Forest) -> None:
    head = forest.made("head")
    assert head.descriptor is not None
    domain = forest.domain.sid
    strangers = "".join(f"(A;;RP;;;{domain}-{rid})" for rid in range(100_000, 101_600))
    own = sddl.format(wire.decode(head.descriptor))
    ann = forest.made("ann").sid
    text = own.replace("(", f"{strangers}(A;;WD;;;{ann})(", 1)
    head.descriptor = wire.encode(sddl.parse(text, domain, domain))
    report = review(forest)

    assert len(head.descriptor) > 60_000
    assert report.error is None
    assert "tier-zero-control" in {finding.check for finding in report.findings}


def test_a_group_of_very_many_members_is_judged(forest: Forest) -> None:
    helpdesk = forest.made("Helpdesk")
    names = [f"CN=user{number},OU=Crowd,DC=contoso,DC=example" for number in range(100_000)]
    helpdesk.put(member=names)
    report = review(forest)

    assert report.error is None


def test_a_sid_that_is_damaged_is_told(forest: Forest) -> None:
    carl = forest.made("carl")
    carl.attributes["objectsid"] = [b"\x01\x05damaged"]
    report = review(forest)

    assert report.error is None
    assert str(carl.dn) in unknown(report)


def test_no_object_at_all_is_no_clean_review() -> None:
    forest = build(load("sound"))
    forest.world.objects.clear()
    report = review(forest)

    assert report.error is not None or not report.is_complete


def test_a_domain_without_accounts_is_told_of_its_controllers(forest: Forest) -> None:
    forest.world.objects = [
        made for made in forest.world.objects if made.attributes["objectclass"][-1] != b"computer"
    ]
    report = review(forest)

    assert "domain controllers of contoso.example" in unknown(report)


def test_a_trustee_of_an_unread_domain_is_told_and_not_called_deleted(forest: Forest) -> None:
    forest.world.domain("LOST", "DC=lost,DC=contoso,DC=example", "S-1-5-21-7-7-7", is_read=False)
    head = forest.made("head")
    assert head.descriptor is not None
    stranger = Sid.parse("S-1-5-21-7-7-7-1105")
    text = sddl.format(wire.decode(head.descriptor)) + f"(A;;WD;;;{stranger})"
    head.descriptor = wire.encode(sddl.parse(text, forest.domain.sid, forest.domain.sid))
    report = review(forest)

    assert not report.is_complete
    assert str(stranger) not in {f.subject.sid for f in report.findings if "deleted" in f.message}
