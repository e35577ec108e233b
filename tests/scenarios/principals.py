"""Accounts and groups of a scenario, and what their names stand for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from adaudit.security.sid import Sid
from tests.builders import Made, MadeDomain, World
from tests.scenarios.model import Account, Group, Scenario, Server

RIDS = {
    "domain admins": 512,
    "domain users": 513,
    "domain computers": 515,
    "domain controllers": 516,
    "enterprise admins": 519,
    "administrators": 544,
}
"""Groups that every domain has, in lower case"""
_WORKSTATION, _CONTROLLER, _DISABLED = 0x1000, 0x82000, 0x2  # userAccountControl


@dataclass
class Principals:
    """The domains of a scenario, and all that its names stand for."""

    scenario: Scenario
    world: World = field(default_factory=World)
    domains: dict[str, MadeDomain] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    """By name in lower case, with the domain, and without it as the scenario writes it"""
    _rids: Iterator[int] = field(default_factory=lambda: iter(range(1101, 9999)))

    @property
    def servers(self) -> dict[str, Server]:
        """The servers with all that is left to its default."""
        return {name: server or Server() for name, server in self.scenario.servers.items()}

    @property
    def accounts(self) -> dict[str, Account]:
        r"""All computer accounts by `DOMAIN\NAME$`."""
        found = dict(self.scenario.accounts)
        for name, server in self.servers.items():
            if server.account:
                found[f"{server.domain}\\{name}$" if server.domain else f"{name}$"] = server.account
        return {self.full_name(name): account for name, account in found.items()}

    @property
    def groups(self) -> dict[str, Group]:
        r"""All groups by `DOMAIN\name`."""
        every = {
            f"{netbios}\\Domain Computers": Group()
            for netbios, domain in self.domains.items()
            if domain.head
        }
        return every | {self.full_name(name): g for name, g in self.scenario.groups.items()}

    def full_name(self, name: str) -> str:
        r"""`DOMAIN\name`, in the first domain unless the name says otherwise."""
        return name if "\\" in name else f"{next(iter(self.domains))}\\{name}"

    def add(self) -> None:
        """Make all of them, then their memberships."""
        for name, account in self.accounts.items():
            self._add_account(name, account)
        for name, sid in self.scenario.foreign.items():
            self.made[name.lower()] = next(iter(self.domains.values())).foreign(sid)
        for name, group in self.groups.items():
            self._add_group(name, group)
        for name, group in self.groups.items():
            members = [self.made[member.lower()] for member in group.members]
            self.made[name.lower()].put(member=members)
        for name, account in self.accounts.items():
            primary = f"{name.partition(chr(92))[0]}\\{account.primary}".lower()
            self.made[name.lower()].put(primaryGroupID=self.made[primary].sid.rid)

    def _add_account(self, name: str, account: Account) -> None:
        netbios, _, short = name.partition("\\")
        domain = self.domains[netbios]
        host = short.removesuffix("$")
        made = domain.computer(
            host,
            next(self._rids),
            primary=None,
            control=_control(account),
            dNSHostName=account.dns or f"{host.lower()}.{dns_name(domain)}",
            servicePrincipalName=_services(account, host, domain),
            sIDHistory=list(map(Sid.parse, account.history)),
        )
        self._know(name, made)

    def _add_group(self, name: str, group: Group) -> None:
        netbios, _, short = name.partition("\\")
        domain = self.domains[netbios]
        known = RIDS.get(short.lower())
        if group.scope == "builtin" and known:
            self._know(name, domain.builtin(short, known))
            return
        made = domain.group(
            short,
            known or next(self._rids),
            group.scope,
            is_security_enabled=not group.distribution,
            sIDHistory=list(map(Sid.parse, group.history)),
        )
        self._know(name, made)

    def _know(self, name: str, made: Made) -> None:
        self.made[name.lower()] = made
        short = name.partition("\\")[2]
        if self.full_name(short) == name or short.lower() not in self.made:
            self.made[short.lower()] = made


def _control(account: Account) -> int:
    kind = _CONTROLLER if account.controller else _WORKSTATION
    return kind | (_DISABLED if account.disabled else 0)


def _services(account: Account, host: str, domain: MadeDomain) -> list[str]:
    """The names that Exchange setup and Windows register for an SMTP server."""
    if account.services is not None:
        return list(account.services)
    names = (host, account.dns or f"{host.lower()}.{dns_name(domain)}")
    return [f"{kind}/{name}" for kind in ("HOST", "SMTP", "SMTPSVC") for name in names]


def dns_name(domain: MadeDomain) -> str:
    """The DNS name of a domain."""
    return ".".join(rdn.partition("=")[2] for rdn in domain.dn.rdns)
