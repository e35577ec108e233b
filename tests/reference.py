"""
The access check and the token, written down as naively as the specification reads.

Nothing here is shared with `adaudit.access`, and nothing is fast. [MS-ADTS] 5.1.3.3, [MS-DTYP]
2.5.3.2, [MS-DRSR] 4.1.8, [MS-KILE] 3.3.5.7.3
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import UUID

from adaudit.security.ace import Ace, OpaqueAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid

ALLOW, DENY = {0x00, 0x05, 0x09, 0x0B}, {0x01, 0x06, 0x0A, 0x0C}
CALLBACK = {0x09, 0x0A, 0x0B, 0x0C}
INHERIT_ONLY = 0x08
SELF, OWNER_RIGHTS = Sid(5, (10,)), Sid(3, (4,))
READ_CONTROL, WRITE_DAC, WRITE_OWNER, SYSTEM_SECURITY = 0x20000, 0x40000, 0x80000, 0x1000000
GENERIC = {0x80000000: 0x20094, 0x40000000: 0x20028, 0x20000000: 0x20004, 0x10000000: 0xF01FF}
EVERYTHING = 0xFFFFFFFF


@dataclass(frozen=True)
class Asked:
    """Who asks for what."""

    sids: frozenset[Sid]
    mask: int
    tree: tuple[tuple[int, UUID], ...]
    """Level and GUID of each node"""
    node: int
    deny_only: frozenset[Sid] = frozenset()
    privileges: frozenset[str] = frozenset()
    self_sid: Sid | None = None
    blocks_owner: bool = False


@dataclass(frozen=True)
class Answer:
    """What comes of it."""

    granted: bool
    maximum: int
    """All bits that are granted at the node"""
    deciding: int | None
    """Position of the entry that decided, None where none did"""


def check(
    descriptor: SecurityDescriptor,
    asked: Asked,
    applying: Sequence[bool] | None = None,
    *,
    is_owner: bool | None = None,
    has_owner_rights: bool | None = None,
) -> Answer:
    """
    The check when everything is known.

    What is not given is found out: whether each entry applies, whether the token is the owner's,
    and whether there is an effective OWNER RIGHTS entry.
    """
    mask = asked.mask
    for generic, specific in GENERIC.items():
        mask = mask & ~generic | specific if mask & generic else mask
    if mask & SYSTEM_SECURITY and "SeSecurityPrivilege" not in asked.privileges:
        return Answer(granted=False, maximum=0, deciding=None)
    mask &= ~SYSTEM_SECURITY
    if not isinstance(descriptor.dacl, Acl):
        return Answer(granted=True, maximum=0xF01FF, deciding=None)
    entries = descriptor.dacl.entries
    if is_owner is None:
        is_owner = descriptor.owner in asked.sids
    if has_owner_rights is None:
        has_owner_rights = any(is_owner_rights(ace) for ace in entries)
    if applying is None:
        applying = [matches(ace, asked, is_owner=is_owner) for ace in entries]
    tree = _Tree(asked.tree, implicit(asked, has_rights=is_owner and not has_owner_rights))
    decided: dict[int, int] = {}
    for position, ace in enumerate(entries):
        if applying[position] and not ace.flags & INHERIT_ONLY and kind(ace):
            before = tree.grant[asked.node] | tree.deny[asked.node]
            tree.apply(ace)
            after = tree.grant[asked.node] | tree.deny[asked.node]
            decided |= dict.fromkeys(bits(after & ~before), position)
    held = tree.grant[asked.node]
    missing = mask & ~held
    positions = [decided[bit] for bit in bits(missing or mask) if bit in decided]
    deciding = min(positions, default=None) if missing else max(positions, default=None)
    return Answer(granted=not missing, maximum=held, deciding=deciding)


def possible(
    descriptor: SecurityDescriptor,
    asked: Asked,
    doubtful: Callable[[Sid], bool],
    conditions: Mapping[int, frozenset[str]],
) -> set[Answer]:
    """
    All that the check can come to when it is not known of some SIDs whether they are in the token.

    Each doubtful entry may apply or not, whatever the others do. `conditions` gives what the
    condition at a position may come to: `true`, `false`, `unknown`. What is not understood of an
    entry may be that it is for OWNER RIGHTS.
    """
    entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
    owner_rights = {any(is_owner_rights(ace) for ace in entries)}
    if any(isinstance(ace, OpaqueAce) and is_effective(ace) for ace in entries):
        owner_rights |= {True}
    owners = {descriptor.owner in asked.sids}
    if descriptor.owner is not None and doubtful(descriptor.owner):
        owners = {True, False}
    return {
        check(descriptor, asked, choice, is_owner=is_owner, has_owner_rights=has_owner_rights)
        for is_owner, has_owner_rights in product(owners, owner_rights)
        for choice in product(
            *(
                _options(ace, asked, doubtful, conditions.get(position), is_owner=is_owner)
                for position, ace in enumerate(entries)
            )
        )
    }


def _options(
    ace: Ace | OpaqueAce,
    asked: Asked,
    doubtful: Callable[[Sid], bool],
    truths: frozenset[str] | None,
    *,
    is_owner: bool,
) -> set[bool]:
    """Whether the entry applies: one answer or both."""
    if not is_effective(ace):
        return {False}
    if isinstance(ace, OpaqueAce):
        return {True, False}
    members = {matches(ace, asked, is_owner=is_owner)}
    trustee = asked.self_sid if ace.trustee == SELF else ace.trustee
    if members == {False} and trustee not in (None, OWNER_RIGHTS) and doubtful(trustee):
        members = {True, False}
    wanted = {"true"} if kind(ace) == "allow" else {"true", "unknown"}
    if int(ace.type) not in CALLBACK:
        truths = frozenset({"true"})
    return {member and truth in wanted for member in members for truth in truths or {"unknown"}}


def implicit(asked: Asked, *, has_rights: bool) -> int:
    """What is granted before any entry."""
    held = WRITE_OWNER if "SeTakeOwnershipPrivilege" in asked.privileges else 0
    if has_rights:
        held |= READ_CONTROL if asked.blocks_owner else READ_CONTROL | WRITE_DAC
    return held


def is_effective(ace: Ace | OpaqueAce) -> bool:
    """Whether an entry has an effect on the object itself."""
    return kind(ace) is not None and not ace.flags & INHERIT_ONLY


def is_owner_rights(ace: Ace | OpaqueAce) -> bool:
    """Whether an entry takes the implicit rights of the owner away."""
    return isinstance(ace, Ace) and ace.trustee == OWNER_RIGHTS and not ace.flags & INHERIT_ONLY


def kind(ace: Ace | OpaqueAce) -> str | None:
    """Whether an entry allows or denies, None if neither."""
    code = ace.type_code if isinstance(ace, OpaqueAce) else int(ace.type)
    return "allow" if code in ALLOW else "deny" if code in DENY else None


def matches(ace: Ace | OpaqueAce, asked: Asked, *, is_owner: bool) -> bool:
    """Whether the trustee of an entry is in the token."""
    if isinstance(ace, OpaqueAce):
        return False
    if ace.trustee == OWNER_RIGHTS:
        return is_owner
    trustee = asked.self_sid if ace.trustee == SELF else ace.trustee
    return trustee in asked.sids or (kind(ace) == "deny" and trustee in asked.deny_only)


def bits(mask: int) -> Iterator[int]:
    """The single bits of a mask."""
    return (1 << number for number in range(32) if mask >> number & 1)


class _Tree:
    def __init__(self, nodes: tuple[tuple[int, UUID], ...], implicit: int) -> None:
        self.nodes = nodes or ((0, UUID(int=0)),)
        self.is_empty = not nodes
        self.grant = [implicit] * len(self.nodes)
        self.deny = [0] * len(self.nodes)

    def parent(self, node: int) -> int | None:
        level = self.nodes[node][0]
        above = [n for n in range(node) if self.nodes[n][0] == level - 1]
        return above[-1] if above else None

    def children(self, node: int) -> list[int]:
        return [n for n in range(len(self.nodes)) if self.parent(n) == node]

    def ancestors(self, node: int) -> list[int]:
        parent = self.parent(node)
        return [] if parent is None else [parent, *self.ancestors(parent)]

    def descendants(self, node: int) -> list[int]:
        return [n for n in range(len(self.nodes)) if node in self.ancestors(n)]

    def lookup(self, guid: UUID | None) -> int | None:
        if guid is None:
            return 0
        known = [(level, n) for n, (level, g) in enumerate(self.nodes) if g == guid]
        return min(known)[1] if known and not self.is_empty else None

    def apply(self, ace: Ace | OpaqueAce) -> None:
        guid, mask = (
            (None, EVERYTHING) if isinstance(ace, OpaqueAce) else (ace.object_type, int(ace.mask))
        )
        v = self.lookup(guid)
        if v is None:
            return
        if kind(ace) == "allow":
            for u in [v, *self.descendants(v)]:
                self.grant[u] |= mask & ~self.deny[u]
            for p in self.ancestors(v):
                everywhere = mask
                for s in self.children(p):
                    everywhere &= self.grant[s]
                self.grant[p] |= everywhere & ~self.deny[p]
        else:
            for u in [v, *self.descendants(v), *self.ancestors(v)]:
                self.deny[u] |= mask & ~self.grant[u]


@dataclass(frozen=True)
class Group:
    """A group as the closure needs it."""

    sid: Sid
    domain: str
    scope: str
    """`global`, `universal`, `domain local`, `builtin`"""
    members: frozenset[Sid]
    """Members and those whose primary group it is"""
    is_security_enabled: bool = True


@dataclass(frozen=True)
class LogOn:
    """Who comes from where, and to which server."""

    subject: Sid
    domain: str
    server_domain: str | None
    is_controller: bool = True
    by_server: frozenset[Sid] = frozenset()
    """What the server adds: Everyone, Authenticated Users, …"""
    by_kdc: frozenset[Sid] = frozenset()
    """What the KDC adds: Enterprise Domain Controllers, …"""


def token(
    logon: LogOn, groups: Iterable[Group], history: Mapping[Sid, frozenset[Sid]]
) -> frozenset[Sid]:
    """The SIDs of a token, by adding groups until nothing is added any more."""
    enabled = [group for group in groups if group.is_security_enabled]
    sids = closed(frozenset({logon.subject}), enabled, "global", logon.domain)
    sids = closed(sids, enabled, "universal")
    sids |= frozenset().union(*(history.get(sid, frozenset()) for sid in sids)) | logon.by_kdc
    sids = closed(sids, enabled, "domain local", logon.server_domain)
    sids |= logon.by_server
    if not logon.is_controller:
        return sids
    sids = closed(sids, enabled, "domain local", logon.server_domain)
    return sids | {
        group.sid
        for group in enabled
        if group.scope == "builtin" and group.domain == logon.server_domain and group.members & sids
    }


def closed(
    sids: frozenset[Sid], groups: Iterable[Group], scope: str, where: str | None = ""
) -> frozenset[Sid]:
    """The SIDs with all groups of a scope (and domain) that they are in, however deep."""
    while True:
        more = {
            group.sid
            for group in groups
            if group.scope == scope and where in ("", group.domain) and group.members & sids
        }
        if more <= sids:
            return sids
        sids |= more
