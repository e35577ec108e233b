"""
What one right hangs on of entries beside their trustees, for objects of all classes at once.

The question for a right is not the same on objects of each class, and still most entries do the
same in all of these questions. So an entry has a kind, which is read off it once, and a kind has
a rule in each question.
"""

from collections.abc import Sequence
from uuid import UUID

from adaudit.access.ownership import OWNER_BITS
from adaudit.access.question import Question
from adaudit.access.relevance import Rule, is_obscure, scope_of
from adaudit.security.ace import ALLOW_TYPES, DENY_TYPES, Ace, AnyAce
from adaudit.security.sid import OWNER_RIGHTS

_ACCESS_TYPES = ALLOW_TYPES | DENY_TYPES
_Kind = tuple[bool, int, UUID | None]
"""Whether it allows, the bits of it that matter in any question, and its object type"""

DENIES = 0
ALLOWS = 1
NEITHER = 2
"""It has no influence"""
INTRICATE = 3
"""It does not decide all that is asked for, or may not count"""


class RightKinds:
    """The kinds of entries for one right: `questions` are those that differ, of any number."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self.questions = tuple(questions)
        self.scopes = tuple(map(scope_of, questions))
        self._bits = 0
        self._object_types: set[UUID | None] = {None}
        for scope in self.scopes:
            self._bits |= scope.bits
            self._object_types |= scope.object_types
        self._numbers: dict[_Kind, int] = {}
        self._kinds: list[_Kind] = []
        self._rules: list[list[Rule | None]] = [[] for _ in self.scopes]
        self._effects: list[list[int]] = [[] for _ in self.scopes]

    def number(self, ace: AnyAce) -> int | None:
        """The number of the kind of an entry; None if it has no influence on any answer."""
        if ace.is_inherit_only:
            return None
        if not isinstance(ace, Ace):
            is_allowing = ace.type_code in ALLOW_TYPES
            return self._number((is_allowing, self._bits, None)) if is_obscure(ace) else None
        mask = int(ace.mask) & self._bits
        if mask and ace.type in _ACCESS_TYPES and ace.object_type in self._object_types:
            return self._number((ace.allows, mask, ace.object_type))
        if ace.trustee == OWNER_RIGHTS and self._bits & OWNER_BITS:
            return self._number((False, 0, None))  # whatever it says, it ends what is implicit
        return None

    def rules(self, question: int) -> list[Rule | None]:
        """By number of the kind, the rule in one of the questions, None for no influence there."""
        known = self._rules[question]
        for kind in self._kinds[len(known) :]:
            known.append(self.scopes[question].rule_of(*kind))
        return known

    def effects(self, question: int) -> list[int]:
        """By number of the kind: DENIES or ALLOWS all that is asked for, NEITHER or INTRICATE."""
        known = self._effects[question]
        bits = self.scopes[question].bits
        for rule in self.rules(question)[len(known) :]:
            if rule is None:
                known.append(NEITHER)
            elif rule.mask != bits or rule.leaves is not None or rule.is_ambiguous:
                known.append(INTRICATE)
            else:
                known.append(ALLOWS if rule.allows else DENIES)
        return known

    def _number(self, kind: _Kind) -> int:
        known = self._numbers.get(kind)
        if known is None:
            known = self._numbers[kind] = len(self._kinds)
            self._kinds.append(kind)
        return known
