"""The condition of a callback entry, judged on a token and a descriptor. [MS-DTYP] 2.4.4.17"""

from dataclasses import dataclass

from adaudit.access.token import Token
from adaudit.security.ace import Ace
from adaudit.security.condition import Absence, AttributeKind, Truth, evaluate_data
from adaudit.security.condition.comparison import Value
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.sid import Sid


def condition_outcomes(ace: Ace, descriptor: SecurityDescriptor, token: Token) -> frozenset[Truth]:
    """
    All that the condition of `ace` can come to, given what is known of the token.

    What is not a condition comes to UNKNOWN, which grants nothing, and denies.
    """
    return evaluate_data(ace.application_data, _Operands(token))


@dataclass(frozen=True, slots=True)
class _Operands:
    token: Token

    def is_member(self, sid: Sid) -> bool | None:
        if self.token.doubt(sid):
            return None
        return sid in self.token.sids

    def is_device_member(self, _: Sid) -> bool | None:
        return False if self.token.knows_claims else None

    def attribute(self, kind: AttributeKind, name: str) -> tuple[Value, ...] | Absence:  # noqa: ARG002 - the protocol names them
        return Absence.ABSENT if self.token.knows_claims else Absence.NOT_KNOWN
