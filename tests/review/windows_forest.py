"""
The real Windows Server 2019 domain as a forest, with classes and SIDs that its data leaves out.

`tests/data/windows-server-2019/classes.tsv` has the classes, by place as the tables of defaults
have it. The SIDs are those that descriptors of the data name: the domain's, DC01's and DnsAdmins'.
"""

import csv
import re
from functools import cache
from pathlib import Path

from adaudit.directory.dn import Dn
from adaudit.security.sid import BUILTIN, Sid
from tests.builders import SECURITY_ENABLED, Made, World
from tests.windows import descriptors

DOMAIN = Sid.parse("S-1-5-21-437620890-465930906-4134689166")
BASE = "DC=LAB,DC=local"
CONFIGURATION = f"CN=Configuration,{BASE}"
_CLASSES = Path(__file__).parents[1] / "data" / "windows-server-2019" / "classes.tsv"
_PARTITIONS = {
    "domain": BASE,
    "configuration": CONFIGURATION,
    "schema": f"CN=Schema,{CONFIGURATION}",
    "domain dns": f"DC=DomainDnsZones,{BASE}",
    "forest dns": f"DC=ForestDnsZones,{BASE}",
}
_RIDS = {
    "Administrator": 500,
    "Guest": 501,
    "krbtgt": 502,
    "Domain Admins": 512,
    "Domain Users": 513,
    "Domain Guests": 514,
    "Domain Computers": 515,
    "Domain Controllers": 516,
    "Cert Publishers": 517,
    "Schema Admins": 518,
    "Enterprise Admins": 519,
    "Group Policy Creator Owners": 520,
    "Read-only Domain Controllers": 521,
    "Cloneable Domain Controllers": 522,
    "Protected Users": 525,
    "Key Admins": 526,
    "Enterprise Key Admins": 527,
    "RAS and IAS Servers": 553,
    "Allowed RODC Password Replication Group": 571,
    "Denied RODC Password Replication Group": 572,
    "Enterprise Read-only Domain Controllers": 498,
    "DC01": 1000,
    "DnsAdmins": 1101,
    "DnsUpdateProxy": 1102,
}
_GLOBAL_SECURITY_GROUP = 2 | SECURITY_ENABLED


class WindowsForest(World):
    """The forest; objects can be added and descriptors changed before the snapshot is made."""

    def __init__(self) -> None:
        super().__init__()
        self.lab = self.domain("LAB", BASE, DOMAIN, is_read=False)
        self.objects.clear()
        for dn, body in descriptors().items():
            self.objects.append(_made(dn, body))
        self.at = {made.dn: made for made in self.objects}.__getitem__

    def made(self, place: str, partition: str = "domain") -> Made:
        """The object at a place: `CN=Users`, or empty for the head of the partition."""
        base = _PARTITIONS[partition]
        return self.at(Dn(f"{place},{base}" if place else base))


def _made(dn: str, body: bytes) -> Made:
    partition, place = _placed(dn)
    object_class = _class(partition, place)
    made = Made(Dn(dn), descriptor=body)
    made.put(objectClass=["top", object_class])
    if object_class == "computer":
        made.attributes["objectclass"][1:1] = [b"user"]
    if dn == BASE:
        made.put(objectSid=DOMAIN)
    rid = _RIDS.get(made.dn.name)
    if rid and object_class in {"user", "group", "computer"}:
        made.put(objectSid=DOMAIN.relative(rid), sAMAccountName=made.dn.name)
    if object_class == "group":
        made.put(groupType=_GLOBAL_SECURITY_GROUP - (1 << 32))
        if not rid:
            number = 700 + len(made.dn.name)  # which BUILTIN group it is matters to no test
            made.put(objectSid=BUILTIN.relative(number))
    return made


def _placed(dn: str) -> tuple[str, str]:
    """The partition of an object, and its name in it."""
    ends = sorted(_PARTITIONS.items(), key=lambda each: -len(each[1]))
    partition, base = next(each for each in ends if dn == each[1] or dn.endswith(f",{each[1]}"))
    return partition, dn.removesuffix(base).removesuffix(",") or "."


@cache
def _classes() -> list[tuple[str, re.Pattern[str], str]]:
    """Partition, pattern of a place and class; the first one that fits is meant."""
    rows = csv.DictReader(_CLASSES.read_text("utf-8").splitlines(), delimiter="\t")
    return [
        (row["partition"], re.compile("[^,]*".join(map(re.escape, row["place"].split("*")))), name)
        for row in rows
        for name in [row["class"]]
    ]


def _class(partition: str, place: str) -> str:
    found = (
        name for of, pattern, name in _classes() if of == partition and pattern.fullmatch(place)
    )
    return next(found)
