"""What is out of the ordinary and breaks nothing yet, of all pairs without a walk over them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.holding import Holding
from adaudit.access.verdict import Deciding, Decision, Verdict
from adaudit.checks._context import Context
from adaudit.checks.exchange._denial import denials
from adaudit.checks.exchange._group_signs import (
    Sign,
    denying_group,
    is_out_of_order,
    membership,
    way_down,
)
from adaudit.directory.domains import Domain
from adaudit.directory.principal import Principal, PrincipalKind
from adaudit.directory.snapshot import descriptor_of
from adaudit.exchange.alike import Alike
from adaudit.exchange.answers import Asked
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid

_Place = tuple[Domain | None, bool]


def quiet_signs(context: Context) -> Iterator[list[Sign]]:
    """The signs of each subject by which no pair is broken."""
    yield from _Missing(context).signs()
    yield from _Denying(context).signs()
    yield from _blocked(context)


class _Missing:
    """The senders outside the group of the servers that hold the right everywhere."""

    def __init__(self, context: Context) -> None:
        self._context = context
        flow = context.flow
        self._receivers: dict[_Place, list[int]] = defaultdict(list)
        for label in flow.receivers:
            place = flow.place(flow.by_label[label])
            at = (place.domain, place.is_domain_controller)
            self._receivers[at].append(flow.numbers[label])
        self._broken = {
            at: union(_broken(number, context) for number in numbers)
            for at, numbers in self._receivers.items()
        }

    def signs(self) -> Iterator[list[Sign]]:
        """A place is looked at once for each sender: its receivers make the same tokens."""
        for sender in range(len(self._context.flow.servers)):
            found = {at: sign for at in self._receivers for sign in self._sign(sender, at)}
            if found and not any(sender in self._broken[at] for at in found):
                yield list(found.values())

    def _sign(self, sender: int, at: _Place) -> Iterator[Sign]:
        flow = self._context.flow
        receiver = next((each for each in self._receivers[at][:2] if each != sender), None)
        if receiver is not None:
            pair = flow.pair(flow.servers[sender], flow.servers[receiver])
            for said in membership(self._context, pair):
                if isinstance(said, Sign):
                    yield said


@dataclass(frozen=True, slots=True)
class _Late:
    """A deny that comes too late for some accounts, on objects that are alike."""

    deciding: Deciding
    group: Principal
    accounts: BitMap


class _Denying:
    """The groups around senders with a deny that another entry overrules."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._alike = Alike(context.flow.send_as)
        self._late: dict[int, Sequence[_Late]] = {}
        self._told = _denied(context)

    def signs(self) -> Iterator[list[Sign]]:
        """The first sign of each account for each group."""
        found: dict[Sid, dict[int, Sign]] = defaultdict(dict)
        flow = self._context.flow
        for label in flow.receivers:
            for asked in flow.asked(flow.by_label[label]):
                for late in self._on(asked):
                    self._take_up(found[late.group.sid], late, asked, flow.numbers[label])
        for by_account in found.values():
            if by_account:
                yield [by_account[account] for account in sorted(by_account)]

    def _take_up(self, known: dict[int, Sign], late: _Late, asked: Asked, receiver: int) -> None:
        flow = self._context.flow
        told = self._told.get(late.group.sid, NONE) | BitMap(known)
        new = flow.send_as.of_others(late.accounts, receiver) - told
        if not new or is_out_of_order(self._context, asked.object.dn, late.deciding):
            return
        server = flow.servers[receiver]
        for account in new:
            answer = flow.answer(flow.principals[account], asked)
            known[account] = denying_group(self._context, server, answer, late.deciding, late.group)

    def _on(self, asked: Asked) -> Sequence[_Late]:
        if asked.kind not in self._late:
            self._late[asked.kind] = tuple(self._found_on(asked))
        return self._late[asked.kind]

    def _found_on(self, asked: Asked) -> Iterator[_Late]:
        flow = self._context.flow
        holding = flow.send_as.holding(asked.object, asked.place, asked.question)
        groups = self._groups_with_a_deny(asked)
        if not groups or not isinstance(holding, Holding):
            return
        carriers = flow.send_as.carriers(asked.place)
        inside = holding.allowed & union(carriers.sure(sid) for sid in groups)
        for accounts in self._alike.lots(asked, inside):
            verdict = flow.answer(flow.principals[accounts[0]], asked).verdict
            if isinstance(verdict, Verdict) and verdict.decision is Decision.ALLOWED:
                for deciding in verdict.overruled:
                    group = groups.get(deciding.ace.trustee)
                    if group is not None:
                        yield _Late(deciding, group, accounts)

    def _groups_with_a_deny(self, asked: Asked) -> Mapping[Sid, Principal]:
        descriptor = descriptor_of(asked.object)
        if not isinstance(descriptor, SecurityDescriptor) or not isinstance(descriptor.dacl, Acl):
            return {}
        principals = self._context.view.membership.principals
        sids = dict.fromkeys(
            ace.trustee for ace in descriptor.dacl.entries if isinstance(ace, Ace) and ace.denies
        )
        known = ((sid, principals.get(sid)) for sid in sids)
        return {sid: each for sid, each in known if each and each.kind is PrincipalKind.GROUP}


def _blocked(context: Context) -> Iterator[list[Sign]]:
    """The objects on the way down to receivers that do not inherit, where all senders hold."""
    found: dict[object, list[Sign]] = defaultdict(list)
    holding: dict[object, bool] = {}
    flow = context.flow
    for label in flow.receivers:
        receiver = flow.numbers[label]
        others = (number for number in range(len(flow.servers)) if number != receiver)
        sender = next(others, None)
        if sender is None:
            continue
        is_held = _all_hold(receiver, context)
        pair = flow.pair(flow.servers[sender], flow.servers[receiver])
        for sign in _signs(way_down(context, pair)):
            found[sign.subject].append(sign)
            holding[sign.subject] = is_held and holding.get(sign.subject, True)
    yield from (alike for subject, alike in found.items() if holding[subject])


def _signs(said: Iterable[object]) -> Iterator[Sign]:
    return (each for each in said if isinstance(each, Sign))


def _broken(receiver: int, context: Context) -> BitMap:
    """The senders that do not surely hold the right on a receiver."""
    flow = context.flow
    return flow.standings[flow.labels[receiver]].broken - BitMap((receiver,))


def _all_hold(receiver: int, context: Context) -> bool:
    """Whether all senders of which an account is known hold the right, and there is one."""
    send_as = context.flow.send_as
    accounts = send_as.of_others(send_as.everyone, receiver)
    known = send_as.senders(accounts) - BitMap((receiver,))
    return bool(known) and not known & _broken(receiver, context)


def _denied(context: Context) -> dict[Sid, BitMap]:
    """The accounts that an entry denies somewhere, by its trustee."""
    found: dict[Sid, BitMap] = {}
    for denial in denials(context):
        trustee = denial.deciding.ace.trustee
        found[trustee] = found.get(trustee, NONE) | denial.accounts
    return found
