"""
What a Windows controller does every hour, and Samba does not: SDProp.

Every protected account and group gets the descriptor of AdminSDHolder. [MS-ADTS] 3.1.1.6.1
"""

import ldb
from sam import Sam
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack

_IN_CHAIN = "memberOf:1.2.840.113556.1.4.1941:"  # LDAP_MATCHING_RULE_IN_CHAIN
_DOMAIN = (500, 502, 512, 516, 518, 519, 521)
_BUILTIN = (544, 548, 549, 550, 551, 552)
_MEMBERS_ARE_NOT = (516, 521)  # the controllers themselves have the descriptor of their unit
_EXCLUDED = {548: 1, 549: 2, 550: 4, 551: 8}  # bits of dwAdminSDExMask, [MS-ADTS] 3.1.1.6.1.4

_ATTRIBUTES_READ = (
    *("037088f8-0ae1-11d2-b422-00a0c968f939", "59ba2f42-79a2-11d0-9020-00c04fc2d3cf"),
    *("bc0ac240-79a9-11d0-9020-00c04fc2d4cf", "4c164200-20c0-11d0-a768-00aa006e0529"),
    "5f202010-79a5-11d0-9020-00c04fc2d4cf",
)
_PEOPLE = ("bf967aba-0de6-11d0-a285-00aa003049e2", "4828cc14-1437-45bc-9b07-ad6f015e5f28")
_WINDOWS = (
    "(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)"
    "(OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;PS)"
    "(OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)"
    "(OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)"
    "(OA;;RPWP;6db69a1c-9422-11d1-aebd-0000f80367c1;;S-1-5-32-561)"
    "(OA;;RPWP;5805bc62-bdc9-4428-a5e2-856a0f4c185e;;S-1-5-32-561)"
    + "".join(f"(OA;;RP;{part};{kind};RU)" for kind in _PEOPLE for part in _ATTRIBUTES_READ)
    + "".join(f"(OA;;LCRPLORC;;{kind};RU)" for kind in _PEOPLE)
    + "(OA;CI;RPWPCR;91e647de-d96f-4b70-9557-d63ff4f3ccd8;;PS)"
    "(A;;CCDCLCSWRPWPLOCRRCWDWO;;;DA)(A;;CCDCLCSWRPWPLOCRRCWDWO;;;EA)"
    "(A;;CCDCLCSWRPWPLOCRSDRCWDWO;;;BA)(A;;LCRPLORC;;;AU)"
    "(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;SY)"
)
"""The DACL of AdminSDHolder in a domain of Windows Server 2019; that of Samba is not protected"""


def holder_of(sam: Sam) -> str:
    """The distinguished name of AdminSDHolder."""
    return f"CN=AdminSDHolder,CN=System,{sam.base}"


def make_like_windows(sam: Sam) -> None:
    """Give AdminSDHolder the DACL that it has on Windows."""
    sam.protect(holder_of(sam), _WINDOWS)


def protect(sam: Sam, excluded: int = 0) -> None:
    """Copy the descriptor of AdminSDHolder; `excluded` is dwAdminSDExMask."""
    stored = sam.database.search(
        holder_of(sam), ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=["sd_flags:1:7"]
    )
    descriptor = ndr_unpack(security.descriptor, stored[0]["nTSecurityDescriptor"][0])
    for dn in sorted(_protected(sam, excluded)):
        message = ldb.Message(ldb.Dn(sam.database, dn))
        message["nTSecurityDescriptor"] = ldb.MessageElement(
            ndr_pack(descriptor), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor"
        )
        message["adminCount"] = ldb.MessageElement("1", ldb.FLAG_MOD_REPLACE, "adminCount")
        sam.database.modify(message, ["sd_flags:1:7"])


def _protected(sam: Sam, excluded: int) -> set[str]:
    sids = {rid: f"{sam.domain_sid}-{rid}" for rid in _DOMAIN}
    sids |= {rid: f"S-1-5-32-{rid}" for rid in _BUILTIN if not _EXCLUDED.get(rid, 0) & excluded}
    found: set[str] = set()
    for rid, sid in sids.items():
        dns = _found(sam, f"(objectSid={sid})")
        found |= dns
        if rid not in _MEMBERS_ARE_NOT:
            for dn in dns:
                found |= _found(
                    sam, f"(&(|(objectClass=user)(objectClass=group))({_IN_CHAIN}={dn}))"
                )
    return found


def _found(sam: Sam, expression: str) -> set[str]:
    return {str(each.dn) for each in sam.database.search(sam.base, expression=expression, attrs=[])}
