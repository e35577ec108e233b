"""One verdict with its whole reason: `adaudit explain`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from adaudit.access.doing import Answer, Asked, Outcome, Place, decide
from adaudit.access.right_names import operation_of
from adaudit.access.token import Token
from adaudit.access.verdict import Decision, Verdict
from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot, Unreadable
from adaudit.exchange.pairs import MailFlow
from adaudit.explanation.asked import (
    not_judged,
    object_at,
    object_named,
    server_for,
    subject_named,
)
from adaudit.explanation.grounds import entry_evidence
from adaudit.explanation.needs import check_in_words, needs_in_words, schema_notes
from adaudit.findings import EntryLine, Evidence, Explanation
from adaudit.security.ace import AnyAce, OpaqueAce
from adaudit.security.canonical import find_disorder
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sddl import format_ace
from adaudit.wording import party, path_names, readable, reason


def explain(
    snapshot: Snapshot,
    who: str,
    on: str,
    right: str,
    domain: str | None = None,
    to: str | None = None,
) -> Explanation:
    """
    Explain whether `who` holds a right on an object, or can carry an operation out on it.

    `who` is an account or group by name, DN or SID; `on` the DN of an object, or the name of an
    Exchange server, account, group or domain; `right` any name that `operation_of` knows; `domain`
    the domain whose controller checks access, where that is a choice; `to` the new parent of what
    is moved. Raises `QuestionError` when one of them does not exist, `DirectoryError` when the
    one object that is asked has no descriptor that can be judged.
    """
    view = View(snapshot)
    flow = MailFlow(view)
    operation = operation_of(right, view)
    entry = object_named(on, view, flow)
    place = Place(entry, view, object_at(to, view).dn if to else None)
    server = server_for(operation, entry.dn, domain, view, flow)
    token = view.token(subject_named(who, view), server)
    outcome = decide(operation, place, token)
    checks = tuple(_of_check(answer, token, view) for answer in outcome.answers)
    notes = (*operation.notes, *schema_notes(view.schema, operation.name))
    if operation.permission is not None:
        [(_, verdict)] = outcome.answers
        if isinstance(verdict, Unreadable):
            raise not_judged(entry.dn, verdict, view)
        return replace(checks[0], notes=(*checks[0].notes, *notes))
    return Explanation(
        subject=party(token.subject, view),
        object=str(entry.dn),
        right=operation.name,
        checked_by=server.name,
        decision=outcome.decision.value,
        reason=_telling(outcome),
        evidence=None,
        path_kinds=(),
        entries=(),
        notes=notes,
        token=_names(token, view),
        takes=needs_in_words(operation.need, place),
        checks=checks,
    )


def _telling(outcome: Outcome) -> str:
    """Which of several checks the answer hangs on."""
    words = {
        Decision.ALLOWED: "allowed",
        Decision.DENIED: "denied",
        Decision.UNDECIDED: "not known",
    }
    checks = " and ".join(check_in_words(asked) for asked, _ in outcome.telling)
    if not checks:
        return "nothing is asked of the head of a naming context"
    return f"{words[outcome.decision]}: {checks}"


def _of_check(answer: Answer, token: Token, view: View) -> Explanation:
    """One of the checks with its whole reason."""
    asked, verdict = answer
    descriptor = asked.descriptor
    if isinstance(verdict, Verdict) and isinstance(descriptor, SecurityDescriptor):
        return _Case(asked, descriptor, token, verdict, view).explanation()
    return Explanation(
        subject=party(token.subject, view),
        object=str(asked.dn),
        right=asked.name,
        checked_by=token.server.name if token.server else "",
        decision=Decision.UNDECIDED.value,
        reason=reason(verdict, view),
        evidence=None,
        path_kinds=(),
        entries=(),
        notes=(),
        token=_names(token, view),
        asked_of=asked.on,
    )


def _names(token: Token, view: View) -> tuple[str, ...]:
    return tuple(sorted(map(view.name, token.sids)))


@dataclass(frozen=True, slots=True)
class _Case:
    """A verdict with all that it was made from."""

    asked: Asked
    descriptor: SecurityDescriptor
    token: Token
    verdict: Verdict
    view: View

    def explanation(self) -> Explanation:
        """Put everything into words."""
        deciding = self.verdict.deciding
        links = reversed(self.token.path(deciding.sid)) if deciding else ()
        return Explanation(
            subject=party(self.token.subject, self.view),
            object=str(self.asked.dn),
            right=self.asked.name,
            checked_by=self.token.server.name if self.token.server else "",
            decision=self.verdict.decision.value,
            reason=reason(self.verdict, self.view),
            evidence=self._evidence(),
            path_kinds=tuple(link.via.value for link in links if link.via),
            entries=tuple(self._lines()),
            notes=tuple(_notes(self.descriptor, self.verdict, self.view)),
            token=_names(self.token, self.view),
            asked_of=self.asked.on,
        )

    def _evidence(self) -> Evidence | None:
        deciding = self.verdict.deciding
        if deciding is None:
            return None
        path = path_names(deciding.sid, self.token, self.view)
        overruled = self.verdict.overruled
        return entry_evidence(self.asked.dn, deciding, path, self.view, overruled, self.asked.on)

    def _lines(self) -> Iterator[EntryLine]:
        if not isinstance(self.descriptor.dacl, Acl):
            return
        effects = dict(_effects(self.verdict))
        for position, ace in enumerate(self.descriptor.dacl.entries):
            effect = effects.get(position) or _idle(ace, self.token)
            yield EntryLine(position, format_ace(ace), readable(ace, self.view), effect)


def _effects(verdict: Verdict) -> Iterator[tuple[int, str]]:
    for doubt in verdict.doubts:
        if doubt.position is not None:
            yield doubt.position, f"may apply: {doubt.why}"
    for later in verdict.overruled:
        yield later.position, "comes too late"
    for later in verdict.repeated:
        yield later.position, "would decide alike, comes later"
    if verdict.deciding:
        yield verdict.deciding.position, "DECIDES"


def _idle(ace: AnyAce, token: Token) -> str:
    """Why an entry that the verdict does not name did nothing."""
    if ace.is_inherit_only:
        return "is for objects below"
    if isinstance(ace, OpaqueAce):
        return "is not understood, and of no type that decides"
    if not ace.allows and not ace.denies:
        return "is of no type that decides"
    if ace.trustee not in token.sids and not token.doubt(ace.trustee):
        return "is for others"
    return "is about something else"


def _notes(descriptor: SecurityDescriptor, verdict: Verdict, view: View) -> Iterator[str]:
    yield from verdict.notes
    if verdict.decision is Decision.UNDECIDED:
        yield from dict.fromkeys(doubt.why for doubt in verdict.doubts)
    if descriptor.is_dacl_protected:
        yield "the object takes no entries from its parent"
    disorder = find_disorder(descriptor.dacl) if isinstance(descriptor.dacl, Acl) else None
    if disorder:
        yield f"not in canonical order: entry {disorder.position} is an {disorder.rule.value}"
    if descriptor.owner:
        yield f"the owner is {view.name(descriptor.owner)}"
