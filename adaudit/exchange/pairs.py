"""Send-As from every Exchange server to every other: the verdicts behind the matrix."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

from adaudit.access.token import Server
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal
from adaudit.exchange.accounts import AccountMapping, Accounts, MappingState
from adaudit.exchange.answers import Answers, Asked, ObjectVerdict
from adaudit.exchange.matrix import SendAs, Standing
from adaudit.exchange.organisation import ORGANISATION_CLASS, ExchangeServer, servers_of
from adaudit.security.rights import SEND_AS, Right
from adaudit.security.sid import Sid


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
        index = Accounts.of(self.view.snapshot, self.view.membership, self.servers)
        return {server.label: index.map(server) for server in self.servers}

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The label of each server, by its number."""
        return tuple(server.label for server in self.servers)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """The number of each server, by its label."""
        return {label: number for number, label in enumerate(self.labels)}

    @cached_property
    def principals(self) -> Sequence[Principal]:
        """The account of each number that `send_as` has."""
        mappings = self.accounts.values()
        known = {each.principal.sid: each.principal for m in mappings for each in m.candidates}
        return [known[sid] for sid in self.send_as.accounts]

    @cached_property
    def by_label(self) -> Mapping[str, ExchangeServer]:
        """All servers by label."""
        return {server.label: server for server in self.servers}

    @cached_property
    def by_dn(self) -> Mapping[Dn, ExchangeServer]:
        """All servers by the name of their object."""
        return {server.dn: server for server in self.servers}

    @cached_property
    def receivers(self) -> Mapping[str, ExchangeServer]:
        """The servers that let others in by Send-As, by label."""
        return {server.label: server for server in self.servers if server.decides_by_send_as}

    @cached_property
    def send_as(self) -> SendAs:
        """Send-As of the accounts of all senders, which have their numbers among `servers`."""
        accounts = (self.accounts[server.label].candidates for server in self.servers)
        sids = [[each.principal.sid for each in candidates] for candidates in accounts]
        return SendAs(self.view, sids)

    @cached_property
    def standings(self) -> Mapping[str, Standing]:
        """
        How all senders stand with each receiver, by its label.

        A sender has the number of its place among `servers`; a receiver counts as its own sender.
        """
        ask = partial(self.view.question, SEND_AS)
        return {
            label: self.send_as.standing(server.smtp_objects, self.place(server), ask)
            for label, server in self.receivers.items()
        }

    @property
    def pairs(self) -> Iterator[PairVerdict]:
        """The verdicts of every sender on every receiver but itself."""
        for sender in self.servers:
            for receiver in self.receivers.values():
                if sender is not receiver:
                    yield self.pair(sender, receiver)

    def broken_pairs(self, receiver: str | None = None) -> Iterator[PairVerdict]:
        """
        The verdicts of all pairs that are not surely allowed, by sender, then receiver.

        With the label of a receiver only those with it.
        """
        labels = [label for label in self.receivers if receiver in (None, label)]
        broken = {label: self.standings[label].broken for label in labels}
        for number, sender in enumerate(self.servers):
            for label in labels:
                if number in broken[label] and sender.label != label:
                    yield self.pair(sender, self.receivers[label])

    def pair(self, sender: ExchangeServer, receiver: ExchangeServer) -> PairVerdict:
        """The verdicts of one pair."""
        return PairVerdict(sender, receiver, tuple(self.verdicts(sender, receiver)))

    def pair_named(self, sender: str, receiver: str) -> PairVerdict | None:
        """The verdicts of the pair of those labels, None where Send-As does not decide on it."""
        found = self.by_label.get(sender)
        if found is None or sender == receiver or receiver not in self.receivers:
            return None
        return self.pair(found, self.receivers[receiver])

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
        if objects is None and right == SEND_AS:
            asked = self._asked_of_receivers[receiver.label]
        else:
            entries = receiver.smtp_objects if objects is None else objects
            asked = self._answers.asked(entries, self.place(receiver), right)
        for candidate in self.accounts[sender.label].candidates:
            for each in asked:
                yield self._answers.on(candidate.principal, each)

    def asked(self, receiver: ExchangeServer) -> tuple[Asked, ...]:
        """What Send-As is asked on when mail comes to `receiver`."""
        return self._asked_of_receivers[receiver.label]

    def answer(self, account: Principal, asked: Asked) -> ObjectVerdict:
        """The whole answer for one account on one object."""
        return self._answers.on(account, asked)

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
        above: Dn | None = dn
        while above is not None:
            if above in self.by_dn:
                return self.place(self.by_dn[above])
            above = above.parent
        domains = self.view.domains
        return self.view.controller_of(domains.containing(dn) or domains.root)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self.view)

    @cached_property
    def _asked_of_receivers(self) -> Mapping[str, tuple[Asked, ...]]:
        """What Send-As is asked on, by the label of the server."""
        return {
            server.label: self._answers.asked(server.smtp_objects, self.place(server), SEND_AS)
            for server in self.servers
        }


def account_sids(mapping: AccountMapping) -> frozenset[Sid]:
    """The SIDs of all accounts that a server may have."""
    return frozenset(candidate.principal.sid for candidate in mapping.candidates)
