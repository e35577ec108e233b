"""
An entry denies an Exchange server Send-As on another.

What it reports: each group (or account) whose deny entry stops at least one pair of Exchange
servers, with the entry that decides, where that entry was set, and the shortest chain of
memberships by which the sending server comes under it.

Why it matters: a server that receives XEXCH50 takes it only from who holds Send-As on it. Without
the right, mail between the two stops with `504 need to authenticate first` (KB 843106).

How to mend it: take the server, or the group that brings it in, out of the denied group; or take
the deny away where it was set. The denies of Exchange setup for administrators are meant to be:
there the membership is the fault.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.origin import Found
from adaudit.access.repair import without_entry, without_group
from adaudit.access.token import Token
from adaudit.access.verdict import Deciding, Decision, Verdict
from adaudit.checks._context import Context
from adaudit.directory.entry import Gap
from adaudit.directory.membership import Via
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.exchange.pairs import ObjectVerdict, PairVerdict
from adaudit.findings import Evidence, Finding, PairState, Severity, fingerprint
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import evidence, party, reason, state

SEVERITY = Severity.HIGH
_ADMINISTRATORS = frozenset({512, 519})  # Domain Admins, Enterprise Admins


def run(context: Context) -> Iterator[Finding | Gap]:
    """Group the denied pairs by the entry that denies, where it was set."""
    by_source: dict[tuple[Sid, Found], list[_Denial]] = defaultdict(list)
    for pair in context.flow.pairs:
        yield from _unknown(pair, context)
        for denial in _denials(pair):
            origin = context.view.origin(denial.answer.object.dn, denial.deciding.position)
            by_source[denial.deciding.ace.trustee, origin.source].append(denial)
    for (trustee, source), denials in by_source.items():
        yield _finding(trustee, source, denials, context)


@dataclass(frozen=True, slots=True)
class _Denial:
    """One account that an entry stops on one object."""

    pair: PairVerdict
    answer: ObjectVerdict
    verdict: Verdict
    deciding: Deciding

    @property
    def label(self) -> str:
        return f"{self.pair.sender.label} → {self.pair.receiver.label}"


def _denials(pair: PairVerdict) -> Iterator[_Denial]:
    for answer in pair.answers:
        verdict = answer.verdict
        if (
            isinstance(verdict, Verdict)
            and verdict.decision is Decision.DENIED
            and verdict.deciding
        ):
            yield _Denial(pair, answer, verdict, verdict.deciding)


def _finding(trustee: Sid, source: Found, denials: list[_Denial], context: Context) -> Finding:
    first = denials[0]
    denied = party(trustee, context.view)
    pairs = tuple(dict.fromkeys(denial.label for denial in denials))
    entry = context.snapshot.entry(source.dn)
    guid = str(entry.guid) if entry and entry.guid else source.dn.path
    return Finding(
        id=fingerprint("send-as-denied", guid, str(trustee), encode_ace(source.ace)),
        check="send-as-denied",
        severity=SEVERITY,
        subject=denied,
        message=f"{denied} is denied {SEND_AS.name}, which stops {_count(len(pairs))} of servers",
        evidence=tuple(_evidence(denial, context) for denial in denials),
        through=tuple(party(sid, context.view) for sid in _through(denials)),
        affects=pairs,
        remedy=tuple(_remedies(trustee, source, denials, context)),
        look=context.look(first.answer.account.name, first.answer.object.dn, SEND_AS.name),
    )


def _evidence(denial: _Denial, context: Context) -> Evidence:
    answer = denial.answer
    shown = evidence(answer.object, denial.deciding, denial.verdict, answer.token, context.view)
    return shown.with_affects((denial.label,))


def _through(denials: list[_Denial]) -> dict[Sid, None]:
    """The groups between the senders and the trustee, on the shortest paths."""
    found: dict[Sid, None] = {}
    for denial in denials:
        for sid in denial.answer.token.path_sids(denial.deciding.sid)[1:-1]:
            found[sid] = None
    return found


def _remedies(
    trustee: Sid, source: Found, denials: list[_Denial], context: Context
) -> Iterator[str]:
    """Ways to mend it, each tried by evaluating again, with what it does not mend."""
    name = context.view.name(trustee)
    ways_out = tuple(_ways_out(trustee, denials, context))
    mended = [denial for denial in denials if _is_allowed_outside(denial, context)]
    if ways_out and mended:
        rest = _rest(denials, mended)
        yield from (f"{way}{rest}" for way in ways_out)
    if trustee.domain and trustee.rid in _ADMINISTRATORS:
        yield f"leave the deny as it is: Exchange setup puts it there for {name}"
        return
    mended = [denial for denial in denials if _is_allowed_without_entry(denial, context)]
    where = (
        "where it is set" if source.dn == denials[0].answer.object.dn else f"from {source.dn.name}"
    )
    if mended:
        yield f"remove the deny for {name} {where}{_rest(denials, mended)}"
    else:
        yield f"remove the deny for {name} {where}, which alone mends nothing: others refuse too"


def _rest(denials: list[_Denial], mended: list[_Denial]) -> str:
    """What stays refused, in words to add; empty if nothing does."""
    stuck = dict.fromkeys(denial.label for denial in denials if denial not in mended)
    return f" (not enough for {', '.join(stuck)}: refused by other entries too)" if stuck else ""


def _is_allowed_outside(denial: _Denial, context: Context) -> bool:
    """Whether the sender would get in if it were not in the denied group."""
    token = without_group(denial.answer.token, denial.deciding.sid)
    return _is_allowed(denial, token, None, context)


def _is_allowed_without_entry(denial: _Denial, context: Context) -> bool:
    return _is_allowed(denial, denial.answer.token, denial.deciding.position, context)


def _is_allowed(denial: _Denial, token: Token, taken: int | None, context: Context) -> bool:
    descriptor = descriptor_of(denial.answer.object)
    if isinstance(descriptor, Unreadable):
        return False
    if taken is not None:
        descriptor = without_entry(descriptor, taken)
    question = context.view.question(SEND_AS, denial.answer.object)
    return evaluate(descriptor, token, question).decision is Decision.ALLOWED


def _ways_out(trustee: Sid, denials: list[_Denial], context: Context) -> Iterator[str]:
    """What has to be undone so that the trustee is no longer in the senders' tokens."""
    name = context.view.name
    members: dict[Sid, None] = {}
    links = {
        link: None
        for denial in denials
        for link in denial.answer.token.links.get(denial.deciding.sid, ())
    }
    for link in links:
        if link.below is None:
            continue
        if link.via is Via.MEMBER:
            members[link.below] = None
        elif link.via is Via.PRIMARY_GROUP:
            yield f"change the primary group of {name(link.below)}, which is {name(trustee)}"
        elif link.via is Via.SID_HISTORY:
            yield f"clear {trustee} from the SID history of {name(link.below)}"
    if members:
        yield f"take {_listed(list(map(name, members)))} out of {name(trustee)}"


def _count(pairs: int) -> str:
    return "1 pair" if pairs == 1 else f"{pairs} pairs"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _unknown(pair: PairVerdict, context: Context) -> Iterator[Gap]:
    """The pairs that could not be judged, except for want of an account, which is said once."""
    label = f"{pair.sender.label} → {pair.receiver.label}"
    for answer in pair.answers:
        if state(answer.verdict) is PairState.UNKNOWN:
            where = "" if isinstance(answer.verdict, Unreadable) else f"on {answer.object.dn}: "
            yield Gap(label, where + reason(answer.verdict, context.view))
