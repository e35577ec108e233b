"""
Send-As of all senders on all receivers, as sets.

A thousand servers are a million pairs: which of them holds what is told by a few sets, and the
verdict on one pair is made when somebody looks at it. `MailFlow.verdicts` is the specification:
each sender is in the set that its verdicts on the receiver's objects put it in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.holding import Holding, holding
from adaudit.access.question import Question
from adaudit.access.token import Server, Token
from adaudit.access.verdict import Decision, Reason
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Standing:
    """
    How all senders stand with one receiver, by number; each is in one of the sets.

    A sender that stands differently with objects of the receiver, or by its accounts, counts as
    the worst: denied, then not granted, then unknown.
    """

    denied: BitMap
    """An entry denies"""
    not_granted: BitMap
    """No entry grants"""
    unknown: BitMap
    """What is not known decides, or the sender has no account that is known"""
    allowed: BitMap

    @property
    def broken(self) -> BitMap:
        """All that are not surely allowed."""
        return self.denied | self.not_granted | self.unknown


class SendAs:
    """
    One right of all accounts of all senders, asked object by object.

    Equal descriptors at equal places are asked about once.
    """

    def __init__(self, view: View, accounts: Sequence[Sequence[Sid]]) -> None:
        """`accounts` are those of each sender, which has the number of its place."""
        self._view = view
        self._places: dict[tuple[object, bool], Server] = {}
        self._numbers: dict[Sid, int] = {}
        senders: dict[int, list[int]] = defaultdict(list)
        for sender, sids in enumerate(accounts):
            for sid in sids:
                senders[self._numbers.setdefault(sid, len(self._numbers))].append(sender)
        self.accounts = tuple(self._numbers)
        """The account of each number that a holding has, each once"""
        self._senders = dict(senders)
        self._accounts = tuple(BitMap([self._numbers[sid] for sid in sids]) for sids in accounts)
        self._is_plain = [*senders.values()] == [[number] for number in range(len(accounts))]
        self._all = BitMap(range(len(accounts)))
        self._known = BitMap(sender for found in senders.values() for sender in found)
        self._carriers: dict[tuple[object, bool], Carriers] = {}
        self._holdings: dict[tuple[object, ...], Holding | Unreadable] = {}
        self._standings: dict[tuple[int, ...], Standing] = {}

    def standing(
        self, objects: Iterable[Entry], place: Server, question: Callable[[Entry], Question]
    ) -> Standing:
        """How the senders stand with a receiver that has `objects` and checks access at `place`."""
        answers = [self.holding(entry, place, question(entry)) for entry in objects]
        key = tuple(map(id, answers))  # each holding is kept, so that its identity is its own
        known = self._standings.get(key)
        if known is None:
            known = self._standings[key] = self._united(answers)
        return known

    @property
    def everyone(self) -> BitMap:
        """All accounts."""
        return BitMap(range(len(self._numbers)))

    def senders(self, accounts: BitMap) -> BitMap:
        """The senders that have one of the accounts."""
        if self._is_plain:
            return accounts
        return BitMap([sender for account in accounts for sender in self._senders[account]])

    def of(self, sender: int) -> BitMap:
        """The accounts of a sender."""
        return self._accounts[sender]

    def of_others(self, accounts: BitMap, receiver: int) -> BitMap:
        """Those of some accounts that other senders than the receiver have."""
        own = [each for each in self._accounts[receiver] if len(self._senders[each]) == 1]
        return accounts - BitMap(own)

    def token(self, account: int, place: Server) -> Token:
        """The token of an account; the server that is named in it may be one that is alike."""
        at = self._places.setdefault((place.domain, place.is_domain_controller), place)
        return self._view.token(self.accounts[account], at)

    def holding(self, entry: Entry, place: Server, question: Question) -> Holding | Unreadable:
        """The answers for all accounts on one object; the same one for objects that are alike."""
        key = (entry.descriptor, question, place.domain, place.is_domain_controller)
        known = self._holdings.get(key)
        if known is None:
            descriptor = descriptor_of(entry)
            known = self._holdings[key] = (
                descriptor
                if isinstance(descriptor, Unreadable)
                else holding(descriptor, question, self.carriers(place))
            )
        return known

    def carriers(self, place: Server) -> Carriers:
        """Who of the accounts carries which SIDs at a place."""
        at = (place.domain, place.is_domain_controller)
        if at not in self._carriers:
            self._carriers[at] = Carriers(self._view.membership, place, self.accounts)
        return self._carriers[at]

    def _united(self, answers: Sequence[Holding | Unreadable]) -> Standing:
        read = [answer for answer in answers if isinstance(answer, Holding)]
        sets: Mapping[Decision | Reason, BitMap] = {
            Decision.UNDECIDED: self.senders(union(answer.undecided for answer in read)),
            Reason.ENTRY: self.senders(union(_denied(answer, by_entry=True) for answer in read)),
            Reason.NO_ENTRY: self.senders(
                union(_denied(answer, by_entry=False) for answer in read)
            ),
        }
        denied = sets[Reason.ENTRY]
        not_granted = sets[Reason.NO_ENTRY] - denied
        unknown = sets[Decision.UNDECIDED] | (self._all - self._known)
        if len(read) < len(answers):
            unknown = self._all
        unknown = unknown - denied - not_granted
        return Standing(denied, not_granted, unknown, self._all - denied - not_granted - unknown)


def _denied(answer: Holding, *, by_entry: bool) -> BitMap:
    parts = (
        part.subjects
        for part in answer.parts
        if part.decision is Decision.DENIED and (part.reason is Reason.ENTRY) is by_entry
    )
    return union(parts)
