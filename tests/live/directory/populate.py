"""`populate.py SMB_CONF WORLD`: put a world into a domain, with the schema that it needs."""

import sys

import contoso
import delegated
import example
import exchange_schema
import newer_schema
import tailspin
import tailspin_weaknesses
from sam import Sam

_OF_EXCHANGE = {
    "contoso": contoso.populate,
    "delegated": delegated.populate,
    "example": example.populate,
}
_SCHEMAS = {
    **dict.fromkeys(_OF_EXCHANGE, exchange_schema.extend),
    "tailspin-untouched": newer_schema.extend,
}
_WORLDS = {
    **_OF_EXCHANGE,
    "tailspin-untouched": tailspin.populate,
    "tailspin": tailspin_weaknesses.populate,  # of the domain that is populated already
}
_PAST_THE_CONTROLLER = {
    "contoso": contoso.leave_stale_entry,
    "tailspin": tailspin_weaknesses.go_past_the_controller,
}


def main(smb_conf: str, world: str) -> None:
    """Extend the schema, then populate the directory, as one transaction each."""
    if world in _SCHEMAS:
        _SCHEMAS[world](Sam(smb_conf))
    sam = Sam(smb_conf)
    sam.database.transaction_start()
    if world in _OF_EXCHANGE:
        _add_service_names(sam)
    _WORLDS[world](sam)
    sam.database.transaction_commit()
    if world in _PAST_THE_CONTROLLER:
        _PAST_THE_CONTROLLER[world](sam)


def _add_service_names(sam: Sam) -> None:
    """Samba's service dnsupdate would add these; without them no Kerberos bind finds the server."""
    host = sam.settings.get("netbios name")
    fqdn = f"{host.lower()}.{sam.dns_name}"
    dn = f"CN={host},OU=Domain Controllers,{sam.base}"
    names = [f"ldap/{fqdn}", f"ldap/{host}", f"ldap/{fqdn}/{sam.dns_name}"]
    sam.modify(dn, "servicePrincipalName", names)


if __name__ == "__main__":
    main(*sys.argv[1:])
