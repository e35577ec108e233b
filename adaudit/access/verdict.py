"""An answer and its reason."""

from dataclasses import dataclass
from enum import StrEnum

from adaudit.security.ace import Ace, AnyAce
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid


class Decision(StrEnum):
    """Three answers, never two: what cannot be decided is no refusal and no grant."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNDECIDED = "undecided"


class Reason(StrEnum):
    """What kind of thing decided."""

    ENTRY = "an entry decides"
    NO_ENTRY = "no entry grants it"
    NO_DACL = "there is no DACL, so everything is granted"
    OWNER = "the owner has it implicitly"
    PRIVILEGE = "a privilege decides"
    DOUBT = "it hangs on what is not known"


@dataclass(frozen=True, slots=True)
class Deciding:
    """An entry with its position in the stored DACL and the SID of the token that it met."""

    position: int
    ace: Ace
    sid: Sid
    """The trustee, or whom SELF or OWNER RIGHTS stand for"""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why it cannot be known whether an entry applies."""

    position: int | None
    """None when it is the owner that is in doubt"""
    entry: AnyAce | None
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one question for one token on one descriptor."""

    decision: Decision
    reason: Reason
    granted: AccessMask
    """All bits that the token surely holds at the node that was asked about"""
    deciding: Deciding | None = None
    """The entry that decided; None where none did, by owner, privilege or absence"""
    overruled: tuple[Deciding, ...] = ()
    """Later entries for the token that would have decided otherwise"""
    repeated: tuple[Deciding, ...] = ()
    """Later entries for the token that would have decided alike"""
    doubts: tuple[Doubt, ...] = ()
    """What would have to be known, if the decision is UNDECIDED"""
    notes: tuple[str, ...] = ()
    """Oddities of the entries that took part"""
