"""
Who holds the service principal names of SMTP servers.

EXPS asks Kerberos for a ticket to `SMTPSVC/` and the name of the receiver (KB 914137). The name has
to be on the account of that server, and on no other account of the forest.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from adaudit.directory.layout import values_in
from adaudit.directory.membership import Membership
from adaudit.directory.principal import Principal
from adaudit.directory.snapshot import Snapshot

SMTPSVC = "SMTPSVC"
SMTP = "SMTP"
_ATTRIBUTE = "serviceprincipalname"
_SERVICES = (f"{SMTPSVC}/".casefold(), f"{SMTP}/".casefold())


@dataclass(frozen=True)
class ServiceNames:
    """The accounts that hold service principal names of SMTP servers."""

    holders: Mapping[str, tuple[Principal, ...]]
    """By the name in its folded case, in the order of their own names"""
    unread: str | None
    """Why there may be holders that are not known, None where all was read"""

    @classmethod
    def of(cls, snapshot: Snapshot, membership: Membership) -> Self:
        """Read servicePrincipalName of all accounts, computers and users."""
        found: dict[str, dict[Principal, None]] = defaultdict(dict)
        population = membership.population
        for row in snapshot.principal_rows():
            for text in _names_in(row[-1]):
                number, name = population.of_row(row), text.casefold()
                if number is not None and name.startswith(_SERVICES):
                    found[name][population.principal(number)] = None
        holders = {
            name: tuple(sorted(principals, key=lambda principal: principal.name))
            for name, principals in found.items()
        }
        return cls(holders, _unread(membership))

    def holders_of(self, service: str, host: str) -> tuple[Principal, ...]:
        """The accounts that hold `service/host`, in whatever case."""
        return self.holders.get(f"{service}/{host}".casefold(), ())


def _names_in(attributes: bytes) -> Iterator[str]:
    if _ATTRIBUTE.encode() in attributes:
        for value in values_in(attributes, _ATTRIBUTE):
            yield value.decode("utf-8", "surrogateescape")


def _unread(membership: Membership) -> str | None:
    unread = ", ".join(domain.dns_name for domain in membership.domains.unread)
    return f"not read: {unread}" if unread else membership.lost
