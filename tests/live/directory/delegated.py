"""
A domain with delegations by hand: what makes them hard to read occurs in them, each at a place.

Rights reach `helper` by three nestings of groups and `trainee` by the same, whom another nesting
denies them; `keeper` and the computer WS01 are in groups of their own, `owner` owns objects and
`syncer` may replicate secrets, `watcher` only what is none. `plain` is in no group.
"""

from collections.abc import Mapping

from sam import DOMAIN_LOCAL, GLOBAL, UNIVERSAL, Sam

_DISABLED, _DISABLED_MACHINE = "514", "4098"
SUBJECTS = ("plain", "helper", "trainee", "keeper", "owner", "syncer", "watcher")
TRIED = ("plain", "helper", "trainee", "keeper", "WS01$")
"""Who has an object of that name where trying an operation moves or deletes it"""

USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
COMPUTER = "bf967a86-0de6-11d0-a285-00aa003049e2"
GROUP = "bf967a9c-0de6-11d0-a285-00aa003049e2"
_RESET = "00299570-246d-11d0-a768-00aa006e0529"  # User-Force-Change-Password
_PERSONAL = "77b5b886-944a-11d1-aebd-0000f80367c1"  # Personal-Information
_PRIVATE = "91e647de-d96f-4b70-9557-d63ff4f3ccd8"  # Private-Information
_PUBLIC = "e48d0154-bcf8-11d1-8702-00c04fb96050"  # Public-Information
_MEMBERSHIP = "bc0ac240-79a9-11d0-9020-00c04fc2d4cf"
_MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"  # and the validated write Self-Membership
_TELEPHONE = "bf967a49-0de6-11d0-a285-00aa003049e2"
_NAME = "bf967a0e-0de6-11d0-a285-00aa003049e2"
_SPN = "f3a64788-5306-11d1-a9c5-0000f80367c1"
_OWNER_INFORMATION = "aa4e1a6d-550d-4e05-8c35-4afcb917a9fe"  # msTPM-OwnerInformation
_MANAGED_BY = "0296c120-40da-11d1-a9c0-0000f80367c1"
_GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
_GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"

