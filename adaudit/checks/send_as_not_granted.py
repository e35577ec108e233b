"""
No entry grants an Exchange server Send-As on another.

What it reports: each server that gets the right on some other server from nothing: its account is
in no group that the receiving server's object allows.

Why it matters: what is not granted is refused, with the same `504 need to authenticate first` as a
deny (KB 843106). Usually the account is missing from *Exchange Domain Servers*, or inheritance is
blocked on the way down to the receiving server.

How to mend it: put the account into the group of Exchange servers of its domain; or let the
receiving server inherit again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adaudit.access.verdict import Decision, Reason, Verdict
from adaudit.checks._context import Context
from adaudit.checks._send_as import rule
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.principal import Principal
from adaudit.exchange.answers import ObjectVerdict
from adaudit.exchange.pairs import PairVerdict
from adaudit.exchange.peers import Route
from adaudit.findings import Finding, PairState, Party, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import SEND_AS
from adaudit.wording import party

SEVERITY = Severity.HIGH
STEP = 3


@dataclass(frozen=True, slots=True)
class _Missing:
    """One account that gets nothing on one object."""

    label: str
    """The pair: `EX04 → EX01`"""
    answer: ObjectVerdict


def run(context: Context) -> Iterator[Finding | Gap]:
    """Report every server that gets the right from nothing."""
    yield from _findings(context.flow.broken_pairs(), context)


def judge(context: Context, route: Route) -> Ruling:
    """Rule on one pair: some entry grants its sender the right, or none does."""
    pairs = context.flow.broken_pairs(route.receiver.label)
    return rule(context, route, _findings(pairs, context), PairState.NOT_GRANTED)


def _findings(pairs: Iterable[PairVerdict], context: Context) -> Iterator[Finding]:
    """Tell accounts that lack the right from objects that grant it to no server at all."""
    closed: dict[Dn, list[_Missing]] = defaultdict(list)
    lacking: dict[Principal, list[_Missing]] = defaultdict(list)
    accounts = {label: len(known.candidates) for label, known in context.flow.accounts.items()}
    for (receiver, dn), missing in _by_object(pairs).items():
        place = _closing_place(dn, context)
        judged = sum(accounts.values()) - accounts[receiver]
        is_closed = len(missing) == judged and not _is_open(receiver, dn, context)
        if is_closed and (judged > 1 or place):
            closed[place or _organisation(context) or dn].extend(missing)
        else:
            for item in missing:
                lacking[item.answer.account].append(item)
    for place, missing in closed.items():
        yield _closed(place, missing, context)
    for account, missing in lacking.items():
        yield _lacking(account, missing, context)


def _by_object(pairs: Iterable[PairVerdict]) -> dict[tuple[str, Dn], list[_Missing]]:
    """What is not granted, by the label of the receiver and its object."""
    found: dict[tuple[str, Dn], list[_Missing]] = defaultdict(list)
    for pair in pairs:
        for answer in filter(_is_not_granted, pair.answers):
            found[pair.receiver.label, answer.object.dn].append(_Missing(pair.label, answer))
    return found


def _is_open(receiver: str, dn: Dn, context: Context) -> bool:
    """Whether an object grants the right to the very server that it belongs to."""
    own = context.flow.by_label[receiver]
    return any(
        isinstance(answer.verdict, Verdict) and answer.verdict.decision is Decision.ALLOWED
        for answer in context.flow.verdicts(own, own)
        if answer.object.dn == dn
    )


def _is_not_granted(answer: ObjectVerdict) -> bool:
    return isinstance(answer.verdict, Verdict) and answer.verdict.reason is Reason.NO_ENTRY


def _closing_place(dn: Dn, context: Context) -> Dn | None:
    """The nearest object, from `dn` up, whose DACL takes nothing from above."""
    for level in context.view.levels(dn):
        known = level.descriptor
        if isinstance(known, SecurityDescriptor) and known.is_dacl_protected:
            return level.dn
    return None


def _organisation(context: Context) -> Dn | None:
    return next((entry.dn for entry in context.flow.organisations), None)


def _closed(place: Dn, missing: list[_Missing], context: Context) -> Finding:
    is_protected = _closing_place(place, context) == place
    pairs = _pairs(missing)
    entry = context.snapshot.entry(place)
    why = "does not inherit, and its own entries do" if is_protected else "and all below it do"
    remedies = ["let it inherit from its parent again"] if is_protected else []
    return Finding(
        id=_id(str(entry.guid) if entry else place.path),
        check="send-as-not-granted",
        severity=SEVERITY,
        subject=Party(place.name, str(place)),
        message=f"{place.name} {why} not grant {SEND_AS.name} to any Exchange server",
        affects=pairs,
        remedy=(*remedies, f"grant {SEND_AS.name} there to the group of Exchange servers"),
        look=_look(missing, context),
    )


def _lacking(account: Principal, missing: list[_Missing], context: Context) -> Finding:
    group = context.servers_groups.get(account.domain) if account.domain else None
    token = missing[0].answer.token
    message = f"no entry grants {SEND_AS.name} to {account.name}"
    remedy = "put it into a group that is granted the right on the receiving servers"
    if group and group.group.sid not in token.sids:
        message += f": it is not in {group.group.name}"
        remedy = f"put {account.name} into {group.group.name}"
    return Finding(
        id=_id(str(account.sid)),
        check="send-as-not-granted",
        severity=SEVERITY,
        subject=party(account.sid, context.view),
        message=message,
        affects=_pairs(missing),
        remedy=(remedy,),
        look=_look(missing, context),
    )


def _id(subject: str) -> str:
    return fingerprint("send-as-not-granted", subject)


def _pairs(missing: list[_Missing]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(item.label for item in missing))


def _look(missing: list[_Missing], context: Context) -> str:
    first = missing[0].answer
    return context.look(first.account.name, first.object.dn, SEND_AS.name)
