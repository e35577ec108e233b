"""Send-As from every Exchange server to every other: the verdicts behind the matrix."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.evaluator import evaluate
from adaudit.access.token import Server, Token
from adaudit.access.verdict import Verdict
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.exchange.accounts import AccountMapping, Accounts, MappingState
from adaudit.exchange.organisation import ORGANISATION_CLASS, ExchangeServer, servers_of
from adaudit.security.rights import SEND_AS, Right
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class ObjectVerdict:
    """The answer for one account of a sender on one object of a receiver."""

    account: Principal
    object: Entry
    verdict: Verdict | Unreadable
    token: Token


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """A sender, a receiver, and the answers for each account on each object."""

    sender: ExchangeServer
    receiver: ExchangeServer
    answers: tuple[ObjectVerdict, ...]
    """Empty when the sender has no account that is known"""

    @property
    def label(self) -> str:
        """The pair in words: `EX02 → EX01`."""
        return f"{self.sender.label} → {self.receiver.label}"


@dataclass(frozen=True)
class MailFlow:
    """The Exchange servers of a snapshot and what each may do to the others."""

    view: View

    @cached_property
    def servers(self) -> tuple[ExchangeServer, ...]:
        """All servers, by label."""
        return servers_of(self.view.snapshot)

    @cached_property
    def organisations(self) -> tuple[Entry, ...]:
        """The organisation objects; a forest has one at most."""
        return tuple(self.view.snapshot.of_class(ORGANISATION_CLASS))

    @cached_property
    def accounts(self) -> dict[str, AccountMapping]:
        """The account of each server, by label."""
        index = Accounts.of(self.view.snapshot, self.view.membership)
        return {server.label: index.map(server) for server in self.servers}

    @cached_property
    def pairs(self) -> tuple[PairVerdict, ...]:
        """Every sender with every receiver but itself that decides by Send-As."""
        return tuple(self._pairs())

    @cached_property
    def pairs_by_receiver(self) -> Mapping[str, Mapping[str, PairVerdict]]:
        """The same by the label of the receiver, then of the sender."""
        found: dict[str, dict[str, PairVerdict]] = defaultdict(dict)
        for pair in self.pairs:
            found[pair.receiver.label][pair.sender.label] = pair
        return found

    def verdicts(
        self,
        sender: ExchangeServer,
        receiver: ExchangeServer,
        right: Right = SEND_AS,
        objects: Iterable[Entry] | None = None,
    ) -> Iterator[ObjectVerdict]:
        """
        Judge each account of `sender` on objects of `receiver`.

        By default they are those that Send-As is asked on: the server and its virtual servers.
        """
        place = self.place(receiver)
        asked = receiver.smtp_objects if objects is None else tuple(objects)
        for candidate in self.accounts[sender.label].candidates:
            token = self.view.token(candidate.principal.sid, place)
            for entry in asked:
                verdict = self._verdict(entry, token, right)
                yield ObjectVerdict(candidate.principal, entry, verdict, token)

    def place(self, receiver: ExchangeServer) -> Server:
        """
        The server that checks access for mail to `receiver`: itself.

        Domain-local groups are those of its domain; its own local groups are not in the
        directory, unless it is a domain controller.
        """
        mapping = self.accounts[receiver.label]
        is_mapped = mapping.state is MappingState.MAPPED
        account = mapping.candidates[0].principal if is_mapped else None
        domains = self.view.domains
        domain = account.domain if account else None
        if domain is None and len(domains.all) == 1:
            domain = domains.all[0]
        is_controller = account is not None and account.is_domain_controller
        return Server(receiver.label, domain, is_domain_controller=is_controller)

    def place_for(self, dn: Dn) -> Server:
        """An Exchange server checks access to what is its own, a controller to all else."""
        for server in self.servers:
            if server.holds(dn):
                return self.place(server)
        domains = self.view.domains
        return self.view.controller_of(domains.containing(dn) or domains.root)

    def _pairs(self) -> Iterator[PairVerdict]:
        for sender in self.servers:
            for receiver in self.servers:
                if sender is not receiver and receiver.decides_by_send_as:
                    yield PairVerdict(sender, receiver, tuple(self.verdicts(sender, receiver)))

    def _verdict(self, entry: Entry, token: Token, right: Right) -> Verdict | Unreadable:
        descriptor = descriptor_of(entry)
        if isinstance(descriptor, Unreadable):
            return descriptor
        return evaluate(descriptor, token, self.view.question(right, entry))


def account_sids(mapping: AccountMapping) -> frozenset[Sid]:
    """The SIDs of all accounts that a server may have."""
    return frozenset(candidate.principal.sid for candidate in mapping.candidates)