_STAFF = (
    f"(OD;CIIO;CR;{_RESET};{USER};{{No Touch}})"
    f"(OD;CIIO;WP;{_TELEPHONE};{USER};{{No Touch}})"
    # of no effect: no user has the class group in its tree
    f"(OD;CIIO;WP;{GROUP};{USER};{{Desk}})"
    f"(OA;CIIO;CR;{_RESET};{USER};{{Desk}})"
    f"(OA;CIIO;RPWP;{_PERSONAL};{USER};{{Desk}})"
    f"(OA;CIIO;WP;{_TELEPHONE};{COMPUTER};{{Keepers}})"
    f"(OA;CIIO;WP;{_SPN};{COMPUTER};{{Keepers}})"
    "(A;CINP;LC;;;{Desk})"
)
_PEOPLE = {
    "Anna": "",
    # an explicit allow beats the deny that the unit hands down
    "Carl": f"(OA;;CR;{_RESET};;{{No Touch}})",
    # every extended right, and one of them denied
    "Dora": f"(OD;;CR;{_RESET};;{{Keepers}})(A;;CR;;;{{Keepers}})",
    # a set denied, of an attribute of which entries allow nothing else
    "Emil": f"(OD;;WP;{_PERSONAL};;{{Branch}})(OA;;WP;{_TELEPHONE};;{{Keepers}})",
    "Fred": f"(OA;;RPCR;{_PRIVATE};;{{Desk}})",
    "Gina": f"(OD;;CR;{_PRIVATE};;{{No Touch}})(OA;;RPCR;{_PRIVATE};;{{Desk}})",
    # read without CONTROL_ACCESS, which a confidential attribute takes as well
    "Hugo": f"(OA;;RP;{_PRIVATE};;{{Keepers}})(OA;;RPCR;{_TELEPHONE};;{{Keepers}})",
}
_GROUPS = {
    "Open": f"(OA;;SW;{_MEMBER};;AU)",
    "Of the desk": f"(OA;;WP;{_MEMBER};;{{Desk}})",
    "Not for trainees": f"(OD;;WP;{_MEMBER};;{{No Touch}})(OA;;WP;{_MEMBER};;{{Desk}})",
    "Not to join": f"(OD;;SW;{_MEMBER};;{{No Touch}})(OA;;SW;{_MEMBER};;AU)",
    "By set": f"(OA;;WP;{_MEMBERSHIP};;{{Keepers}})",
    # the denies are for another right and for another class
    "Denied amiss": f"(OD;;CR;{_MEMBER};;{{Desk}})(OD;;WP;{USER};;{{Desk}})"
    f"(OA;;WP;{_MEMBER};;{{Desk}})",
    # to join by all validated writes, and the set of the attribute denied to some
    "All validated": f"(D;;SW;;;{{No Touch}})(A;;SW;;;{{Desk}})(OD;;WP;{_MEMBERSHIP};;{{Desk}})",
}
_CREATION = {
    "Users": f"(OA;;CC;{USER};;{{Desk}})",
    "Computers": f"(OA;;CC;{COMPUTER};;{{Keepers}})",
    "No groups": f"(OD;;CC;{GROUP};;{{Desk}})(A;;CC;;;{{Desk}})",
    "Not for trainees": "(D;;CC;;;{No Touch})(A;;CC;;;{Desk})",
    # what is handed down to users says nothing of the unit itself
    "Below only": f"(OA;CIIO;CC;{USER};{USER};{{Desk}})",
}
_MACHINES = {
    "PC1": "",
    "PC2": f"(OA;;RPCR;{_OWNER_INFORMATION};;{{Desk}})",
    "PC3": "(D;;CR;;;{No Touch})(A;;RPCR;;;{Desk})",
}
_DELETION = {
    "By object": ("", "(A;;SD;;;{Desk})"),
    "By parent": (f"(OA;;DC;{USER};;{{Desk}})", ""),
    "Denied on object": (f"(OA;;DC;{USER};;{{Desk}})", "(D;;SD;;;{Desk})"),
    "Denied on parent": ("(D;;DC;;;{Desk})", "(A;;SD;;;{Desk})"),
    "Of another class": (f"(OA;;DC;{COMPUTER};;{{Desk}})", ""),
    "Not for trainees": (f"(D;;DC;;;{{No Touch}})(OA;;DC;{USER};;{{Desk}})", ""),
    "Denied twice": (
        "(D;;DC;;;{No Touch})(A;;DC;;;{Desk})",
        "(D;;SD;;;{No Touch})(A;;SD;;;{Desk})",
    ),
}
_RENAMING = {
    "By set": ("", f"(OA;;WP;{_PUBLIC};;{{Desk}})"),
    "By name alone": ("", f"(OA;;WP;{_NAME};;{{Desk}})"),
    "By all": ("", "(D;;WP;;;{No Touch})(A;;WP;;;{Desk})"),
}
_MOVING = {
    "Whole": ("", "(A;;WPSD;;;{Desk})"),
    "By the unit": (f"(OA;;DC;{USER};;{{Desk}})", "(A;;WP;;;{Desk})"),
    "Without delete": ("", "(A;;WP;;;{Desk})"),
    "Without name": ("", "(A;;SD;;;{Desk})"),
    "By name alone": ("", f"(OA;;WP;{_NAME};;{{Desk}})(A;;SD;;;{{Desk}})"),
    "To another class": ("", "(A;;WPSD;;;{Keepers})"),
}
_OWNED = {
    "By the owner": ("owner", ""),
    "With OWNER RIGHTS": ("owner", "(A;;RC;;;OW)"),
    "Denied the owner": ("owner", "(D;;WD;;;{owner})"),
    "By a group": ("Desk", "(A;;WO;;;{Keepers})"),
    "By entry": ("", "(D;;WD;;;{No Touch})(A;;WDWO;;;{Desk})"),
}


