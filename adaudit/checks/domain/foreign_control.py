"""
Someone of a trusted domain can change an object of tier 0.

What it reports: each entry, or ownership, by which a SID that a trusted domain issued may take an
object of tier 0 over, or write what makes control of it: members, keys, passwords, links of
policies, secrets by replication. A SID in a DACL needs no object in this forest, so that whose it
is cannot be seen here; where groups here hold such a SID, the other checks tell of it.

Why it matters: whoever controls the other domain decides who has that SID, by members of a group or
by a password. The forest is as safe as the other one, then.

How to mend it: remove the entry where it was set; administer tier 0 with accounts of the forest
itself. Principals of a forest for administration can be named in the target list, by their SIDs,
where groups of tier 0 hold them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.permission import Permission
from adaudit.access.token import Token
from adaudit.access.verdict import Decision, Verdict
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said, assets, named
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Evidence, Finding, Severity, fingerprint
from adaudit.review.delegations import Standing
from adaudit.review.delegations.trustees import Trustees, trusted_domains
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid
from adaudit.wording import evidence, party

SEVERITY = Severity.HIGH
REASON = "whoever controls the other domain controls this forest"
REFERENCES = ("ANSSI vuln_permissions_naming_context", "MITRE ATT&CK T1199, T1484.002")
_CONTROL = ("WriteDacl", "WriteOwner")
_CHANGES, _ALL_CHANGES = "DS-Replication-Get-Changes", "DS-Replication-Get-Changes-All"
_OF_CLASS: Mapping[str, Sequence[str]] = {
    "group": ("write:member", "Self-Membership"),
    "user": (
        *("ResetPassword", "write:msDS-KeyCredentialLink", "write:altSecurityIdentities"),
        "write:msDS-AllowedToActOnBehalfOfOtherIdentity",
    ),
    "organizationalunit": ("write:gPLink",),
    "domaindns": ("write:gPLink", _ALL_CHANGES),
    "site": ("write:gPLink",),
    "grouppolicycontainer": ("write:gPCFileSysPath",),
    "pkicertificatetemplate": ("write:msPKI-Certificate-Name-Flag",),
    "pkienrollmentservice": ("write:certificateTemplates",),
    "certificationauthority": ("write:cACertificate",),
}
"""What is asked of objects of a class, or one derived from it, beside taking them over"""


@dataclass(frozen=True, slots=True)
class _Held:
    """What a stranger holds on an object."""

    sid: Sid
    entry: Entry
    permission: Permission
    verdict: Verdict
    token: Token

    def where(self, context: Context) -> tuple[str, int] | None:
        """The entry that decides, where it was set; None for an owner."""
        if self.verdict.deciding is None:
            return None
        source = context.view.origin(self.entry.dn, self.verdict.deciding.position).source
        return str(source.dn), source.position


def run(context: Context) -> Iterator[Said]:
    """Ask about whoever of a trusted domain stands in the descriptor of an object of tier 0."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    trustees, trusted = Trustees(context.view), _trusted(context)
    found: dict[tuple[Sid, tuple[str, int] | None], list[_Held]] = defaultdict(list)
    for _, entry in assets(context):
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, SecurityDescriptor):
            for sid in _named(descriptor):
                is_stranger = trustees.trustee(sid).standing is Standing.TRUSTED
                if is_stranger and sid.domain in trusted and not context.tier_zero.is_trusted(sid):
                    for held in _held(sid, descriptor, entry, context):
                        found[sid, held.where(context)].append(held)
    for (sid, where), helds in found.items():
        yield _finding(sid, where, helds, trustees.trustee(sid).note, context)


def _trusted(context: Context) -> set[Sid]:
    """The trusted domains that are none of the forest: of those that were not read that is told."""
    own = {domain.dns_name.lower() for domain in context.view.domains.all}
    trusted = trusted_domains(context.snapshot).items()
    return {sid for sid, name in trusted if name.lower() not in own}


def _named(descriptor: SecurityDescriptor) -> set[Sid]:
    """Whom a descriptor can give anything."""
    owner = set() if descriptor.owner is None else {descriptor.owner}
    entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
    allowing = (ace for ace in entries if isinstance(ace, Ace) and ace.allows)
    return owner | {ace.trustee for ace in allowing if not ace.is_inherit_only}


def _held(
    sid: Sid, descriptor: SecurityDescriptor, entry: Entry, context: Context
) -> Iterator[_Held]:
    """What it is by entries for itself: of groups that it may be in is told as well."""
    for place in context.outsiders.places(entry):
        token = context.view.token(sid, place)
        for permission in _asked(entry, descriptor, token, context):
            verdict = evaluate(descriptor, token, permission.question(context.view.facts(entry)))
            by = verdict.deciding.ace.trustee if verdict.deciding else descriptor.owner
            if verdict.decision is Decision.ALLOWED and by == sid:
                yield _Held(sid, entry, permission, verdict, token)


def _asked(
    entry: Entry, descriptor: SecurityDescriptor, token: Token, context: Context
) -> Iterator[Permission]:
    of_class = (name for each in entry.classes for name in _OF_CLASS.get(each, ()))
    for name in dict.fromkeys((*_CONTROL, *sorted(of_class))):
        permission, changes = named(name, context), named(_CHANGES, context)
        if permission is None:
            continue
        if name == _ALL_CHANGES and changes is not None:
            asked = changes.question(context.view.facts(entry))
            if evaluate(descriptor, token, asked).decision is not Decision.ALLOWED:
                continue
        yield permission


def _finding(
    sid: Sid,
    where: tuple[str, int] | None,
    helds: Sequence[_Held],
    note: str,
    context: Context,
) -> Finding:
    who = party(sid, context.view)
    names = dict.fromkeys(str(held.entry.dn) for held in helds)
    rights = ", ".join(dict.fromkeys(held.permission.name for held in helds))
    one = helds[0].entry.dn.name if len(names) == 1 else f"{len(names)} tier-0 objects"
    what = f"the tier-0 object {one}" if len(names) == 1 else one
    remedy = f"remove the entry for {who} from {where[0]}" if where else _of_owner(names, who.name)
    return Finding(
        id=fingerprint("foreign-control", str(sid), str(where)),
        check="foreign-control",
        severity=SEVERITY,
        subject=who,
        message=f"{who}, {note}, may change {what} ({rights})",
        evidence=tuple(_evidence(helds, context)),
        affects=tuple(names),
        remedy=(remedy,),
        look=context.look(
            str(sid), helds[0].entry.dn, helds[0].permission.name, helds[0].token.server
        ),
    )


def _of_owner(names: Mapping[str, None], who: str) -> str:
    return f"make a group of administrators the owner of {', '.join(names)} instead of {who}"


def _evidence(helds: Sequence[_Held], context: Context) -> Iterator[Evidence]:
    """One piece for each object."""
    for held in {str(held.entry.dn): held for held in reversed(helds)}.values():
        if held.verdict.deciding is not None:
            shown = evidence(
                held.entry, held.verdict.deciding, held.verdict, held.token, context.view
            )
            yield shown.with_affects((str(held.entry.dn),))
