"""One right, every server to every other: a million answers as sets, told one by one on demand."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from adaudit.access.bitmap import NONE, BitMap
from adaudit.findings.pairs import ARROW, Pairs, splits


class PairState(StrEnum):
    """May the sender do it to the receiver?"""

    ALLOWED = "allowed"
    DENIED = "denied"
    NOT_GRANTED = "not granted"
    UNKNOWN = "unknown"


WORST_FIRST = (PairState.DENIED, PairState.NOT_GRANTED, PairState.UNKNOWN, PairState.ALLOWED)


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answer for one account of the sender on one object of the receiver."""

    account: str
    object: str
    state: PairState
    reason: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Sender and receiver with the worst of their judgements, and whether they differ."""

    sender: str
    receiver: str
    state: PairState
    judgements: tuple[Judgement, ...]

    @property
    def differs(self) -> bool:
        """Whether the objects or accounts of the pair are not all judged alike."""
        return len({judgement.state for judgement in self.judgements}) > 1

    def __str__(self) -> str:
        return f"{self.sender}{ARROW}{self.receiver}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is the same for many accounts on one object of a receiver."""

    state: PairState
    reason: str
    accounts: BitMap
    """Their numbers in `Judged.accounts`"""


@dataclass(frozen=True, slots=True)
class Column:
    """All answers on one receiver; also those for its own accounts."""

    receiver: int
    objects: tuple[tuple[str, tuple[Answer, ...]], ...]
    """The DN of each object with the answers on it; each account is in one of them"""


@dataclass(frozen=True, slots=True)
class Standing:
    """How all senders stand with one receiver, which may be among them itself."""

    states: Mapping[PairState, BitMap]
    """Each sender is in one of the sets, by the worst of its answers"""
    differing: BitMap
    """Those whose answers are not all alike"""


@dataclass(frozen=True, slots=True)
class Judged(Collection[Pair]):
    """The pairs of a matrix by sender, then receiver; each is made when it is looked at."""

    servers: tuple[str, ...]
    accounts: tuple[tuple[int, str], ...]
    """The number of the sender and the name, for each account; ordered by sender"""
    columns: tuple[Column, ...]
    """By receiver, in the order of the servers"""

    def pair(self, sender: int, receiver: int) -> Pair:
        """One pair with its answers."""
        numbers = [n for n, (server, _) in enumerate(self.accounts) if server == sender]
        column = next(column for column in self.columns if column.receiver == receiver)
        return self._pair(sender, numbers, column)

    def standings(self) -> Iterator[tuple[int, Standing]]:
        """How the senders stand with each receiver, by its number."""
        is_plain = all(number == server for number, (server, _) in enumerate(self.accounts))
        known = BitMap([server for server, _ in self.accounts])
        rest = BitMap(range(len(self.servers))) - known
        made: dict[tuple[int, ...], Standing] = {}
        for column in self.columns:
            answers = [answer for _, answers in column.objects for answer in answers]
            alike = tuple(map(id, answers))  # a thousand servers may share the very same answers
            if alike not in made:
                made[alike] = self._standing(answers, rest, is_plain=is_plain)
            yield column.receiver, made[alike]

    def __len__(self) -> int:
        return sum(len(self.servers) - 1 for _ in self.columns)

    def __iter__(self) -> Iterator[Pair]:
        numbers: dict[int, list[int]] = defaultdict(list)
        for number, (server, _) in enumerate(self.accounts):
            numbers[server].append(number)
        for sender in range(len(self.servers)):
            for column in self.columns:
                if column.receiver != sender:
                    yield self._pair(sender, numbers[sender], column)

    def __contains__(self, pair: object) -> bool:
        return any(pair == known for known in self)

    def _pair(self, sender: int, accounts: list[int], column: Column) -> Pair:
        judgements = tuple(
            Judgement(self.accounts[number][1], dn, answer.state, answer.reason)
            for number in accounts
            for dn, answers in column.objects
            for answer in answers
            if number in answer.accounts
        )
        found = {judgement.state for judgement in judgements} or {PairState.UNKNOWN}
        worst = next(state for state in WORST_FIRST if state in found)
        return Pair(self.servers[sender], self.servers[column.receiver], worst, judgements)

    def _standing(
        self, answers: Iterable[Answer], without_account: BitMap, *, is_plain: bool
    ) -> Standing:
        found = dict.fromkeys(WORST_FIRST, NONE)
        found[PairState.UNKNOWN] = without_account
        for answer in answers:
            accounts = answer.accounts
            senders = accounts if is_plain else BitMap([self.accounts[n][0] for n in accounts])
            found[answer.state] = found[answer.state] | senders
        states, differing, worse = {}, NONE, NONE
        for state, senders in found.items():
            states[state] = senders - worse
            differing, worse = differing | (senders & worse), worse | senders
        return Standing(states, differing)


@dataclass(frozen=True, slots=True)
class Matrix:
    """One right, every sender to every receiver but itself."""

    right: str
    servers: tuple[str, ...]
    """All senders"""
    receivers: tuple[str, ...]
    """The servers that let others in by this right; a later version of Exchange does not"""
    pairs: Collection[Pair]
    """By sender, then receiver, each in the order above"""

    def states(self) -> dict[PairState, Pairs]:
        """The pairs of each state."""
        found: dict[PairState, dict[int, BitMap]] = {state: {} for state in PairState}
        for receiver, standing in self.standings():
            for state, senders in standing.states.items():
                found[state][receiver] = senders
        return {state: Pairs.of(self.servers, senders) for state, senders in found.items()}

    def differing(self) -> Pairs:
        """The pairs whose objects or accounts are not all judged alike."""
        found = {receiver: standing.differing for receiver, standing in self.standings()}
        return Pairs.of(self.servers, found)

    def find(self, name: str) -> tuple[str, str] | None:
        """Sender and receiver of the pair of that name, None where it is no pair judged here."""
        senders, receivers = frozenset(self.servers), frozenset(self.receivers)
        return next(
            (
                (sender, receiver)
                for sender, receiver in splits(name)
                if sender != receiver and sender in senders and receiver in receivers
            ),
            None,
        )

    def pair(self, sender: str, receiver: str) -> Pair | None:
        """One pair of servers, None where nobody judged it."""
        if isinstance(self.pairs, Judged):
            return self.pairs.pair(self.servers.index(sender), self.servers.index(receiver))
        found = (p for p in self.pairs if (p.sender, p.receiver) == (sender, receiver))
        return next(found, None)

    def standings(self) -> Iterator[tuple[int, Standing]]:
        """How all senders stand with each receiver, by its number among the servers."""
        if isinstance(self.pairs, Judged):
            yield from self.pairs.standings()
            return
        numbers = {name: number for number, name in enumerate(self.servers)}
        states = {name: {state: BitMap() for state in WORST_FIRST} for name in self.receivers}
        differing = {name: BitMap() for name in self.receivers}
        for pair in self.pairs:
            states[pair.receiver][pair.state].add(numbers[pair.sender])
            if pair.differs:
                differing[pair.receiver].add(numbers[pair.sender])
        for receiver in self.receivers:
            yield numbers[receiver], Standing(states[receiver], differing[receiver])
