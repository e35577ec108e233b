"""
`plant.py SMB_CONF`: add groups, units, users and entries that standard input names, as JSON.

`groups[]` are names; `units[]` DNs below the head, parents first; `users` DNs by account name;
`entries` lists of SDDL by DN below the head, in which `{Group}` stands for the SID of a group;
`owners` groups by DN; `protected[]` DNs of units that are to inherit nothing.
"""

import json
import sys

import ldb
from sam import GLOBAL, Sam
from samba.dcerpc import security
from samba.ndr import ndr_pack, ndr_unpack

_DACL_ONLY = "sd_flags:1:4"


def main(smb_conf: str) -> None:
    """Plant everything, and block inheritance after it took place."""
    sam = Sam(smb_conf)
    wanted = json.load(sys.stdin)
    sam.database.transaction_start()
    for name in wanted["groups"]:
        sam.add_group(name, GLOBAL)
    for unit in wanted["units"]:
        sam.add(f"{unit},{sam.base}", ["top", "organizationalUnit"])
    for account, place in wanted["users"].items():
        classes = ["top", "person", "organizationalPerson", "user"]
        sam.add(f"{place},{sam.base}", classes, sAMAccountName=account)
    for place, entries in wanted["entries"].items():
        sam.add_aces(f"{place},{sam.base}" if place else sam.base, "".join(entries))
    for place, owner in wanted["owners"].items():
        sam.set_owner(f"{place},{sam.base}", owner)
    sam.database.transaction_commit()  # which hands entries down
    for place in wanted["protected"]:
        _protect(sam, f"{place},{sam.base}")


def _protect(sam: Sam, dn: str) -> None:
    """Block inheritance, and keep what was inherited as entries of the object's own."""
    found = sam.database.search(
        dn, ldb.SCOPE_BASE, attrs=["nTSecurityDescriptor"], controls=[_DACL_ONLY]
    )
    descriptor = ndr_unpack(security.descriptor, found[0]["nTSecurityDescriptor"][0])
    kept = security.descriptor.from_sddl("D:P", sam.domain_sid)
    for ace in descriptor.dacl.aces:
        ace.flags &= ~security.SEC_ACE_FLAG_INHERITED_ACE
        kept.dacl_add(ace)
    message = ldb.Message(ldb.Dn(sam.database, dn))
    message["nTSecurityDescriptor"] = ldb.MessageElement(
        bytes(ndr_pack(kept)), ldb.FLAG_MOD_REPLACE, "nTSecurityDescriptor"
    )
    sam.database.modify(message, [_DACL_ONLY])


if __name__ == "__main__":
    main(*sys.argv[1:])
