r"""
A server accepts XEXCH50 from whoever has not authenticated.

What it reports: each server whose registry holds Exch50AuthCheckEnabled = 0 under
HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50.

Why it matters: the value takes away the check that answers `504 need to authenticate first`, and
with it that error. Anyone who reaches the SMTP port can then hand over the properties of messages,
and the verb itself had a flaw that gave the server away (MS03-046, CVE-2003-0714).

How to mend it: delete the value or set it to 1, and find the cause of the refusals by the other
steps of KB 843106.
"""

from collections.abc import Iterator

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import of_receiver, passed, told, unknown, warned
from adaudit.directory.entry import Gap
from adaudit.directory.observations import SourceKind
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.exchange.registry import AUTH_CHECK_ENABLED, HOW_TO_EXPORT, XEXCH50, shown
from adaudit.findings import Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.MEDIUM
STEP = 12


def judge(context: Context, route: Route) -> Ruling:
    """Rule on whether the receiver checks who sends XEXCH50."""
    return of_receiver(_ruling, context, route)


def run(context: Context) -> Iterator[Finding | Gap | NotApplicable]:
    """Rule on every server whose registry is among the evidence."""
    if not context.evidence.of_kind(SourceKind.REGISTRY):
        yield NotApplicable("no registry among the evidence")
        return
    known = [
        server
        for server in context.flow.servers
        if context.registry_value(server, XEXCH50, AUTH_CHECK_ENABLED)
    ]
    if not known:
        yield NotApplicable(f"no registry of an Exchange server tells {AUTH_CHECK_ENABLED}")
    yield from told((server.label, _ruling(context, server)) for server in known)
    yield from _of_nobody(context)


def _of_nobody(context: Context) -> Iterator[Gap]:
    """The values of a registry that cannot be tied to a server."""
    for seen in context.evidence.registry:
        if seen.record.name.casefold() != AUTH_CHECK_ENABLED.casefold():
            continue
        peer = context.peers.find(seen.record.computer or "")
        if peer.server is None:
            yield Gap(seen.source.name, f"registry of {peer.label}: {peer.standing}")


def _ruling(context: Context, server: ExchangeServer) -> Ruling:
    seen = context.registry_value(server, XEXCH50, AUTH_CHECK_ENABLED)
    if seen is None:
        wanted = f"{AUTH_CHECK_ENABLED} under {XEXCH50} of {server.label}"
        return unknown(f"no registry among the evidence tells {wanted}: {HOW_TO_EXPORT}")
    value = seen.record.value
    if value is None:
        return passed(f"{shown(seen)}, which is taken to leave the check on")
    if not isinstance(value, int):
        return unknown(f"{shown(seen)}: it should be a REG_DWORD")
    return passed(shown(seen)) if value else warned(_finding(server), shown(seen))


def _finding(server: ExchangeServer) -> Finding:
    return Finding(
        id=fingerprint("anonymous-exch50", str(server.entry.guid or server.dn.path)),
        check="anonymous-exch50",
        severity=SEVERITY,
        subject=Party(server.label, str(server.dn)),
        message=(
            f"{AUTH_CHECK_ENABLED} of {server.label} is 0: it accepts XEXCH50 from anyone who can"
            " reach its SMTP port (MS03-046)"
        ),
        remedy=(f"delete {AUTH_CHECK_ENABLED} under {XEXCH50} on {server.label}, or set it to 1",),
    )
