"""
An SMTP virtual server calls itself by a name that is none of its server.

What it reports: each SMTP virtual server of Exchange 2000 and 2003 whose
msExchSmtpFullyQualifiedDomainName is neither the FQDN nor the NetBIOS name of its server; and, as
something to look at, each server whose greeting or answer to EHLO gives another name yet.

Why it matters: a sender authenticates only to a name that it finds in the organisation. To any
other it does not even try: it sends XEXCH50 without X-EXPS or AUTH, and `504 need to authenticate
first` follows. A name that was changed to fake the 220 answer or the Received headers has exactly
these symptoms (KB 843106).

How to mend it: enter the FQDN of the server as the fully-qualified domain name of the virtual
server.
"""

from collections.abc import Iterator
from dataclasses import replace

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import failed, pairs_to, passed, told, unknown, warned
from adaudit.checks.exchange._traffic import first_of, of_probe, of_session, reply
from adaudit.checks.exchange._virtual_servers import VirtualServer, each, of_each
from adaudit.directory.entry import Gap
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import FQDN, Route
from adaudit.exchange.service_names import SMTPSVC
from adaudit.exchange.smtp import (
    Authentication,
    ehlo_name,
    exch50_without_authentication,
    greeting_name,
)
from adaudit.exchange.smtp_name import NameState, SmtpName, own_names, smtp_name, stored_name
from adaudit.findings import Finding, Outcome, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.HIGH
STEP = 8


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the names of the receiver, and show the sessions in which the sender tried none."""
    ruling = of_each(_ruling, context, route)
    if ruling.outcome is Outcome.NOT_APPLICABLE:
        return ruling
    sessions = first_of(_untried(context, route), "session")
    return replace(ruling, evidence=(*ruling.evidence, *sessions))


def run(context: Context) -> Iterator[Finding | Gap]:
    """Rule on every virtual server."""
    yield from told(each(_ruling, context))


def _ruling(context: Context, virtual: VirtualServer) -> Ruling:
    """Hold what the directory says against what probes of the server show."""
    stored = _stored(context, virtual)
    if stored.outcome is Outcome.UNKNOWN:
        return stored
    shown = list(_shown(context, virtual.server))
    expected = _expected(context, virtual.server)
    other = next((name for name, _ in shown if name.lower() not in expected), None)
    lines = (*stored.evidence, *first_of((line for _, line in shown), "probe"))
    if stored.outcome is Outcome.PASS and other is not None:
        return warned(_unlike(virtual, other), *lines)
    return replace(stored, evidence=lines)


def _stored(context: Context, virtual: VirtualServer) -> Ruling:
    """What the directory says alone."""
    server = virtual.server
    mapping = context.flow.accounts[server.label]
    found = smtp_name(virtual.entry, server, mapping)
    line = f"{FQDN} of {virtual} is `{found.name}`"
    if found.state is NameState.ABSENT:
        return unknown(virtual.without_name)
    if found.state is NameState.OWN:
        return passed(f"{line}, its {' and '.join(found.signs)}")
    if found.state is NameState.UNSURE:
        return unknown(f"{line}, and the FQDN of {server.label} is not known: {mapping.why}")
    names = f"names of {server.label}: {', '.join(map(str, found.own))}"
    finding = _finding(context, virtual, found)
    return failed(finding, line, names, *_known_as(context, found.name))


def _known_as(context: Context, name: str) -> Iterator[str]:
    """What other server the name is of, or that it is of none."""
    accounts = context.flow.accounts
    owners = [
        server.label
        for server in context.flow.servers
        if any(own.name == name.lower() for own in own_names(server, accounts[server.label]))
    ]
    yield f"`{name}` is the name of {', '.join(owners) or 'no server of the organisation'}"
    holders = context.service_names.holders_of(SMTPSVC, name)
    if holders:
        listed = ", ".join(holder.name for holder in holders)
        yield f"{SMTPSVC}/{name} is registered for {listed}, which Kerberos may do with (KB 914137)"


def _shown(context: Context, server: ExchangeServer) -> Iterator[tuple[str, str]]:
    """The names that a server gave of itself to probes, each with where."""
    for seen in context.traffic.probes(context.peers.member(server)):
        exchanges = seen.record.exchanges
        answered = ehlo_name(exchanges) or ""
        full = answered if "." in answered else None  # others begin with `Hello`
        for name in dict.fromkeys((greeting_name(exchanges), full)):
            if name is not None:
                yield name, f"{of_probe(seen)}: it calls itself `{name}`"


def _expected(context: Context, server: ExchangeServer) -> frozenset[str]:
    """The names that are no surprise, in lower case."""
    own = own_names(server, context.flow.accounts[server.label])
    stored = (stored_name(entry).lower() for entry in server.virtual_servers)
    return frozenset((*(known.name for known in own), *stored))


def _untried(context: Context, route: Route) -> Iterator[str]:
    for seen in context.traffic.sessions(route):
        found = exch50_without_authentication(seen.record.exchanges)
        is_whole = seen.record.is_whole and found is not None and not found.is_inside_tls
        if found and is_whole and found.authentication is Authentication.NOT_TRIED:
            answer = f"XEXCH50 answered {reply(found.exchange)}"
            yield (
                f"{of_session(seen)}: {answer}, with no X-EXPS or AUTH before it, as towards a"
                " name that is not of the organisation"
            )


def _finding(context: Context, virtual: VirtualServer, found: SmtpName) -> Finding:
    server = virtual.server.label
    where = f"{virtual.properties} > Delivery > Advanced"
    return Finding(
        id=fingerprint("smtp-name", "other", virtual.identity),
        check="smtp-name",
        severity=SEVERITY,
        subject=virtual.party,
        message=(
            f"{virtual} calls itself `{found.name}`, neither the FQDN nor the NetBIOS name of"
            f" {server}: a name changed to fake the 220 answer or the Received headers has exactly"
            " these symptoms, as a sender does not even try to authenticate to a name that is"
            " unknown in the organisation"
        ),
        affects=pairs_to(virtual.server, context),
        remedy=(f"enter `{found.right_name}` as Fully-qualified domain name at {where}",),
    )


def _unlike(virtual: VirtualServer, name: str) -> Finding:
    return Finding(
        id=fingerprint("smtp-name", "shown", virtual.identity),
        check="smtp-name",
        severity=Severity.MEDIUM,
        subject=virtual.party,
        message=(
            f"{virtual.server.label} calls itself `{name}`, while {FQDN} of {virtual} is"
            f" `{stored_name(virtual.entry)}`"
        ),
        remedy=(
            "have the directory copied to the metabase again (DS2MB), and restart SMTPSVC",
            f"find out what answers in place of {virtual.server.label}: see step 9",
        ),
    )
