"""The ways on which senders come under an entry that denies: those of many told as one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from adaudit.access.bitmap import BitMap, union
from adaudit.access.verdict import Deciding, Verdict
from adaudit.checks._context import Context
from adaudit.checks.exchange._denial import Denial
from adaudit.exchange.alike import Alike
from adaudit.findings import Evidence, Pairs
from adaudit.security.sid import Sid
from adaudit.wording import evidence

_MOST = 5000
"""How many pieces of evidence a finding may have that tell one object each"""


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
        self._alike = Alike(context.flow.send_as)
        self._known: dict[tuple[bytes, Sid, object, bool], Sequence[_Way]] = {}
        self._verdicts: dict[tuple[int, int], Sequence[tuple[Verdict, BitMap]]] = {}

    def accounts(self, denial: Denial) -> list[int]:
        """The accounts of the first sender that an entry stops."""
        return sorted(self.context.flow.send_as.of(denial.senders[0]) & denial.accounts)

    def evidence(self, denied: Sequence[Denial]) -> Iterator[Evidence]:
        """What decides on each object; where that is too much, on the first object of each way."""
        if sum(len(self._of(denial)) for denial in denied) > _MOST:
            yield from self._of_ways(denied)
            return
        for denial in denied:
            for way in self._of(denial):
                for verdict, alike in self._answers(denial, way):
                    if senders := alike & denial.senders:
                        yield self._shown(denial, way, verdict, {denial.receiver: senders})

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

    def _of_ways(self, denied: Sequence[Denial]) -> Iterator[Evidence]:
        """One piece of evidence for each way, with all that is broken by it."""
        first: dict[int, tuple[Denial, _Way]] = {}
        found: dict[int, dict[int, BitMap]] = defaultdict(dict)
        for denial in denied:
            for way in self._of(denial):
                if senders := way.senders & denial.senders:
                    first.setdefault(id(way), (denial, way))
                    known = found[id(way)].get(denial.receiver, BitMap())
                    found[id(way)][denial.receiver] = known | senders
        for key, (denial, way) in first.items():
            verdict, _ = self._answers(denial, way)[0]
            yield self._shown(denial, way, verdict, found[key])

    def _answers(self, denial: Denial, way: _Way) -> Sequence[tuple[Verdict, BitMap]]:
        """The verdicts on the senders of a way: they may overrule one thing and another."""
        key = (id(way), denial.asked.kind)
        known = self._verdicts.get(key)
        if known is None:
            known = self._verdicts[key] = tuple(self._asked_of(denial, way))
        return known

    def _asked_of(self, denial: Denial, way: _Way) -> Iterable[tuple[Verdict, BitMap]]:
        flow = self.context.flow
        senders: dict[int, list[int]] = defaultdict(list)
        for sender, account in way.accounts.items():
            senders[account].append(sender)
        found: dict[tuple[Deciding, ...], tuple[Verdict, BitMap]] = {}
        for lot in self._alike.lots(denial.asked, BitMap(senders)):
            verdict = flow.answer(flow.principals[lot[0]], denial.asked).verdict
            if isinstance(verdict, Verdict):
                _, alike = found.setdefault(verdict.overruled, (verdict, BitMap()))
                alike.update(sender for account in lot for sender in senders[account])
        return found.values()

    def _shown(
        self, denial: Denial, way: _Way, verdict: Verdict, pairs: Mapping[int, BitMap]
    ) -> Evidence:
        flow, asked = self.context.flow, denial.asked
        senders = union(pairs.values())
        token = flow.send_as.token(way.accounts[senders[0]], asked.place)
        shown = evidence(asked.object, denial.deciding, verdict, token, self.context.view)
        names = tuple([way.names[sender] for sender in senders]) if len(senders) > 1 else ()
        return replace(shown, affects=Pairs.of(flow.labels, pairs), subjects=names)

    def _of(self, denial: Denial) -> Sequence[_Way]:
        place = denial.asked.place
        accounts = denial.part.subjects.serialize()
        key = (accounts, denial.deciding.sid, place.domain, place.is_domain_controller)
        known = self._known.get(key)
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
