"""One verdict with its whole reason: `adaudit explain`."""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.token import Server, Token
from adaudit.access.verdict import Decision, Verdict
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, Unreadable, descriptor_of
from adaudit.errors import DirectoryError, QuestionError
from adaudit.exchange.pairs import MailFlow
from adaudit.findings import EntryLine, Evidence, Explanation
from adaudit.security.ace import AnyAce, OpaqueAce
from adaudit.security.canonical import find_disorder
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import Right
from adaudit.security.sddl import format_ace
from adaudit.wording import evidence, party, readable, reason


def explain(
    snapshot: Snapshot, who: str, on: str, right_name: str, domain: str | None = None
) -> Explanation:
    """
    Explain whether `who` holds a right on an object.

    `who` is an account or group by name, DN or SID; `on` the DN of an object or the name of an
    Exchange server; `domain` the domain whose controller checks access, where that is a choice.
    Raises `QuestionError` when one of them does not exist, `DirectoryError` when the object has no
    descriptor that can be judged.
    """
    view = View(snapshot)
    flow = MailFlow(view)
    right = view.right_of(right_name)
    entry = _object(on, view, flow)
    descriptor = descriptor_of(entry)
    if isinstance(descriptor, Unreadable):
        raise DirectoryError(f"`{entry.dn}` cannot be judged: {descriptor.reason}")
    token = view.token(view.principal_named(who), _place(entry.dn, domain, view, flow))
    verdict = evaluate(descriptor, token, view.question(right, entry))
    return _Case(entry, descriptor, token, verdict, view).explanation(right)


@dataclass(frozen=True, slots=True)
class _Case:
    """A verdict with all that it was made from."""

    entry: Entry
    descriptor: SecurityDescriptor
    token: Token
    verdict: Verdict
    view: View

    def explanation(self, right: Right) -> Explanation:
        """Put everything into words."""
        deciding = self.verdict.deciding
        links = reversed(self.token.path(deciding.sid)) if deciding else ()
        return Explanation(
            subject=party(self.token.subject, self.view),
            object=str(self.entry.dn),
            right=right.name,
            checked_by=self.token.server.name if self.token.server else "",
            decision=self.verdict.decision.value,
            reason=reason(self.verdict, self.view),
            evidence=self._evidence(),
            path_kinds=tuple(link.via.value for link in links if link.via),
            entries=tuple(self._lines()),
            notes=tuple(_notes(self.descriptor, self.verdict, self.view)),
            token=tuple(sorted(map(self.view.name, self.token.sids))),
        )

    def _evidence(self) -> Evidence | None:
        deciding = self.verdict.deciding
        if deciding is None:
            return None
        return evidence(self.entry, deciding, self.verdict, self.token, self.view)

    def _lines(self) -> Iterator[EntryLine]:
        if not isinstance(self.descriptor.dacl, Acl):
            return
        effects = dict(_effects(self.verdict))
        for position, ace in enumerate(self.descriptor.dacl.entries):
            effect = effects.get(position) or _idle(ace, self.token)
            yield EntryLine(position, format_ace(ace), readable(ace, self.view), effect)


def _object(on: str, view: View, flow: MailFlow) -> Entry:
    if "=" in on:
        entry = view.snapshot.entry(_dn(on))
        if entry is None:
            raise QuestionError(f"no object `{on}` in the snapshot")
        return entry
    for server in flow.servers:
        if on.lower() in (server.label.lower(), server.name.lower()):
            return server.entry
    names = ", ".join(server.label for server in flow.servers) or "none"
    raise QuestionError(f"no Exchange server `{on}`", f"give a DN, or one of: {names}")


def _dn(text: str) -> Dn:
    try:
        return Dn(text)
    except DirectoryError as error:
        raise QuestionError(error.message) from error


def _place(dn: Dn, domain: str | None, view: View, flow: MailFlow) -> Server:
    if domain is None:
        return flow.place_for(dn)
    try:
        return view.controller_of(view.domains.named(domain))
    except DirectoryError as error:
        raise QuestionError(error.message, error.hint) from error


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
