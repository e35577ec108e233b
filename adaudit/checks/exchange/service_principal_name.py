r"""
The service principal name of a virtual server is missing, or two accounts hold it.

What it reports: each SMTP virtual server of Exchange 2000 and 2003 for whose fully-qualified domain
name `SMTPSVC/` is not registered on the account of its server, or also on another account anywhere
in the forest; and, as something to look at, `SMTP/` on another account.

Why it matters: a sender asks Kerberos for a ticket to that name. Where it finds no account or more
than one there is no ticket, EXPS fails with 0x80090303 or 0x80090322, and XEXCH50 with `504 need to
authenticate first` (KB 843106, KB 914137).

How to mend it: register the name with SETSPN on the computer account of the server, and take it off
every other account.
"""

from collections.abc import Iterator, Sequence

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import (
    failed,
    not_applicable,
    pairs_to,
    passed,
    told,
    unknown,
    warned,
)
from adaudit.checks.exchange._virtual_servers import VirtualServer, each, of_each
from adaudit.directory.entry import Gap
from adaudit.directory.principal import Principal
from adaudit.exchange.accounts import MappingState
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.exchange.registry import shown
from adaudit.exchange.service_names import SMTP, SMTPSVC
from adaudit.exchange.smtp_name import NameState, smtp_name, stored_name
from adaudit.findings import Finding, Outcome, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.HIGH
STEP = 7
_LSA = r"HKLM\SYSTEM\CurrentControlSet\Control\Lsa\MSV1_0"
_OWN_NAMES = "BackConnectionHostNames"


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the names of the receiver."""
    return of_each(_ruling, context, route)


def run(context: Context) -> Iterator[Finding | Gap]:
    """Rule on every virtual server; what was not read of the directory is said already."""
    yield from told(each(_registered, context))


def _ruling(context: Context, virtual: VirtualServer) -> Ruling:
    ruling = _registered(context, virtual)
    unread = context.service_names.unread
    if ruling.outcome is Outcome.PASS and unread:
        return unknown(*ruling.evidence, f"another account may hold the name as well: {unread}")
    return ruling


def _registered(context: Context, virtual: VirtualServer) -> Ruling:
    """Rule by the accounts that were read."""
    server = virtual.server
    mapping = context.flow.accounts[server.label]
    found = smtp_name(virtual.entry, server, mapping)
    if found.state is NameState.ABSENT:
        return unknown(virtual.without_name)
    if found.state is NameState.OTHER:
        return not_applicable(f"`{found.name}` is no name of {server.label}: see step 8")
    if mapping.state is not MappingState.MAPPED:
        return unknown(mapping.why)
    return _of_account(context, virtual, mapping.candidates[0].principal)


def _of_account(context: Context, virtual: VirtualServer, account: Principal) -> Ruling:
    """SMTPSVC/ decides, as EXPS asks for it; SMTP/ is shown, and only looked at where doubled."""
    name, server = stored_name(virtual.entry), virtual.server
    own = _registry(context, server)
    lines = (*(_line(context, service, name) for service in (SMTPSVC, SMTP)), *own)
    held = context.service_names.holders_of(SMTPSVC, name)
    if held != (account,):
        is_mended = not held and _is_listed(context, server, name)
        severity = Severity.MEDIUM if is_mended else SEVERITY
        finding = _finding(context, virtual, SMTPSVC, account, severity)
        return warned(finding, *lines) if is_mended else failed(finding, *lines)
    if set(context.service_names.holders_of(SMTP, name)) - {account}:
        return warned(_finding(context, virtual, SMTP, account, Severity.MEDIUM), *lines)
    return passed(*lines)


def _line(context: Context, service: str, name: str) -> str:
    holders = context.service_names.holders_of(service, name)
    listed = " and ".join(holder.name for holder in holders)
    return f"{service}/{name} is registered for {listed or 'no account'}"


def _registry(context: Context, server: ExchangeServer) -> tuple[str, ...]:
    seen = context.registry_value(server, _LSA, _OWN_NAMES)
    return (shown(seen),) if seen else ()


def _is_listed(context: Context, server: ExchangeServer, name: str) -> bool:
    """Whether the server takes the name for its own, the other way to mend of KB 914137."""
    seen = context.registry_value(server, _LSA, _OWN_NAMES)
    value = seen.record.value if seen else None
    return isinstance(value, tuple) and name.casefold() in map(str.casefold, value)


def _finding(
    context: Context, virtual: VirtualServer, service: str, account: Principal, severity: Severity
) -> Finding:
    name = f"{service}/{stored_name(virtual.entry)}"
    holders = context.service_names.holders_of(service, stored_name(virtual.entry))
    others = [holder for holder in holders if holder != account]
    return Finding(
        id=fingerprint("service-principal-name", service, virtual.identity),
        check="service-principal-name",
        severity=severity,
        subject=virtual.party,
        message=_message(name, holders, account),
        affects=pairs_to(virtual.server, context) if severity is SEVERITY else (),
        remedy=("; ".join(_commands(name, others, account, is_held=account in holders)),),
    )


def _message(name: str, holders: Sequence[Principal], account: Principal) -> str:
    if not holders:
        return f"no account holds the service principal name `{name}`, {account.name} neither"
    listed = " and ".join(holder.name for holder in holders)
    if account in holders:
        return f"more than one account holds the service principal name `{name}`: {listed}"
    return f"{listed} holds the service principal name `{name}`, and {account.name} does not"


def _commands(
    name: str, others: Sequence[Principal], account: Principal, *, is_held: bool
) -> Iterator[str]:
    for other in others:
        yield f"take it away: `setspn -D {name} {_short(other)}`"
    if not is_held:
        yield f"register it: `setspn -A {name} {_short(account)}`"


def _short(account: Principal) -> str:
    return account.name.rpartition("\\")[2].removesuffix("$")
