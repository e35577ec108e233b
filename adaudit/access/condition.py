"""The condition of a callback entry, judged on a token and a descriptor. [MS-DTYP] 2.4.4.17"""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.token import Token
from adaudit.errors import DescriptorError
from adaudit.security import claim
from adaudit.security.ace import Ace, AceType
from adaudit.security.condition import Absence, AttributeKind, Truth, evaluate_data
from adaudit.security.condition.comparison import Value
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid


def condition_outcomes(ace: Ace, descriptor: SecurityDescriptor, token: Token) -> frozenset[Truth]:
    """
    All that the condition of `ace` can come to, given what is known of token and object.

    What is not a condition comes to UNKNOWN, which grants nothing, and denies.
    """
    return evaluate_data(ace.application_data, _Operands(token, descriptor))


@dataclass(frozen=True, slots=True)
class _Operands:
    """What a condition may ask for; claims of a token are not in the directory."""

    token: Token
    descriptor: SecurityDescriptor

    def is_member(self, sid: Sid) -> bool | None:
        if self.token.doubt(sid):
            return None
        return sid in self.token.sids

    def is_device_member(self, sid: Sid) -> bool | None:  # noqa: ARG002 - nothing is known of devices
        return False if self.token.knows_claims else None

    def attribute(self, kind: AttributeKind, name: str) -> tuple[Value, ...] | Absence:
        if kind is AttributeKind.RESOURCE:
            return _resource_attribute(self.descriptor, name)
        return Absence.ABSENT if self.token.knows_claims else Absence.NOT_KNOWN


def _resource_attribute(descriptor: SecurityDescriptor, name: str) -> tuple[Value, ...] | Absence:
    """Resource attributes stand in the SACL, which only privileged readers are given."""
    if not isinstance(descriptor.sacl, Acl):
        return Absence.NOT_KNOWN
    for known in _resource_claims(descriptor.sacl):
        if known.name.lower() == name.lower():
            return known.comparable_values
    return Absence.ABSENT


def _resource_claims(sacl: Acl) -> Iterator[claim.Claim]:
    for ace in sacl.entries:
        if isinstance(ace, Ace) and ace.type is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
            try:
                yield claim.decode(ace.application_data)
            except DescriptorError:
                continue  # a damaged attribute is none, [MS-DTYP] 2.5.3.1.5 reads over it
