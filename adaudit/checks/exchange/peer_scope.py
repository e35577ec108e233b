"""
The other side of a refused XEXCH50 is no Exchange 2000 or later server of the organisation.

What it reports: each pair that the evidence names whose sender or receiver is of another
organisation, an Internet host, or an Exchange 5.5 server; and those that cannot be identified.

Why it matters: XEXCH50 is for servers of one organisation. Towards all others `504 need to
authenticate first` in event 7004, or `505 Authentication required` from Exchange 5.5 with
Msexcimc.exe 5.5.2657.72 or later, is expected and no fault of a server (KB 843106).

How to mend it: stop sending XEXCH50 outside with the registry value SuppressExternal (KB 818222);
or, for another forest of the same company, set up authenticated SMTP connectors (KB 828770).
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import failed, passed, told, unknown
from adaudit.directory.entry import Gap
from adaudit.exchange.organisation import Version
from adaudit.exchange.peers import Peer, Route, Standing
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.wording import counted

SEVERITY = Severity.INFO
STEP = 1


def judge(context: Context, route: Route) -> Ruling:
    """Rule on whether both are servers of the organisation that speak XEXCH50."""
    sides = (route.sender, route.receiver)
    signs = tuple(line for peer in sides for line in _signs(peer))
    vague = [peer for peer in sides if peer.standing in (Standing.AMBIGUOUS, Standing.UNKNOWN)]
    if vague:
        return unknown(*(f"{peer.label}: {peer.standing}" for peer in vague), *signs)
    if any(peer.standing is Standing.STRANGER for peer in sides) and context.snapshot.gaps:
        missing = counted(len(context.snapshot.gaps), "part")
        return unknown(*signs, f"{missing} of the directory could not be read: it may be in there")
    for peer in sides:
        if peer.standing is Standing.STRANGER:
            return failed(_stranger(peer, route), *signs)
    if _is_old(route.receiver):
        return failed(_old(route.receiver, route), *signs)
    if _is_old(route.sender):
        return unknown(*signs, "KB 843106 says nothing of XEXCH50 that Exchange 5.5 sends")
    return passed(*signs)


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on every pair whose XEXCH50 was refused."""
    if not context.routes:
        yield NotApplicable("the evidence names no pair of servers")
    yield from told((route.label, judge(context, route)) for route in context.routes)


def _is_old(peer: Peer) -> bool:
    return peer.server is not None and peer.server.version is Version.EXCHANGE_55


def _signs(peer: Peer) -> Iterator[str]:
    """What the peer is, and what ties its name to it where that is not the label itself."""
    if peer.server:
        serial_number = peer.server.entry.text("serialNumber") or "absent"
        yield f"{peer.label} is {peer.server.version} (serialNumber `{serial_number}`)"
    if peer.signs and peer.name.lower() != peer.label.lower():
        meant = f" is {peer.label}" if peer.server else ""
        yield f"`{peer.name}`{meant}: {'; '.join(peer.signs)}"
    elif peer.server is None:
        yield f"`{peer.name}`: {'; '.join(peer.signs) or peer.standing}"


def _stranger(peer: Peer, route: Route) -> Finding:
    return Finding(
        id=fingerprint("peer-scope", peer.name.lower()),
        check="peer-scope",
        severity=SEVERITY,
        subject=Party(peer.label),
        message=f"{peer.label} is no Exchange server of this organisation, so 504 is expected",
        affects=(route.label,),
        remedy=(
            "set SuppressExternal to 1 on the senders, which then keep XEXCH50 inside (KB 818222)",
            "authenticate by SMTP connectors, if it is a forest of the same company (KB 828770)",
        ),
    )


def _old(peer: Peer, route: Route) -> Finding:
    return Finding(
        id=fingerprint("peer-scope", peer.label, "5.5"),
        check="peer-scope",
        severity=SEVERITY,
        subject=Party(peer.label, str(peer.server.dn) if peer.server else None),
        message=(
            f"{peer.label} is Exchange 5.5, whose Internet Mail Service (Msexcimc.exe 5.5.2657.72"
            " or later) answers XEXCH50 with `505 Authentication required`: that is expected"
        ),
        affects=(route.label,),
        remedy=("set SuppressExternal to 1 on the senders (KB 818222)",),
    )
