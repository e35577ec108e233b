"""
Anonymous users, or everyone, are in Pre-Windows 2000 Compatible Access.

What it reports: each of the SIDs Anonymous and Everyone that is in this group of BUILTIN, directly
or through another group, and how far anonymous users get by it.

Why it matters: the group may read all users and groups. With Anonymous in it, names, memberships
and the policy of passwords can be listed over RPC without an account, which is where guessing
passwords begins; and over LDAP too, where dSHeuristics lets anonymous users in. Everyone includes
anonymous users on controllers that were told so.

How to mend it: take both out of the group. Authenticated Users may stay in it, who can read most of
the directory anyway; better is to empty the group.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.directory.domains import Domain
from adaudit.findings import Finding, Party, Severity, fingerprint
from adaudit.security.sid import ANONYMOUS, BUILTIN, EVERYONE, Sid

SEVERITY = Severity.HIGH
REASON = "whoever reaches a controller lists all accounts, without having one"
REFERENCES = (
    "ANSSI vuln_compatible_2000_anonymous, vuln_compatible_2000_not_default",
    "MITRE ATT&CK T1087.002, T1110",
)
_GROUP = BUILTIN.relative(554)
_ANONYMOUS_OPERATIONS = 6
_OPEN = "2"  # fLDAPBlockAnonOps, [MS-ADTS] 6.1.1.2.4.1.2
_WEIGHTS: Mapping[Sid, Severity] = {ANONYMOUS: Severity.HIGH, EVERYONE: Severity.MEDIUM}


def run(context: Context) -> Iterator[Said]:
    """Ask each domain, which has a group of its own."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    for domain in context.view.domains.all:
        if domain.sid is not None:
            yield from _of_domain(domain, context)


def _of_domain(domain: Domain, context: Context) -> Iterator[Finding]:
    for sid, severity in _WEIGHTS.items():
        path = _way_up(sid, domain, context)
        if path:
            yield _finding(sid, severity, path, domain, context)


def _way_up(sid: Sid, domain: Domain, context: Context) -> Sequence[Sid]:
    """The shortest way from a SID up to the group of a domain, by membership alone."""
    ways: dict[Sid, tuple[Sid, ...]] = {sid: (sid,)}
    queue = deque(ways)
    while queue:
        below = queue.popleft()
        for arc in context.view.membership.arcs.get(below, ()):
            way = (*ways[below], arc.group.sid)
            if arc.group.sid == _GROUP and arc.group.domain == domain:
                return way
            if arc.group.is_security_enabled and arc.group.sid not in ways:
                ways[arc.group.sid] = way
                queue.append(arc.group.sid)
    return ()


def _finding(
    sid: Sid, severity: Severity, path: Sequence[Sid], domain: Domain, context: Context
) -> Finding:
    name, *through, group = map(context.view.name, path)
    is_open = context.view.heuristics[_ANONYMOUS_OPERATIONS:][:1] == _OPEN
    how = "over RPC and LDAP" if is_open else "over RPC"
    where = f"{group} of {domain.dns_name}"
    by = f" through {' → '.join(through)}" if through else ""
    return Finding(
        id=fingerprint("anonymous-access", str(domain.sid), str(sid)),
        check="anonymous-access",
        severity=severity,
        subject=Party(name, sid=str(sid)),
        message=f"{name} is in {where}{by}: accounts can be listed {how}",
        affects=(str(domain.dn),),
        remedy=(f"take {[name, *through][-1]} out of {where}",),
    )
