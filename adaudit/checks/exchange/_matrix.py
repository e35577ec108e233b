"""The matrix of the main job: every sender to every receiver."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.holding import Holding, Part
from adaudit.access.verdict import Decision
from adaudit.checks._context import Context
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Unreadable
from adaudit.exchange.alike import Alike
from adaudit.exchange.answers import Asked
from adaudit.findings import Answer, Column, Judged, Matrix, PairState
from adaudit.security.rights import SEND_AS
from adaudit.wording import reason, state


def matrix_of(context: Context) -> Matrix | None:
    """The matrix of Send-As, None where there is no Exchange server."""
    flow = context.flow
    if not flow.servers:
        return None
    table = _Table(context)
    columns = tuple(
        Column(number, tuple((str(each.object.dn), table.on(each)) for each in flow.asked(server)))
        for number, server in enumerate(flow.servers)
        if server.decides_by_send_as
    )
    accounts = tuple((number, principal.name) for number, principal in table.accounts)
    return Matrix(
        SEND_AS.name, flow.labels, tuple(flow.receivers), Judged(flow.labels, accounts, columns)
    )


class _Table:
    """The answers on each object, for the accounts of all senders by their numbers."""

    def __init__(self, context: Context) -> None:
        flow = context.flow
        self._context = context
        self.accounts: tuple[tuple[int, Principal], ...] = tuple(
            (number, candidate.principal)
            for number, server in enumerate(flow.servers)
            for candidate in flow.accounts[server.label].candidates
        )
        self._all = BitMap(range(len(self.accounts)))
        numbers = defaultdict(list)
        for number, (_, principal) in enumerate(self.accounts):
            numbers[principal.sid].append(number)
        self._numbers = [BitMap(numbers[sid]) for sid in flow.send_as.accounts]
        self._known: dict[int, tuple[Answer, ...]] = {}
        self._alike = Alike(flow.send_as)

    def on(self, asked: Asked) -> tuple[Answer, ...]:
        """The answers on one object; the very same for objects that are answered alike."""
        flow = self._context.flow
        found = flow.send_as.holding(asked.object, asked.place, asked.question)
        if isinstance(found, Holding) and found.undecided:
            return tuple(self._answers(found.parts, asked))
        known = self._known.get(id(found))  # the flow keeps it, so that its identity is its own
        if known is None:
            known = self._known[id(found)] = (
                (Answer(state(found), reason(found, self._context.view), self._all),)
                if isinstance(found, Unreadable)
                else tuple(self._answers(found.parts, asked))
            )
        return known

    def _answers(self, parts: Iterable[Part], asked: Asked) -> Iterator[Answer]:
        for part in parts:
            if part.decision is Decision.UNDECIDED:
                yield from self._doubtful(part.subjects, asked)
            else:
                accounts = self._translated(part.subjects)
                yield Answer(state(part), reason(part, self._context.view), accounts)

    def _doubtful(self, subjects: BitMap, asked: Asked) -> Iterator[Answer]:
        """Those of whom it is not known, by what would have to be known."""
        flow, reasons = self._context.flow, dict[str, BitMap]()
        for alike in self._alike.lots(asked, subjects):
            answer = flow.answer(flow.principals[alike[0]], asked)
            why = reason(answer.verdict, self._context.view)
            reasons[why] = reasons.get(why, NONE) | alike
        for why, found in reasons.items():
            yield Answer(PairState.UNKNOWN, why, self._translated(found))

    def _translated(self, subjects: BitMap) -> BitMap:
        if len(self._numbers) == len(self.accounts):
            return subjects
        return union(self._numbers[subject] for subject in subjects)
