"""
`ask.py SMB_CONF ADDRESS`: what the server itself answers, over LDAP, about who may Send-As where.

Bound as each account that is named on standard input (a JSON list), it reads the probe of every
object that has one, and prints `{account: {distinguished name: granted}}`.
"""

import json
import sys

import ldb
from exchange_schema import PROBE
from sam import Sam, credentials
from samba.samdb import SamDB


def main(smb_conf: str, address: str) -> None:
    """Ask the server at `address`, and print its answers."""
    sam = Sam(smb_conf)
    services = f"CN=Microsoft Exchange,CN=Services,{sam.configuration}"
    probed = _with_probe(sam.database, services)
    answers = {}
    for account in json.load(sys.stdin):
        connection = SamDB(
            f"ldap://{address}", credentials=credentials(sam, account), lp=sam.settings
        )
        granted = _with_probe(connection, services)
        answers[account] = {dn: dn in granted for dn in sorted(probed)}
    json.dump(answers, sys.stdout)


def _with_probe(connection: SamDB, base: str) -> set[str]:
    found = connection.search(base, ldb.SCOPE_SUBTREE, "(objectClass=*)", attrs=[PROBE])
    return {str(entry.dn) for entry in found if PROBE in entry}


if __name__ == "__main__":
    main(*sys.argv[1:])
