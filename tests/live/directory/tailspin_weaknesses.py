"""
What became of the fictional domain of samples/: weaknesses, and what only looks like one.

Each was planted once, as administrators and their tools do it; samples/README.md tells them to the
reader. What a controller does not do (store a damaged descriptor) goes past it.
"""

import protection
from sam import Sam
from samba.dcerpc import security
from samba.ndr import ndr_pack
from tailspin import FABRIKAM, let_in, policy_dn, template_dn

_USER = "bf967aba-0de6-11d0-a285-00aa003049e2"
_COMPUTER = "bf967a86-0de6-11d0-a285-00aa003049e2"
_CONTACT = "5cb41ed0-0e4c-11d0-a286-00aa003049e2"
_RESET = "00299570-246d-11d0-a768-00aa006e0529"  # User-Force-Change-Password
_PASSWORD_SET = "bf967a0a-0de6-11d0-a285-00aa003049e2"  # pwdLastSet
_MEMBER = "bf9679c0-0de6-11d0-a285-00aa003049e2"
_SPN = "f3a64788-5306-11d1-a9c5-0000f80367c1"
_DNS_NAME = "72e39547-7b18-11d1-adef-00c04fd8d5cd"
_LOGON = "5f202010-79a5-11d0-9020-00c04fc2d4cf"  # User-Logon, with scriptPath
_RESTRICTIONS = "4c164200-20c0-11d0-a768-00aa006e0529"  # User-Account-Restrictions
_KEYS = "9b026da6-0d3c-465c-8bee-5199d7165cba"  # the property set of msDS-KeyCredentialLink
_LINKS = ("f30e3bbe-9ff0-11d1-b603-0000f80367c1", "f30e3bbf-9ff0-11d1-b603-0000f80367c1")
"""gPLink and gPOptions"""
_GET_CHANGES = "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2"
_GET_CHANGES_ALL = "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2"
_LAPS = "4f7c1a58-6e1c-4a57-9d43-6c1d6a3f0b01"  # ms-Mcs-AdmPwd, see newer_schema.py
_MIGRATE = "ba33815a-4f93-4c76-87f3-57574bff8109"  # Migrate-SID-History
_ENROLL = "0e10c968-78fb-11d2-90d4-00c04f79dc55"  # Certificate-Enrollment
_HEURISTICS = "f0f8ff86-1191-11d0-a060-00aa006c33ed"  # dSHeuristics
_OF_EXCHANGE = {  # by the GUIDs of its setup
    "EA876A58DB6DD04C9006939818F800EB": "Exchange Trusted Subsystem",
    "4C17D0117EBE6642AFAEE03BC66D381F": "Exchange Windows Permissions",
}
_EXCLUDED = 4 | 8  # Print Operators and Backup Operators

_HEAD = (
    # Exchange's setup before April 2019: meant for users, and in effect on the head itself
    f"(OA;CI;WD;;{_USER};{{Exchange Windows Permissions}})"
    # the wizard of a tool that synchronises passwords
    f"(OA;;CR;{_GET_CHANGES};;{{svc-dirsync}})(OA;;CR;{_GET_CHANGES_ALL};;{{svc-dirsync}})"
    # a tool that migrates accounts
    f"(OA;;CR;{_MIGRATE};;{{svc-admt}})"
    # Windows Hello for Business, for a group of its own
    f"(OA;CIIO;WP;{_KEYS};{_COMPUTER};{{Device Enrolment}})"
)
_HEAD_SOUND = (
    # what is granted was denied before
    f"(OD;;CR;{_GET_CHANGES_ALL};;{{Contractors}})"
    f"(OA;;CR;{_GET_CHANGES};;{{Reporting}})(OA;;CR;{_GET_CHANGES_ALL};;{{Reporting}})"
    # one of the two rights alone
    f"(OA;;CR;{_GET_CHANGES};;{{svc-monitor}})"
    # for contacts below, and not for the head
    f"(OA;CIIO;WDWO;;{_CONTACT};{{Address Book Editors}})"
    # who gets it is in a distribution group
    "(A;;WD;;;{On Call})"
)


def populate(sam: Sam) -> None:
    """Plant them all."""
    sam.remember_all()
    sam.sids["Deleted"] = f"{sam.domain_sid}-1999"
    _plant_on_head(sam)
    _plant_on_units(sam)
    _plant_on_objects(sam)
    _plant_decoys(sam)
    _exclude_operators(sam)
    protection.protect(sam, _EXCLUDED)
    # to have his telephone synchronise again; SDProp would undo it within the hour
    sam.let_inherit(f"CN=Silva (administrator),OU=Administration,{sam.base}")


