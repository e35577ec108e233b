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

from adaudit.access.origin import Found, trace
from adaudit.access.verdict import Deciding, Decision, Verdict
from adaudit.checks._context import Context
from adaudit.directory.entry import Gap
from adaudit.directory.membership import Via
from adaudit.directory.snapshot import Unreadable
from adaudit.exchange.pairs import ObjectVerdict, PairVerdict
from adaudit.findings import Finding, PairState, Severity, fingerprint
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
            levels = context.view.levels(denial.answer.object.dn)
            source = trace(levels, denial.deciding.position).source
            by_source[denial.deciding.ace.trustee, source].append(denial)
    for (trustee, source), denials in by_source.items():
        yield _finding(trustee, source, denials, context)


@dataclass(frozen=True, slots=True)
class _Denial:
    pair: PairVerdict
    answer: ObjectVerdict
    verdict: Verdict
    deciding: Deciding

    @property
    def label(self) -> str:
        return f"{self.pair.sender.label} → {self.pair.receiver.label}"

    @property
    def stays_broken(self) -> bool:
        """Whether the pair would be refused without this entry too."""
        later = [(d.position, False) for d in self.verdict.repeated]
        later += [(d.position, True) for d in self.verdict.overruled]
        return not later or not min(later)[1]


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
    shown = evidence(
        first.answer.object, first.deciding, first.verdict, first.answer.token, context.view
    )
    entry = context.snapshot.entry(source.dn)
    guid = str(entry.guid) if entry and entry.guid else source.dn.path
    return Finding(
        id=fingerprint("send-as-denied", guid, str(trustee), encode_ace(source.ace)),
        check="send-as-denied",
        severity=SEVERITY,
        subject=denied,
        message=f"{denied} is denied {SEND_AS.name}, which stops {len(pairs)} pairs of servers",
        evidence=(shown.with_affects(pairs),),
        through=tuple(party(sid, context.view) for sid in _through(denials)),
        affects=pairs,
        remedy=tuple(_remedies(trustee, source, denials, context)),
        look=context.look(first.answer.account.name, str(first.answer.object.dn), SEND_AS.name),
    )


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
    name = context.view.name
    yield from _ways_out(trustee, denials, context)
    if trustee.rid not in _ADMINISTRATORS or trustee.domain is None:
        yield f"remove the deny for {name(trustee)} from {source.dn}"
    else:
        yield f"leave the deny: Exchange setup puts it there for {name(trustee)}"
    stuck = tuple(dict.fromkeys(denial.label for denial in denials if denial.stays_broken))
    if stuck:
        yield f"not enough alone for {', '.join(stuck)}: without this entry they stay refused"


def _ways_out(trustee: Sid, denials: list[_Denial], context: Context) -> Iterator[str]:
    """What has to be undone so that the trustee is no longer in the senders' tokens."""
    name = context.view.name
    members: dict[Sid, None] = {}
    for denial in denials:
        for link in denial.answer.token.links.get(denial.deciding.sid, ()):
            if link.via is Via.MEMBER and link.below:
                members[link.below] = None
            elif link.via is Via.PRIMARY_GROUP and link.below:
                yield f"change the primary group of {name(link.below)}, which is {name(trustee)}"
            elif link.via is Via.SID_HISTORY and link.below:
                yield f"clear {trustee} from the SID history of {name(link.below)}"
    if members:
        yield f"take {_listed(list(map(name, members)))} out of {name(trustee)}"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _unknown(pair: PairVerdict, context: Context) -> Iterator[Gap]:
    """The pairs that could not be judged, except for want of an account, which is said once."""
    label = f"{pair.sender.label} → {pair.receiver.label}"
    for answer in pair.answers:
        if state(answer.verdict) is PairState.UNKNOWN:
            where = "" if isinstance(answer.verdict, Unreadable) else f"on {answer.object.dn}: "
            yield Gap(label, where + reason(answer.verdict, context.view))
