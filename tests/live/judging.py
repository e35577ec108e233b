"""The tool's answers to the questions of `effective.py`, each made once where it is the same."""

from collections.abc import Iterator, Mapping
from functools import cache

from adaudit.access.doing import Place, decide
from adaudit.access.evaluator import evaluate
from adaudit.access.permission import Permission
from adaudit.access.question import Question
from adaudit.access.right_names import operation_of, permission_of
from adaudit.access.token import Token
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from tests.live.effective import BITS, SEE, SYSTEM_SECURITY, Effective

Decisions = Mapping[str, Decision]


class Judge:
    """What one token holds on the objects of a snapshot."""

    def __init__(self, view: View, token: Token) -> None:
        self.token = token
        self._view = view
        self._see = operation_of(SEE, view)
        self._permission = cache(self._permission_of)
        self._of_kind: dict[tuple[bytes | None, str | None, Sid | None, Effective], Decisions] = {}
        self._visible: dict[str, Decision] = {}
        self.made = 0
        """How many access checks were made"""

    def decisions(self, entry: Entry, possible: Effective) -> Decisions:
        """The answers to all that can be asked of an object that is seen."""
        sid = entry.sid
        own = sid if sid and (sid in self.token.sids or self.token.doubt(sid)) else None
        key = entry.descriptor, entry.object_class, own, possible
        if key not in self._of_kind:
            self._of_kind[key] = dict(self._decided(entry, possible))
        return self._of_kind[key]

    def sees(self, entry: Entry) -> Decision:
        """Whether an object can be seen; that is decided on what is above it."""
        above = "" if self._view.level(entry.dn).is_head else str(entry.dn.parent)
        if above not in self._visible:
            outcome = decide(self._see, Place(entry, self._view), self.token)
            self._visible[above] = outcome.decision
        return self._visible[above]

    def question(self, entry: Entry, name: str) -> Question:
        """What `name` asks of an object."""
        return self._permission(name).question(self._view.facts(entry))

    def descriptor(self, entry: Entry) -> SecurityDescriptor:
        """The descriptor of an object, all of which could be read."""
        found = descriptor_of(entry)
        assert isinstance(found, SecurityDescriptor)
        return found

    def _decided(self, entry: Entry, possible: Effective) -> Iterator[tuple[str, Decision]]:
        for name in (*possible, *BITS):
            yield name, self._decide(entry, name)

    def _decide(self, entry: Entry, name: str) -> Decision:
        self.made += 1
        question = self.question(entry, name)
        return evaluate(self.descriptor(entry), self.token, question).decision

    def _permission_of(self, name: str) -> Permission:
        if name == SYSTEM_SECURITY:
            return Permission.whole(name, AccessMask.ACCESS_SYSTEM_SECURITY)
        return permission_of(name, self._view.schema)
