"""
BloodHound.py's own enumeration of users, over LDAP from the canned server, pooled as it comes.

It runs apart: its pool begins as copies of the process. It resolves no SID over the network, as
its cache is given each of them, and writes its JSON into the folder that it is started in.
"""

import argparse
import json
import logging
import os
import time
import warnings
from pathlib import Path
from uuid import UUID

import ldap3
from bloodhound.ad.domain import AD, ADDC, ADDomain
from bloodhound.enumeration.memberships import MembershipEnumerator

from tests.bench.descriptors import CLASS_GUIDS, DOMAIN
from tests.bench.forest import MEMBER, ROOT

_GUIDS = {
    **CLASS_GUIDS,
    "service-principal-name": "f3a64788-5306-11d1-a9c5-0000f80367c1",
    "member": str(UUID(str(MEMBER))),
}
_DOMAIN_NAME = "contoso.example"


class _EverySid:
    """A cache that holds every SID."""

    def get(self, sid: str) -> dict[str, str]:
        return {"ObjectIdentifier": sid, "ObjectType": "User"}

    def put(self, sid: str, entry: object) -> None:
        """It is there already."""


def enumerate_users(port: int, folder: Path) -> float:
    """The seconds that it takes to read all users, their properties and their ACLs."""
    server = ldap3.Server("127.0.0.1", port, get_info=ldap3.OFFLINE_AD_2012_R2)
    domain = AD(_DOMAIN_NAME, nameserver="127.0.0.1")
    domain.baseDN = ROOT
    domain.domain_object = ADDomain(_DOMAIN_NAME, str(DOMAIN))
    domain.newsidcache = _EverySid()
    controller = ADDC("dc1.contoso.example", domain)
    controller.ldap = ldap3.Connection(server, auto_bind=True, auto_referrals=False)
    controller.objecttype_guid_map = _GUIDS
    domain.create_objectresolver(controller)
    collect = ["acl", "objectprops", "group"]
    enumerator = MembershipEnumerator(domain, controller, collect, disable_pooling=False)
    enumerator.write_default_users = lambda: None  # which asks for more of the forest
    os.chdir(folder)
    start = time.perf_counter()
    enumerator.enumerate_users("", "bench")
    return time.perf_counter() - start


def main() -> None:
    """Print the seconds and how many users were written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 with pyasn1 0.6
    spent = enumerate_users(given.port, given.folder)
    users = 0
    for path in Path().glob("bench_users*.json"):
        users += len(json.loads(path.read_text(encoding="utf-8"))["data"])
        path.unlink()
    print(json.dumps({"seconds": spent, "users": users}))


if __name__ == "__main__":
    main()
