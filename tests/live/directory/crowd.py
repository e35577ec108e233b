"""
`crowd.py SMB_CONF USERS`: add many users to a domain whose server does not run.

They stand in units that each hand down an entry of its own, so that descriptors differ, and are
members of groups, one of which has a tenth of them.
"""

import sys
from collections.abc import Iterable, Iterator
from itertools import islice

from sam import Sam
from samba.auth import system_session
from samba.samdb import SamDB

_UNITS = 20
_GROUPS = 50
_AT_A_TIME = 1000
_EACH_SERVICE = 10
_DISABLED_ACCOUNT = "514"  # without passwords: keys take longer to make than all the rest
_GLOBAL_SECURITY_GROUP = "-2147483646"


def main(smb_conf: str, users: int) -> None:
    """Add the units one by one, then users and groups in bulk."""
    sam = Sam(smb_conf)
    for number in range(_UNITS):
        sam.add(_unit(sam, number), ["top", "organizationalUnit"])
        sam.add_aces(_unit(sam, number), f"(A;CI;RPLC;;;{sam.domain_sid}-{9000 + number})")
    bulk = SamDB(
        url=sam.settings.private_path("sam.ldb"),
        session_info=system_session(),
        lp=sam.settings,
        options=["batch_mode:1", "transaction_index_cache_size:200000"],
    )
    objects = iter([*_users(sam, users), *_groups(sam, users)])
    while batch := list(islice(objects, _AT_A_TIME)):
        _add(bulk, batch)


def _add(bulk: SamDB, batch: Iterable[dict[str, object]]) -> None:
    bulk.transaction_start()
    for found in batch:
        bulk.add(found)
    bulk.transaction_commit()


def _unit(sam: Sam, number: int) -> str:
    return f"OU=Unit {number},{sam.base}"


def _user(sam: Sam, number: int) -> str:
    return f"CN=user{number:06d},{_unit(sam, number % _UNITS)}"


def _users(sam: Sam, count: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        name = f"user{number:06d}"
        yield {  # no userPrincipalName: looking for others of the same takes a third of the time
            "dn": _user(sam, number),
            "objectClass": "user",
            "sAMAccountName": name,
            "userAccountControl": _DISABLED_ACCOUNT,
            **(_service(name) if number % _EACH_SERVICE == 0 else {}),
        }


def _service(name: str) -> dict[str, object]:
    # not HOST/..., nor what that stands for: Samba would look for each of its aliases
    return {"servicePrincipalName": [f"MSSQLSvc/{name}:1433", f"MSSQLSvc/{name}:sales"]}


def _groups(sam: Sam, users: int) -> Iterator[dict[str, object]]:
    for number in range(_GROUPS):
        step = 10 if number == 0 else users // 20 + number
        yield {
            "dn": f"CN=crowd{number:03d},{_unit(sam, 0)}",
            "objectClass": "group",
            "sAMAccountName": f"crowd{number:03d}",
            "groupType": _GLOBAL_SECURITY_GROUP,
            "member": [_user(sam, each) for each in range(0, users, step)],
        }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
