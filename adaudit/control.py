"""Paths of control to one object: `adaudit paths`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers, principals
from adaudit.access.evaluator import evaluate
from adaudit.access.holding import holding
from adaudit.access.question import Question
from adaudit.access.repair import without_entry
from adaudit.access.token import Token
from adaudit.access.verdict import Verdict
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.errors import DirectoryError, QuestionError
from adaudit.findings import Evidence
from adaudit.findings.control import ControlLink, ControlPath, ControlReport
from adaudit.review.grants import Outsiders
from adaudit.review.paths import Reached, Role, Step, Structure, search
from adaudit.review.paths.laps import ENCRYPTED
from adaudit.review.paths.rights import Rights
from adaudit.review.paths.stored import STORED, Stored
from adaudit.review.protection import protected_in
from adaudit.review.sources import Sources
from adaudit.review.tier_zero import TierZero
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.wording import counted, evidence, evidence_in, party, reason

_NAMES = 1000
"""How many names of accounts a path has at most"""


def paths_to(snapshot: Snapshot, to: str, widened: Sequence[str] = ()) -> ControlReport:
    """
    Find all accounts outside tier 0 that come to control an object, by shortest paths.

    `to` is the DN of an object, or a principal by name or SID; `widened` is added to tier 0.
    Raises `QuestionError` when there is no such object, `DirectoryError` for a snapshot without the
    descriptors of all objects, or a damaged one.
    """
    if snapshot.scope != "all":
        raise DirectoryError(
            f"`{snapshot.source}` was not read as a whole", "collect it with `scope: all`"
        )
    view = View(snapshot)
    target = _target(to, view)
    return _Paths(view, target, widened).report()


class _Paths:
    def __init__(self, view: View, target: Entry, widened: Sequence[str]) -> None:
        self._view = view
        self._target = target
        self._tier_zero = TierZero.of(view, widened)
        self._sources = Sources(view, self._tier_zero)
        self._outsiders = Outsiders(view, self._tier_zero).accounts
        self._number = view.snapshot.number(target.dn) or 0

    def report(self) -> ControlReport:
        reached = self._reached()
        outside = [step for step in reached.steps if step.subjects & self._outsiders]
        paths = [self._path(step, reached) for step in outside]
        asset = self._tier_zero.asset(self._target.dn)
        faults = (Gap(str(dn), why) for dn, why in self._view.faults)
        return ControlReport(
            source=self._view.snapshot.source,
            target=str(self._target.dn),
            why=asset.why if asset else None,
            paths=tuple(sorted(paths, key=lambda path: (len(path.links), -path.accounts))),
            trusted=len(reached.subjects - self._outsiders),
            gaps=(
                *self._view.snapshot.gaps,
                *self._tier_zero.unread,
                *faults,
                *self._unknown(reached),
            ),
        )

    def _unknown(self, reached: Reached) -> Iterator[Gap]:
        """Where paths may be missing, as it is not known who holds a right."""
        at, told = self._view.snapshot.at, self._outsiders - reached.subjects
        for why, numbers in reached.unjudged.items():
            more = f" and {counted(len(numbers) - 1, 'more object')}" if len(numbers) > 1 else ""
            yield Gap(f"{at(numbers[0]).dn}{more}", why)
        for each in reached.undecided:
            if who := each.subjects & told:
                told = told - who
                yield Gap(str(at(each.number).dn), _doubt(each.right, counted(len(who), "account")))

    def _reached(self) -> Reached:
        view = self._view
        numbers = {domain: view.snapshot.number(domain.dn) for domain in view.domains.all}
        heads = filter(None, map(view.snapshot.number, view.heads))
        domains = filter(None, numbers.values())
        structure = Structure(view.snapshot, frozenset(heads), tuple(domains), self._holders())
        rights = []
        for domain in view.domains.by_sid.values():
            place = view.controller_of(domain)
            carriers = Carriers(view.membership, place, principals(view.membership))
            elsewhere = BitMap([n for other, n in numbers.items() if n and other != domain])
            rights.append(Rights(view, carriers, structure, elsewhere))
        return search(self._number, rights, structure, view.membership.population)

    def _holders(self) -> Mapping[int, int]:
        """The AdminSDHolder of each object that it protects, by number."""
        view = self._view
        found: dict[int, int] = {}
        objects = view.membership.population.objects
        for domain in view.domains.by_sid.values():
            holder = view.snapshot.number(domain.dn.child("CN=AdminSDHolder,CN=System"))
            if holder is not None:
                sure = protected_in(domain, view).sure
                found |= {objects[number]: holder for number in sure}
        return found

    def _path(self, first: Step, reached: Reached) -> ControlPath:
        accounts = first.subjects & self._outsiders
        links = [_Link(self._view, s, w, r) for s, w, r in self._parts(first, accounts[0], reached)]
        shown = tuple(link.shown(self._tier_zero) for link in links)
        cut = max(number for number, link in enumerate(shown) if not link.is_trusted)
        population = self._view.membership.population
        return ControlPath(
            accounts=len(accounts),
            names=tuple(population.principal(number).name for number in accounts[:_NAMES]),
            links=shown,
            cut=cut,
            mend=links[cut].mend(self._sources),
        )

    def _parts(
        self, first: Step, account: int, reached: Reached
    ) -> Iterator[tuple[Step, int, int]]:
        """Each step, who makes it, and the number of the object that he controls by it."""
        who = account
        for step in reached.way(first):
            behind = reached.behind(step)
            yield step, who, behind
            if behind != self._number:
                who = reached.principal(behind)


@dataclass(frozen=True, slots=True)
class _Link:
    """One step of one principal."""

    view: View
    step: Step
    who: int
    behind: int

    def shown(self, tier_zero: TierZero) -> ControlLink:
        """The step in words."""
        entry, verdict = self._entry, self._verdict
        sid = self.view.membership.population.sid(self.who)
        is_by_entry = verdict.deciding is not None
        return ControlLink(
            who=party(sid, self.view),
            is_trusted=tier_zero.is_trusted(sid),
            right=self.step.right,
            object=str(entry.dn),
            gives=str(self.view.snapshot.at(self.behind).dn),
            how=str(self.step.role if self.behind != self.step.number else Role.ITSELF),
            evidence=self._evidence(verdict),
            reason="" if is_by_entry else reason(verdict, self.view),
        )

    def mend(self, sources: Sources) -> str:
        """How to cut the step; whether that is enough was tried."""
        verdict, entry, stored = self._verdict, self._entry, self._stored
        if verdict.deciding is None:
            if stored is not None:
                return f"clear {stored.attribute} of {entry.dn}"
            return f"make a group of administrators the owner of {entry.dn}"
        trustee = self.view.name(verdict.deciding.ace.trustee)
        left = self._left(verdict.deciding.position)
        rest = f", which {counted(left, 'account')} hold by another entry too" if left else ""
        if stored is not None:
            return f"take {trustee} out of {stored.attribute} of {entry.dn}{rest}"
        source = sources.entry(entry.dn, verdict.deciding.position)
        return f"remove the entry for {trustee} from {source.dn}{rest}"

    def _evidence(self, verdict: Verdict) -> Evidence | None:
        if verdict.deciding is None:
            return None
        if self._stored is not None:
            return evidence_in(
                self._stored.attribute, self._entry, verdict.deciding, self._token, self.view
            )
        return evidence(self._entry, verdict.deciding, verdict, self._token, self.view)

    def _left(self, position: int) -> int:
        """How many of the step would still make it without an entry."""
        rest = without_entry(self._descriptor, position)
        rights, left = self.step.rights, self.step.subjects
        for name in filter(None, (self.step.right, rights.needed.get(self.step.right))):
            question = rights.permissions[name].question(self.view.facts(self._entry))
            left = left & holding(rest, question, rights.carriers).allowed
        return len(left)

    @property
    def _entry(self) -> Entry:
        return self.view.snapshot.at(self.step.number)

    @property
    def _stored(self) -> Stored | None:
        return STORED.get(self.step.right)

    @property
    def _descriptor(self) -> SecurityDescriptor:
        """What decides the step: the descriptor of the object, or one in an attribute of it."""
        if self._stored is not None:
            return self._stored.descriptor(self._entry)
        found = descriptor_of(self._entry)
        if not isinstance(found, SecurityDescriptor):
            raise DirectoryError(f"`{self._entry.dn}`: {found.reason}")
        return found

    @property
    def _question(self) -> Question:
        permission = self.step.rights.permissions[self.step.right]
        return permission.question(self.view.facts(self._entry))

    @property
    def _token(self) -> Token:
        sid = self.view.membership.population.sid(self.who)
        return self.view.token(sid, self.step.rights.carriers.server)

    @property
    def _verdict(self) -> Verdict:
        return evaluate(self._descriptor, self._token, self._question)


def _doubt(right: str, who: str) -> str:
    if right in ENCRYPTED:
        return f"whether what {right} gives is of use to {who} hangs on whom it is encrypted for"
    return f"whether {right} is held by {who} hangs on what is not known"


def _target(to: str, view: View) -> Entry:
    dn = _dn(to)
    if dn is not None and (entry := view.snapshot.entry(dn)) is not None:
        return entry
    if dn is not None:
        raise QuestionError(f"no object `{to}` in the snapshot")
    principal = view.membership.principals.get(view.principal_named(to))
    entry = view.snapshot.entry(principal.dn) if principal else None
    if entry is None:
        raise QuestionError(f"no object `{to}` in the snapshot", "give a DN, a name or a SID")
    return entry


def _dn(text: str) -> Dn | None:
    try:
        return Dn(text) if "=" in text else None
    except DirectoryError as error:
        raise QuestionError(error.message) from error
