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
from adaudit.checks.exchange._denial import Denial, denials, first_of, pairs_of
from adaudit.checks.exchange._mending import Mending
from adaudit.checks.exchange._send_as import rule
from adaudit.checks.exchange._undecided import undecided
from adaudit.checks.exchange._ways import Ways
from adaudit.directory.entry import Gap
from adaudit.exchange.peers import Route
from adaudit.findings import Finding, PairState, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import counted, party

SEVERITY = Severity.HIGH
STEP = 3


def run(context: Context) -> Iterator[Finding | Gap]:
    """Report every entry that denies, and the pairs that could not be judged."""
    yield from undecided(context)
    yield from _findings(denials(context), context)


def judge(context: Context, route: Route) -> Ruling:
    """Rule on one pair: an entry denies its sender, or none does."""
    numbers = context.flow.numbers
    sender, receiver = numbers.get(route.sender.label), numbers.get(route.receiver.label)
    found: Iterable[Denial] = ()
    if sender is not None and receiver is not None:
        found = denials(context, [receiver], sender)
    return rule(context, route, _findings(found, context), PairState.DENIED)


def _findings(found: Iterable[Denial], context: Context) -> Iterator[Finding]:
    """Group the denials by the entry that denies, where it was set."""
    by_source: dict[tuple[Sid, Found], list[Denial]] = defaultdict(list)
    for denial in found:
        source = _origin(denial, context).source
        by_source[denial.deciding.ace.trustee, source].append(denial)
    ways = Ways(context)
    for (trustee, source), alike in sorted(by_source.items(), key=_by_sender):
        yield _finding(trustee, source, alike, ways)


def _by_sender(found: tuple[tuple[Sid, Found], list[Denial]]) -> tuple[int, int]:
    """Findings come in the order of the first pairs that they break."""
    first = first_of(found[1])
    return first.senders[0], first.receiver


def _origin(denial: Denial, context: Context) -> Origin:
    return context.view.origin(denial.asked.object.dn, denial.deciding.position)


def _finding(trustee: Sid, source: Found, found: list[Denial], ways: Ways) -> Finding:
    context = ways.context
    denied, pairs = party(trustee, context.view), pairs_of(found, context)
    stopped = counted(len(pairs), "pair")
    others = (other.dn for denial in found for other in _origin(denial, context).others)
    sources = tuple(dict.fromkeys((source.dn, *others)))
    entry = context.snapshot.entry(source.dn)
    guid = str(entry.guid) if entry and entry.guid else source.dn.path
    first = first_of(found)
    account = context.flow.principals[ways.accounts(first)[0]]
    return Finding(
        id=fingerprint("send-as-denied", guid, str(trustee), encode_ace(source.ace)),
        check="send-as-denied",
        severity=SEVERITY,
        subject=denied,
        message=f"{denied} is denied {SEND_AS.name}, which stops {stopped} of servers",
        evidence=tuple(ways.evidence(found)),
        through=tuple(party(sid, context.view) for sid in ways.through(found)),
        affects=pairs,
        remedy=tuple(Mending(trustee, sources, found, context).ways()),
        look=context.look(account.name, first.asked.object.dn, SEND_AS.name),
    )
