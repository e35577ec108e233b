"""
Security descriptors as of a grown directory, as bytes.

An object has the entries that its class gives it, those that it inherits from the root of its
domain and from Exchange, and those that were delegated on its unit. So most objects share their
descriptor with others of the class in the unit; one in a hundred has entries of its own.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from random import Random
from struct import Struct

from adaudit.security import sddl
from adaudit.security.ace import Ace, AceFlags
from adaudit.security.ace_wire import encode_ace
from adaudit.security.descriptor import Acl
from adaudit.security.sid import Sid

DOMAIN = Sid(5, (21, 1004336348, 1177238915, 682003330))
FIRST_USER, FIRST_GROUP, FIRST_COMPUTER = 1_000_000, 10_000, 5_000_000
"""The RIDs of users, groups and computers begin here"""
CLASS_GUIDS = {
    "user": "bf967aba-0de6-11d0-a285-00aa003049e2",
    "group": "bf967a9c-0de6-11d0-a285-00aa003049e2",
    "computer": "bf967a86-0de6-11d0-a285-00aa003049e2",
    "contact": "5cb41ed0-0e4c-11d0-a286-00aa003049e2",
    "organizationalUnit": "bf967aa5-0de6-11d0-a285-00aa003049e2",
}
"""schemaIDGUIDs of Active Directory"""
_USER, _GROUP, _COMPUTER, *_ = CLASS_GUIDS.values()
_INET_ORG_PERSON = "4828cc14-1437-45bc-9b07-ad6f015e5f28"
_FULL = "RPWPCRCCDCLCLORCWOWDSDDTSW"
_COMMON = f"(A;;{_FULL};;;DA)(A;;{_FULL};;;SY)"
_BY_CLASS = {
    "user": f"""{_COMMON}(A;;{_FULL};;;AO)(A;;RPLCLORC;;;PS)
        (OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;PS)
        (OA;;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;PS)
        (OA;;CR;ab721a56-1e2f-11d0-9819-00aa0040529b;;PS)
        (OA;;RPWP;77b5b886-944a-11d1-aebd-0000f80367c1;;PS)
        (OA;;RPWP;e45795b2-9455-11d1-aebd-0000f80367c1;;PS)
        (OA;;RPWP;e45795b3-9455-11d1-aebd-0000f80367c1;;PS)
        (OA;;RP;037088f8-0ae1-11d2-b422-00a0c968f939;;RS)
        (OA;;RP;4c164200-20c0-11d0-a768-00aa006e0529;;RS)
        (OA;;RP;bc0ac240-79a9-11d0-9020-00c04fc2d4cf;;RS)(A;;RC;;;AU)
        (OA;;RP;59ba2f42-79a2-11d0-9020-00c04fc2d3cf;;AU)
        (OA;;RP;77b5b886-944a-11d1-aebd-0000f80367c1;;AU)
        (OA;;RP;e45795b3-9455-11d1-aebd-0000f80367c1;;AU)
        (OA;;RP;e48d0154-bcf8-11d1-8702-00c04fb96050;;AU)
        (OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)
        (OA;;RP;5f202010-79a5-11d0-9020-00c04fc2d4cf;;RS)
        (OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)""",
    "group": f"""{_COMMON}(A;;{_FULL};;;AO)(A;;RPLCLORC;;;PS)(A;;RPLCLORC;;;AU)
        (OA;;CR;ab721a55-1e2f-11d0-9819-00aa0040529b;;AU)
        (OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)""",
    "computer": f"""{_COMMON}(A;;{_FULL};;;AO)(A;;RPLCLORC;;;AU)(A;;CCDC;;;PS)
        (OA;;CR;ab721a53-1e2f-11d0-9819-00aa0040529b;;WD)
        (OA;;CCDC;bf967aa8-0de6-11d0-a285-00aa003049e2;;PO)
        (OA;;RPWP;bf967a7f-0de6-11d0-a285-00aa003049e2;;CA)
        (OA;;SW;f3a64788-5306-11d1-a9c5-0000f80367c1;;PS)
        (OA;;RPWP;77b5b886-944a-11d1-aebd-0000f80367c1;;PS)
        (OA;;SW;72e39547-7b18-11d1-adef-00c04fd8d5cd;;PS)
        (OA;;RP;46a9b11d-60ae-405a-b7e8-ff8a58d456d2;;S-1-5-32-560)""",
    "contact": f"{_COMMON}(A;;RPLCLORC;;;AU)",
    "organizationalUnit": f"""{_COMMON}(A;;RPLCLORC;;;AU)(A;;RPLCLORC;;;ED)
        (OA;;CCDC;{_USER};;AO)(OA;;CCDC;{_COMPUTER};;AO)(OA;;CCDC;{_GROUP};;AO)
        (OA;;CCDC;bf967aa8-0de6-11d0-a285-00aa003049e2;;PO)""",
}
"""What the defaultSecurityDescriptor of each class gives, in SDDL"""
_PROPERTY_SETS = (
    "4c164200-20c0-11d0-a768-00aa006e0529",
    "5f202010-79a5-11d0-9020-00c04fc2d4cf",
    "bc0ac240-79a9-11d0-9020-00c04fc2d4cf",
    "59ba2f42-79a2-11d0-9020-00c04fc2d3cf",
    "037088f8-0ae1-11d2-b422-00a0c968f939",
)
_OF_ROOT = (
    "".join(f"(OA;CI;RP;{s};{c};RU)" for s in _PROPERTY_SETS for c in (_INET_ORG_PERSON, _USER))
    + "".join(
        f"(OA;CI;RP;b7c69e6d-2cc7-11d2-854e-00a0c983f608;{c};ED)"
        for c in (_COMPUTER, _GROUP, _USER)
    )
    + f"(OA;CI;WP;ea1b7b93-5e48-46d5-bc6c-4df4fda78a35;{_COMPUTER};PS)"
    + "".join(f"(OA;CI;LCRPLORC;;{c};RU)" for c in (_INET_ORG_PERSON, _GROUP, _USER))
    + f"""(OA;CI;RPWPCR;91e647de-d96f-4b70-9557-d63ff4f3ccd8;;PS)
    (OA;CI;RPWP;3f78c3e5-f79a-46bd-a0b8-9d18116ddc79;;PS)
    (A;CI;{_FULL};;;EA)(A;CI;LC;;;RU)(A;CI;CCLCSWRPWPLOCRSDRCWDWO;;;BA)"""
)
_EXCHANGE = "".join(
    f"(OA;CI;{rights};;{object_class};{trustee})"
    for rights, trustees in {"RPWP": (1101, 1102), "WD": (1103,), "LCRPLORC": (1104, 1105)}.items()
    for trustee in (DOMAIN.relative(rid) for rid in trustees)
    for object_class in (_USER, _GROUP)
)
_EXCHANGE_OF_CONTACTS = "".join(
    f"(A;CI;{rights};;;{DOMAIN.relative(rid)})"
    for rights, rids in {"RPWP": range(1110, 1116), "LCRPLORC": range(1116, 1120)}.items()
    for rid in rids
)
_DELEGATED = (
    *(f"(OA;CI;CR;00299570-246d-11d0-a768-00aa006e0529;{_USER};%s)",) * 3,
    *(f"(OA;CI;RPWP;bf9679c0-0de6-11d0-a285-00aa003049e2;{_GROUP};%s)",) * 3,
    "(OA;CI;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;%s)",
    "(OD;CI;CR;ab721a54-1e2f-11d0-9819-00aa0040529b;;%s)",
    "(A;CI;WDWO;;;%s)",
    f"(A;CI;{_FULL};;;%s)",
    f"(OA;CI;CCDC;{_USER};;%s)",
    f"(OA;CI;RPWP;bf9679e4-0de6-11d0-a285-00aa003049e2;{_COMPUTER};%s)",
    "(A;CI;RPLCLORC;;;%s)",
)
"""What is delegated on units, in SDDL; `%s` is the group that gets it"""
_MOST_DELEGATED = 6
_OWN_ENTRIES = (1, 4)
_HEADER = Struct("<BBHIIII")
_ACL_HEADER = Struct("<BBHHH")
_CONTROL = 0x8C04
_ADMINISTRATORS = DOMAIN.relative(512).encode()
_OWN_AT = 37


class Descriptors:
    """The descriptors of a forest: `units` organisational units, `groups` and `users` to name."""

    def __init__(self, units: int, groups: int, users: int) -> None:
        self._groups = groups
        self._users = users
        chance = Random(4)  # noqa: S311, the same data in every run is the point
        self._delegated = [self._delegation(chance) for _ in range(units)]
        self.shared = cache(self._shared)

    def of(self, number: int, object_class: str, unit: int) -> bytes:
        """The descriptor of an object; one in a hundred and every unit has its own."""
        if number % 100 != _OWN_AT and object_class != "organizationalUnit":
            return self.shared(object_class, unit)
        chance = Random(number)  # noqa: S311, see above
        own = [self._own(chance) for _ in range(chance.randint(*_OWN_ENTRIES))]
        entries = [*own, *self._entries(object_class, unit)]
        return descriptor(entries, DOMAIN.relative(FIRST_USER + chance.randrange(self._users)))

    def _shared(self, object_class: str, unit: int) -> bytes:
        return descriptor(self._entries(object_class, unit))

    def _entries(self, object_class: str, unit: int) -> list[bytes]:
        inherited = _OF_ROOT + _EXCHANGE
        if object_class == "contact":
            inherited += _EXCHANGE_OF_CONTACTS
        return [
            *_explicit(_BY_CLASS[object_class]),
            *_inherited(self._delegated[unit], object_class),
            *_inherited(inherited, object_class),
        ]

    def _delegation(self, chance: Random) -> str:
        count = chance.randint(0, _MOST_DELEGATED)
        return "".join(chance.choice(_DELEGATED) % self._some_group(chance) for _ in range(count))

    def _own(self, chance: Random) -> bytes:
        is_user = chance.random() < 0.5
        rid = FIRST_USER + chance.randrange(self._users)
        trustee = DOMAIN.relative(rid) if is_user else self._some_group(chance)
        text = chance.choice(_DELEGATED).replace(";CI;", ";;").replace(f";{_USER};", ";;")
        return _explicit(text.replace(f";{_GROUP};", ";;") % trustee)[0]

    def _some_group(self, chance: Random) -> Sid:
        return DOMAIN.relative(FIRST_GROUP + chance.randrange(self._groups))


def descriptor(entries: Sequence[bytes], owner: Sid | None = None) -> bytes:
    """A descriptor with these entries in its DACL, owned by Domain Admins or `owner`."""
    body = b"".join(entries)
    size = _ACL_HEADER.size + len(body)
    owner_at = _HEADER.size + size
    owner_sid = owner.encode() if owner else _ADMINISTRATORS
    group_at = owner_at + len(owner_sid)
    header = _HEADER.pack(1, 0, _CONTROL, owner_at, group_at, 0, _HEADER.size)
    dacl = _ACL_HEADER.pack(4, 0, size, len(entries), 0)
    return b"".join([header, dacl, body, owner_sid, _ADMINISTRATORS])


def sharing_entries(count: int) -> Iterator[bytes]:
    """Worst case A: all descriptors differ, and share nearly all of their 52 entries."""
    chance = Random(1)  # noqa: S311, see above
    sids = heads()
    pool = [_random_entry(chance, sids) for _ in range(4_000)]
    for _ in range(count):
        own = [_random_entry(chance, sids) for _ in range(2)]
        yield descriptor([*own, *chance.sample(pool, 50)])


def sharing_nothing(count: int) -> Iterator[bytes]:
    """Worst case B: each of the 52 entries names a trustee out of a million."""
    chance = Random(2)  # noqa: S311, see above
    sids = heads()
    for _ in range(count):
        yield descriptor([_random_entry(chance, sids) for _ in range(52)])


@cache
def heads() -> list[bytes]:
    """What comes before the RID in entries of some 3,000 kinds."""
    chance = Random(5)  # noqa: S311, see above
    guids = [chance.randbytes(16) for _ in range(1500)]
    masks = (0x10, 0x20, 0x30, 0x100, 0x20094, 0xF01FF, 0xF01BD, 0x3, 0x8, 0x4)
    sid = DOMAIN.encode()
    found = []
    for _ in range(3_000):
        mask = chance.choice(masks).to_bytes(4, "little")
        parts = [] if chance.random() < 0.35 else [chance.choice(guids)]
        if parts and chance.random() < 0.4:
            parts.append(chance.choice(guids))
        present = (2 * len(parts) - 1).to_bytes(4, "little") if parts else b""
        size = 4 + len(mask + present) + 16 * len(parts) + len(sid) + 4
        kind = bytes((5 if parts else 0, 0x10)) + size.to_bytes(2, "little")
        of_domain = bytes((sid[0], sid[1] + 1)) + sid[2:]
        found.append(b"".join([kind, mask, present, *parts, of_domain]))
    return found


def _random_entry(chance: Random, sids: list[bytes]) -> bytes:
    rid = FIRST_USER + int(chance.random() * 1_000_000)
    return sids[int(chance.random() * len(sids))] + rid.to_bytes(4, "little")


@cache
def _aces(text: str) -> tuple[Ace, ...]:
    dacl = sddl.parse("D:" + "".join(text.split()), DOMAIN, DOMAIN).dacl
    entries = dacl.entries if isinstance(dacl, Acl) else ()
    return tuple(ace for ace in entries if isinstance(ace, Ace))


@cache
def _explicit(text: str) -> tuple[bytes, ...]:
    return tuple(map(encode_ace, _aces(text)))


@cache
def _inherited(text: str, object_class: str) -> tuple[bytes, ...]:
    """Entries as an object of that class inherits them: in effect, or only to be passed on."""
    return tuple(encode_ace(_passed_on(ace, object_class)) for ace in _aces(text))


def _passed_on(ace: Ace, object_class: str) -> Ace:
    flags = AceFlags.CONTAINER_INHERIT | AceFlags.INHERITED
    meant = ace.inherited_object_type
    if meant is not None and str(meant) != CLASS_GUIDS[object_class]:
        flags |= AceFlags.INHERIT_ONLY
    return Ace(ace.type, flags, ace.mask, ace.trustee, ace.object_type, meant)
