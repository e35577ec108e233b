"""
The fictional forest of samples/: an Exchange 2003 organisation that grew for years.

Every fault is planted once; samples/README.md tells them to the reader.
"""

from exchange_tree import (
    ACCEPT_EXCH50,
    EXCHANGE_2000,
    EXCHANGE_2007,
    RECEIVE_AS,
    SEND_AS,
    SUBMIT,
    Organisation,
    Server,
)
from sam import DOMAIN_LOCAL, GLOBAL, UNIVERSAL, Sam

_EDS = "{Exchange Domain Servers}"
_HEAD_OFFICE = "Head Office"
_BRANCHES = "Branches"
_EXCHANGE_2007 = "Exchange Administrative Group (FYDIBOHF23SPDLT)"
_HOSTILE = '=HYPERLINK("http://evil.invalid","\u202elliam\u202c")\x1b[31m'
"""A formula, right-to-left overrides and the start of a terminal's escape sequence."""


def _allow(trustee: str) -> str:
    return f"(OA;CI;CR;{SEND_AS};;{trustee})"


def _deny(trustee: str, right: str = SEND_AS) -> str:
    return f"(OD;CI;CR;{right};;{trustee})"


_SERVERS = [
    # sound
    Server("EX01", _HEAD_OFFICE),
    # sound: the explicit allow beats the deny for Mail Restrictions that is inherited
    Server("EX02", _HEAD_OFFICE, _allow("{Branch Servers}")),
    # its account is in Branch Servers, and so in Mail Restrictions, which Head Office denies
    Server("EX03", _BRANCHES),
    # its account was never put into Exchange Domain Servers; it denies the group whose name is
    # hostile
    Server("EX04", _HEAD_OFFICE, _deny("{Hostile}")),
    # its account is in Mail Ops, and so in Domain Admins, which the organisation denies; its
    # virtual server bears a name of the Internet
    Server("EX05", _HEAD_OFFICE, smtp={"msExchSmtpFullyQualifiedDomainName": "mail.contoso.com"}),
    # Exchange Domain Servers is its account's primary group; its second virtual server is shut
    Server("EX06", _HEAD_OFFICE, virtual_servers={"1": "", "2": _deny(_EDS)}),
    # inheritance is blocked, and nobody put the right back
    Server("EX07", _BRANCHES, "(A;CI;RPLCLORC;;;AU)(A;CI;RPWPLCLORC;;;DA)", protected=True),
    # not in canonical order: the deny has no effect behind the allow; its account has no service
    # principal name for SMTP
    Server("EX08", _BRANCHES, _allow(_EDS) + _deny(_EDS), in_order=False),
    # denies for a distribution group, a deleted group and another right are without effect;
    # integrated Windows authentication is off
    Server(
        "EX09",
        _BRANCHES,
        _deny("{Mail Announcements}") + _deny("{Deleted}") + _deny(_EDS, RECEIVE_AS),
        version=EXCHANGE_2000,
        smtp={"msExchAuthenticationFlags": "3"},
    ),
    # its computer account is gone; `leave_stale_entry` does the rest
    Server("EX10", _BRANCHES),
    # two computers claim to be it; it denies the group with the Chinese name
    Server("EX11", _BRANCHES, _deny("{邮件服务器}")),
    # Exchange 2007 has no SMTP virtual servers; its receive connector lets Exchange Servers in, and
    # ExchangeLegacyInterop, which nobody put the old servers into
    Server("EX12", _EXCHANGE_2007, virtual_servers={}, version=EXCHANGE_2007),
]


def populate(sam: Sam) -> None:
    """Add the accounts, the groups and the organisation to a new domain."""
    _add_groups(sam, _add_accounts(sam))
    organisation = Organisation(sam, "Contoso")
    organisation.create([_HEAD_OFFICE, _BRANCHES, _EXCHANGE_2007])
    for server in _SERVERS:
        organisation.add_server(server)
    sam.add_aces(organisation.dn, _allow("{Exchange Servers}"))
    sam.add_aces(organisation.group_dn(_HEAD_OFFICE), _deny("{Mail Restrictions}"))
    for server in _SERVERS:
        organisation.grant(server)
    _add_connectors(organisation)
    _name_groups(sam)


