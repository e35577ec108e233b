"""What checks of a domain find in small domains, each with a weakness planted in it."""

import shlex
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

import pytest

from adaudit.audit import choose, report_on
from adaudit.checks import Context, catalogue, domain
from adaudit.checks.domain._grants import named
from adaudit.errors import DescriptorError
from adaudit.explanation import explain
from adaudit.findings import CheckResult, Finding, Severity, TargetReport
from adaudit.review.grants import Grant
from adaudit.review.tier_zero import Kind
from adaudit.security import wire
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl
from tests.builders import Made
from tests.reviews.model import Found, Review, load, names
from tests.reviews.one_by_one import OneByOne
from tests.reviews.world import Forest, as_ours, build, protected
from tests.windows import descriptors

NAMES = names()
OF_DOMAINS = [check.id for check in catalogue() if check.run.__module__.startswith(domain.__name__)]


@cache
def forest(name: str) -> Forest:
    return build(load(name))


@cache
def report(name: str) -> TargetReport:
    made = forest(name)
    review = made.review
    return report_on(review.title, made.snapshot, ("a.snapshot",), choose(), review.tier_zero)


@cache
def plainly(name: str) -> OneByOne:
    return OneByOne(forest(name))


def found(name: str) -> dict[str, list[Finding]]:
    """The findings by check, those of one by subject and what they affect."""
    by_check = defaultdict(list)
    for finding in report(name).findings:
        by_check[finding.check].append(finding)
    for findings in by_check.values():
        findings.sort(key=lambda each: (plain(each.subject.name).lower(), len(each.affects)))
    return by_check


def plain(text: str) -> str:
    return text.replace("CONTOSO\\", "").replace("BUILTIN\\", "")


@pytest.mark.parametrize("name", NAMES)
def test_a_scenario_comes_out_as_it_says(name: str) -> None:
    expected, told = load(name).expect, report(name)
    findings = found(name)

    assert told.error is None
    assert {check: [plain(f.subject.name) for f in each] for check, each in findings.items()} == {
        check: [each.subject for each in wanted] for check, wanted in expected.findings.items()
    }
    for check, wanted in expected.findings.items():
        for one, other in zip(wanted, findings[check], strict=True):
            assert_told(one, other, forest(name))
    assert_rest(load(name), told)


def assert_told(wanted: Found, finding: Finding, made: Forest) -> None:
    assert wanted.severity in (None, str(finding.severity))
    if isinstance(wanted.affects, int):
        assert len(finding.affects) == wanted.affects
    elif wanted.affects is not None:
        assert set(finding.affects) == {str(made.made(name).dn) for name in wanted.affects}
    if wanted.set_on is not None:
        assert {each.set_on for each in finding.evidence} == {str(made.made(wanted.set_on).dn)}
    texts = [plain(text) for text in (finding.message, *finding.remedy)]
    for part in wanted.says:
        assert any(part in text for text in texts), f"`{part}` is not said: {texts}"
    for part in wanted.silent:
        assert not any(part in text for text in texts), f"`{part}` is said: {texts}"


def assert_rest(review: Review, told: TargetReport) -> None:
    """What was not judged, and what was not read."""
    expected = review.expect
    reasons = defaultdict(list)
    for gap in told.unknown:
        reasons[plain(gap.subject)].append(gap.reason)
    assert reasons.keys() == expected.unknown.keys()
    for subject, part in expected.unknown.items():
        assert any(part in reason for reason in reasons[subject]), reasons[subject]
    results = {result.check: result for result in told.results}
    for check, part in expected.not_applicable.items():
        assert part in (results[check].reason or ""), results[check]
    for part in expected.facts:
        assert any(part in fact for fact in told.facts), f"`{part}` is no fact: {told.facts}"
    assert len(told.gaps) == len(review.gaps)


@cache
def results() -> dict[str, list[CheckResult]]:
    by_check = defaultdict(list)
    for name in NAMES:
        for result in report(name).results:
            by_check[result.check].append(result)
    return by_check


