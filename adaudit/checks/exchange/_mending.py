"""Ways to mend a denial, each tried by evaluating again before it is offered."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.evaluator import evaluate
from adaudit.access.holding import Holding, holding
from adaudit.access.repair import without_entry
from adaudit.access.token import Link
from adaudit.access.verdict import Decision, Reason
from adaudit.checks._context import Context
from adaudit.checks.exchange._denial import Denial, pairs_of
from adaudit.directory.dn import Dn
from adaudit.directory.membership import Via
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.exchange.alike import Alike
from adaudit.exchange.answers import Asked
from adaudit.findings import Pairs
from adaudit.security.sid import Sid

_ADMINISTRATORS = frozenset({512, 519})  # Domain Admins, Enterprise Admins
_NAMED = 6
"""How many pairs are named that a way does not mend"""

_FEW = 48
"""With more members than these, only the first are named that have to leave a group"""

_Object = tuple[int, int]
"""The number of a receiver, and of one of its objects"""


@dataclass(frozen=True, slots=True)
class _Outside:
    """The answers on one object if no sender were in the denied group."""

    allowed: BitMap
    not_granted: BitMap
    """Accounts that no entry grants the right then"""


@dataclass(frozen=True)
class Mending:
    """The denials of one trustee by the entry of one source, and what would end them."""

    trustee: Sid
    sources: tuple[Dn, ...]
    """All objects where the entry is set; it has to go from each"""
    denials: Sequence[Denial]
    context: Context

    def ways(self) -> Iterator[str]:
        """Each way in words, with the pairs that it does not mend."""
        name = self.context.view.name(self.trustee)
        way_out = ", and ".join(self._ways_out())
        if way_out:
            outside = {kind: self._outside(asked) for kind, asked in self._kinds.items()}
            if not self._needs_the_group(outside):
                after = {at: outside[each.kind].allowed for at, each in self._asked.items()}
                yield way_out + self._rest(after)
        if self.trustee.domain and self.trustee.rid in _ADMINISTRATORS:
            yield f"leave the deny as it is: Exchange setup puts it there for {name}"
        else:
            yield f"remove the deny for {name} {self._where()}{self._rest(self._without_entry())}"

    def _where(self) -> str:
        if self.sources == (self.denials[0].asked.object.dn,):
            return "where it is set"
        return f"from {_listed([source.name for source in self.sources])}"

    def _needs_the_group(self, outside: Mapping[int, _Outside]) -> bool:
        """Whether leaving the group opens nothing, as what grants the right is lost with it."""
        after = [(denial.accounts, outside[denial.asked.kind]) for denial in self.denials]
        loses = any(accounts & each.not_granted for accounts, each in after)
        return loses and not any(accounts & each.allowed for accounts, each in after)

    @cached_property
    def _pairs(self) -> Pairs:
        return pairs_of(self.denials, self.context)

    @cached_property
    def _asked(self) -> Mapping[_Object, Asked]:
        """All objects of all receivers of a broken pair."""
        flow = self.context.flow
        return {
            (receiver, number): asked
            for receiver in dict.fromkeys(denial.receiver for denial in self.denials)
            for number, asked in enumerate(flow.asked(flow.servers[receiver]))
        }

    @cached_property
    def _kinds(self) -> Mapping[int, Asked]:
        """One of all objects that are alike."""
        return {asked.kind: asked for asked in self._asked.values()}

    @cached_property
    def _alike(self) -> Alike:
        return Alike(self.context.flow.send_as, self.denials[0].deciding.sid)

    def _outside(self, asked: Asked) -> _Outside:
        descriptor, after = descriptor_of(asked.object), _Outside(BitMap(), BitMap())
        if isinstance(descriptor, Unreadable):
            return after
        for alike in self._alike.lots(asked, self.context.flow.send_as.everyone):
            token = self._alike.token(alike[0], asked.place)
            verdict = evaluate(descriptor, token, asked.question)
            if verdict.decision is Decision.ALLOWED:
                after.allowed.update(alike)
            elif verdict.reason is Reason.NO_ENTRY:
                after.not_granted.update(alike)
        return after

    def _without_entry(self) -> Mapping[_Object, BitMap]:
        """Who would hold the right if the entry were not there, as now where it is not the one."""
        found = {at: self._allowed(asked) for at, asked in self._asked.items()}
        numbers = {(at[0], asked.object.dn): at for at, asked in self._asked.items()}
        made: dict[tuple[int, int], BitMap] = {}
        for denial in self.denials:
            key = (denial.asked.kind, denial.deciding.position)
            if key not in made:
                made[key] = self._allowed_without(denial.asked, denial.deciding.position)
            at = numbers[denial.receiver, denial.asked.object.dn]
            found[at] = found[at] | (made[key] & denial.accounts)
        return found

    def _allowed(self, asked: Asked) -> BitMap:
        send_as = self.context.flow.send_as
        found = send_as.holding(asked.object, asked.place, asked.question)
        return found.allowed if isinstance(found, Holding) else NONE

    def _allowed_without(self, asked: Asked, position: int) -> BitMap:
        descriptor = descriptor_of(asked.object)
        if isinstance(descriptor, Unreadable):
            return NONE
        carriers = self.context.flow.send_as.carriers(asked.place)
        return holding(without_entry(descriptor, position), asked.question, carriers).allowed

    def _rest(self, after: Mapping[_Object, BitMap]) -> str:
        """Which pairs stay broken, in words to add; empty if none does."""
        pairs, send_as = self._pairs, self.context.flow.send_as
        shut: dict[int, BitMap] = {}
        for (receiver, _), allowed in after.items():
            stuck = send_as.senders(send_as.everyone - allowed)
            shut[receiver] = shut.get(receiver, NONE) | stuck
        left = {receiver: found & shut[receiver] for receiver, found in pairs.senders.items()}
        rest = Pairs.of(pairs.servers, left)
        if not rest:
            return ""
        if len(rest) == len(pairs):
            return ", which alone is not enough: something else stands in the way too"
        more = [f"{len(rest) - _NAMED} more"] if len(rest) > _NAMED else []
        named = _listed([*islice(rest, _NAMED), *more])
        return f" (not enough for {named}: something else stands in the way too)"

    def _ways_out(self) -> Iterator[str]:
        """All that has to be undone so that the trustee is no longer in the senders' tokens."""
        name = self.context.view.name
        members: dict[str, None] = {}
        for link in self._links():
            if link.below is None:
                continue
            below = name(link.below)
            if link.via is Via.MEMBER:
                members[below] = None
            elif link.via is Via.PRIMARY_GROUP:
                yield f"change the primary group of {below}, which is {name(self.trustee)}"
            elif link.via is Via.SID_HISTORY:
                yield f"clear {self.trustee} from the SID history of {below}"
        if members:
            yield f"take {_few(list(members))} out of {name(self.trustee)}"

    def _links(self) -> Mapping[Link, None]:
        """The last steps into the trustee, those of each account at each place once."""
        flow = self.context.flow
        told: dict[tuple[object, bool], BitMap] = {}
        found: dict[Link, None] = {}
        for denial in self.denials:
            place = denial.asked.place
            at = (place.domain, place.is_domain_controller)
            for account in denial.accounts - told.get(at, NONE):
                token = flow.send_as.token(account, place)
                found |= dict.fromkeys(token.links.get(denial.deciding.sid, ()))
            told[at] = told.get(at, NONE) | denial.accounts
        return found


def _few(names: Sequence[str]) -> str:
    """The names; of more than a few dozen the first, and how many there are beside them."""
    more = len(names) - _NAMED
    return _listed(names if len(names) <= _FEW else [*names[:_NAMED], f"{more} more"])


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
