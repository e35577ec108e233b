"""All that one subject in effect holds: `adaudit rights-of`."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap
from adaudit.access.doing import Place
from adaudit.access.everywhere import Case, Everywhere, identity
from adaudit.access.leaves import Vocabulary
from adaudit.access.object_names import ObjectNames
from adaudit.access.powers import Power, is_everything
from adaudit.access.token import Server
from adaudit.access.verdict import Deciding, Decision, Reason
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, Unreadable, descriptor_of
from adaudit.errors import DirectoryError, QuestionError
from adaudit.exchange.pairs import MailFlow
from adaudit.explanation.abilities import abilities
from adaudit.explanation.asked import chosen, domain_of, object_named, subject_named
from adaudit.explanation.grounds import entry_evidence
from adaudit.explanation.needs import schema_notes
from adaudit.explanation.regions import Region, regions
from adaudit.findings import Evidence
from adaudit.findings.rights_of import Ability, Held, RightsOf, Source, Spread, Unjudged
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl
from adaudit.security.sid import AUTHENTICATED_USERS, OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from adaudit.wording import party, path_names, readable


def rights_of(
    snapshot: Snapshot,
    who: str,
    on: str | None = None,
    under: str | None = None,
    domain: str | None = None,
    *,
    is_all: bool = False,
) -> RightsOf:
    """
    Find all that `who` holds on one object, on one and all under it, or everywhere.

    Without `is_all` what Authenticated Users hold as well is left out. `domain` is the one whose
    controller checks access to what is in no domain. Raises `QuestionError` when something that is
    named does not exist, `DirectoryError` when the one object has no descriptor that can be judged.
    """
    view = View(snapshot)
    flow = MailFlow(view)
    subject = subject_named(who, view)
    base = on or under
    entry = None if base is None else object_named(base, view, flow)
    if on is not None and entry is not None:
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, Unreadable):
            raise DirectoryError(f"`{entry.dn}` cannot be judged: {descriptor.reason}")
    common = None if is_all or subject == AUTHENTICATED_USERS else AUTHENTICATED_USERS
    question = _Question(view, subject, common, Vocabulary(view.schema))
    if on is not None and entry is not None:
        known = chosen(domain, view) if domain else domain_of(entry.dn, view)
        own = snapshot.numbers_within(entry.dn)
        number = next(n for n in own if snapshot.at(n).dn == entry.dn)
        parts = [Region(view.controller_of(known), BitMap((number,)))]
        able = tuple(question.abilities(entry, parts[0].server))
    else:
        parts, able = list(_regions(view, entry, domain)), ()
    return question.answer(parts, able, entry, is_below=on is None, has_exchange=bool(flow.servers))


def _regions(view: View, entry: Entry | None, domain: str | None) -> Iterator[Region]:
    try:
        yield from regions(view, entry.dn if entry else None, domain)
    except DirectoryError as error:
        raise QuestionError(error.message, error.hint) from error


@dataclass(frozen=True)
class _Question:
    """One subject, and with whom it is compared."""

    view: View
    subject: Sid
    common: Sid | None
    vocabulary: Vocabulary

    def abilities(self, entry: Entry, server: Server) -> Iterator[Ability]:
        """The operations on one object."""
        token = self.view.token(self.subject, server)
        common = self.view.token(self.common, server) if self.common else None
        return abilities(Place(entry, self.view), token, common)

    def answer(
        self,
        parts: Sequence[Region],
        able: tuple[Ability, ...],
        entry: Entry | None,
        *,
        is_below: bool,
        has_exchange: bool,
    ) -> RightsOf:
        """Put it together."""
        spreads: list[Spread] = []
        unjudged: dict[str, BitMap] = defaultdict(BitMap)
        idle = 0
        for part in parts:
            found = _InRegion(self, part)
            spreads += found.spreads()
            idle += found.idle
            for reason, numbers in found.everywhere.unjudged.items():
                unjudged[reason] |= numbers
        snapshot = self.view.snapshot
        return RightsOf(
            party(self.subject, self.view),
            str(entry.dn) if entry else "",
            is_below,
            tuple(part.server.name for part in parts),
            self.view.name(self.common) if self.common else None,
            tuple(sorted(spreads, key=_weight)),
            able,
            idle,
            tuple(
                Unjudged(ObjectNames(snapshot, numbers), why) for why, numbers in unjudged.items()
            ),
            tuple(self._notes(has_exchange=has_exchange)),
        )

    def _notes(self, *, has_exchange: bool) -> Iterator[str]:
        if has_exchange:
            yield (
                "controllers are asked throughout; extended rights on objects of Exchange servers "
                "are checked by those with their own local groups: see explain"
            )
        yield from schema_notes(self.view.schema)
        if self.view.snapshot.gaps:
            yield "not all of the directory was read: more may be held"


class _InRegion:
    """What the subject holds where one server checks access."""

    def __init__(self, question: _Question, part: Region) -> None:
        view = question.view
        self.view, self.part, self.server = view, part, part.server
        self.token = view.token(question.subject, part.server)
        common = view.token(question.common, part.server) if question.common else None
        self.everywhere = Everywhere(view, question.vocabulary, self.token, common)
        self.idle = 0

    def spreads(self) -> Iterator[Spread]:
        """The different cases, with what is common left out; `idle` are the rest."""
        found: dict[object, tuple[Case, BitMap, bool]] = {}
        for case in self.everywhere.cases(self.part.objects):
            own = tuple(power for power in case.powers if not power.is_common)
            if not own:
                self.idle += len(case.objects)
                continue
            is_full = is_everything(case.powers)
            key = is_full, *(identity(power, case.entries) for power in own)
            kept = Case(own, case.entries, case.objects)
            found.setdefault(key, (kept, BitMap(), is_full))[1].update(case.objects)
        for case, numbers, is_full in found.values():
            sources = tuple(self._sources(case))
            names = ObjectNames(self.view.snapshot, numbers)
            yield Spread(names, self.server.name, sources, is_full)

    def _sources(self, case: Case) -> Iterator[Source]:
        first = self.view.snapshot.at(case.objects.min())
        by_source: dict[tuple[Decision, Reason, int | None], list[Power]] = defaultdict(list)
        for power in case.powers:
            by_source[power.decision, power.reason, power.position].append(power)
        for (decision, reason, position), held in by_source.items():
            deciding = None if position is None else self._deciding(first, case, position)
            yield Source(
                self._through(first, deciding, reason),
                self._reason(deciding, reason),
                self._evidence(first, deciding) if deciding else None,
                decision is Decision.ALLOWED,
                tuple(Held(power.kind, power.what, power.but) for power in held),
            )

    def _deciding(self, entry: Entry, case: Case, position: int) -> Deciding | None:
        ace = case.entries[position]
        if not isinstance(ace, Ace):
            return None
        place = self.everywhere.position(entry.descriptor or b"", position)
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, Unreadable) or not isinstance(descriptor.dacl, Acl):
            return None
        stood_for = {PRINCIPAL_SELF: entry.sid, OWNER_RIGHTS: descriptor.owner}
        meant = stood_for.get(ace.trustee) or ace.trustee
        actual = descriptor.dacl.entries[place]
        return Deciding(place, actual, meant) if isinstance(actual, Ace) else None

    def _through(self, entry: Entry, deciding: Deciding | None, reason: Reason) -> str:
        if deciding is not None:
            return self.view.name(deciding.ace.trustee)
        descriptor = descriptor_of(entry)
        if reason is Reason.OWNER and not isinstance(descriptor, Unreadable) and descriptor.owner:
            return f"{self.view.name(descriptor.owner)} (owner)"
        return str(reason)

    def _reason(self, deciding: Deciding | None, reason: Reason) -> str:
        if deciding is None:
            return str(reason)
        return f"{readable(deciding.ace, self.view)} (entry {deciding.position})"

    def _evidence(self, entry: Entry, deciding: Deciding) -> Evidence:
        path = path_names(deciding.sid, self.token, self.view)
        return entry_evidence(entry.dn, deciding, path, self.view)


_STRONG: Mapping[str, int] = {"WriteDac": 4, "WriteOwner": 4, "Delete": 2, "DeleteTree": 2}


def _weight(spread: Spread) -> tuple[bool, bool, int, int]:
    """The strongest first, then what is held on most objects; what may be held is last."""
    strength = 0
    for source in spread.sources:
        for held in source.held:
            is_read = held.kind.startswith("read ") or held.kind == "read"
            strength += _STRONG.get(held.what, 0 if is_read else 3 if held.what == "*" else 1)
    return not spread.is_sure, not spread.is_full, -strength, -len(spread.objects)
