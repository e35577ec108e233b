"""
Changes of an object of tier 0 leave no trace in the security log.

What it reports: heads of domains, of the configuration and of the schema, AdminSDHolder, units of
controllers and linked group policies whose SACL does not audit, for everyone, successful changes of
attributes and of the DACL. Windows sets these entries when it makes the objects.

Why it matters: without the entry a controller writes no event 5136 or 4662, whatever its audit
policy says, and who changed what cannot be told afterwards. With it, the policy `Directory Service
Changes` still has to be on, which the directory does not show.

How to mend it: audit Everyone on the object, success, for writing all properties and modifying
permissions, on this object and all descendants where that is not too much.
"""

from collections.abc import Iterator, Sequence

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said, assets
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.review.tier_zero import Kind
from adaudit.security.ace import Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import AccessMask, map_generic
from adaudit.security.sid import EVERYONE
from adaudit.wording import called

SEVERITY = Severity.LOW
REASON = "it gives nothing away, but what happens is not seen"
REFERENCES = (
    "MITRE ATT&CK T1562.002",
    "Microsoft Audit Directory Service Changes: events 5136, 4662",
)
_KINDS = (
    Kind.DOMAIN_HEAD,
    Kind.ADMIN_SD_HOLDER,
    Kind.CONTROLLERS_UNIT,
    Kind.POLICY,
    Kind.CONFIGURATION,
    Kind.SCHEMA,
)
_WANTED = AccessMask.WRITE_PROPERTY | AccessMask.WRITE_DAC
_AUDITS = (AceType.SYSTEM_AUDIT, AceType.SYSTEM_AUDIT_OBJECT)
_MANY = 3


def run(context: Context) -> Iterator[Said]:
    """Look at the SACLs, where they were read."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    if not context.snapshot.has_sacls:
        yield NotApplicable("the SACLs were not read: collect them with `sacl: true`")
        return
    silent = [entry for entry in _objects(context) if _is_silent(entry)]
    if silent:
        yield _finding(silent)


def _objects(context: Context) -> Iterator[Entry]:
    """Of the configuration and the schema the heads alone: all else hangs on them."""
    heads = context.view.heads
    for asset, entry in assets(context, *_KINDS):
        if asset.kind not in (Kind.CONFIGURATION, Kind.SCHEMA) or asset.dn in heads:
            yield entry


def _is_silent(entry: Entry) -> bool:
    """Whether something that matters is not audited; what cannot be read is told elsewhere."""
    known = descriptor_of(entry)
    if not isinstance(known, SecurityDescriptor):
        return False
    audited = 0
    for ace in known.sacl.entries if isinstance(known.sacl, Acl) else ():
        if isinstance(ace, Ace) and _is_for_everyone(ace):
            audited |= map_generic(ace.mask)
    return _WANTED & ~audited != 0


def _is_for_everyone(ace: Ace) -> bool:
    """Whether an entry audits what anyone achieves, whatever it is about."""
    is_audit = ace.type in _AUDITS and bool(ace.flags & AceFlags.SUCCESSFUL_ACCESS)
    is_effective = not ace.is_inherit_only and ace.object_type is None
    return is_audit and is_effective and ace.trustee == EVERYONE


def _finding(silent: Sequence[Entry]) -> Finding:
    names = ", ".join(called(entry) for entry in silent[:_MANY])
    more = f" and {len(silent) - _MANY} more" if len(silent) > _MANY else ""
    first = silent[0]
    subject = Party(called(first), str(first.dn)) if len(silent) == 1 else Party("tier 0")
    return Finding(
        id=fingerprint("audit-coverage", *(str(entry.guid or entry.dn.path) for entry in silent)),
        check="audit-coverage",
        severity=SEVERITY,
        subject=subject,
        message=f"successful changes are not audited for everyone on {names}{more}",
        affects=tuple(str(entry.dn) for entry in silent),
        remedy=("audit success of Everyone on each: write all properties, modify permissions",),
    )
