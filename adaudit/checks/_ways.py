"""The ways on which senders come under an entry that denies: those of many told as one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adaudit.access.bitmap import BitMap
from adaudit.checks._context import Context
from adaudit.checks._denial import Denial
from adaudit.directory.snapshot import Unreadable
from adaudit.findings import Block, Evidence, Pairs
from adaudit.security.sid import Sid
from adaudit.wording import evidence


@dataclass(frozen=True, slots=True)
class _Way:
    """A membership path of several senders that is the same but for their accounts."""

    accounts: Mapping[int, int]
    """The account of each sender that comes by it"""
    senders: BitMap
    rest: tuple[Sid, ...]
    """The path behind the account, the trustee last"""
    names: Mapping[int, str]
    """The name of the account of each sender"""


class Ways:
    """Evidence for denials: on each object one for each way, and not one for each sender."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._known: dict[tuple[int, object, bool], Sequence[_Way]] = {}

    def accounts(self, denial: Denial) -> list[int]:
        """The accounts of the first sender that an entry stops."""
        return sorted(self.context.flow.send_as.of(denial.senders[0]) & denial.accounts)

    def evidence(self, denial: Denial) -> Iterator[Evidence]:
        """What decides on one object, for the senders of each way."""
        for way in self._of(denial):
            senders = way.senders & denial.senders
            if senders:
                yield self._shown(denial, way, senders)

    def through(self, denied: Iterable[Denial]) -> dict[Sid, None]:
        """The groups between the senders and the trustee, on the shortest paths."""
        told: dict[int, tuple[_Way, BitMap]] = {}
        for denial in denied:
            for way in self._of(denial):
                _, senders = told.get(id(way), (way, BitMap()))
                told[id(way)] = way, senders | (way.senders & denial.senders)
        ways = sorted(
            ((senders[0], way) for way, senders in told.values() if senders), key=lambda w: w[0]
        )
        return {sid: None for _, way in ways for sid in way.rest[:-1]}

    def _shown(self, denial: Denial, way: _Way, senders: BitMap) -> Evidence:
        flow, asked = self.context.flow, denial.asked
        answer = flow.answer(flow.principals[way.accounts[senders[0]]], asked)
        if isinstance(answer.verdict, Unreadable):
            raise TypeError(f"nothing denies on {asked.object.dn}, which cannot be read")
        shown = evidence(
            asked.object, denial.deciding, answer.verdict, answer.token, self.context.view
        )
        names = tuple([way.names[sender] for sender in senders]) if len(senders) > 1 else ()
        block = Block(senders, BitMap((denial.receiver,)))
        return replace(shown, affects=Pairs(flow.labels, (block,)), subjects=names)

    def _of(self, denial: Denial) -> Sequence[_Way]:
        place = denial.asked.place
        key = (id(denial.part), place.domain, place.is_domain_controller)
        known = self._known.get(key)  # the flow keeps the part, so that its identity is its own
        if known is None:
            known = self._known[key] = tuple(self._made(denial))
        return known

    def _made(self, denial: Denial) -> Iterator[_Way]:
        """Two accounts of one sender are in different ways, so that none tells a pair twice."""
        send_as, name = self.context.flow.send_as, self.context.view.name
        found: dict[tuple[tuple[Sid, ...], int], dict[int, int]] = defaultdict(dict)
        for sender in send_as.senders(denial.part.subjects):
            for rank, account in enumerate(send_as.of(sender) & denial.part.subjects):
                token = send_as.token(account, denial.asked.place)
                path = token.path_sids(denial.deciding.sid)
                found[path[1:], rank][sender] = account
        for (rest, _), accounts in found.items():
            names = {each: name(send_as.accounts[account]) for each, account in accounts.items()}
            yield _Way(accounts, BitMap(accounts), rest, names)
