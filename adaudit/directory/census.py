"""
Principals as one pass over their rows finds them: checked, and nothing made of them yet.

Half a million objects are looked at, so what is checked is checked on the bytes. An object that
does not pass is read again with `principal_of`, which says what is wrong with it.
"""

from array import array
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from adaudit.directory.domains import Domain, Domains
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault, understood
from adaudit.directory.issuing import HEAD, SIZE, is_issued
from adaudit.directory.layout import dump_attributes, values_in
from adaudit.directory.naming import Names
from adaudit.directory.places import Places
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


@dataclass(frozen=True, slots=True, eq=False)
class GroupKind:
    """
    What decides whether a token takes a group up.

    Groups that are alike share one, so that it is known by its identity: comparing names of
    domains for each group would take longer than all else about it.
    """

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
        self._plain_controls: set[str | None] = {None}
        """Values of userAccountControl that are numbers, and not those of domain controllers"""
        self._kinds: dict[tuple[str | None, bool, Domain | None], GroupKind] = {}
        self._places = Places(domains)
        self._roles = {number: _role(chain) for number, chain in snapshot.chains.items()}

    @classmethod
    def of(cls, snapshot: Snapshot, domains: Domains) -> "Census":
        """Read all rows."""
        found = cls(snapshot, domains)
        found._read(snapshot.principal_rows())
        numbers = array("I", map(found.names.__getitem__, found._told_names))
        found.told = array("I", map(numbers.__getitem__, found.told))
        return found

    def _read(self, rows: Iterable[PrincipalRow]) -> None:
        """Take all rows up: in one loop without calls, as there may be a million."""
        roles, plain_controls = self._roles, self._plain_controls
        objects, sids, own_names = self.objects, self.sids, self.own_names
        primary_groups, names, told_names = self.primary_groups, self.names, self._told_names
        for row in rows:
            number, dn, chain, sid, group_type, control, primary_group, attributes = row
            is_plain = (
                not roles[chain]
                and group_type is None
                and control in plain_controls
                and len(sid) == SIZE
                and sid.startswith(HEAD)
                and _SID_HISTORY not in attributes
            )
            if not is_plain and not self._is_sound(row):
                continue
            objects.append(number)
            own_names.append(names.setdefault(dn.encode(), len(names)))
            primary_groups.append(primary_group)
            if _MEMBER_OF in attributes:
                groups = values_in(attributes, "memberof")
                self.told.extend(map(told_names.__getitem__, groups))
                self.told_ends.append(len(self.told))
                self.tellers.append(len(sids))
            if _MEMBER in attributes:
                members = values_in(attributes, "member")
                self.members[len(sids)] = array("I", map(names.__getitem__, members))
            sids.append(sid)

    def _is_sound(self, row: PrincipalRow) -> bool:
        """Look at a row with care: is it a sound principal, and what is special about it?"""
        number, _, chain, sid, _, control, _, attributes = row
        role = self._roles[chain]
        if role & _HEAD:
            return False
        history = values_in(attributes, "sidhistory")
        try:
            for each in (sid, *history):
                Sid.decode(each)
            kind = self._kind(row, role)
            flags = int(control) & _CONTROLLER if control is not None else 0
        except (ValueError, AdauditError):
            self._note(number)
            return False
        self._keep(role, kind, flags, history)
        if not flags:
            self._plain_controls.add(control)
        return True

    def _keep(
        self, role: int, kind: GroupKind | None, flags: int, history: tuple[bytes, ...]
    ) -> None:
        """Keep what is special about the principal that comes next."""
        position = len(self.sids)
        if kind:
            self.groups[position] = kind
        if flags:
            self.controllers[position] = flags
        if history:
            self.history[position] = history
        if role & _FOREIGN:
            self.foreign.add(position)

    def _kind(self, row: PrincipalRow, role: int) -> GroupKind | None:
        """The kind of a group, None for what is no group; `ValueError` where nothing tells it."""
        _, dn, _, sid, group_type, *_ = row
        bits = None if group_type is None else int(group_type)
        if not role & _GROUP:
            return None
        if bits is None:
            raise ValueError
        is_of_domain = is_issued(sid)
        key = group_type, is_of_domain, self._places.domain(dn)
        known = self._kinds.get(key)
        if known is None or not is_of_domain:
            scope = scope_of(Sid.decode(sid), bits)
            known = GroupKind(scope, is_for_tokens(bits), key[2])
            if is_of_domain:
                self._kinds[key] = known
        return known

    def _note(self, number: int) -> None:
        """Find out what is wrong with an object."""
        deque(understood([self.snapshot.at(number)], self._principal, self.faults), maxlen=0)

    def _principal(self, entry: Entry) -> Principal | None:
        return principal_of(entry, self._domains)


_HEAD, _GROUP, _FOREIGN = 1, 2, 4


def _role(chain: tuple[str, ...]) -> int:
    """What the classes of an object make of it here."""
    roles = {"domaindns": _HEAD, "group": _GROUP, "foreignsecurityprincipal": _FOREIGN}
    return sum(role for name, role in roles.items() if name in chain)
