"""
Someone can have the password of a managed service account who should not.

What it reports: each trustee by whom accounts outside tier 0 may read the password of a group
managed service account of tier 0, or anyone that of any such account; each entry by which accounts
outside tier 0 may change who reads it; and each by which they may read the keys that all of these
passwords are computed from. Who reads a password is said by a descriptor of its own, in
msDS-GroupMSAMembership: that of the object does not count.

Why it matters: controllers give the password to whoever is allowed to read it, who logs on with it.
A computer that runs a service of tier 0 is tier 0 itself. Whoever has read a root key computes all
passwords that there are and will be.

How to mend it: set PrincipalsAllowedToRetrieveManagedPassword to the computers that run the
service, and name them in the target list if the account is of tier 0; or take the account out of
the privileged group.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.access.holding import holding
from adaudit.access.permission import Permission
from adaudit.access.permission_names import attribute_named
from adaudit.access.token import Token
from adaudit.access.verdict import Deciding, Decision
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Claim, Said, granted
from adaudit.checks.domain._reading import Reading, who_may_not_read
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import DescriptorError
from adaudit.findings import Evidence, Finding, NotApplicable, Place, Severity, fingerprint
from adaudit.review.anyone import common_groups
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sddl import format_ace
from adaudit.security.sid import EVERYONE, Sid
from adaudit.security.wire import decode
from adaudit.wording import counted, party, path_names, readable

SEVERITY = Severity.HIGH
REASON = "the password is given away at once, and again whenever it changes"
REFERENCES = (
    "ANSSI vuln_permissions_gmsa_keys",
    "MITRE ATT&CK T1555, T1078.002",
    "Microsoft [MS-ADTS] 3.1.1.4.5.39",
)
_CLASS, _READERS = "msDS-GroupManagedServiceAccount", "msDS-GroupMSAMembership"
_READING = Permission.whole("ReadProperty", AccessMask.READ_PROPERTY)
_CLAIM = Claim(
    "managed-password-readers",
    SEVERITY,
    "may change who reads the password of",
    ("tier-0 managed service account", "tier-0 managed service accounts"),
    (f"write:{_READERS}",),
)
_KEYS, _KEY = "msKds-ProvRootKey", "msKds-RootKeyData"


def run(context: Context) -> Iterator[Said]:
    """Ask every such account who reads its password, and of tier 0 who may change that."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    entries = list(context.snapshot.of_class(_CLASS))
    keys = list(context.snapshot.of_class(_KEYS))
    if not entries and not keys:
        yield NotApplicable("there is no group managed service account, and no key for any")
    yield from _passwords(entries, context)
    yield from granted(_CLAIM, context, [each for each in entries if _is_asset(each, context)])
    yield from _keys(keys, context)


def _keys(keys: Sequence[Entry], context: Context) -> Iterator[Said]:
    attribute = attribute_named(_KEY, context.view.schema)
    if attribute is not None:
        reading = Reading.of(attribute)
        things = ("root key of managed passwords", "root keys of managed passwords")
        does, rights = "may read", (reading.deciding,)
        claim = Claim("managed-password-readers", SEVERITY, does, things, rights, apart=(_KEY,))
        yield from granted(claim, context, keys, who_may_not_read([reading], context))


def _passwords(entries: Sequence[Entry], context: Context) -> Iterator[Said]:
    found: dict[Sid, list[_Reading]] = defaultdict(list)
    for entry in entries:
        try:
            for reading in _readings(entry, context):
                found[reading.trustee].append(reading)
        except DescriptorError as error:
            yield Gap(str(entry.dn), f"`{_READERS}` is damaged: {error.message}")
    for trustee, readings in sorted(found.items()):
        yield _finding(trustee, readings, context)


@dataclass(frozen=True, slots=True)
class _Reading:
    """That somebody reads the password of an account, and by what."""

    entry: Entry
    deciding: Deciding | None
    """None where there is no DACL"""
    token: Token
    """Of one who reads it"""
    accounts: BitMap
    """All outside tier 0 who do so by that; none where it is anyone"""

    @property
    def trustee(self) -> Sid:
        """Whom the entry is for."""
        return self.deciding.ace.trustee if self.deciding else EVERYONE


def _is_asset(entry: Entry, context: Context) -> bool:
    return context.tier_zero.asset(entry.dn) is not None


def _readings(entry: Entry, context: Context) -> Iterator[_Reading]:
    values = entry.values(_READERS)
    if values and _is_asset(entry, context):
        yield from _by_outsiders(entry, decode(values[0]), context)
    elif values:
        yield from _by_anyone(entry, decode(values[0]), context)


def _by_outsiders(
    entry: Entry, readers: SecurityDescriptor, context: Context
) -> Iterator[_Reading]:
    outsiders = context.outsiders
    for place in outsiders.places(entry):
        question = _READING.question(context.view.facts(entry))
        for part in holding(readers, question, outsiders.carriers(place)).parts:
            subjects = part.subjects & outsiders.accounts
            if subjects and part.decision is Decision.ALLOWED:
                token = outsiders.token(subjects[0], place)
                yield _Reading(entry, part.deciding, token, subjects)


def _by_anyone(entry: Entry, readers: SecurityDescriptor, context: Context) -> Iterator[_Reading]:
    for place in context.outsiders.places(entry):
        question = _READING.question(context.view.facts(entry))
        domain = place.domain.sid if place.domain else None
        for group in common_groups(domain) if domain else ():
            token = context.view.token(group, place)
            verdict = evaluate(readers, token, question)
            if verdict.decision is Decision.ALLOWED:
                yield _Reading(entry, verdict.deciding, token, NONE)
                return


def _finding(trustee: Sid, readings: Sequence[_Reading], context: Context) -> Finding:
    who = party(trustee, context.view)
    names = dict.fromkeys(str(each.entry.dn) for each in readings)
    accounts = union(each.accounts for each in readings)
    first = readings[0]
    return Finding(
        id=fingerprint("managed-password-readers", str(trustee)),
        check="managed-password-readers",
        severity=SEVERITY,
        subject=who,
        message=f"{who} may read the password of {_things(readings)}: "
        + (f"{counted(len(accounts), 'account')} outside tier 0" if accounts else "anyone"),
        evidence=tuple(
            _evidence(each, each.deciding, context) for each in readings if each.deciding
        ),
        affects=tuple(names),
        remedy=(f"take {who} out of PrincipalsAllowedToRetrieveManagedPassword",),
        look=context.look(str(first.token.subject), first.entry.dn, "ReadGMSAPassword"),
    )


def _things(readings: Sequence[_Reading]) -> str:
    names = dict.fromkeys(each.entry.dn for each in readings)
    if len(names) > 1:
        return f"{len(names)} managed service accounts"
    return f"the managed service account {readings[0].entry.dn.name}"


def _evidence(reading: _Reading, deciding: Deciding, context: Context) -> Evidence:
    """The entry in the attribute, which is no DACL of the object."""
    dn = str(reading.entry.dn)
    return Evidence(
        object=dn,
        position=deciding.position,
        sddl=format_ace(deciding.ace),
        readable=readable(deciding.ace, context.view),
        trustee=party(deciding.ace.trustee, context.view),
        path=path_names(deciding.sid, reading.token, context.view),
        origin=(Place(dn, deciding.position, is_explicit=True),),
        origin_note=f"in {_READERS}",
        affects=(dn,),
    )
