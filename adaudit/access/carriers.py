"""
Who carries a SID: the tokens of all subjects at one server, turned round.

`token_of` goes up from one subject to all its SIDs; this holds for each SID the set of subjects
that carry it, and the set of those of whom that is not known. Both say the same of every subject
and SID: `token_of` is the specification.
"""

from collections.abc import Iterable, Iterator

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.doubts import Doubts
from adaudit.access.growth import Server
from adaudit.access.logon import log_on
from adaudit.access.subjects import SubjectNumbers, Subjects
from adaudit.directory.membership import Membership
from adaudit.security.sid import Sid


def principals(membership: Membership) -> Subjects:
    """All accounts and groups, under the numbers that the population has for them."""
    population = membership.population
    sids = population.sids[: len(population.numbers)]
    return Subjects(sids, population.numbers, are_accounts=False)


def accounts(membership: Membership) -> Subjects:
    """All principals of a snapshot that are no groups, in the order in which they were read."""
    return Subjects.accounts(membership.population)


def _given(subjects: Iterable[Sid]) -> Subjects:
    return subjects if isinstance(subjects, Subjects) else Subjects.of(subjects)


class Carriers:
    """
    The subjects that carry each SID in the tokens that `server` makes.

    Subjects are numbered in the order given; without any they are all accounts, which is quickest
    for as many. All sets are shared, and not to be changed.
    """

    def __init__(
        self, membership: Membership, server: Server, subjects: Iterable[Sid] | None = None
    ) -> None:
        self.membership = membership
        self.server = server
        self.subjects = accounts(membership) if subjects is None else _given(subjects)
        """The subject of each number"""
        self.numbers = SubjectNumbers(self.subjects)
        """The number of each subject"""
        self.everyone = BitMap(range(len(self.subjects)))
        by_domain = self.subjects.by_domain()
        self.ascent = log_on(self.subjects, by_domain, server, membership)
        """The ways up that subjects take"""
        self._sure = self.ascent.carriers()
        self._doubts = Doubts(membership, server, self.subjects, by_domain, self.ascent, self._sure)
        self._doubtful: dict[Sid, BitMap] = {}

    def sure(self, sid: Sid) -> BitMap:
        """The subjects that surely carry `sid`."""
        key = sid.encode()
        found, number = self._sure.get(key, NONE), self.subjects.number(key)
        return found if number is None or number in found else found | BitMap((number,))

    def doubtful(self, sid: Sid) -> BitMap:
        """The subjects of which it is not known whether they carry `sid`."""
        known = self._doubtful.get(sid)
        if known is None:
            possible = self._doubts.possible(sid)
            known = self._doubtful[sid] = possible - self.sure(sid) if possible else NONE
        return known

    def is_alone(self, sid: Sid) -> bool:
        """Whether a subject alone carries its SID, as an account does, and nobody perhaps does."""
        is_subject = sid in self.numbers and not self._sure.get(sid.encode())
        return is_subject and not self.doubtful(sid)

    def is_plainly_alone(self, sid: bytes) -> bool:
        """The same without a look at each part of it: false of some who are alone all the same."""
        is_account = self.subjects.are_accounts and self.subjects.number(sid) is not None
        return is_account and sid not in self._sure and self._doubts.is_none_of_account(sid)

    def all(self) -> Iterator[tuple[Sid, BitMap]]:
        """Every SID that is carried by a subject, and by whom."""
        reached = map(Sid.decode, self._sure)
        for sid in (*reached, *(own for own in self.subjects if own.encode() not in self._sure)):
            yield sid, self.sure(sid)