def _name_groups(sam: Sam) -> None:
    """Say which groups Exchange 2007 made, by the GUIDs that it knows them by."""
    known = {
        "A7D2016C83F003458132789EEB127B84": "Exchange Servers",
        "9C5B963F67F14A4B936CB8EFB19C4784": "ExchangeLegacyInterop",
    }
    values = [f"B:32:{guid}:CN={name},{sam.users}" for guid, name in known.items()]
    root = f"CN=Microsoft Exchange,CN=Services,{sam.configuration}"
    sam.modify(root, "otherWellKnownObjects", values)


def _add_connectors(organisation: Organisation) -> None:
    """The ways to Exchange 2007, and to a partner whose servers nobody authenticates to."""
    rights = (ACCEPT_EXCH50, SUBMIT)
    groups = ("Exchange Servers", "ExchangeLegacyInterop")
    sddl = "".join(f"(OA;;CR;{right};;{{{group}}})" for right in rights for group in groups)
    organisation.add_receive_connector(_SERVERS[-1], sddl)
    organisation.add_smtp_connector(
        _HEAD_OFFICE, "To Litware", "mail.litware.example", "litware.example"
    )


def _add_accounts(sam: Sam) -> dict[str, str]:
    """The computers' and users' distinguished names, by name."""
    names = [server.name for server in _SERVERS if server.name not in {"EX10", "EX11"}]
    accounts = {name: sam.add_computer(name) for name in names if name != "EX08"}
    accounts["EX08"] = sam.add_computer("EX08", kinds=["HOST"])
    accounts["EX11"] = sam.add_computer("EX11", f"ex11-old.{sam.dns_name}")
    accounts["MAIL11"] = sam.add_computer("MAIL11", f"ex11.{sam.dns_name}")
    sam.sids["EX10$"] = f"{sam.domain_sid}-1907"
    sam.sids["Deleted"] = f"{sam.domain_sid}-1644"
    accounts["Erzsébet Kovács"] = sam.add_user("Erzsébet Kovács", "ekovacs")
    accounts["Robin Sato"] = sam.add_user("Robin Sato", "rsato")
    return accounts


def _add_groups(sam: Sam, accounts: dict[str, str]) -> None:
    def members(*names: str) -> list[str]:
        return [accounts[name] for name in names]

    granted = members("EX01", "EX02", "EX03", "EX05", "EX07", "EX08", "EX09", "EX11")
    domain_servers = sam.add_group("Exchange Domain Servers", GLOBAL, granted)
    sam.make_primary_group(accounts["EX06"], domain_servers)
    sam.add_group("Exchange Enterprise Servers", DOMAIN_LOCAL, [domain_servers])
    sam.add_group("Exchange Servers", UNIVERSAL, members("EX12"))
    sam.add_group("ExchangeLegacyInterop", UNIVERSAL)  # and nobody in it

    branch_servers = sam.add_group("Branch Servers", GLOBAL, members("EX03"))
    sam.add_group("Mail Restrictions", DOMAIN_LOCAL, [branch_servers])
    mail_ops = sam.add_group("Mail Ops", GLOBAL, members("EX05", "Erzsébet Kovács"))
    sam.modify(f"CN=Domain Admins,{sam.users}", "member", mail_ops)

    announced = members("EX01", "EX02", "Robin Sato")
    sam.add_group("Mail Announcements", GLOBAL, announced, security_enabled=False)
    sam.add_group("Migration Servers", GLOBAL, members("EX02"))
    hungarian = sam.add_group("Levelező kiszolgálók", GLOBAL, members("EX09"))
    sam.add_group("邮件服务器", UNIVERSAL, [hungarian])
    sam.sids["Hostile"] = sam.sid(sam.add_group(_HOSTILE, GLOBAL, members("EX08")))


def leave_stale_entry(sam: Sam) -> None:
    """
    Give EX10 an entry marked inherited that no ancestor holds.

    Directories have such entries after a restored backup or a failed propagation; a domain
    controller that works does not write one, so this goes past it.
    """
    organisation = Organisation(sam, "Contoso")
    server = next(server for server in _SERVERS if server.name == "EX10")
    entry = _deny("{Migration Servers}").replace(";CI;", ";CIID;")
    sam.sids["Migration Servers"] = sam.sid(f"CN=Migration Servers,{sam.users}")
    sam.write_inherited_ace(organisation.server_dn(server), entry)
