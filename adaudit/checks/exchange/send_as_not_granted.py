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

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.holding import Holding
from adaudit.access.verdict import Reason
from adaudit.checks._context import Context
from adaudit.checks.exchange._send_as import rule
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.exchange.answers import Asked
from adaudit.exchange.peers import Route
from adaudit.findings import Block, Finding, Pairs, PairState, Party, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import SEND_AS
from adaudit.wording import party

SEVERITY = Severity.HIGH
STEP = 3


@dataclass(frozen=True, slots=True)
class _Missing:
    """The accounts that get nothing on one object."""

    receiver: int
    asked: Asked
    accounts: BitMap
    is_closed: bool
    """Whether no account gets anything there, that of the receiver neither"""


def run(context: Context) -> Iterator[Finding | Gap]:
    """Report every server that gets the right from nothing."""
    yield from _findings(context.flow.receivers, context)


def judge(context: Context, route: Route) -> Ruling:
    """Rule on one pair: some entry grants its sender the right, or none does."""
    label = route.receiver.label
    found = _findings([label] if label in context.flow.receivers else [], context)
    return rule(context, route, found, PairState.NOT_GRANTED)


def _findings(receivers: Iterable[str], context: Context) -> Iterator[Finding]:
    """Tell accounts that lack the right from objects that grant it to no server at all."""
    closed: dict[Dn, list[_Missing]] = defaultdict(list)
    lacking: dict[int, list[_Missing]] = defaultdict(list)
    for missing in _missing(receivers, context):
        dn = missing.asked.object.dn
        place = _closing_place(dn, context) if missing.is_closed else None
        if missing.is_closed and (place or _is_of_several(missing, context)):
            closed[place or _organisation(context) or dn].append(missing)
        else:
            for account in missing.accounts:
                lacking[account].append(missing)
    for place, found in closed.items():
        yield _closed(place, found, context)
    for account in sorted(lacking):
        yield _lacking(account, lacking[account], context)


def _missing(receivers: Iterable[str], context: Context) -> Iterator[_Missing]:
    """What is not granted, by receiver and object."""
    flow = context.flow
    for label in receivers:
        number = flow.numbers[label]
        others = flow.send_as.of_others(flow.send_as.everyone, number)
        for asked in flow.asked(flow.servers[number]):
            found = flow.send_as.holding(asked.object, asked.place, asked.question)
            if isinstance(found, Holding):
                accounts = others & union(
                    part.subjects for part in found.parts if part.reason is Reason.NO_ENTRY
                )
                is_open = bool(found.allowed & flow.send_as.of(number))
                if accounts:
                    yield _Missing(number, asked, accounts, accounts == others and not is_open)


def _is_of_several(missing: _Missing, context: Context) -> bool:
    return max(len(missing.accounts), len(_senders(missing, context))) > 1


def _senders(missing: _Missing, context: Context) -> BitMap:
    return context.flow.send_as.senders(missing.accounts) - BitMap((missing.receiver,))


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
    found: dict[int, BitMap] = {}
    for each in missing:
        found[each.receiver] = found.get(each.receiver, NONE) | _senders(each, context)
    first = min(missing, key=lambda each: each.accounts[0])
    entry = context.snapshot.entry(place)
    why = "does not inherit, and its own entries do" if is_protected else "and all below it do"
    remedies = ["let it inherit from its parent again"] if is_protected else []
    return Finding(
        id=_id(str(entry.guid) if entry else place.path),
        check="send-as-not-granted",
        severity=SEVERITY,
        subject=Party(place.name, str(place)),
        message=f"{place.name} {why} not grant {SEND_AS.name} to any Exchange server",
        affects=Pairs.of(context.flow.labels, found),
        remedy=(*remedies, f"grant {SEND_AS.name} there to the group of Exchange servers"),
        look=_look(first.accounts[0], first, context),
    )


def _lacking(number: int, missing: list[_Missing], context: Context) -> Finding:
    flow = context.flow
    account, token = flow.principals[number], flow.send_as.token(number, missing[0].asked.place)
    group = context.servers_groups.get(account.domain) if account.domain else None
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
        affects=Pairs(flow.labels, (_block(number, missing, context),)),
        remedy=(remedy,),
        look=_look(number, missing[0], context),
    )


def _id(subject: str) -> str:
    return fingerprint("send-as-not-granted", subject)


def _block(account: int, missing: list[_Missing], context: Context) -> Block:
    senders = context.flow.send_as.senders(BitMap((account,)))
    return Block(senders, BitMap([each.receiver for each in missing]))


def _look(account: int, missing: _Missing, context: Context) -> str:
    name = context.flow.principals[account].name
    return context.look(name, missing.asked.object.dn, SEND_AS.name)
