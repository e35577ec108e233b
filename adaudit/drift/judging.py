"""One subject on one object in both snapshots, with all that decides: the sample of a set."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.carriers import Carriers
from adaudit.access.evaluator import evaluate
from adaudit.access.growth import Server
from adaudit.access.holding import Holding, holding
from adaudit.access.token import Token
from adaudit.access.verdict import Decision, Reason, Verdict
from adaudit.access.view import View
from adaudit.changes import Cause
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.drift.differences import Difference
from adaudit.drift.sides import Sides
from adaudit.errors import DirectoryError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one side; of an account that is not there it is None."""

    view: View
    entry: Entry
    token: Token
    verdict: Verdict | None

    @property
    def met(self) -> Sid | None:
        """The SID of the token by which it is decided, None where none is."""
        if self.verdict is None:
            return None
        if self.verdict.reason is Reason.OWNER:
            return _descriptor(self.entry).owner
        return self.verdict.deciding.sid if self.verdict.deciding else None

    @property
    def key(self) -> tuple[object, ...]:
        """All of what decides that is the same wherever the entry is inherited to."""
        if self.verdict is None:
            return ()
        deciding = self.verdict.deciding
        if deciding is None:
            return (self.verdict.reason, self.met)
        ace = deciding.ace
        parts = (ace.type, ace.mask, ace.trustee, ace.object_type, ace.application_data)
        return (self.verdict.reason, *parts)


class Judge:
    """Evaluates single cases on both sides."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides

    def judge(self, found: Difference) -> tuple[Judged, Judged]:
        """The sample of a difference, before and now."""
        subject, number = found.sample()
        sides, subjects = self._sides, self._sides.accounts
        sid = subjects.sid(subject)
        servers = sides.server_of(number)
        present = subjects.present
        old, new = sides.old_entry(number), sides.new_entry(number)
        return (
            self._side(sides.old, found.right, old, sid, servers.old, subject in present.old),
            self._side(sides.new, found.right, new, sid, servers.new, subject in present.new),
        )

    def _side(
        self,
        view: View,
        right: str,
        entry: Entry,
        sid: Sid,
        server: Server,
        is_there: bool,  # noqa: FBT001
    ) -> Judged:
        token = view.token(sid, server)
        if not is_there:
            return Judged(view, entry, token, None)
        question = self._sides.question(view, right, entry)
        return Judged(view, entry, token, evaluate(_descriptor(entry), token, question))

    def causes(self, found: Difference) -> Iterator[tuple[Cause, BitMap]]:
        """
        Part the subjects of a difference on objects whose descriptor changed by what is to blame.

        Whoever has the new answer with the old token and the new descriptor has it by entries;
        with the new token and the old descriptor by memberships; else it takes both. Where each is
        meant on its own object, one stands for all.
        """
        subjects = self._sides.accounts
        present = subjects.present
        there = found.subjects & present.old & present.new
        yield Cause.ACCOUNT, found.subjects - there
        if not there:
            return
        subject, number = found.sample()
        servers, sides = self._sides.server_of(number), self._sides
        by_entries = self._held(
            sides.new,
            found.right,
            sides.new_entry(number),
            sides.carriers(sides.old, servers.old, subjects),
        )
        by_members = self._held(
            sides.old,
            found.right,
            sides.old_entry(number),
            sides.carriers(sides.new, servers.new, subjects),
        )
        entries = _decided(by_entries, found.after)
        members = _decided(by_members, found.after) - entries
        if found.is_on_own:
            entries = there if subject in entries else NONE
            members = there if subject in members else NONE
        yield Cause.ENTRIES, there & entries
        yield Cause.MEMBERSHIPS, there & members
        yield Cause.BOTH, there - entries - members

    def _held(self, view: View, right: str, entry: Entry, carriers: Carriers) -> Holding:
        return holding(_descriptor(entry), self._sides.question(view, right, entry), carriers)


def _decided(found: Holding, decision: Decision) -> BitMap:
    return union(part.subjects for part in found.parts if part.decision is decision)


def _descriptor(entry: Entry) -> SecurityDescriptor:
    found = descriptor_of(entry)
    if isinstance(found, Unreadable):
        raise DirectoryError(f"`{entry.dn}` cannot be judged: {found.reason}")
    return found
