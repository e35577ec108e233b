"""
Exchange holds more of the domain than it needs.

What it reports: each entry by which a group of Exchange 2007 or later may write the DACL or the
owner of the head of a domain, not only of objects below, or may take AdminSDHolder over; groups
of Exchange 2000 and 2003 that still hold rights when there are no such servers any more (known by
their usual names); and whether Exchange may create and change accounts at all, or Active Directory
split permissions are in effect.

Why it matters: every Exchange server acts as these groups. Setup of Exchange 2010 to 2019 granted
Exchange Windows Permissions to write the DACL of the domain itself, until an update of 2019 took it
back: whoever takes one Exchange server over gives himself the replication of all secrets.

How to mend it: run setup /PrepareAD and /PrepareDomain of an Exchange of June 2019 or later, and
remove the entry if it is still there. Remove groups that are left over. Consider split permissions
where Exchange administrators need not create accounts.
"""

from collections.abc import Iterator, Mapping

from adaudit.access.bitmap import BitMap
from adaudit.access.verdict import Decision
from adaudit.checks._context import Context
from adaudit.checks.domain._accounts import told
from adaudit.checks.domain._asking import asked_for, bits_of
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.checks.domain._left_over import LeftOver, left_over
from adaudit.checks.domain._strong import severity_of, strong_bits
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.exchange.well_known_groups import (
    TRUSTED_SUBSYSTEM,
    WINDOWS_PERMISSIONS,
    administering_groups,
)
from adaudit.findings import Finding, NotApplicable, Severity, fingerprint
from adaudit.review.tier_zero import Kind
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import party, readable

SEVERITY = Severity.HIGH
REASON = "one Exchange server that is taken over is the whole domain; medium while nobody holds it"
REFERENCES = (
    "PingCastle P-ExchangePrivEsc, P-ExchangeAdminSDHolder",
    "ANSSI vuln_permissions_naming_context, vuln_permissions_adminsdholder",
    "KB 4490059",
    "MITRE ATT&CK T1222.001, T1003.006",
)
_SOUGHT = frozenset({Kind.DOMAIN_HEAD, Kind.ADMIN_SD_HOLDER})
_CONTROL = int(AccessMask.WRITE_DAC | AccessMask.WRITE_OWNER)


