"""Everybody who holds a right or can carry an operation out: `adaudit who-can`."""

from collections.abc import Iterator

from adaudit.access.carriers import Carriers
from adaudit.access.crowd import Cast, Crowd
from adaudit.access.doing import Place, doers
from adaudit.access.operation import Operation, checks_of
from adaudit.access.right_names import operation_of
from adaudit.access.token import Server
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot, Unreadable
from adaudit.exchange.pairs import MailFlow
from adaudit.explanation.asked import not_judged, object_at, object_named, server_for
from adaudit.explanation.doubted import by_doubt, reasons
from adaudit.explanation.lots import Lots
from adaudit.explanation.needs import needs_in_words, schema_notes
from adaudit.findings.who_can import Doubted, Passed, WhoCan
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import (
    ANONYMOUS,
    AUTHENTICATED_USERS,
    CREATOR_GROUP,
    CREATOR_OWNER,
    EVERYONE,
    OWNER_RIGHTS,
    PRINCIPAL_SELF,
    Sid,
)

_STANDING_FOR_OTHERS = frozenset({PRINCIPAL_SELF, OWNER_RIGHTS, CREATOR_OWNER, CREATOR_GROUP})


def who_can(
    snapshot: Snapshot,
    right: str,
    on: str,
    domain: str | None = None,
    to: str | None = None,
    *,
    with_paths: bool = False,
) -> WhoCan:
    """
    Find every user, computer and group that holds a right on an object.

    A group holds it if one who is in nothing else would. The arguments are those of `explain`;
    `with_paths` finds the way from each principal to the trustee, and not for an example alone.
    Raises `QuestionError` when something that is named does not exist, `DirectoryError` when the
    one object that is asked has no descriptor that can be judged.
    """
    view = View(snapshot)
    flow = MailFlow(view)
    operation = operation_of(right, view)
    entry = object_named(on, view, flow)
    place = Place(entry, view, object_at(to, view).dn if to else None)
    server = server_for(operation, entry.dn, domain, view, flow)
    found = _Survey(operation, place, server)
    if operation.permission is not None:
        descriptor = place.asked(next(checks_of(operation.need))).descriptor
        if isinstance(descriptor, Unreadable):
            raise not_judged(entry.dn, descriptor, view)
    return found.answer(with_paths=with_paths, is_choice=domain is None)


class _Survey:
    """One operation on one object, asked for everybody."""

    def __init__(self, operation: Operation, place: Place, server: Server) -> None:
        self.operation, self.place, self.view = operation, place, place.view
        self.server = server
        membership = self.view.membership
        self.trustees = list(dict.fromkeys(_trustees(operation, place)))
        strangers = (EVERYONE, AUTHENTICATED_USERS, *self.trustees)
        self.cast = Cast.of(membership, server, strangers)
        self.accounts = Carriers(membership, server)
        self.others = Carriers(membership, server, self.cast.others)
        self.lots = Lots(
            self.cast,
            doers(operation, place, self.accounts),
            doers(operation, place, self.others),
            self.cast.roster.well_known,
            self.view,
            server,
        )

    def answer(self, *, with_paths: bool, is_choice: bool) -> WhoCan:
        """Put it together."""
        holders = self.lots.holders
        is_several = self.operation.permission is None
        return WhoCan(
            self.operation.name,
            str(self.place.entry.dn),
            self.server.name,
            needs_in_words(self.operation.need, self.place) if is_several else "",
            holders,
            self.lots.undecided,
            self.view.name(AUTHENTICATED_USERS) if holders.holds(AUTHENTICATED_USERS) else None,
            tuple(self.lots.all(with_paths=with_paths)),
            tuple(self._doubted()),
            tuple(self._checks()) if is_several else (),
            tuple(self._notes(is_choice=is_choice)),
        )

    def _doubted(self) -> Iterator[Doubted]:
        crowd = self.lots.undecided
        sets: dict[tuple[str, ...], Crowd] = {}
        for carriers, numbers in ((self.accounts, crowd.accounts), (self.others, crowd.others)):
            why_of = reasons(self.operation, self.place, carriers, self.view)
            for why, subjects in by_doubt(numbers, carriers, self.trustees, why_of).items():
                is_account = carriers is self.accounts
                part = (
                    Crowd(self.cast, subjects) if is_account else Crowd(self.cast, others=subjects)
                )
                sets[why] = sets[why] | part if why in sets else part
        yield from (Doubted(part, why) for why, part in sets.items())

    def _checks(self) -> Iterator[Passed]:
        for number, (asked, found) in enumerate(self.lots.accounts.answers):
            yield Passed(
                asked.name,
                asked.on,
                str(asked.dn),
                self.lots.passed(number, Decision.ALLOWED),
                self.lots.passed(number, Decision.UNDECIDED),
                found.reason if isinstance(found, Unreadable) else None,
            )

    def _notes(self, *, is_choice: bool) -> Iterator[str]:
        yield from self.operation.notes
        yield from schema_notes(self.view.schema, self.operation.name)
        if self.lots.holders.holds(ANONYMOUS) and self.view.heuristics[6:7] != "2":
            # character 7 of dSHeuristics, [MS-ADTS] 6.1.1.2.4.1.2
            yield "controllers refuse anonymous users, as dSHeuristics does not have them answered"
        snapshot, domains = self.view.snapshot, self.view.domains
        is_of_forest = domains.containing(self.place.entry.dn) in (None, domains.root)
        if is_choice and is_of_forest and len(domains.all) > 1 and self.server.domain:
            yield (
                f"local groups are those of {self.server.domain.dns_name}: controllers of other "
                "domains that hold the object have others, see --in"
            )
        if snapshot.gaps:
            yield "not all of the directory was read: who is not known of may hold it too"


def _trustees(operation: Operation, place: Place) -> Iterator[Sid]:
    """Everybody who is named by a descriptor that is asked."""
    for check in checks_of(operation.need):
        descriptor = place.asked(check).descriptor
        if not isinstance(descriptor, SecurityDescriptor):
            continue
        if descriptor.owner:
            yield descriptor.owner
        for ace in descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ():
            if isinstance(ace, Ace) and ace.trustee not in _STANDING_FOR_OTHERS:
                yield ace.trustee
        if place.entry.sid is not None:
            yield place.entry.sid