def populate(sam: Sam) -> None:
    """Add accounts, groups and units with their entries to a new domain."""
    _add_accounts(sam)
    sam.add_aces(
        sam.base,
        f"(OD;;CR;{_GET_CHANGES_ALL};;{{No Touch}})"
        f"(OA;;CR;{_GET_CHANGES};;{{Replicators}})(OA;;CR;{_GET_CHANGES};;{{watcher}})"
        f"(OA;;CR;{_GET_CHANGES_ALL};;{{Replicators}})"
        f"(OD;CI;WP;{_MANAGED_BY};;{{No Touch}})(OA;CI;WP;{_MANAGED_BY};;{{Desk}})",
    )
    sites = f"(A;CI;CCWP;;;{{Keepers}})(OD;CI;WP;{_PUBLIC};;{{Branch}})(A;CI;WD;;;{{Branch}})"
    sam.add_aces(f"CN=Sites,{sam.configuration}", sites)
    root = _add_unit(sam, "Delegated", sam.base)
    _add_staff(sam, _add_unit(sam, "Staff", root, _STAFF))
    groups = _add_unit(sam, "Groups", root)
    for name, sddl in _GROUPS.items():
        _add_object(sam, f"CN={name},{groups}", "group", sddl, sAMAccountName=name)
    created = _add_unit(sam, "Creation", root)
    for name, sddl in _CREATION.items():
        _add_unit(sam, name, created, sddl)
    for name, cases in {"Deletion": _DELETION, "Renaming": _RENAMING, "Moving": _MOVING}.items():
        _add_cases(sam, _add_unit(sam, name, root), cases)
    _add_unit(sam, "Moved", root, f"(OA;;CC;{USER};;{{Desk}})(A;;CC;;;{{Keepers}})")
    hidden = _add_unit(sam, "Hidden", root)
    _add_user(sam, f"CN=Kept,{hidden}")
    sam.protect(hidden, "(A;CI;RPWPCCLCLORC;;;DA)(A;;LC;;;{Desk})(D;;LC;;;{Keepers})")
    owned = _add_unit(sam, "Owned", root)
    for name, (owner, sddl) in _OWNED.items():
        _add_owned(sam, f"CN={name},{owned}", owner, sddl)


def _add_accounts(sam: Sam) -> None:
    """The users, the computer, and the groups by which they get their rights."""
    people = {name: sam.add_user(name, name) for name in (*SUBJECTS, "auditor")}
    machine = sam.add_computer("WS01")
    branch = sam.add_group("Branch", GLOBAL, [people["helper"], people["trainee"]])
    europe = sam.add_group("Desk Europe", UNIVERSAL, [branch])
    sam.add_group("Desk", DOMAIN_LOCAL, [europe])
    trainees = sam.add_group("Trainees", GLOBAL, [people["trainee"]])
    sam.add_group("No Touch", DOMAIN_LOCAL, [trainees])
    sam.add_group("Keepers", UNIVERSAL, [people["keeper"], machine])
    sam.add_group("Replicators", GLOBAL, [people["syncer"], branch])


def _add_staff(sam: Sam, unit: str) -> None:
    """People and machines whose attributes and passwords are written and read."""
    for name, sddl in _PEOPLE.items():
        dn = _add_user(sam, f"CN={name},{unit}", sddl)
        sam.modify(dn, "msPKIRoamingTimeStamp", b"\0" * 16)
    guarded = _add_user(sam, f"CN=Guarded,{unit}")
    sam.protect(guarded, "(A;;RPLCLORC;;;AU)(A;;RPWPCR;;;{Keepers})")
    unordered = _add_user(sam, f"CN=Unordered,{unit}")
    late = f"(OA;;CR;{_RESET};;{{Keepers}})(D;;CR;;;{{Keepers}})(D;;CR;;;{{Branch}})"
    sam.add_aces(unordered, late, in_order=False)
    person = ["top", "person", "organizationalPerson", "user", "inetOrgPerson"]
    sam.add(f"CN=Ina,{unit}", person, userAccountControl=_DISABLED)
    for name, sddl in _MACHINES.items():
        kind = ["top", "person", "organizationalPerson", "user", "computer"]
        dn = f"CN={name},{unit}"
        sam.add(dn, kind, sAMAccountName=f"{name}$", userAccountControl=_DISABLED_MACHINE)
        sam.modify(dn, "msTPM-OwnerInformation", "secret")
        if sddl:
            sam.add_aces(dn, sddl)


def _add_cases(sam: Sam, above: str, cases: Mapping[str, tuple[str, str]]) -> None:
    """A unit for each case, in which everybody who tries it has an object."""
    for case, (of_unit, of_object) in cases.items():
        unit = _add_unit(sam, case, above, of_unit)
        for name in TRIED:
            _add_user(sam, f"CN={name},{unit}", of_object)


def _add_owned(sam: Sam, dn: str, owner: str, sddl: str) -> None:
    _add_object(sam, dn, "container", sddl)
    if owner:
        sam.set_owner(dn, owner)


def _add_unit(sam: Sam, name: str, above: str, sddl: str = "") -> str:
    return _add_object(sam, f"OU={name},{above}", "organizationalUnit", sddl)


def _add_user(sam: Sam, dn: str, sddl: str = "") -> str:
    return _add_object(sam, dn, "user", sddl, userAccountControl=_DISABLED)


def _add_object(sam: Sam, dn: str, kind: str, sddl: str, **attributes: str) -> str:
    sam.add(dn, [kind], **attributes)
    if sddl:
        sam.add_aces(dn, sddl)
    return dn
