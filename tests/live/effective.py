"""
What a controller says that whoever asks may do, by its constructed attributes.

`sDRightsEffective`, `allowedChildClassesEffective`, `allowedAttributesEffective`: [MS-ADTS]
3.1.1.4.5.4 to 3.1.1.4.5.7. Each answer comes as names of questions: `write:member`. Samba tells
them of every object that can be seen, without looking at who may read these attributes.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from adaudit.directory.dn import Dn

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3

Effective = frozenset[str]
"""The questions that are answered with yes"""
Raw = Mapping[str, tuple[bytes, ...]]

SEE = "See"
SYSTEM_SECURITY = "AccessSystemSecurity"
BITS = {"WriteOwner": 1, "WriteDacl": 4, SYSTEM_SECURITY: 8}
"""What the bits of sDRightsEffective answer; that of the group is set where the owner's is"""
ATTRIBUTES, CHILDREN, DESCRIPTOR = (
    "allowedAttributesEffective",
    "allowedChildClassesEffective",
    "sDRightsEffective",
)
_OWNER_AND_GROUP = 3
_CONSTRUCTED = 0x4
_PAGE = 1000


def effective(connection: ldap3.Connection, heads: Sequence[str]) -> dict[Dn, Effective]:
    """What the controller says of every object that whoever asks can see."""
    found = _search(connection, heads, [ATTRIBUTES, CHILDREN, DESCRIPTOR])
    return {dn: frozenset(_granted(values)) for dn, values in found}


def _granted(values: Raw) -> Iterator[str]:
    yield SEE
    yield from _prefixed("write", values[ATTRIBUTES])
    yield from _prefixed("create", values[CHILDREN])
    bits = int(values[DESCRIPTOR][0])
    assert bits & _OWNER_AND_GROUP in (0, _OWNER_AND_GROUP)
    yield from (name for name, bit in BITS.items() if bits & bit)


def possible(connection: ldap3.Connection, heads: Sequence[str]) -> dict[Dn, Effective]:
    """
    What each object can have: attributes that can be written, and classes of children.

    `allowedAttributes` has those as well that nobody can write: back links and constructed ones,
    which are never in `allowedAttributesEffective`, and those of the system, which Samba leaves
    out of it too.
    """
    fixed = _fixed(connection, heads[-1])
    known: dict[tuple[tuple[bytes, ...], ...], Effective] = {}
    all_possible = {}
    for dn, values in _search(connection, heads, ["allowedAttributes", "allowedChildClasses"]):
        key = values["allowedAttributes"], values["allowedChildClasses"]
        if key not in known:
            written = frozenset(_prefixed("write", key[0])) - fixed
            known[key] = written | frozenset(_prefixed("create", key[1]))
        all_possible[dn] = known[key]
    return all_possible


def _fixed(connection: ldap3.Connection, schema: str) -> frozenset[str]:
    wanted = ["lDAPDisplayName", "systemFlags", "systemOnly", "linkID"]
    found = _search(connection, [schema], wanted, "(objectClass=attributeSchema)")
    fixed = [values["lDAPDisplayName"][0] for _, values in found if _is_fixed(values)]
    return frozenset(_prefixed("write", tuple(fixed)))


def _is_fixed(values: Raw) -> bool:
    flags, link = (int((values[name] or (b"0",))[0]) for name in ("systemFlags", "linkID"))
    return bool(flags & _CONSTRUCTED or link % 2 or values["systemOnly"] == (b"TRUE",))


@cache
def _prefixed(kind: str, names: tuple[bytes, ...]) -> tuple[str, ...]:
    return tuple(f"{kind}:{name.decode()}" for name in names)


def _search(
    connection: ldap3.Connection,
    heads: Sequence[str],
    attributes: Sequence[str],
    condition: str = "(objectClass=*)",
) -> Iterator[tuple[Dn, Raw]]:
    search: Any = connection.extend.standard.paged_search
    for head in heads:
        for answer in search(
            head, condition, ldap3.SUBTREE, attributes=attributes, paged_size=_PAGE, generator=True
        ):
            if answer["type"] == "searchResEntry":
                # ldap3 has None where there was an attribute without values
                held = answer["raw_attributes"]
                values = {name: tuple(held[name] or ()) for name in attributes}
                yield Dn(answer["raw_dn"].decode()), values
