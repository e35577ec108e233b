"""What a way to mend is said to leave broken is what trying it one by one leaves broken."""

import re
from collections import defaultdict

from hypothesis import given, settings

from adaudit.access.verdict import Decision, Verdict
from adaudit.checks import Context, catalogue
from adaudit.directory.snapshot import Snapshot
from adaudit.security.sid import Sid
from tests.checks.mending_one_by_one import BrokenPair, left_outside, left_without_entry
from tests.exchange.one_by_one import one_by_one
from tests.exchange.organisation_strategies import organisations

_ALL = ", which alone is not enough: something else stands in the way too"


def _words(left: list[str], pairs: list[BrokenPair]) -> str:
    """What has to be said of the pairs that a way does not mend."""
    if not left:
        return ""
    if len(left) == len(pairs):
        return _ALL
    names = [*left[:6], *([f"{len(left) - 6} more"] if len(left) > 6 else [])]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f" (not enough for {listed}: something else stands in the way too)"


def _broken(context: Context) -> dict[Sid, list[BrokenPair]]:
    """The pairs that are denied for each trustee, however often its entry is set."""
    found: dict[Sid, list[BrokenPair]] = defaultdict(list)
    for sender, receiver, answers in one_by_one(context.flow):
        denied = defaultdict(list)
        for answer in answers:
            known = answer.verdict
            if isinstance(known, Verdict) and known.decision is Decision.DENIED and known.deciding:
                denied[known.deciding.ace.trustee].append(answer)
        for trustee, alike in denied.items():
            found[trustee].append(BrokenPair(f"{sender.label} → {receiver.label}", answers, alike))
    return found


@settings(max_examples=200, deadline=None)
@given(organisations())
def test_what_each_way_leaves_broken_is_what_trying_it_leaves_broken(snapshot: Snapshot) -> None:
    with snapshot:
        context = Context(snapshot, ())
        (check,) = (each for each in catalogue() if each.id == "send-as-denied")
        by_trustee = defaultdict(list)
        for finding in check.result(context).findings:
            by_trustee[Sid.parse(str(finding.subject.sid))].append(finding)
        broken = _broken(context)
        for trustee, findings in by_trustee.items():
            if len(findings) > 1 or trustee.rid in (512, 519):
                continue  # of several sources each mends its own denials alone
            pairs = broken[trustee]
            (finding,) = findings
            without = left_without_entry(pairs, context)
            outside = left_outside(pairs, _carried(pairs), context)
            assert _rest(finding.remedy[-1]) == _words(without, pairs)
            if len(finding.remedy) > 1:
                assert outside is not None
                assert _rest(finding.remedy[0]) == _words(outside, pairs)


def _rest(remedy: str) -> str:
    """What is said of the pairs that a way does not mend."""
    found = re.search(r"(, which alone is not enough: .*| \(not enough for .*\))$", remedy)
    return found[1] if found else ""


def _carried(pairs: list[BrokenPair]) -> Sid:
    verdict = pairs[0].denied[0].verdict
    assert isinstance(verdict, Verdict)
    assert verdict.deciding
    return verdict.deciding.sid