def _plant_on_head(sam: Sam) -> None:
    sam.add_aces(sam.base, _HEAD_SOUND + _HEAD)
    names = [f"B:32:{guid}:{_group(sam, name)}" for guid, name in _OF_EXCHANGE.items()]
    exchange = f"CN=Microsoft Exchange,CN=Services,{sam.configuration}"
    sam.add(exchange, ["msExchConfigurationContainer"], otherWellKnownObjects=names)
    # a tool for identities, which had to manage every group; each group gets a copy of the entry
    sam.add_aces(protection.holder_of(sam), f"(OA;;WP;{_MEMBER};;{{Identity Management}})")
    # what administers the hypervisors under the controllers is named as tier 0 in the target list
    units = f"OU=Domain Controllers,{sam.base}"
    sam.add_aces(units, "(A;CI;GA;;;{Virtualization Administrators})")


def _plant_on_units(sam: Sam) -> None:
    def on(unit: str, sddl: str) -> None:
        sam.add_aces(f"OU={unit},{sam.base}", sddl)

    # `Reset user passwords and force password change at next logon`
    reset = (
        f"(OA;CIIO;CR;{_RESET};{_USER};{{Helpdesk}})"
        f"(OA;CIIO;RPWP;{_PASSWORD_SET};{_USER};{{Helpdesk}})"
    )
    on("Staff", reset)
    on("Service Accounts", reset + f"(OA;CIIO;WP;{_SPN};{_USER};{{Database Administrators}})")
    # Set-AdmPwdReadPasswordPermission; and `Manage Group Policy links`, of the delegation wizard
    on("Servers", f"(OA;CIIO;RPCR;{_LAPS};{_COMPUTER};{{Helpdesk}})(A;CI;RPWP;;;{{Deleted}})")
    on("Servers", "".join(f"(OA;CI;RPWP;{link};;{{Desktop Support}})" for link in _LINKS))
    # a deny that is inherited stands behind what the object itself allows
    on("Servers", f"(OD;CI;WP;{_SPN};;{{Database Administrators}})")
    sam.add_aces(f"CN=FS01,OU=Servers,{sam.base}", f"(OA;;WP;{_SPN};;{{Server Team}})")
    # `Create all child objects`
    on("Web", "(A;CI;CC;;;{Web Team})")
    # for a program that runs as whoever stands before it
    on("Kiosks", "(A;CI;RPWP;;;AU)")
    on(
        "Administration",
        f"(A;CI;GA;;;{{Provisioning}})(OA;CIIO;RPWP;{_LOGON};{_USER};{{Helpdesk}})",
    )


def _plant_on_objects(sam: Sam) -> None:
    # `Manager can update membership list`
    virtualization = _group(sam, "Virtualization Administrators")
    sam.modify(virtualization, "managedBy", f"CN=Omar Hale,OU=Staff,{sam.base}")
    sam.add_aces(virtualization, f"(OA;;WP;{_MEMBER};;{{ohale}})")
    # whoever joins a computer keeps these rights on it
    sam.add_aces(
        f"CN=CA01,OU=Servers,{sam.base}",
        "(A;;RPCRLCLORCSDDT;;;{dbrooks})"
        f"(OA;;WP;{_RESTRICTIONS};;{{dbrooks}})(OA;;WP;{_LOGON};;{{dbrooks}})"
        f"(OA;;SW;{_SPN};;{{dbrooks}})(OA;;SW;{_DNS_NAME};;{{dbrooks}})",
    )
    # `Edit settings`, of the console for group policies
    sam.add_aces(policy_dn(sam, "Server Baseline"), "(A;CI;CCDCLCRPWPLORC;;;{Server Team})")
    sam.set_owner(policy_dn(sam, "Proxy Settings"), "mtorres")
    sam.set_sacl(policy_dn(sam, "Proxy Settings"), "S:P")
    _plant_on_templates(sam)
    # so that everybody can see to the printers
    authenticated = f"CN=S-1-5-11,CN=ForeignSecurityPrincipals,{sam.base}"
    sam.modify(f"CN=Print Operators,CN=Builtin,{sam.base}", "member", authenticated)
    # to install it on any computer
    managed = f"CN=gmsa-backup,CN=Managed Service Accounts,{sam.base}"
    let_in(sam, managed, "msDS-GroupMSAMembership", f"{sam.domain_sid}-515")
    # a file server may serve a hypervisor, set the wrong way round
    hypervisor = f"CN=HV02,OU=Hypervisors,{sam.base}"
    let_in(sam, hypervisor, "msDS-AllowedToActOnBehalfOfOtherIdentity", sam.sids["FS01$"])
    # whoever joins a computer owns it
    sam.set_owner(f"CN=PC01,OU=Workstations,{sam.base}", "dbrooks")
    sam.modify(
        f"CN=Pre-Windows 2000 Compatible Access,CN=Builtin,{sam.base}", "member", "<SID=S-1-5-7>"
    )
    # `Disable inheritance`, with what was inherited kept
    sam.block_inheritance(f"OU=Workstations,{sam.base}")
    # a script that adds entries at the end: the clerks first, then the trainees who are not to
    sam.add_aces(
        _group(sam, "Payroll"),
        f"(OA;;WP;{_MEMBER};;{{Payroll Clerks}})(OD;;WP;{_MEMBER};;{{Payroll Trainees}})",
        in_order=False,
    )


