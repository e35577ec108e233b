"""
Anyone is in a privileged group.

What it reports: each group of tier 0 that holds what everybody holds: Everyone, Authenticated
Users, Domain Users, Domain Computers, Guests, or the groups of BUILTIN that these are in.

Why it matters: every account, or every computer, has the rights of the group from its next logon
on. That is told here once, and not of every entry for the group.

How to mend it: take it out of the group, and put in its place the accounts that need to be there.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.findings import Finding, Severity, fingerprint
from adaudit.security.sid import Sid
from adaudit.wording import party

SEVERITY = Severity.HIGH
REASON = "everybody who can log on has the rights of the group"
REFERENCES = (
    "ANSSI vuln_privileged_members",
    "MITRE ATT&CK T1078.002",
)


def run(context: Context) -> Iterator[Said]:
    """Tell what was found when tier 0 was computed."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    for member, group in context.tier_zero.open_to.items():
        yield _finding(member, group, context)


def _finding(member: Sid, group: Sid, context: Context) -> Finding:
    name, where = context.view.name(member), party(group, context.view)
    return Finding(
        id=fingerprint("open-privileged-groups", str(group), str(member)),
        check="open-privileged-groups",
        severity=SEVERITY,
        subject=where,
        message=f"{name} is in {where}, and so is everybody who holds it",
        affects=(where.dn or where.name,),
        remedy=(f"take {name} out of {where}",),
    )
