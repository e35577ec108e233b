"""
The tokens of all subjects at one server, as sets of numbers: `token_of` for half a million.

What is above a group is the same for whoever is in it, so it is found once for each group; a token
is united from what is above the groups that its subject is directly in.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property

from adaudit.access.bitmap import BitMap, union
from adaudit.access.growth import Server
from adaudit.access.logon import log_on
from adaudit.access.members import member_sets
from adaudit.access.subjects import Subjects
from adaudit.directory.membership import Membership
from adaudit.directory.upward import Upward
from adaudit.security.sid import Sid


class Tokens:
    """
    The tokens that `server` makes for all accounts, or for the subjects that are given.

    A token is a set of numbers in `sids`; the own SID of its subject is left out of it. All sets
    are shared, and not to be changed.
    """

    def __init__(
        self, membership: Membership, server: Server, subjects: Iterable[Sid] | None = None
    ) -> None:
        population = membership.population
        given = Subjects.accounts(population) if subjects is None else Subjects.of(subjects)
        self.subjects = given
        """The subject of each number"""
        self._ascent = log_on(given, given.by_domain(), server, membership)
        above = self._ascent.graph()
        numbers: dict[bytes, int] = {}
        of_nodes = [numbers.setdefault(sid, len(numbers)) for sid, _ in self._ascent.keys]
        self.sids = list(numbers)
        """The SIDs that tokens hold, as bytes"""
        self._above = member_sets([BitMap((number,)) for number in of_nodes], above)

    def __len__(self) -> int:
        return len(self.subjects)

    def __iter__(self) -> Iterator[BitMap]:
        """The token of each subject, in the order of their numbers."""
        above, entered = self._above, self._entered
        for number in range(len(self.subjects)):
            parts = [above[node] for node in entered.above(number)]
            parts.append(self._some_common(number) if number in self._exempt else self._common)
            yield union(parts)

    def sids_in(self, token: BitMap, number: int) -> frozenset[Sid]:
        """The SIDs of the token of a subject, its own among them."""
        return frozenset((self.subjects[number], *(Sid.decode(self.sids[each]) for each in token)))

    @cached_property
    def _direct(self) -> dict[int, BitMap]:
        """By node: who is directly at it."""
        return {node: union(sets) for node, sets in self._ascent.direct.items()}

    @cached_property
    def _held_by_most(self) -> dict[int, BitMap]:
        """What the server adds, for the most: it need not be looked up for each."""
        half = len(self.subjects) / 2
        return {node: held for node, held in self._direct.items() if len(held) > half}

    @cached_property
    def _entered(self) -> Upward:
        """The nodes that each subject is directly at, apart from those that most are."""
        most = self._held_by_most
        lists = {n: held.to_array() for n, held in self._direct.items() if n not in most}
        return Upward.of(lists, {}, len(self.subjects))

    @cached_property
    def _common(self) -> BitMap:
        return union(self._above[node] for node in self._held_by_most)

    def _some_common(self, number: int) -> BitMap:
        most = self._held_by_most.items()
        return union(self._above[node] for node, held in most if number in held)

    @cached_property
    def _exempt(self) -> BitMap:
        """Those who are not at all nodes that most are at."""
        everyone = BitMap(range(len(self.subjects)))
        return everyone - BitMap.intersection(everyone, *self._held_by_most.values())
