r"""
A server sends XEXCH50 outside the organisation.

What it reports: each server whose registry does not have SuppressExternal = 1, where the evidence
shows that an external server, or Exchange 5.5, refused its XEXCH50 with 504 or 505.

Why it matters: little. Those answers are expected and no fault of the organisation, but they fill
the log with event 7004, and mail may wait in the queue until it is returned (KB 818222).

How to mend it: create the REG_DWORD value SuppressExternal = 1 under
HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50 on the sender. It keeps the command
inside the organisation (KB 843106, KB 818222; Exchange 2003, and Exchange 2000 from SP3 on).
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import not_applicable, of_sender, passed, told, unknown, warned
from adaudit.checks.exchange._traffic import identity
from adaudit.directory.entry import Gap
from adaudit.directory.observations import SourceKind
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.peers import Peer, Route, Standing
from adaudit.exchange.registry import HOW_TO_EXPORT, SUPPRESS_EXTERNAL, XEXCH50, shown
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.INFO
STEP = 10


def judge(context: Context, route: Route) -> Ruling:
    """Rule on whether the sender keeps XEXCH50 from a receiver outside."""
    receiver = route.receiver
    if receiver.server is not None and not _is_outside(receiver):
        version = receiver.server.version
        return not_applicable(f"{receiver.label} is of the organisation, {version}")

    def rule(context: Context, sender: ExchangeServer) -> Ruling:
        return _ruling(context, sender, receiver)

    return of_sender(rule, context, route)


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on the senders whose XEXCH50 was refused outside."""
    routes = [
        route for route in context.routes if route.sender.server and _is_outside(route.receiver)
    ]
    if not routes:
        yield NotApplicable("the evidence names no external server that refused XEXCH50")
    elif not context.evidence.of_kind(SourceKind.REGISTRY):
        yield NotApplicable("no registry among the evidence")
    else:
        yield from told((route.sender.label, judge(context, route)) for route in routes)


def _is_outside(peer: Peer) -> bool:
    is_old = peer.server is not None and peer.server.version is Version.EXCHANGE_55
    return is_old or peer.standing is Standing.STRANGER


def _ruling(context: Context, sender: ExchangeServer, receiver: Peer) -> Ruling:
    seen = context.registry_value(sender, XEXCH50, SUPPRESS_EXTERNAL)
    if seen is None:
        wanted = f"{SUPPRESS_EXTERNAL} under {XEXCH50} of {sender.label}"
        return unknown(f"no registry among the evidence tells {wanted}: {HOW_TO_EXPORT}")
    line = shown(seen)
    if seen.record.value == 1:
        return passed(line)
    if not _is_outside(receiver):
        return unknown(line, f"{receiver.label}: {receiver.standing}")
    return warned(_finding(sender, receiver), line)


def _finding(sender: ExchangeServer, receiver: Peer) -> Finding:
    return Finding(
        id=fingerprint("suppress-external", identity(sender)),
        check="suppress-external",
        severity=SEVERITY,
        subject=Party(sender.label, str(sender.dn)),
        message=(
            f"{sender.label} sends XEXCH50 outside the organisation, where 504 or 505 is expected:"
            f" {SUPPRESS_EXTERNAL} is not 1"
        ),
        affects=(f"{sender.label} → {receiver.label}",),
        remedy=(
            f"create the REG_DWORD value {SUPPRESS_EXTERNAL} = 1 under {XEXCH50} on {sender.label}",
        ),
    )
