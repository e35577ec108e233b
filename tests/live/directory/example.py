"""The domain EXAMPLE: an organisation of 13 servers, one for each way to hold or lack Send-As."""

from exchange_tree import RECEIVE_AS, SEND_AS, Organisation, Server
from sam import DOMAIN_LOCAL, GLOBAL, UNIVERSAL, Sam

_SMTP_CLASS = "3378ca84-a982-11d2-a9ff-00c04f8eedd8"
_EDS = "{Exchange Domain Servers}"
_FIRST = "First Administrative Group"
_BRANCH = "Branch Administrative Group"
_ODD = "Odd Cases"


def _allow(trustee: str) -> str:
    return f"(OA;CI;CR;{SEND_AS};;{trustee})"


def _deny(trustee: str, right: str = SEND_AS) -> str:
    return f"(OD;CI;CR;{right};;{trustee})"


_SERVERS = [
    Server("EXCH01", _FIRST),
    # in a ring of groups, which does no harm by itself
    Server("EXCH02", _FIRST),
    # an explicit allow beats the deny that the administrative group hands down
    Server("EXCH03", _BRANCH, _allow(_EDS)),
    # denied by a group two levels above Exchange Domain Servers
    Server("EXCH04", _BRANCH),
    # its account is in Quarantine, which EXCH06 denies
    Server("EXCH05", _FIRST),
    # its account is not in Exchange Domain Servers
    Server("EXCH06", _FIRST, _deny("{Quarantine}")),
    # Exchange Domain Servers is its primary group
    Server("EXCH07", _FIRST, _deny("{Ring A}")),
    # a protected DACL without the right
    Server(
        "EXCH08", _ODD, "(A;CI;RPLCLORC;;;AU)(A;CI;RPWPCCDCLCLORCSDDTWDWO;;;DA)", protected=True
    ),
    # not in canonical order: the deny is shadowed
    Server("EXCH09", _ODD, _allow(_EDS) + _deny(_EDS), in_order=False),
    # no effect: a distribution group, a deleted account, another right
    Server("EXCH10", _ODD, _deny("{List}") + _deny("{Orphan}") + _deny(_EDS, RECEIVE_AS)),
    # every extended right is denied, and to everyone who logs on
    Server("EXCH11", _ODD, "(D;CI;CR;;;AU)"),
    # inherit-only, and meant for SMTP virtual servers
    Server("EXCH12", _ODD, f"(OD;CIIO;CR;{SEND_AS};{_SMTP_CLASS};{_EDS})"),
    # denied on the virtual server alone
    Server("EXCH13", _ODD, virtual_servers={"1": _deny("{Exchange Enterprise Servers}")}),
]


def populate(sam: Sam) -> None:
    """Add the accounts, the groups and the organisation to a new domain."""
    sam.add_user("auditor", "auditor")
    _add_accounts(sam)
    organisation = Organisation(sam, "Example Org")
    organisation.create([_FIRST, _BRANCH, _ODD])
    for server in _SERVERS:
        organisation.add_server(server)
    sam.add_aces(organisation.group_dn(_BRANCH), _deny("{Branch Lockdown}"))
    for server in _SERVERS:
        organisation.grant(server)


def _add_accounts(sam: Sam) -> None:
    computers = {server.name: sam.add_computer(server.name) for server in _SERVERS}
    members = [dn for name, dn in computers.items() if name not in {"EXCH06", "EXCH07"}]
    servers = sam.add_group("Exchange Domain Servers", GLOBAL, members)
    sam.make_primary_group(computers["EXCH07"], servers)
    sam.add_group("Exchange Enterprise Servers", DOMAIN_LOCAL, [servers])
    legacy = sam.add_group("Legacy Servers", GLOBAL, [servers])
    sam.add_group("Branch Lockdown", DOMAIN_LOCAL, [legacy])
    sam.add_group("Quarantine", GLOBAL, [computers["EXCH05"]])
    listed = [computers["EXCH01"], computers["EXCH02"]]
    sam.sids["List"] = sam.sid(
        sam.add_group("Mail Servers List", GLOBAL, listed, security_enabled=False)
    )
    sam.sids["Orphan"] = f"{sam.domain_sid}-999999"
    ring_c = sam.add_group("Ring C", UNIVERSAL, [computers["EXCH02"]])
    ring_b = sam.add_group("Ring B", UNIVERSAL, [ring_c])
    ring_a = sam.add_group("Ring A", UNIVERSAL, [ring_b])
    sam.modify(ring_c, "member", ring_a)
