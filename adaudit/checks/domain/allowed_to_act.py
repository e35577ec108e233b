"""
Someone outside tier 0 acts on a privileged computer as anybody.

What it reports: each trustee in msDS-AllowedToActOnBehalfOfOtherIdentity of a controller or an
account of tier 0 by which accounts outside tier 0 are let in, or anyone on any computer. The
attribute holds a descriptor of its own: that of the object does not count. Of who may write it
another check tells.

Why it matters: a controller gives whoever is named there tickets for the computer in the name of
any user (resource-based constrained delegation), administrators included, unless their accounts are
sensitive or in Protected Users.

How to mend it: clear the attribute (Set-ADComputer -PrincipalsAllowedToDelegateToAccount), and find
out who wrote it: it is what an attack leaves behind.
"""

from collections.abc import Iterator

from adaudit.access.permission import Permission
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.checks.domain._listed import Listing, listed
from adaudit.findings import Severity
from adaudit.security.rights import AccessMask

SEVERITY = Severity.HIGH
REASON = "the computer is taken over with a ticket that anyone there gets for the asking"
REFERENCES = (
    "ANSSI vuln_delegation_sourcedeleg",
    "MITRE ATT&CK T1134.001",
    "Microsoft [MS-SFU] 3.2.5.2",
)
_ATTRIBUTE = "msDS-AllowedToActOnBehalfOfOtherIdentity"
_LISTING = Listing(
    "allowed-to-act",
    SEVERITY,
    _ATTRIBUTE,
    # which right controllers ask for is not published; what is set there is full control
    Permission.whole("ControlAccess", AccessMask.CONTROL_ACCESS),
    "may act as anybody on",
    ("account", "accounts"),
    f"take {{}} out of {_ATTRIBUTE}",
)


def run(context: Context) -> Iterator[Said]:
    """Ask about each account that has the attribute."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    yield from listed(_LISTING, context.snapshot.having(_ATTRIBUTE), context)
