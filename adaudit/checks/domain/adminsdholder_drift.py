"""
A privileged account or group does not have the descriptor that AdminSDHolder gives it.

What it reports: protected accounts and groups that inherit, or whose DACL differs from that of
AdminSDHolder; an AdminSDHolder that inherits itself; and accounts that are protected no more and
still have a DACL that inherits nothing. Where no object at all has the descriptor of AdminSDHolder,
nothing hands it down (a domain of Samba, or one that is an hour old), and nothing is said.

Why it matters: a controller gives all protected objects the same DACL every hour, so that what is
set on them or above them by mistake does not last. An object that differs got its entries, or its
membership, within the hour, or that no longer works. What is left over is looked after by nobody:
delegations do not reach it.

How to mend it: see who changed the object, and let the controller with the role of the PDC do its
work (runProtectAdminGroupsTask). For accounts that left, let them inherit, and clear adminCount.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said, assets
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Evidence, Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.review.protection import Protected, protected_in
from adaudit.review.tier_zero import Kind
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.inheritance import normalise
from adaudit.security.sddl import format_ace
from adaudit.wording import party, places, readable

SEVERITY = Severity.MEDIUM
REASON = "it shows a change that should not be there, and gives away what its entries say"
REFERENCES = (
    "ANSSI vuln_permissions_adminsdholder, vuln_privileged_members_perm",
    "Microsoft [MS-ADTS] 3.1.1.6.1",
)
_SHOWN = 3
_NOWHERE = NotApplicable(
    "no object has the descriptor of AdminSDHolder: nothing hands it down here"
)
_MEND = "let the controller with the role of the PDC protect them: runProtectAdminGroupsTask"


@dataclass(frozen=True, slots=True)
class _Holder:
    """The AdminSDHolder of a domain."""

    entry: Entry
    domain: Domain
    descriptor: SecurityDescriptor
    entries: frozenset[AnyAce]
    """What it gives: what was set on it, in the form in which entries can be compared"""


@dataclass(frozen=True, slots=True)
class _Difference:
    """What objects have that AdminSDHolder has not, and the other way round."""

    inherits: bool
    more: frozenset[AnyAce] = frozenset()
    less: frozenset[AnyAce] = frozenset()


def run(context: Context) -> Iterator[Said]:
    """Compare in each domain."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    holders = list(_holders(context))
    if not holders:
        yield NotApplicable("no AdminSDHolder was read")
    for holder in holders:
        protected = protected_in(holder.domain, context.view)
        differing, alike = _compared(holder, protected, context)
        if not alike:
            yield _NOWHERE
            continue
        if not holder.descriptor.is_dacl_protected:
            yield _open(holder)
        for difference, objects in differing.items():
            yield _of_difference(holder, difference, objects, context)
        left = list(_left_over(holder, protected, context))
        if left:
            yield _leftovers(holder, left)


def _holders(context: Context) -> Iterator[_Holder]:
    for _, entry in assets(context, Kind.ADMIN_SD_HOLDER):
        known = descriptor_of(entry)
        domain = context.view.domains.containing(entry.dn)
        if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl) and domain:
            yield _Holder(entry, domain, known, _comparable(known.dacl))


def _comparable(dacl: Acl) -> frozenset[AnyAce]:
    return frozenset(normalise(ace) for ace in dacl.entries if not ace.is_inherited)


def _compared(
    holder: _Holder, protected: Protected, context: Context
) -> tuple[dict[_Difference, list[Entry]], int]:
    """Those that differ, and how many do not; what cannot be judged is told by another check."""
    differing: dict[_Difference, list[Entry]] = defaultdict(list)
    alike, objects = 0, context.view.membership.population.objects
    for number in protected.sure:
        entry = context.snapshot.at(objects[number])
        known = descriptor_of(entry)
        if not isinstance(known, SecurityDescriptor) or not isinstance(known.dacl, Acl):
            continue
        entries = _comparable(known.dacl)
        if not known.is_dacl_protected and holder.descriptor.is_dacl_protected:
            differing[_Difference(inherits=True)].append(entry)
        elif entries != holder.entries:
            more, less = entries - holder.entries, holder.entries - entries
            differing[_Difference(inherits=False, more=more, less=less)].append(entry)
        else:
            alike += 1
    return differing, alike


def _open(holder: _Holder) -> Finding:
    message = "AdminSDHolder inherits: what is set above it reaches every privileged object"
    remedy = f"let {holder.entry.dn} inherit nothing"
    return _finding(holder, message, remedy, [holder.entry], ["open"])


def _of_difference(
    holder: _Holder, difference: _Difference, objects: Sequence[Entry], context: Context
) -> Finding:
    what = "privileged objects inherit, which AdminSDHolder is there to prevent"
    if not difference.inherits:
        more, less = len(difference.more), len(difference.less)
        what = f"a DACL differs from that of AdminSDHolder by {more} more and {less} fewer entries"
    identity = sorted(str(ace) for ace in difference.more | difference.less)
    found = _finding(holder, f"{what}: {_named(objects)}", _MEND, objects, [what, *identity])
    return replace(found, evidence=tuple(_evidence(objects[0], difference, context)))


def _leftovers(holder: _Holder, objects: Sequence[Entry]) -> Finding:
    what = "AdminSDHolder protected them once, and they still inherit nothing"
    remedy = "let them inherit and clear adminCount, after a look at what they were used for"
    found = _finding(holder, f"{what}: {_named(objects)}", remedy, objects, ["left"])
    return replace(found, severity=Severity.LOW)


def _finding(
    holder: _Holder, message: str, remedy: str, objects: Sequence[Entry], identity: Sequence[str]
) -> Finding:
    return Finding(
        id=fingerprint("adminsdholder-drift", str(holder.domain.sid), *identity),
        check="adminsdholder-drift",
        severity=SEVERITY,
        subject=Party(holder.entry.dn.name, str(holder.entry.dn)),
        message=message,
        affects=tuple(str(entry.dn) for entry in objects),
        remedy=(remedy,),
    )


def _named(objects: Sequence[Entry]) -> str:
    names = ", ".join(entry.dn.name for entry in objects[:_SHOWN])
    return f"{names} and {len(objects) - _SHOWN} more" if len(objects) > _SHOWN else names


def _left_over(holder: _Holder, protected: Protected, context: Context) -> Iterator[Entry]:
    """Those of the domain with adminCount that are in no protected group, and inherit nothing."""
    population = context.view.membership.population
    for entry in context.snapshot.having("adminCount"):
        if entry.text("adminCount") != "0" and entry.dn.is_below(holder.domain.dn):
            number = population.number(entry.sid) if entry.sid else None
            known = descriptor_of(entry)
            is_closed = isinstance(known, SecurityDescriptor) and known.is_dacl_protected
            if is_closed and number is not None and number not in protected.possible:
                yield entry


def _evidence(entry: Entry, difference: _Difference, context: Context) -> Iterator[Evidence]:
    """The entries that the first of the objects has more."""
    known = descriptor_of(entry)
    dacl = known.dacl if isinstance(known, SecurityDescriptor) else None
    for position, ace in enumerate(dacl.entries if isinstance(dacl, Acl) else ()):
        if isinstance(ace, Ace) and normalise(ace) in difference.more:
            trustee = party(ace.trustee, context.view)
            yield Evidence(
                object=str(entry.dn),
                position=position,
                sddl=format_ace(ace),
                readable=readable(ace, context.view),
                trustee=trustee,
                path=(trustee.name,),
                origin=places(context.view.origin(entry.dn, position)),
            )
