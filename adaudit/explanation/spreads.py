"""What one subject holds where one server checks access, folded by what decides."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from adaudit.access.bitmap import BitMap
from adaudit.access.everywhere import Case, Everywhere, identity
from adaudit.access.leaves import Vocabulary
from adaudit.access.object_names import ObjectNames
from adaudit.access.powers import Power, is_everything
from adaudit.access.verdict import Deciding, Decision, Reason
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.explanation.grounds import entry_evidence
from adaudit.explanation.regions import Region
from adaudit.findings import Evidence
from adaudit.findings.rights_of import Held, Source, Spread
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from adaudit.wording import path_names, readable


class InRegion:
    """What the subject holds where one server checks access."""

    def __init__(
        self,
        view: View,
        vocabulary: Vocabulary,
        part: Region,
        subject: Sid,
        common: Sid | None,
    ) -> None:
        self.view, self.part, self.server = view, part, part.server
        self.token = view.token(subject, part.server)
        others = view.token(common, part.server) if common else None
        self.everywhere = Everywhere(view, vocabulary, self.token, others)
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
        place = self.everywhere.reducer.position(entry.descriptor or b"", position)
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


def weight(spread: Spread) -> tuple[bool, bool, int, int]:
    """The strongest first, then what is held on most objects; what may be held is last."""
    strength = 0
    for source in spread.sources:
        for held in source.held:
            is_read = held.kind.startswith("read ") or held.kind == "read"
            strength += _STRONG.get(held.what, 0 if is_read else 3 if held.what == "*" else 1)
    return not spread.is_sure, not spread.is_full, -strength, -len(spread.objects)