@pytest.mark.parametrize("check", OF_DOMAINS)
def test_a_check_has_a_world_that_fires_and_one_that_does_not(check: str) -> None:
    assert {bool(result.findings) for result in results()[check]} == {True, False}


@pytest.mark.parametrize("check", OF_DOMAINS)
def test_a_check_reports_nothing_worse_than_it_says(check: str) -> None:
    worst = {each.id: each.severity for each in catalogue()}[check]
    severities = [f.severity for result in results()[check] for f in result.findings]

    assert max(severities, default=Severity.INFO) <= worst


def test_in_the_sound_domain_nothing_is_found_and_everything_is_judged() -> None:
    told = report("sound")

    assert told.findings == ()
    assert told.is_complete


def test_the_sound_domain_has_the_descriptors_of_a_real_one() -> None:
    """Rebuilt from what was set on each object alone; only the protected ones were not yet so."""
    made, real = forest("sound"), descriptors()
    without = {id(each) for each in protected(made)}
    compared = 0
    for each in made.places.values():
        name = str(each.dn).replace("DC=contoso,DC=example", "DC=LAB,DC=local")
        body = real.get(name.replace("contoso.example", "LAB.local"))
        if body is not None and id(each) not in without:
            theirs = wire.decode(as_ours(body, made.domain.sid))
            assert wire.decode(each.descriptor or b"").dacl == theirs.dacl, each.dn
            compared += 1

    assert compared > 70


CONTROL = ("WriteDacl", "WriteOwner")
PRINCIPALS = (Kind.ACCOUNT, Kind.CONTROLLER)
ASKED: Mapping[str, tuple[tuple[Kind, ...], tuple[str, ...]]] = {
    "tier-zero-control": (tuple(Kind), CONTROL),
    "password-reset": (PRINCIPALS, ("ResetPassword",)),
    "privileged-membership": ((Kind.GROUP,), ("write:member", "Self-Membership")),
    "service-principal-names": (PRINCIPALS, ("write:servicePrincipalName", "Validated-SPN")),
    "key-credentials": (
        PRINCIPALS,
        ("write:msDS-KeyCredentialLink", "write:altSecurityIdentities"),
    ),
    "resource-based-delegation": (
        PRINCIPALS,
        ("write:msDS-AllowedToActOnBehalfOfOtherIdentity",),
    ),
    "account-restrictions": (PRINCIPALS, ("write:userAccountControl",)),
    "logon-scripts": (
        (Kind.ACCOUNT,),
        ("write:scriptPath", "write:profilePath", "write:homeDirectory"),
    ),
}
"""Checks that ask for single rights: of which objects, and which rights"""


@pytest.mark.parametrize("name", [name for name in NAMES if load(name).scope == "all"])
def test_grants_are_those_that_come_of_asking_one_by_one(name: str) -> None:
    """Of every account outside tier 0, on every object of tier 0, for every right."""
    made, asked = forest(name), plainly(name)
    with made.snapshot() as snapshot:
        context = Context(snapshot, (), made.review.tier_zero)
        outside = set(sids_of(context))
        for asset in context.tier_zero.assets:
            entry, one = snapshot.at(asset.number), made.places[place_of(str(asset.dn))]
            for right in rights_of(asset.kind):
                permission = named(right, context)
                if permission is None or not is_sound(one.descriptor):
                    continue
                grants = context.outsiders.grants(entry, permission)
                told = {
                    str(context.view.membership.population.sid(number)): each.part.deciding
                    for each in grants
                    if isinstance(each, Grant)
                    for number in each.part.subjects
                }
                assert {sid: d.position if d else None for sid, d in told.items()} == {
                    sid: position
                    for sid, position in asked.holders(one, right).items()
                    if sid in outside - itself(one) and not by_tier_zero(position, one, context)
                }, (asset.dn, right)


def sids_of(context: Context) -> list[str]:
    population = context.view.membership.population
    return [str(population.sid(number)) for number in context.outsiders.accounts]


