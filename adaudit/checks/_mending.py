"""Ways to mend a denial, each tried by evaluating again before it is offered."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.repair import without_entry, without_group
from adaudit.access.verdict import Decision, Reason, Verdict
from adaudit.checks._context import Context
from adaudit.checks._denial import Denial
from adaudit.directory.dn import Dn
from adaudit.directory.membership import Via
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.exchange.answers import ObjectVerdict
from adaudit.exchange.pairs import PairVerdict
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid

_ADMINISTRATORS = frozenset({512, 519})  # Domain Admins, Enterprise Admins
_NAMED = 6
"""How many pairs are named that a way does not mend"""

_After = Mapping[tuple[Sid, Dn], Verdict | Unreadable]
"""What the answers become once something is mended, by account and object"""


@dataclass(frozen=True, slots=True)
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
        outside = self._after(self._outside)
        if way_out and not self._needs_the_group(outside):
            yield way_out + self._rest(outside)
        if self.trustee.domain and self.trustee.rid in _ADMINISTRATORS:
            yield f"leave the deny as it is: Exchange setup puts it there for {name}"
        else:
            yield f"remove the deny for {name} {self._where()}{self._rest(self._without_entry())}"

    def _where(self) -> str:
        if self.sources == (self.denials[0].answer.object.dn,):
            return "where it is set"
        return f"from {_listed([source.name for source in self.sources])}"

    def _needs_the_group(self, outside: _After) -> bool:
        """Whether leaving the group opens nothing, as what grants the right is lost with it."""
        after = [outside[_key(denial.answer)] for denial in self.denials]
        loses = any(isinstance(v, Verdict) and v.reason is Reason.NO_ENTRY for v in after)
        return loses and not any(map(_is_allowed, after))

    @property
    def _pairs(self) -> Mapping[str, PairVerdict]:
        return {denial.label: denial.pair for denial in self.denials}

    def _after(self, mend: Callable[[ObjectVerdict], Verdict | Unreadable]) -> _After:
        answers = (answer for pair in self._pairs.values() for answer in pair.answers)
        return {_key(answer): mend(answer) for answer in answers}

    def _outside(self, answer: ObjectVerdict) -> Verdict | Unreadable:
        """The answer if the sender were not in the denied group."""
        descriptor = descriptor_of(answer.object)
        if isinstance(descriptor, Unreadable):
            return descriptor
        token = without_group(answer.token, self.denials[0].deciding.sid)
        return evaluate(descriptor, token, self.context.view.question(SEND_AS, answer.object))

    def _without_entry(self) -> _After:
        """The answers if the entry were not there, as they are where it is not the one."""
        positions = {_key(denial.answer): denial.deciding.position for denial in self.denials}

        def mend(answer: ObjectVerdict) -> Verdict | Unreadable:
            descriptor, position = descriptor_of(answer.object), positions.get(_key(answer))
            if position is None or isinstance(descriptor, Unreadable):
                return answer.verdict
            question = self.context.view.question(SEND_AS, answer.object)
            return evaluate(without_entry(descriptor, position), answer.token, question)

        return self._after(mend)

    def _rest(self, after: _After) -> str:
        """Which pairs stay broken, in words to add; empty if none does."""
        pairs = self._pairs
        stuck = [
            label
            for label, pair in pairs.items()
            if not all(_is_allowed(after[_key(answer)]) for answer in pair.answers)
        ]
        if not stuck:
            return ""
        if len(stuck) == len(pairs):
            return ", which alone is not enough: something else stands in the way too"
        more = [f"{len(stuck) - _NAMED} more"] if len(stuck) > _NAMED else []
        named = _listed([*stuck[:_NAMED], *more])
        return f" (not enough for {named}: something else stands in the way too)"

    def _ways_out(self) -> Iterator[str]:
        """All that has to be undone so that the trustee is no longer in the senders' tokens."""
        name = self.context.view.name
        members: dict[str, None] = {}
        links = {
            link: None
            for denial in self.denials
            for link in denial.answer.token.links.get(denial.deciding.sid, ())
        }
        for link in links:
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
            yield f"take {_listed(list(members))} out of {name(self.trustee)}"


def _key(answer: ObjectVerdict) -> tuple[Sid, Dn]:
    return answer.account.sid, answer.object.dn


def _is_allowed(verdict: Verdict | Unreadable) -> bool:
    return isinstance(verdict, Verdict) and verdict.decision is Decision.ALLOWED


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
