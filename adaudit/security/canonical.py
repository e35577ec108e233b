"""
Whether the entries of a DACL stand in canonical order. [MS-DTYP] 2.4.5

Only the two rules are checked that change what a list grants and that Windows itself keeps: it
stores object entries before plain ones, and inherited entries in the order of the parent. Access is
decided in the order that is stored: what would hold in canonical order is only compared with it.
"""

from dataclasses import dataclass
from enum import Enum

from adaudit.security.ace import Ace, AnyAce
from adaudit.security.descriptor import Acl


class Rule(Enum):
    """A rule of canonical order; its value says what an entry that breaks it is."""

    EXPLICIT_FIRST = "explicit entry behind an inherited one"
    DENY_FIRST = "explicit deny behind an explicit allow"


@dataclass(frozen=True, slots=True)
class Disorder:
    """The first entry of a list that breaks canonical order."""

    position: int
    """Index of the entry that stands too late"""
    behind: int
    """Index of the first entry that it should stand before"""
    rule: Rule


def find_disorder(acl: Acl) -> Disorder | None:
    """The first entry of `acl` out of canonical order, None if all are in order."""
    first_inherited = first_allow = None
    for position, ace in enumerate(acl.entries):
        if ace.is_inherited:
            if first_inherited is None:
                first_inherited = position
            continue
        if first_inherited is not None:
            return Disorder(position, first_inherited, Rule.EXPLICIT_FIRST)
        if not isinstance(ace, Ace):
            continue
        if ace.denies and first_allow is not None:
            return Disorder(position, first_allow, Rule.DENY_FIRST)
        if ace.allows and first_allow is None:
            first_allow = position
    return None


def canonical_order(acl: Acl) -> list[int]:
    """
    The positions of the entries of `acl` in canonical order, each group in the order stored.

    Explicit denies, what else is explicit, and inherited entries as they are, which come in the
    order of several parents.
    """
    return sorted(range(len(acl.entries)), key=lambda position: _group(acl.entries[position]))


def _group(ace: AnyAce) -> int:
    if ace.is_inherited:
        return 2
    return 0 if isinstance(ace, Ace) and ace.denies else 1
