"""All that one subject in effect holds: `adaudit rights-of`."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap
from adaudit.access.doing import Place
from adaudit.access.leaves import Vocabulary
from adaudit.access.object_names import ObjectNames
from adaudit.access.token import Server
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot, Unreadable, descriptor_of
from adaudit.errors import DirectoryError, QuestionError
from adaudit.exchange.pairs import MailFlow
from adaudit.explanation.abilities import abilities
from adaudit.explanation.asked import (
    chosen,
    domain_of,
    not_judged,
    object_named,
    subject_named,
)
from adaudit.explanation.needs import schema_notes
from adaudit.explanation.regions import Region, regions
from adaudit.explanation.spreads import InRegion, weight
from adaudit.findings.rights_of import Ability, RightsOf, Spread, Unjudged
from adaudit.security.sid import AUTHENTICATED_USERS, Sid
from adaudit.wording import party


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
            raise not_judged(entry.dn, descriptor, view)
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
            found = InRegion(self.view, self.vocabulary, part, self.subject, self.common)
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
            tuple(sorted(spreads, key=weight)),
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
        if self.view.snapshot.scope != "all":
            yield "only what the checks of Exchange need was kept: --scope all keeps everything"
        if self.view.snapshot.gaps:
            yield "not all of the directory was read: more may be held"
