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
from collections.abc import Iterable, Iterator

from adaudit.access.origin import Found, Origin
from adaudit.checks._context import Context
from adaudit.checks._denial import Denial, denials_in
from adaudit.checks._mending import Mending
from adaudit.checks._send_as import rule
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import Unreadable
from adaudit.exchange.pairs import PairVerdict
from adaudit.exchange.peers import Route
from adaudit.findings import Evidence, Finding, PairState, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import counted, evidence, party, reason, state

SEVERITY = Severity.HIGH
STEP = 3


def run(context: Context) -> Iterator[Finding | Gap]:
    """Report every entry that denies, and the pairs that could not be judged."""
    pairs = tuple(context.flow.broken_pairs())
    for pair in pairs:
        yield from _unknown(pair, context)
    yield from _findings(pairs, context)


def judge(context: Context, route: Route) -> Ruling:
    """Rule on one pair: an entry denies its sender, or none does."""
    pair = context.flow.pair_named(route.sender.label, route.receiver.label)
    return rule(context, route, _findings([pair] if pair else [], context), PairState.DENIED)


def _findings(pairs: Iterable[PairVerdict], context: Context) -> Iterator[Finding]:
    """Group the denied pairs by the entry that denies, where it was set."""
    by_source: dict[tuple[Sid, Found], list[Denial]] = defaultdict(list)
    for pair in pairs:
        for denial in denials_in(pair):
            source = _origin(denial, context).source
            by_source[denial.deciding.ace.trustee, source].append(denial)
    for (trustee, source), denials in by_source.items():
        yield _finding(trustee, source, denials, context)


def _origin(denial: Denial, context: Context) -> Origin:
    return context.view.origin(denial.answer.object.dn, denial.deciding.position)


def _finding(trustee: Sid, source: Found, denials: list[Denial], context: Context) -> Finding:
    first = denials[0]
    denied = party(trustee, context.view)
    pairs = tuple(dict.fromkeys(denial.label for denial in denials))
    stopped = counted(len(pairs), "pair")
    others = (found.dn for denial in denials for found in _origin(denial, context).others)
    sources = tuple(dict.fromkeys((source.dn, *others)))
    entry = context.snapshot.entry(source.dn)
    guid = str(entry.guid) if entry and entry.guid else source.dn.path
    return Finding(
        id=fingerprint("send-as-denied", guid, str(trustee), encode_ace(source.ace)),
        check="send-as-denied",
        severity=SEVERITY,
        subject=denied,
        message=f"{denied} is denied {SEND_AS.name}, which stops {stopped} of servers",
        evidence=tuple(_evidence(denial, context) for denial in denials),
        through=tuple(party(sid, context.view) for sid in _through(denials)),
        affects=pairs,
        remedy=tuple(Mending(trustee, sources, denials, context).ways()),
        look=context.look(first.answer.account.name, first.answer.object.dn, SEND_AS.name),
    )


def _evidence(denial: Denial, context: Context) -> Evidence:
    answer = denial.answer
    shown = evidence(answer.object, denial.deciding, denial.verdict, answer.token, context.view)
    return shown.with_affects((denial.label,))


def _through(denials: list[Denial]) -> dict[Sid, None]:
    """The groups between the senders and the trustee, on the shortest paths."""
    found: dict[Sid, None] = {}
    for denial in denials:
        for sid in denial.answer.token.path_sids(denial.deciding.sid)[1:-1]:
            found[sid] = None
    return found


def _unknown(pair: PairVerdict, context: Context) -> Iterator[Gap]:
    """The pairs that could not be judged, except for want of an account, which is said once."""
    for answer in pair.answers:
        if state(answer.verdict) is PairState.UNKNOWN:
            where = "" if isinstance(answer.verdict, Unreadable) else f"on {answer.object.dn}: "
            yield Gap(pair.label, where + reason(answer.verdict, context.view))
