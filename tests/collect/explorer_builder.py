"""
Files as AD Explorer saves them, written object by object.

    data = explorer_file([Entry(Dn("DC=contoso,DC=example"), {"objectclass": (b"domainDNS",)})])

Values are given as LDAP has them, the descriptor beside them. As AD Explorer does, values that an
earlier object has too are not written again. What this writes has been read with
ADExplorerSnapshot.py, and compared with what AD Explorer itself wrote, by structure.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from struct import pack

from adaudit.directory.entry import Entry

HEADER_SIZE = 1086
DN_STRING, CASE_IGNORE_STRING, BOOLEAN, INTEGER, OCTET_STRING = 1, 3, 6, 7, 8
UTC_TIME, LARGE_INTEGER, SECURITY_DESCRIPTOR, DN_WITH_BINARY = 9, 10, 25, 27
KINDS = {
    **dict.fromkeys(("distinguishedname", "member", "memberof", "ncname"), DN_STRING),
    **dict.fromkeys(("objectguid", "objectsid", "sidhistory", "schemaidguid"), OCTET_STRING),
    **dict.fromkeys(("attributesecurityguid", "otherwellknownobjects"), OCTET_STRING),
    **dict.fromkeys(("grouptype", "useraccountcontrol", "primarygroupid"), INTEGER),
    **dict.fromkeys(("systemflags", "searchflags", "objectclasscategory"), INTEGER),
    **dict.fromkeys(("showinadvancedviewonly", "msexchmixedmode"), BOOLEAN),
    "pwdlastset": LARGE_INTEGER,
    "whencreated": UTC_TIME,
    "ntsecuritydescriptor": SECURITY_DESCRIPTOR,
}
"""The types of attributes as in a schema of Windows Server 2016; all others are text"""
_TIME = re.compile(rb"(....)(..)(..)(..)(..)(..)\.0Z")


def explorer_file(objects: Iterable[Entry], kinds: Mapping[str, int] | None = None) -> bytes:
    """A whole file; `kinds` gives attributes another type than they have."""
    return _File({**KINDS, **(kinds or {})}).built(list(objects))


@dataclass(slots=True)
class _File:
    kinds: Mapping[str, int]
    numbers: dict[str, int] = field(default_factory=dict)
    places: dict[tuple[int, tuple[bytes, ...]], int] = field(default_factory=dict)
    """Where values stand that were written already"""

    def built(self, objects: Sequence[Entry]) -> bytes:
        data = bytearray(HEADER_SIZE)
        starts = {}
        for entry in objects:
            starts[entry.dn.path] = len(data)
            data += self._object(entry, len(data))
        data += bytes(8)
        table = len(data)
        data += self._table() + pack("<II", 0, 0)  # neither classes nor rights
        index = len(data)
        data += _index(starts)
        count = len(objects)
        data[:HEADER_SIZE] = pack(
            "<10sIQ520s520sIIQQ",
            *(b"win-ad-ob", 0x10001, 132828750000000000),
            *("".encode("utf-16-le"), "dc1.contoso.example".encode("utf-16-le")),
            *(count, len(self.numbers) * count, table, index),
        )
        return bytes(data)

    def _object(self, entry: Entry, start: int) -> bytes:
        attributes = {"distinguishedname": (str(entry.dn).encode(),), **entry.attributes}
        if entry.descriptor is not None:
            attributes["ntsecuritydescriptor"] = (entry.descriptor,)
        head = 8 + 8 * len(attributes)
        pairs, blob = b"", b""
        for name, values in attributes.items():
            number = self.numbers.setdefault(name, len(self.numbers))
            kind = self.kinds.get(name, CASE_IGNORE_STRING)
            place = self.places.get((kind, values))
            if place is None:
                place = self.places[kind, values] = start + head + len(blob)
                blob += _encoded(kind, values)
            pairs += pack("<Ii", number, place - start)
        return pack("<II", head + len(blob), len(attributes)) + pairs + blob

    def _table(self) -> bytes:
        table = pack("<I", len(self.numbers))
        for name in self.numbers:
            kind = self.kinds.get(name, CASE_IGNORE_STRING)
            dn = f"CN={name},CN=Schema,CN=Configuration,DC=contoso,DC=example"
            table += _counted(name) + pack("<II", 7, kind) + _counted(dn) + bytes(36)
        return table


def _counted(text: str) -> bytes:
    data = f"{text}\0".encode("utf-16-le")
    return pack("<I", len(data)) + data


def _encoded(kind: int, values: Sequence[bytes]) -> bytes:
    count = pack("<I", len(values))
    if kind in (OCTET_STRING, SECURITY_DESCRIPTOR, DN_WITH_BINARY):
        return count + b"".join(pack("<I", len(v)) for v in values) + b"".join(values)
    if kind in (DN_STRING, CASE_IGNORE_STRING):
        texts = [f"{value.decode()}\0".encode("utf-16-le") for value in values]
        ends = [sum(map(len, texts[:n])) for n in range(len(texts))]
        first = 4 + 4 * len(texts)
        return count + b"".join(pack("<I", first + end) for end in ends) + b"".join(texts)
    return count + b"".join(_NUMBERS[kind](value) for value in values)


def _time(value: bytes) -> bytes:
    match = _TIME.fullmatch(value)
    assert match
    year, month, day, *clock = map(int, match.groups())
    return pack("<8H", year, month, 0, day, *clock, 0)


_NUMBERS = {
    BOOLEAN: lambda value: pack("<I", value == b"TRUE"),
    INTEGER: lambda value: pack("<i", int(value)),
    LARGE_INTEGER: lambda value: pack("<q", int(value)),
    UTC_TIME: _time,
}


def _index(starts: Mapping[str, int]) -> bytes:
    """The tree of the objects: below each node those with objects below them, and the others."""
    below: dict[str, list[str]] = defaultdict(list)
    for path in starts:
        parent = path
        while parent and (parent == path or parent not in starts):
            parent = parent.rpartition(",")[0]
        below[parent].append(path)
    return _node("", -2, below, starts)


def _node(
    path: str, place: int, below: Mapping[str, Sequence[str]], starts: Mapping[str, int]
) -> bytes:
    names = below.get(path, ())
    nodes = [name for name in names if name in below]
    leaves = [name for name in names if name not in below]
    head = 16 + 4 * len(nodes) + 8 * len(leaves)
    offsets, blob = b"", b""
    for name in nodes:
        offsets += pack("<I", head + len(blob))
        blob += _node(name, starts[name], below, starts)
    ends = b"".join(pack("<q", starts[name]) for name in leaves)
    return pack("<qII", place, len(nodes), len(leaves)) + offsets + ends + blob
