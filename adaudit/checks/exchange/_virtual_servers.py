"""What checks that judge a receiver by each of its SMTP virtual servers share."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import not_applicable, of_receiver, unknown
from adaudit.directory.entry import Entry
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.peers import FQDN, Route
from adaudit.findings import Outcome, Party
from adaudit.rulings import Ruling

_WORST_FIRST = (
    Outcome.FAIL,
    Outcome.UNKNOWN,
    Outcome.WARNING,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class VirtualServer:
    """One SMTP virtual server with the server that it is of."""

    entry: Entry
    server: ExchangeServer

    @property
    def party(self) -> Party:
        """The subject of a finding."""
        return Party(str(self), str(self.entry.dn))

    @property
    def identity(self) -> str:
        """What tells it from all others, for the id of a finding."""
        return str(self.entry.guid or self.entry.dn.path)

    @property
    def properties(self) -> str:
        """Where Exchange System Manager shows its properties, as KB 843106 leads there."""
        title = self.entry.text("displayName") or "Default SMTP Virtual Server"
        group, server = self.server.administrative_group, self.server.name
        way = ("Administrative Groups", group, "Servers", server, "Protocols", "SMTP", title)
        return f"Exchange System Manager > {' > '.join(way)} > Properties"

    @property
    def without_name(self) -> str:
        """That nothing can be said of its name, as it is absent."""
        return f"{FQDN} of {self} is absent: {self.properties} > Delivery > Advanced would tell"

    def __str__(self) -> str:
        return f"virtual server {self.entry.dn.name} of {self.server.label}"


Rule = Callable[[Context, VirtualServer], Ruling]


def of_each(rule: Rule, context: Context, route: Route) -> Ruling:
    """Rule on each virtual server of the receiver; the worst counts."""

    def of_all(context: Context, server: ExchangeServer) -> Ruling:
        if server.version is Version.EXCHANGE_55:
            return not_applicable(f"{server.label} is {server.version}: it has none")
        if not server.decides_by_send_as:
            return not_applicable(f"{server.label} has receive connectors instead: see step 13")
        if not server.virtual_servers:
            return unknown(f"no SMTP virtual server of {server.label} was read")
        return _worst(rule(context, virtual) for virtual in _of(server))

    return of_receiver(of_all, context, route)


def each(rule: Rule, context: Context) -> Iterator[tuple[str, Ruling]]:
    """Rule on each virtual server of the organisation, with the name of its server."""
    for server in context.flow.servers:
        if server.version is Version.EXCHANGE_55 or not server.decides_by_send_as:
            continue
        for virtual in _of(server):
            yield server.label, rule(context, virtual)


def _of(server: ExchangeServer) -> Iterator[VirtualServer]:
    return (VirtualServer(entry, server) for entry in server.virtual_servers)


def _worst(rulings: Iterable[Ruling]) -> Ruling:
    """The worst ruling, with the evidence of all, its own first, and the findings of its kind."""
    ranked = sorted(rulings, key=lambda ruling: _WORST_FIRST.index(ruling.outcome))
    worst = ranked[0]
    alike = [ruling for ruling in ranked if ruling.outcome is worst.outcome]
    return Ruling(
        worst.outcome,
        tuple(dict.fromkeys(line for ruling in ranked for line in ruling.evidence)),
        tuple(finding for ruling in alike for finding in ruling.findings),
        next((ruling.cause for ruling in alike if ruling.cause), None),
    )
