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

from collections.abc import Iterator, Sequence

from adaudit.access.permission import Permission
from adaudit.access.permission_names import attribute_named
from adaudit.access.reading import Reading
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Claim, Said, granted
from adaudit.checks.domain._listed import Listing, listed
from adaudit.directory.entry import Entry
from adaudit.findings import NotApplicable, Severity
from adaudit.security.rights import AccessMask

SEVERITY = Severity.HIGH
REASON = "the password is given away at once, and again whenever it changes"
REFERENCES = (
    "ANSSI vuln_permissions_gmsa_keys",
    "MITRE ATT&CK T1555, T1078.002",
    "Microsoft [MS-ADTS] 3.1.1.4.5.39",
)
_CLASS, _READERS = "msDS-GroupManagedServiceAccount", "msDS-GroupMSAMembership"
_CLAIM = Claim(
    "managed-password-readers",
    SEVERITY,
    "may change who reads the password of",
    ("tier-0 managed service account", "tier-0 managed service accounts"),
    (f"write:{_READERS}",),
)
_PASSWORDS = Listing(
    "managed-password-readers",
    SEVERITY,
    _READERS,
    Permission.whole("ReadProperty", AccessMask.READ_PROPERTY),
    "may read the password of",
    ("managed service account", "managed service accounts"),
    "take {} out of PrincipalsAllowedToRetrieveManagedPassword",
    "ReadGMSAPassword",
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
    yield from listed(_PASSWORDS, entries, context)
    yield from granted(_CLAIM, context, [each for each in entries if _is_asset(each, context)])
    yield from _keys(keys, context)


def _keys(keys: Sequence[Entry], context: Context) -> Iterator[Said]:
    attribute = attribute_named(_KEY, context.view.schema)
    if attribute is not None:
        reading = Reading.of(attribute)
        things = ("root key of managed passwords", "root keys of managed passwords")
        does, rights = "may read", (reading.deciding,)
        claim = Claim("managed-password-readers", SEVERITY, does, things, rights, apart=(_KEY,))
        yield from granted(claim, context, keys, takes=lambda _: reading.lesser)


def _is_asset(entry: Entry, context: Context) -> bool:
    return context.tier_zero.asset(entry.dn) is not None