def place_of(dn: str) -> str:
    return dn.removesuffix("DC=contoso,DC=example").removesuffix(",").lower() or "head"


def rights_of(kind: Kind) -> dict[str, None]:
    lists = (rights for kinds, rights in ASKED.values() if kind in kinds)
    return dict.fromkeys(right for rights in lists for right in rights)


def is_sound(body: bytes | None) -> bool:
    """Whether there is a DACL; what is granted without one another check tells."""
    try:
        return body is not None and isinstance(wire.decode(body).dacl, Acl)
    except DescriptorError:
        return False


def by_tier_zero(position: int | None, made: Made, context: Context) -> bool:
    """Whether an account comes in as a member of tier 0, which is told of the group once."""
    descriptor = wire.decode(made.descriptor or b"")
    if position is None:
        return descriptor.owner is not None and context.tier_zero.is_trusted(descriptor.owner)
    assert isinstance(descriptor.dacl, Acl)
    ace = descriptor.dacl.entries[position]
    return isinstance(ace, Ace) and context.tier_zero.is_trusted(ace.trustee)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_finding_affects_is_what_comes_of_asking_one_by_one(name: str) -> None:
    """All objects on which an account outside tier 0 holds a right and not control anyway."""
    made, asked = forest(name), plainly(name)
    if made.review.scope != "all":
        return
    with made.snapshot() as snapshot:
        context = Context(snapshot, (), made.review.tier_zero)
        outside = set(sids_of(context))
        for check, (kinds, rights) in ASKED.items():
            expected = set()
            for asset in context.tier_zero.assets:
                one = made.places[place_of(str(asset.dn))]
                if asset.kind in kinds and is_sound(one.descriptor) and is_asked(check, one):
                    spared = set() if rights == CONTROL else in_control(one, asked)
                    if (held(one, rights, asked, context) - spared - itself(one)) & outside:
                        expected.add(str(asset.dn))
            told = {dn for each in found(name).get(check, ()) for dn in each.affects}
            assert told == expected, check


def itself(made: Made) -> set[str]:
    """The SID of an object: what it may do to itself is nothing new."""
    return {str(made.sid)} if "objectsid" in made.attributes else set()


def is_asked(check: str, made: Made) -> bool:
    """Computers log on without a script."""
    return check != "logon-scripts" or b"computer" not in made.attributes["objectclass"]


def in_control(made: Made, asked: OneByOne) -> set[str]:
    """Those of whom another check tells, or the check of open groups."""
    return {sid for right in CONTROL for sid in asked.holders(made, right)}


def held(made: Made, rights: tuple[str, ...], asked: OneByOne, context: Context) -> set[str]:
    """The SIDs of those who hold one of the rights, other than as members of tier 0."""
    return {
        sid
        for right in rights
        if named(right, context) is not None
        for sid, position in asked.holders(made, right).items()
        if not by_tier_zero(position, made, context)
    }


@pytest.mark.parametrize("name", NAMES)
def test_evidence_names_the_entry_that_decides_for_whom_it_names(name: str) -> None:
    made, asked = forest(name), plainly(name)
    for check, (_, rights) in ASKED.items():
        for finding in found(name).get(check, ()):
            for each in finding.evidence:
                one = made.places[place_of(each.object)]
                sid = str(made.made(plain(each.path[0]).removesuffix("$")).sid)
                positions = {asked.holders(one, right).get(sid) for right in rights}
                assert each.position in positions
                assert plain(each.path[-1]) == plain(each.trustee.name)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_that_a_finding_suggests_shows_that_it_is_granted(name: str) -> None:
    looks = [each.look for findings in found(name).values() for each in findings if each.look]
    with forest(name).snapshot() as snapshot:
        for look in looks:
            words = shlex.split(look)
            given = dict(zip(words[3::2], words[4::2], strict=True))
            told = explain(snapshot, given["--who"], given["--on"], given["--right"])
            assert told.decision == "allowed", look