def run(context: Context) -> Iterator[Said]:
    """Look at the heads of domains, AdminSDHolder, groups that are left over, and the model."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    groups = administering_groups(context.view)
    old = list(left_over(context))
    if not groups and not old:
        yield NotApplicable("the forest has no group of Exchange")
        return
    by_sid = {group.sid: group for group in groups.values()}
    for asset in context.tier_zero.assets:
        if asset.kind in _SOUGHT:
            entry = context.snapshot.at(asset.number)
            yield from _on(entry, by_sid, context, is_head=asset.kind is Kind.DOMAIN_HEAD)
    yield from (_of_left_over(each, context) for each in old)
    if WINDOWS_PERMISSIONS in groups and TRUSTED_SUBSYSTEM in groups:
        yield _of_model(groups, context)


def _on(
    entry: Entry, groups: Mapping[Sid, Principal], context: Context, *, is_head: bool
) -> Iterator[Said]:
    """The entries in effect that let one of the groups take an object over."""
    known = descriptor_of(entry)
    if not isinstance(known, SecurityDescriptor) or not isinstance(known.dacl, Acl):
        return  # is told of objects of tier 0 in general
    for position, ace in enumerate(known.dacl.entries):
        if not isinstance(ace, Ace) or not ace.allows or ace.is_inherit_only:
            continue
        if ace.trustee in groups and _takes_over(ace, context, is_head=is_head):
            holders = _holders(entry, position, ace, context)
            if holders or not _members(ace.trustee, context):
                yield _of_entry(entry, position, ace, holders, context)


def _takes_over(ace: Ace, context: Context, *, is_head: bool) -> bool:
    bits = strong_bits(ace, context.view.schema)
    if is_head:
        return bool(bits & _CONTROL)
    return bool(bits) and severity_of(ace, bits) is Severity.HIGH


def _holders(entry: Entry, position: int, ace: Ace, context: Context) -> BitMap:
    """The accounts for whom the entry decides about one of its rights."""
    facts, found = context.view.facts(entry), BitMap()
    for bit in bits_of(strong_bits(ace, context.view.schema)):
        permission = asked_for(bit, ace.object_type, facts.class_guid, context.view.schema)
        if permission is None:
            continue
        for place in context.outsiders.places(entry):
            held = context.outsiders.holding(entry, permission.question(facts), place)
            for part in () if isinstance(held, Unreadable) else held.parts:
                is_by = part.deciding is not None and part.deciding.position == position
                if is_by and part.decision is Decision.ALLOWED:
                    found = found | (part.subjects & context.outsiders.everyone)
    return found


def _members(group: Sid, context: Context) -> BitMap:
    """All accounts in a group, where controllers of its domain check access."""
    domain = context.view.domains.by_sid.get(group.domain) if group.domain else None
    carriers = context.outsiders.carriers(context.view.controller_of(domain))
    return carriers.sure(group) & context.outsiders.everyone


def _of_entry(entry: Entry, position: int, ace: Ace, holders: BitMap, context: Context) -> Finding:
    who = f"held by {told(holders, context)}" if holders else "nobody is in it now"
    return Finding(
        id=fingerprint("exchange-grants", str(entry.guid or entry.dn.path), encode_ace(ace)),
        check="exchange-grants",
        severity=Severity.HIGH if holders else Severity.MEDIUM,
        subject=party(ace.trustee, context.view),
        message=f"{readable(ace, context.view)} on {entry.dn.name} itself: {who}",
        evidence=(evidence_of(entry.dn, position, ace, context, (str(entry.dn),)),),
        affects=(str(entry.dn),),
        remedy=(f"remove the entry from {entry.dn}, or let it count on objects below only",),
    )


def _of_left_over(found: LeftOver, context: Context) -> Finding:
    entries = "1 entry" if len(found.entries) == 1 else f"{len(found.entries)} entries"
    members = told(_members(found.group.sid, context), context)
    inside = members if _members(found.group.sid, context) else "nobody"
    return Finding(
        id=fingerprint("exchange-grants", str(found.group.sid), "left over"),
        check="exchange-grants",
        severity=Severity.MEDIUM if found.is_strong else Severity.LOW,
        subject=party(found.group.sid, context.view),
        message=f"{found.group.name} is left over from Exchange 2000 or 2003, and still holds "
        f"{entries}; in it: {inside}",
        evidence=tuple(found.evidence(context)),
        affects=found.names(context),
        remedy=(f"remove the group {found.group.name} and its entries",),
    )


def _of_model(groups: Mapping[str, Principal], context: Context) -> Finding:
    """Who may create and change accounts by Exchange."""
    writers, servers = groups[WINDOWS_PERMISSIONS], groups[TRUSTED_SUBSYSTEM]
    is_split = not _is_in(servers.sid, writers.sid, context)
    who = _members(writers.sid, context)
    if is_split:
        message = f"split permissions are in effect: {servers.name} is not in {writers.name}"
    else:
        come = f", with {told(who, context)}" if who else ""
        message = f"Exchange may create and change accounts: {servers.name} is in {writers.name}"
        message += come
    return Finding(
        id=fingerprint("exchange-grants", str(writers.sid), "split permissions"),
        check="exchange-grants",
        severity=Severity.INFO,
        subject=party(writers.sid, context.view),
        message=message,
        affects=(str(writers.dn),),
        remedy=() if is_split else ("consider Active Directory split permissions",),
    )


def _is_in(sid: Sid, group: Sid, context: Context) -> bool:
    domain = context.view.domains.by_sid.get(group.domain) if group.domain else None
    return group in context.view.token(sid, context.view.controller_of(domain)).sids
