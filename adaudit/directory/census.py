"""
Principals as one pass over their rows finds them: checked, and nothing made of them yet.

Half a million objects are looked at, so what is checked is checked on the bytes. An object that
does not pass is read again with `principal_of`, which says what is wrong with it.
"""

from array import array
from collections import deque
from dataclasses import dataclass

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain, Domains
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault, understood
from adaudit.directory.issuing import is_issued
from adaudit.directory.layout import dump_attributes, values_in
from adaudit.directory.naming import Names
from adaudit.directory.principal import (
    PARTIAL_SECRETS_ACCOUNT,
    SERVER_TRUST_ACCOUNT,
    GroupScope,
    Principal,
    is_for_tokens,
    principal_of,
    scope_of,
)
from adaudit.directory.snapshot import PrincipalRow, Snapshot
from adaudit.errors import AdauditError
from adaudit.security.sid import Sid

_MEMBER, _MEMBER_OF, _SID_HISTORY = (
    dump_attributes({name: ()})[1:-1] for name in ("member", "memberof", "sidhistory")
)
"""How the names of attributes stand among packed ones"""
_CONTROLLER = SERVER_TRUST_ACCOUNT | PARTIAL_SECRETS_ACCOUNT


@dataclass(frozen=True, slots=True)
class GroupKind:
    """What decides whether a token takes a group up; few of them are different."""

    scope: GroupScope
    is_security_enabled: bool
    domain: Domain | None


class Census:
    """
    The principals of a snapshot in the order of reading.

    Members and groups stand here under the numbers of their names, which may come before the
    objects do.
    """

    def __init__(self, snapshot: Snapshot, domains: Domains) -> None:
        self.snapshot = snapshot
        self.names = Names()
        self.faults: list[Fault] = []
        self.objects = array("Q")
        """The numbers that the snapshot has for them"""
        self.sids: list[bytes] = []
        self.own_names = array("I")
        self.foreign: set[int] = set()
        """Those that stand for a SID of elsewhere"""
        self.groups: dict[int, GroupKind] = {}
        self.controllers: dict[int, int] = {}
        """The userAccountControl of domain controllers"""
        self.history: dict[int, tuple[bytes, ...]] = {}
        self.primary_groups: list[str | None] = []
        """primaryGroupID as it came"""
        self.members: dict[int, array[int]] = {}
        """Who is in each, by its own word"""
        self.tellers = array("I")
        """Who says what it is in"""
        self.told_ends = array("I")
        """Where the groups of each of them end in `told`"""
        self.told = array("I")
        self._told_names = Names()
        """The names in `memberOf`: they are few, and found faster than among all"""
        self._domains = domains
        self._controls: dict[str | None, int] = {None: 0}
        self._kinds: dict[tuple[str | None, bool, Domain | None], GroupKind] = {}
        self._places = _Places(domains)
        self._roles = {number: _role(chain) for number, chain in snapshot.chains.items()}

    @classmethod
    def of(cls, snapshot: Snapshot, domains: Domains) -> "Census":
        """Read all rows."""
        found = cls(snapshot, domains)
        for row in snapshot.principal_rows():
            found._add(row)
        numbers = array("I", map(found.names.__getitem__, found._told_names))
        found.told = array("I", map(numbers.__getitem__, found.told))
        return found

    def _add(self, row: PrincipalRow) -> None:
        number, dn, chain, sid, group_type, control, primary_group, attributes = row
        role = self._roles[chain]
        if role & _HEAD:
            return
        history = values_in(attributes, "sidhistory") if _SID_HISTORY in attributes else ()
        try:
            if not is_issued(sid):
                Sid.decode(sid)
            for old in history:
                Sid.decode(old)
            is_plain = group_type is None and not role & _GROUP
            kind = None if is_plain else self._kind(row, role)
            flags = self._controls.get(control, -1)
            if flags < 0:
                flags = self._control(control)
        except (ValueError, AdauditError):
            self._note(number)
            return
        position = len(self.sids)
        self.objects.append(number)
        self.sids.append(sid)
        self.own_names.append(self.names[dn.encode()])
        self.primary_groups.append(primary_group)
        if kind:
            self.groups[position] = kind
        if flags or history or role:
            self._take_more(position, role, flags, history)
        self._take_names(position, attributes)

    def _take_more(self, position: int, role: int, flags: int, history: tuple[bytes, ...]) -> None:
        if flags:
            self.controllers[position] = flags
        if history:
            self.history[position] = history
        if role & _FOREIGN:
            self.foreign.add(position)

    def _take_names(self, position: int, attributes: bytes) -> None:
        if _MEMBER_OF in attributes:
            groups = values_in(attributes, "memberof")
            self.told.extend(map(self._told_names.__getitem__, groups))
            self.told_ends.append(len(self.told))
            self.tellers.append(position)
        if _MEMBER in attributes:
            members = values_in(attributes, "member")
            self.members[position] = array("I", map(self.names.__getitem__, members))

    def _kind(self, row: PrincipalRow, role: int) -> GroupKind | None:
        """The kind of a group, None for what is no group; `ValueError` where nothing tells it."""
        _, dn, _, sid, group_type, *_ = row
        if group_type is None:
            raise ValueError
        bits = int(group_type)
        if not role & _GROUP:
            return None
        is_of_domain = is_issued(sid)
        key = group_type, is_of_domain, self._places.domain(dn)
        known = self._kinds.get(key)
        if known is None or not is_of_domain:
            scope = scope_of(Sid.decode(sid), bits)
            known = GroupKind(scope, is_for_tokens(bits), key[2])
            if is_of_domain:
                self._kinds[key] = known
        return known

    def _control(self, text: str | None) -> int:
        flags = int(text or "") & _CONTROLLER
        self._controls[text] = flags
        return flags

    def _note(self, number: int) -> None:
        """Find out what is wrong with an object."""
        deque(understood([self.snapshot.at(number)], self._principal, self.faults), maxlen=0)

    def _principal(self, entry: Entry) -> Principal | None:
        return principal_of(entry, self._domains)


class _Places:
    """The domains that objects lie in; all children of one object lie in the same, but heads."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self._by_parent: dict[str, Domain | None] = {}
        heads = (domain.dn.path.rpartition(",")[2] for domain in domains.all)
        self._is_head_plain = any(head.startswith("cn=") for head in heads)

    def domain(self, dn: str) -> Domain | None:
        own, _, parent = dn.partition(",")
        if not own.startswith("CN=") or "\\" in own or '"' in own or self._is_head_plain:
            return self._domains.containing(Dn(dn))
        if parent not in self._by_parent:
            self._by_parent[parent] = self._domains.containing(Dn(parent))
        return self._by_parent[parent]


_HEAD, _GROUP, _FOREIGN = 1, 2, 4


def _role(chain: tuple[str, ...]) -> int:
    """What the classes of an object make of it here."""
    roles = {"domaindns": _HEAD, "group": _GROUP, "foreignsecurityprincipal": _FOREIGN}
    return sum(role for name, role in roles.items() if name in chain)
