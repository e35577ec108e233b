"""`kinit.py PRINCIPAL`: a ticket into $KRB5CCNAME, for the password on standard input."""

import os
import sys

import gssapi


def main(principal: str) -> None:
    """Ask the KDC for a ticket and store it."""
    name = gssapi.Name(principal, gssapi.NameType.kerberos_principal)
    password = sys.stdin.read().encode()
    acquired = gssapi.raw.acquire_cred_with_password(name, password, usage="initiate")
    store = {b"ccache": os.environb[b"KRB5CCNAME"]}
    gssapi.raw.store_cred_into(store, acquired.creds, usage="initiate", overwrite=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