def _plant_on_templates(sam: Sam) -> None:
    """Who enrolls names the subject: of a logon, and (which is harmless) of a web server."""
    user, web = (template_dn(sam, name) for name in ("TailspinUser", "TailspinWebServer"))
    for dn in (user, web):
        sam.modify(dn, "msPKI-Certificate-Name-Flag", "1")  # CT_FLAG_ENROLLEE_SUPPLIES_SUBJECT
    sam.add_aces(user, f"(OA;;CR;{_ENROLL};;{{Domain Users}})(A;;LCRPWPRCWD;;;{FABRIKAM}-1107)")
    sam.add_aces(web, f"(OA;;CR;{_ENROLL};;{{Domain Users}})(A;;LCRPWPLORC;;;{{Web Team}})")


def _plant_decoys(sam: Sam) -> None:
    virtualization = _group(sam, "Virtualization Administrators")
    # for a class that no group is of; and for members, who are of tier 0 themselves
    sam.add_aces(virtualization, f"(OA;;WP;{_COMPUTER};;{{barcher}})(OA;;SW;{_MEMBER};;PS)")
    # user is a superclass of computer: of no effect on one
    sam.add_aces(f"CN=HV01,OU=Hypervisors,{sam.base}", f"(OA;;WP;{_USER};;{{barcher}})")
    # an owner without the rights of one
    screen = policy_dn(sam, "Screen Lock")
    sam.add_aces(screen, "(A;;RC;;;OW)")
    sam.set_owner(screen, "zlund")


def _exclude_operators(sam: Sam) -> None:
    """Turn AdminSDHolder off for two groups, by who may. [MS-ADTS] 3.1.1.6.1.4"""
    service = f"CN=Directory Service,CN=Windows NT,CN=Services,{sam.configuration}"
    # to set the mode of lists himself
    sam.add_aces(service, f"(OA;;RPWP;{_HEURISTICS};;{{Server Team}})")
    sam.modify(service, "dSHeuristics", f"000000000100000{_EXCLUDED:x}", replace=True)
    # SDProp leaves them as they are; whoever excludes them lets them inherit again
    for dn in (
        f"CN=svc-backup,OU=Service Accounts,{sam.base}",
        f"CN=Print Operators,CN=Builtin,{sam.base}",
        f"CN=Backup Operators,CN=Builtin,{sam.base}",
        f"CN=gmsa-backup,CN=Managed Service Accounts,{sam.base}",
    ):
        sam.let_inherit(dn)


def _without(descriptor: security.descriptor, trustee: str) -> bytes:
    kept = [ace for ace in descriptor.dacl.aces if str(ace.trustee) != trustee]
    descriptor.dacl.aces, descriptor.dacl.num_aces = kept, len(kept)
    return bytes(ndr_pack(descriptor))


def _without_dacl(descriptor: security.descriptor) -> bytes:
    descriptor.dacl = None
    return bytes(ndr_pack(descriptor))


def _damaged(descriptor: security.descriptor) -> bytes:
    """An entry of a type that does not exist, in the place of the last explicit one."""
    whole = bytes(ndr_pack(descriptor))
    inherited = security.SEC_ACE_FLAG_INHERITED_ACE
    last = bytes(ndr_pack([ace for ace in descriptor.dacl.aces if not ace.flags & inherited][-1]))
    return whole.replace(last, b"\x3f" + last[1:])


def _group(sam: Sam, name: str) -> str:
    return f"CN={name},OU=Groups,{sam.base}"


def go_past_the_controller(sam: Sam) -> None:
    """Leave what a controller that works does not write."""
    sam.remember_all()
    # by a backup that was restored; where propagation failed; by a program that writes bytes
    stale = f"(OA;CIID;WP;{_MEMBER};;{{Contractors}})"
    sam.write_inherited_ace(_group(sam, "Payroll Clerks"), stale)
    fails = f"CN=FS01,OU=Servers,{sam.base}"
    sam.rewrite(fails, lambda descriptor: _without(descriptor, sam.sids["Helpdesk"]))
    generic = f"(A;;GA;;;{sam.sids['Desktop Support']})"
    sam.rewrite(f"CN=PC02,OU=Workstations,{sam.base}", lambda each: sam.with_ace(each, generic))
    kiosk = f"CN=KIOSK1,OU=Kiosks,{sam.base}"
    sam.rewrite(kiosk, _without_dacl)
    sam.rewrite(f"CN=svc-scan,OU=Service Accounts,{sam.base}", _damaged)
