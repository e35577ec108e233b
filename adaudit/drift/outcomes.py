"""What a change of a descriptor came to: whether who may do what hangs on it, and why not."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from adaudit.access.bitmap import BitMap
from adaudit.access.holding import Part as Decided
from adaudit.access.holding import holding
from adaudit.access.question import Question
from adaudit.access.relevance import scope_of
from adaudit.access.verdict import Reason
from adaudit.access.view import View
from adaudit.changes import Cause, EntryKind
from adaudit.directory.snapshot import descriptor_of
from adaudit.drift.descriptors import Change
from adaudit.drift.effects import Found
from adaudit.drift.parts import Part
from adaudit.drift.sides import Sides
from adaudit.security.ace import Ace, OpaqueAce
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import has_generic
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF

IN_EFFECT = "in effect, as told above"
_NOTHING = "no effect on the rights compared"
_BY_REASON = {
    EntryKind.OWNER: Reason.OWNER,
    EntryKind.LIST: Reason.NO_DACL,
}


_BY_ENTRIES = frozenset({Cause.ENTRIES, Cause.BOTH})


class Outcomes:
    """Tells for each change whether an effect was found that it has a part in."""

    def __init__(self, sides: Sides, found: Iterable[Found]) -> None:
        self._sides = sides
        self._by_key: dict[tuple[object, ...], list[Found]] = defaultdict(list)
        for each in (one for one in found if one.cause in _BY_ENTRIES):
            for key in {each.old.key, each.new.key}:
                self._by_key[key].append(each)

    def note(self, change: Change) -> str:
        """What a change came to, in words."""
        part = change.part
        if part.is_audit:
            return "of the audit list, on which no access hangs"
        if part.kind is EntryKind.GROUP:
            return "no effect: no access hangs on the group"
        if part.kind is EntryKind.PROTECTION:
            return self._of_carried(change)
        keys = [_key(ace) for ace in (part.old, part.new) if isinstance(ace, Ace)]
        if self._has_effect(keys, change.objects) or self._by_reason(change):
            return IN_EFFECT
        reasons = [why for number, each in _samples(change) if (why := self._why(number, each))]
        return f"no effect: {reasons[0]}" if reasons else _NOTHING

    def _of_carried(self, change: Change) -> str:
        """What inheritance that is blocked or open now does, by the entries that it brings."""
        found = change.carried.values()
        if not found:
            return "no effect: no entry came or went with it"
        keys = [_key(part.ace) for part in found if isinstance(part.ace, Ace)]
        what = "keeps out" if change.part.now else "lets in"
        told = IN_EFFECT if self._has_effect(keys, change.objects) else _NOTHING
        return f"{what} {_entries(len(found))}: {told}"

    def _has_effect(self, keys: Sequence[tuple[object, ...]], objects: BitMap) -> bool:
        return any(
            not found.difference.objects.isdisjoint(objects)
            for key in keys
            for found in self._by_key.get(key, ())
        )

    def _by_reason(self, change: Change) -> bool:
        """Whether an owner or a missing list decides, of which no entry tells."""
        reason = _BY_REASON.get(change.part.kind)
        found = (
            each for key, those in self._by_key.items() if key[:1] == (reason,) for each in those
        )
        return any(not each.difference.objects.isdisjoint(change.objects) for each in found)

    def _why(self, number: int, part: Part) -> str | None:
        """Why an entry does nothing on one object that has it."""
        ace, position = part.ace, part.position
        if ace is None or position is None:
            return None
        if ace.is_inherit_only:
            return "it is for objects below, and none that was read inherits it"
        if isinstance(ace, OpaqueAce):
            return None
        sides = self._sides
        view = sides.old if part.is_of_old else sides.new
        if has_generic(int(ace.mask)):
            return "generic bits of a stored entry grant and deny nothing"
        questions = list(self._questions(view, number, ace, is_old=part.is_of_old))
        if not questions:
            return "by itself it decides none of the rights compared"
        return self._overruled(number, part, ace, questions)

    def _questions(self, view: View, number: int, ace: Ace, *, is_old: bool) -> Iterator[Question]:
        """The compared rights that an entry is about on an object."""
        entry = self._sides.old_entry(number) if is_old else self._sides.new_entry(number)
        chain = tuple(name.lower() for name in entry.texts("objectClass"))
        for right in self._sides.rights:
            if right.is_about(chain):
                question = self._sides.question(view, right.name, entry)
                scope = scope_of(question)
                is_whole = ace.denies or not scope.required & ~int(ace.mask)
                if is_whole and scope.rule(ace) is not None:
                    yield question

    def _overruled(
        self, number: int, part: Part, ace: Ace, questions: Sequence[Question]
    ) -> str | None:
        sides, is_old = self._sides, part.is_of_old
        view = sides.old if is_old else sides.new
        servers = sides.server_of(number)
        carriers = sides.carriers(view, servers.old if is_old else servers.new, sides.accounts)
        meant = carriers.sure(ace.trustee) | carriers.doubtful(ace.trustee)
        if ace.trustee not in {PRINCIPAL_SELF, OWNER_RIGHTS} and not meant:
            return f"no account carries {view.name(ace.trustee)}"
        entry = sides.old_entry(number) if is_old else sides.new_entry(number)
        descriptor = descriptor_of(entry)
        if not isinstance(descriptor, SecurityDescriptor):
            return None
        decided = [
            each
            for question in questions
            for each in holding(descriptor, question, carriers).parts
            if each.subjects & meant
        ]
        return _before(decided, part.position or 0, is_old=is_old)


def _entries(count: int) -> str:
    return f"{count} {'entry' if count == 1 else 'entries'}"


def _before(decided: Sequence[Decided], position: int, *, is_old: bool) -> str | None:
    positions = {each.deciding.position for each in decided if each.deciding}
    earlier = [each for each in positions if each < position]
    if position not in positions and earlier:
        return f"entry {min(earlier)} {'decided' if is_old else 'decides'} before it"
    if position in positions:
        return "the same is so without it" if is_old else "the same was so before"
    return None


def _samples(change: Change) -> Iterator[tuple[int, Part]]:
    """Objects that have a change: where it takes effect comes first."""
    known = [(change.sample, change.part), *change.heirs]
    yield from sorted(known, key=lambda one: bool(one[1].ace and one[1].ace.is_inherit_only))


def _key(ace: Ace) -> tuple[object, ...]:
    parts = (ace.type, ace.mask, ace.trustee, ace.object_type, ace.application_data)
    return (Reason.ENTRY, *parts)
