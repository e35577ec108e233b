"""All that one subject in effect holds on an object, folded: what it comes to and what decides."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from adaudit.access.evaluator import evaluate
from adaudit.access.leaves import ALL, Kind, Leaf, Vocabulary
from adaudit.access.permission_names import EVERY
from adaudit.access.question import ObjectFacts
from adaudit.access.token import Token
from adaudit.access.verdict import Decision, Reason, Verdict
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import WHOLE_OBJECT_RIGHTS


@dataclass(frozen=True, slots=True)
class Power:
    """Something that is held, or may be."""

    kind: Kind
    what: str
    """A right, attribute, property set or class by name; `*` for all but those told apart"""
    but: tuple[str, ...]
    """What of it is not held, or not surely, if `what` is `*` or a property set"""
    decision: Decision
    """ALLOWED or UNDECIDED"""
    reason: Reason
    position: int | None
    """Of the deciding entry in the list that was asked; None where none decides"""
    is_common: bool
    """Whether those hold it too with whom the subject is compared"""


@dataclass(frozen=True, slots=True)
class _Found:
    leaf: Leaf
    verdict: Verdict
    is_common: bool

    @property
    def outcome(self) -> tuple[Decision, Reason, int | None, bool]:
        """What tells it from another one."""
        deciding = self.verdict.deciding
        position = deciding.position if deciding else None
        return self.verdict.decision, self.verdict.reason, position, self.is_common


def powers(
    descriptor: SecurityDescriptor,
    token: Token,
    facts: ObjectFacts,
    vocabulary: Vocabulary,
    common: Token | None = None,
) -> tuple[Power, ...]:
    """
    All that a token surely or perhaps holds on an object with a descriptor.

    What is held by the token `common` too is marked. What an entry decides as all that it is a part
    of is not told apart.
    """
    entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
    found: dict[Kind, dict[UUID, _Found]] = defaultdict(dict)
    for leaf in vocabulary.leaves(entries, facts.class_guid):
        question = leaf.permission.question(facts)
        verdict = evaluate(descriptor, token, question)
        is_held = verdict.decision is Decision.ALLOWED
        is_common = (
            is_held
            and common is not None
            and evaluate(descriptor, common, question).decision is Decision.ALLOWED
        )
        found[leaf.kind][leaf.guid] = _Found(leaf, verdict, is_common)
    return tuple(power for of_kind in found.values() for power in _folded(of_kind))


def _folded(found: Mapping[UUID, _Found]) -> Iterator[Power]:
    for each in found.values():
        parent = found.get(each.leaf.above) if each.leaf.above is not None else None
        is_absorbed = parent is not None and parent.outcome == each.outcome
        decision, reason, position, is_common = each.outcome
        if decision is not Decision.DENIED and not is_absorbed:
            but = _exceptions(each, found)
            kind, what = each.leaf.kind, each.leaf.what
            yield Power(kind, what, tuple(but), decision, reason, position, is_common)


def _exceptions(whole: _Found, found: Mapping[UUID, _Found]) -> Sequence[str]:
    """The parts of something of which less is true, those of such a part left out."""
    guid = whole.leaf.guid
    is_held = whole.verdict.decision is Decision.ALLOWED
    less = {Decision.DENIED, Decision.UNDECIDED} if is_held else {Decision.DENIED}
    missing = []
    for each in found.values():
        above = each.leaf.above
        if above is None or guid not in (above, ALL) or each.verdict.decision not in less:
            continue
        if above == guid or found[above].verdict.decision not in less:
            missing.append(each.leaf.what)
    return missing


def is_everything(held: Sequence[Power]) -> bool:
    """Whether nothing at all is missing: full control, whatever entries it comes from."""
    sure = [power for power in held if power.decision is Decision.ALLOWED and not power.but]
    whole = sum(power.kind is Kind.WHOLE for power in sure)
    every = {power.kind for power in sure if power.what == EVERY}
    return whole == len(WHOLE_OBJECT_RIGHTS) and every == set(Kind) - {Kind.WHOLE}
