"""What checks look at: a snapshot, what is derived from it, and the mail flow in it."""

import shlex
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.token import Server
from adaudit.access.view import View
from adaudit.checks._descriptors import Descriptors
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Gap
from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import RegistryValue
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Snapshot
from adaudit.exchange.exps import ExpsLog
from adaudit.exchange.groups import ServersGroup, servers_groups
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.pairs import MailFlow
from adaudit.exchange.peers import Peers, Route
from adaudit.exchange.refusals import Refusal, refusals
from adaudit.exchange.registry import registry_value
from adaudit.exchange.service_names import ServiceNames
from adaudit.exchange.traffic import Traffic
from adaudit.exchange.well_known_groups import well_known_groups
from adaudit.review.delegations import Delegations, find_delegations
from adaudit.review.families import Families
from adaudit.review.grants import Outsiders
from adaudit.review.tier_zero import Kind, TierZero
from adaudit.wording import counted

_NOTHING_KEPT = (
    "there is no Exchange server, and only what checks of Exchange need was read: `scope: all` in "
    "the target list, or `--scope all` for an export, reviews the whole domain"
)


@dataclass(frozen=True)
class Context:
    """One target, ready to be asked."""

    snapshot: Snapshot
    file: tuple[str, ...]
    """What `adaudit explain` can be given to look at the same data"""
    widened: tuple[str, ...] = ()
    """What the target list adds to tier 0"""

    @cached_property
    def view(self) -> View:
        """Schema, memberships and tokens."""
        return View(self.snapshot)

    @cached_property
    def flow(self) -> MailFlow:
        """Exchange servers and what each may do to the others."""
        return MailFlow(self.view)

    @cached_property
    def servers_groups(self) -> dict[Domain, ServersGroup | None]:
        """The *Exchange Domain Servers* of each domain that has Exchange servers."""
        return servers_groups(self.flow)

    @cached_property
    def well_known_groups(self) -> dict[str, Principal]:
        """The groups of Exchange 2007 and later, by the GUIDs that they are named for."""
        return well_known_groups(self.view)

    @cached_property
    def descriptors(self) -> Descriptors:
        """The security descriptors that are out of the ordinary."""
        return Descriptors.of(self.snapshot)

    @cached_property
    def families(self) -> Families:
        """The objects that are alike, under their parents."""
        return Families(self.view)

    @cached_property
    def delegations(self) -> Delegations:
        """What was set by hand."""
        return find_delegations(self.view)

    @cached_property
    def tier_zero(self) -> TierZero:
        """The objects whose control is control of the forest, and who may control them."""
        return TierZero.of(self.view, self.widened)

    @cached_property
    def outsiders(self) -> Outsiders:
        """The accounts outside tier 0, and what they hold."""
        return Outsiders(self.view, self.tier_zero)

    @property
    def evidence(self) -> EvidenceBase:
        """What logs, dialogues and registries say beside the directory."""
        return self.snapshot.evidence

    @cached_property
    def peers(self) -> Peers:
        """Who is meant by the names and addresses of the evidence."""
        return Peers.of(self.flow, self.evidence)

    @cached_property
    def refusals(self) -> tuple[Refusal, ...]:
        """The XEXCH50 commands that were answered 504 or 505, as the evidence shows."""
        return refusals(self.evidence, self.peers)

    @cached_property
    def refusals_by_pair(self) -> Mapping[str, Sequence[Refusal]]:
        """The same by the label of their route."""
        found: dict[str, list[Refusal]] = defaultdict(list)
        for refusal in self.refusals:
            found[refusal.route.label].append(refusal)
        return found

    @cached_property
    def traffic(self) -> Traffic:
        """Who spoke SMTP with whom, as logs, captures and probes show it."""
        return Traffic.of(self.peers, self.evidence)

    @cached_property
    def exps(self) -> ExpsLog:
        """The failures of authentication between servers that event logs hold."""
        return ExpsLog.of(self.peers, self.evidence)

    @cached_property
    def service_names(self) -> ServiceNames:
        """Which accounts hold the service principal names of SMTP servers."""
        return ServiceNames.of(self.snapshot, self.view.membership)

    @cached_property
    def routes(self) -> tuple[Route, ...]:
        """The pairs whose refused XEXCH50 the evidence shows, each once."""
        return tuple(found[0].route for _, found in sorted(self.refusals_by_pair.items()))

    def registry_value(
        self, server: ExchangeServer, key: str, name: str
    ) -> Observed[RegistryValue] | None:
        """What the registry of a server holds, None where no evidence tells of it."""
        return registry_value(server, key, name, self.evidence, self.peers)

    @property
    def faults(self) -> tuple[Gap, ...]:
        """The objects and definitions that could not be understood, and so count nowhere."""
        return tuple(Gap(str(dn), why) for dn, why in self.view.faults)

    @property
    def warnings(self) -> tuple[str, ...]:
        """That next to nothing was checked, and who logs on nowhere."""
        if not self.flow.servers and self.snapshot.scope != "all":
            return (_NOTHING_KEPT,)
        return tuple(self._disabled())

    def _disabled(self) -> Iterator[str]:
        """What stops mail beside missing rights: a disabled account logs on nowhere."""
        return (
            f"{candidate.principal.name}, an account of {label}, is disabled: it cannot log on"
            for label, mapping in self.flow.accounts.items()
            for candidate in mapping.candidates
            if candidate.principal.is_disabled
        )

    def look(self, who: str, on: Dn, right: str, place: Server | None = None) -> str:
        """
        The command that shows a verdict with its whole reason.

        `place` is the controller that checks access, where another one may say something else.
        """
        server = self.flow.by_dn.get(on)
        where = server.label if server else str(on)
        words = ("adaudit", "explain", *self.file, "--who", who, "--on", where, "--right", right)
        domain = place.domain if place else None
        if domain is not None and domain != self.view.domains.containing(on):
            words = (*words, "--in", domain.dns_name)
        return shlex.join(words)

    def diagnosis(self, sender: str, receiver: str) -> str:
        """The command that makes every step of KB 843106 for a pair."""
        return shlex.join(("adaudit", "diagnose", *self.file, "--from", sender, "--to", receiver))

    @property
    def facts(self) -> tuple[str, ...]:
        """What was looked at, in numbers, and which groups are those of the Exchange servers."""
        domains = [domain for domain in self.view.domains.all if domain.sid]
        versions = Counter(str(server.version) for server in self.flow.servers)
        listed = ", ".join(f"{n} of {version}" for version, n in versions.most_common())
        return (
            *self._review_facts(),
            *self._exchange_facts(),
            counted(len(domains), "domain"),
            *([listed] if listed else []),
            *self._evidence_facts(),
            *(_of_servers(domain, group) for domain, group in self.servers_groups.items()),
        )

    def _review_facts(self) -> list[str]:
        """How large the directory is, where all of it was to be read; without the schema's part."""
        if self.snapshot.scope != "all":
            return []
        tier_zero = sum(asset.kind is not Kind.SCHEMA for asset in self.tier_zero.assets)
        return [
            counted(len(self.snapshot), "object"),
            counted(len(self.outsiders.everyone), "account"),
            counted(tier_zero, "tier-0 object"),
        ]

    def _exchange_facts(self) -> list[str]:
        """The Exchange servers; that there are none is worth a word where nothing else was read."""
        servers = self.flow.servers
        if not servers and self.snapshot.scope == "all":
            return []
        virtual = sum(len(server.virtual_servers) for server in servers)
        return [counted(len(servers), "Exchange server"), counted(virtual, "SMTP virtual server")]

    def _evidence_facts(self) -> list[str]:
        """How many sources of each kind stand beside the directory, in one line."""
        kinds = Counter(str(source.kind) for source in self.evidence.sources)
        listed = ", ".join(counted(number, kind) for kind, number in kinds.items())
        return [f"evidence: {listed}"] if listed else []


def _of_servers(domain: Domain, found: ServersGroup | None) -> str:
    if found is None:
        return f"no group of {domain.netbios_name} is surely that of its Exchange servers"
    clues = "; ".join(clue.why for clue in found.clues)
    return f"{found.group.name} is the group of the Exchange servers ({clues})"
