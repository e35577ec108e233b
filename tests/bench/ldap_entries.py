"""Reading entries over LDAP from a server on loopback, against ldap3, python-ldap and impacket."""

import logging
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from statistics import median

import ldap3

from tests.bench import ldap_clients
from tests.bench.clock import seconds
from tests.bench.forest import Forest
from tests.bench.ldap_clients import Read
from tests.bench.result import Options, Result, run_part, spread, times
from tests.bench.server import Store, running

_MOST = 20_000
_SLOW = 2_000
_FLOOR = "the bytes received, nothing else"
_DEFAULT = "ldap3 as it comes"

Client = Callable[[int], AbstractContextManager[Read]]

_NOTES = f"""
- Each client binds anonymously, asks for the same attributes with the same filter in pages of
  1,000, and its clock runs from the first request to the last answer. The server is a process of
  its own that answers from prepared bytes.
- `ldap3 as it comes` knows the schema (its own copy of that of Windows Server 2012 R2) and formats
  values by it; with get_info=NONE it keeps them as text and bytes. impacket reads the first
  {_SLOW:,} entries, and its objects are turned into dictionaries of bytes. python-ldap is
  OpenLDAP's library in C and gives bytes.
- adaudit checks every length, and gives the attributes that were asked for as bytes.
"""
_NOT_INSTALLED = "- python-ldap is not installed: it takes a compiler and OpenLDAP's headers.\n"


def clients(users: int) -> dict[str, Client]:
    """By name; what is not installed is left out."""
    found: dict[str, Client] = {
        _FLOOR: ldap_clients.bytes_only,
        _DEFAULT: ldap_clients.through_ldap3(ldap3.OFFLINE_AD_2012_R2),
        "ldap3, get_info=NONE": ldap_clients.through_ldap3(ldap3.NONE),
        "impacket": ldap_clients.through_impacket(min(users, _SLOW)),
        "adaudit": ldap_clients.adaudit,
    }
    if ldap_clients.python_ldap is not None:
        found["python-ldap"] = ldap_clients.openldap
    return found


def measure(options: Options) -> Result:
    """Read the same entries with each client in each round."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore", DeprecationWarning)  # ldap3 with pyasn1 0.6
    users = min(_MOST, options.objects // 2)
    rates: dict[str, list[float]] = {}
    with running(users * 2, is_detailed=True) as port:
        for _ in range(options.rounds):
            for name, client in clients(users).items():
                rates.setdefault(name, []).append(_rate(client, port, users))
    middle = {name: median(each) for name, each in rates.items()}
    rows = [
        (name, spread(each), times(middle[name] / middle[_DEFAULT])) for name, each in rates.items()
    ]
    figures = {
        "ldap entries": middle["adaudit"],
        "ldap entries / ldap3": middle["adaudit"] / middle[_DEFAULT],
        "ldap entries / floor": middle["adaudit"] / middle[_FLOOR],
    }
    notes = _NOTES
    if "python-ldap" in middle:
        figures["ldap entries / python-ldap"] = middle["adaudit"] / middle["python-ldap"]
    else:
        notes += _NOT_INSTALLED
    return Result(
        "LDAP entries over a socket",
        f"{users:,} users with 13 attributes and a descriptor, {_size(users):,.0f} bytes each.",
        ("client", "entries/s", "x ldap3 as it comes"),
        rows,
        notes,
        figures,
    )


def _rate(client: Client, port: int, users: int) -> float:
    with client(port) as read:
        counts: list[int] = []
        elapsed = seconds(lambda: counts.append(read()))
    return (counts[0] or users) / elapsed


def _size(users: int) -> float:
    """How many bytes the message of a user takes."""
    forest = Forest(min(users * 2, 4_000))
    held = Store(forest, is_detailed=True).entries[-forest.contacts - forest.computers - 1]
    return sum(map(len, held.parts(b"\x02\x01\x05", with_descriptor=True)))


if __name__ == "__main__":
    run_part(measure)
