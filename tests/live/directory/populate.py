"""`populate.py SMB_CONF WORLD`: put Exchange's schema and an organisation into a new domain."""

import sys

import contoso
import delegated
import example
import exchange_schema
from sam import Sam

_WORLDS = {
    "contoso": contoso.populate,
    "delegated": delegated.populate,
    "example": example.populate,
}


def main(smb_conf: str, world: str) -> None:
    """Extend the schema, then populate the directory, as one transaction each."""
    exchange_schema.extend(Sam(smb_conf))
    sam = Sam(smb_conf)
    sam.database.transaction_start()
    _add_service_names(sam)
    _WORLDS[world](sam)
    sam.database.transaction_commit()
    if world == "contoso":
        contoso.leave_stale_entry(sam)


def _add_service_names(sam: Sam) -> None:
    """Samba's service dnsupdate would add these; without them no Kerberos bind finds the server."""
    host = sam.settings.get("netbios name")
    fqdn = f"{host.lower()}.{sam.dns_name}"
    dn = f"CN={host},OU=Domain Controllers,{sam.base}"
    names = [f"ldap/{fqdn}", f"ldap/{host}", f"ldap/{fqdn}/{sam.dns_name}"]
    sam.modify(dn, "servicePrincipalName", names)


if __name__ == "__main__":
    main(*sys.argv[1:])
