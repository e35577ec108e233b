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
from adaudit.checks._step import not_applicable, of_sender, passed, told, unknown, warned
from adaudit.checks._traffic import identity
from adaudit.directory.entry import Gap
from adaudit.directory.evidence import Observed
from adaudit.directory.observations import RegistryValue, SourceKind
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.peers import Peer, Route, Standing
from adaudit.findings import Finding, NotApplicable, Party, Ruling, Severity, fingerprint

SEVERITY = Severity.INFO
STEP = 10
_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50"
_NAME = "SuppressExternal"


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
    found = _values(context, sender)
    if not found:
        wanted = f"{_NAME} under {_KEY} of {sender.label}"
        return unknown(f"no registry among the evidence tells {wanted}")
    newest = max(found, key=lambda seen: seen.source.taken_at)
    line = f"{newest.source.name}: {_NAME} of {sender.label} is {_shown(newest.record)}"
    if newest.record.value == 1:
        return passed(line)
    if not _is_outside(receiver):
        return unknown(line, f"{receiver.label}: {receiver.standing}")
    return warned(_finding(sender, receiver), line)


def _values(context: Context, sender: ExchangeServer) -> list[Observed[RegistryValue]]:
    return [
        seen
        for seen in context.evidence.registry
        if seen.record.key.lower().endswith(r"\services\smtpsvc\xexch50")
        and seen.record.name.lower() == _NAME.lower()
        and context.peers.find(seen.record.computer or "").server is sender
    ]


def _shown(value: RegistryValue) -> str:
    return "absent" if value.value is None else f"`{value.value}` ({value.type})"


def _finding(sender: ExchangeServer, receiver: Peer) -> Finding:
    return Finding(
        id=fingerprint("suppress-external", identity(sender)),
        check="suppress-external",
        severity=SEVERITY,
        subject=Party(sender.label, str(sender.dn)),
        message=(
            f"{sender.label} sends XEXCH50 outside the organisation, where 504 or 505 is expected:"
            f" {_NAME} is not 1"
        ),
        affects=(f"{sender.label} → {receiver.label}",),
        remedy=(f"create the REG_DWORD value {_NAME} = 1 under {_KEY} on {sender.label}",),
    )
