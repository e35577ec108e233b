"""
What is granted on tier 0, asked of each account, each object and each right one by one.

Tokens and access checks are those of the naive reference, made from the scenario itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from uuid import UUID

from adaudit.directory.known_schema import known_schema
from adaudit.security import sid as sids
from adaudit.security import wire
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from tests import reference
from tests.builders import Made
from tests.reviews.world import Forest

_OF_NO_SET = UUID("771727b1-31b8-4cdf-ae62-4fe39fadf89e")
_BY_SERVER = frozenset(
    {sids.EVERYONE, sids.AUTHENTICATED_USERS, sids.NETWORK, sids.THIS_ORGANIZATION}
)
_CONTROLLER = 0x2000
_VALIDATED = {"Self-Membership": "member", "Validated-SPN": "servicePrincipalName"}
_EXTENDED = {"ResetPassword": "User-Force-Change-Password"}
_WHOLE = {"WriteDacl": AccessMask.WRITE_DAC, "WriteOwner": AccessMask.WRITE_OWNER}

Tree = tuple[tuple[int, UUID], ...]


@dataclass(frozen=True)
class OneByOne:
    """The forest of a scenario, asked naively."""

    forest: Forest
    _known: dict[tuple[str, ...], dict[str, int | None]] = field(default_factory=dict)

    @cached_property
    def tokens(self) -> Mapping[str, frozenset[Sid]]:
        """The SIDs of every account, by its SID."""
        groups = list(self._groups())
        return {str(made.sid): self._token(made, groups) for made in self._accounts()}

    def holders(self, made: Made, right: str) -> dict[str, int | None]:
        """Who holds a right on an object, by SID, and the position of the entry that decides."""
        attributes = made.attributes
        alike = made.descriptor, attributes["objectclass"][-1], attributes.get("objectsid")
        key = (right, *map(str, alike))
        if key not in self._known:
            self._known[key] = self._holders(made, right)
        return self._known[key]

    def _holders(self, made: Made, right: str) -> dict[str, int | None]:
        descriptor = wire.decode(made.descriptor or b"")
        found = {}
        for account, token in self.tokens.items():
            answer = self._check(made, descriptor, right, token)
            if answer.granted:
                found[account] = answer.deciding
        return found

    def _check(
        self, made: Made, descriptor: SecurityDescriptor, right: str, token: frozenset[Sid]
    ) -> reference.Answer:
        name = made.attributes["objectclass"][-1].decode().lower()
        mask, tree = _asked(right, known_schema().classes[name].guid)
        blocks = self.forest.review.heuristics[28:29] == "1" and name == "computer"
        own = made.sid if "objectsid" in made.attributes else None
        asked = reference.Asked(token, mask, tree, len(tree) - 1, self_sid=own, blocks_owner=blocks)
        return reference.check(descriptor, asked)

    def _accounts(self) -> Iterator[Made]:
        return (m for m in self.forest.principals() if b"user" in m.attributes["objectclass"])

    def _token(self, made: Made, groups: list[reference.Group]) -> frozenset[Sid]:
        is_controller = int(made.attributes["useraccountcontrol"][0]) & _CONTROLLER
        by_kdc = frozenset({sids.ENTERPRISE_DOMAIN_CONTROLLERS} if is_controller else ())
        logon = reference.LogOn(made.sid, "CONTOSO", "CONTOSO", by_server=_BY_SERVER, by_kdc=by_kdc)
        return reference.token(logon, groups, {})

    def _groups(self) -> Iterator[reference.Group]:
        primary: dict[int, set[Sid]] = {}
        for made in self._accounts():
            rid = int(made.attributes["primarygroupid"][0])
            primary.setdefault(rid, set()).add(made.sid)
        for sid, scope in self.forest.scopes.items():
            members = self.forest.members.get(sid, set())
            if sid.domain:
                members = members | primary.get(sid.rid or 0, set())
            yield reference.Group(sid, "CONTOSO", scope, frozenset(members))


def _asked(right: str, object_class: UUID) -> tuple[int, Tree]:
    """The mask, and the object type list down to what is asked about. [MS-ADTS] 5.1.3.3"""
    known = known_schema()
    if right in _WHOLE:
        return _WHOLE[right], ((0, object_class),)
    kind, _, what = right.partition(":")
    if kind == "create":
        return AccessMask.CREATE_CHILD, ((0, known.classes[what.lower()].guid),)
    if kind == "write" or right in _VALIDATED:
        mask = AccessMask.WRITE_PROPERTY if kind == "write" else AccessMask.SELF
        attribute = known.attributes[(what or _VALIDATED[right]).lower()]
        above = attribute.property_set or _OF_NO_SET
        return mask, ((0, object_class), (1, above), (2, attribute.guid))
    name = _EXTENDED.get(right, right)
    (guid,) = (each.guid for each in known.rights if each.name == name)
    return AccessMask.CONTROL_ACCESS, ((0, object_class), (1, guid))
