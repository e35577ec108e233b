"""
How Samba 4.17 checks access otherwise than [MS-ADTS] 5.1.3.3 says.

Each way is put as a descriptor or a token with which the specification gives Samba's answer. By
its source (`libcli/security/access_check.c`, `sec_access_check_ds`; `auth/session.c`):

- An entry for OWNER RIGHTS is one for a SID that nobody has, so the owner keeps READ_CONTROL and
  WRITE_DAC beside it.
- An object-specific entry that allows CONTROL_ACCESS ends the check as granted, whatever was asked
  for, where its object type is in the list that is asked about.
- Nobody is given S-1-5-15, which [MS-DTYP] 2.4.2.4 gives to who is of the same organisation.

Whether an answer differs for one of these reasons is known by evaluating again: nothing else is
forgiven.
"""

from dataclasses import replace
from enum import StrEnum

from adaudit.access.evaluator import evaluate
from adaudit.access.question import Question
from adaudit.access.token import Token
from adaudit.access.verdict import Decision
from adaudit.security.ace import Ace, AceType, AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import FULL_CONTROL, AccessMask
from adaudit.security.sid import OWNER_RIGHTS, THIS_ORGANIZATION


class Way(StrEnum):
    """In what Samba differs."""

    OWNER_RIGHTS = "entries for OWNER RIGHTS have no effect"
    CONTROL_ACCESS = "an object-specific entry with CONTROL_ACCESS grants everything"
    THIS_ORGANIZATION = "a token does not hold This Organization"


def difference(
    descriptor: SecurityDescriptor, token: Token, question: Question, decision: Decision
) -> Way | None:
    """The one way in which Samba comes to `decision`, None where none explains it."""
    for way in Way:
        seen, held = _as_samba(descriptor, way), token
        if way is Way.THIS_ORGANIZATION:
            held = replace(token, sids=token.sids - {THIS_ORGANIZATION})
        if evaluate(seen, held, question).decision is decision:
            return way
    return None


def _as_samba(descriptor: SecurityDescriptor, way: Way) -> SecurityDescriptor:
    dacl = descriptor.dacl
    assert isinstance(dacl, Acl)
    if way is Way.OWNER_RIGHTS:
        kept = tuple(ace for ace in dacl.entries if not _is_for_owner(ace))
    elif way is Way.CONTROL_ACCESS:
        kept = tuple(_widened(ace) for ace in dacl.entries)
    else:
        kept = dacl.entries
    return replace(descriptor, dacl=Acl(dacl.revision, kept))


def _is_for_owner(ace: AnyAce) -> bool:
    return isinstance(ace, Ace) and ace.trustee == OWNER_RIGHTS


def _widened(ace: AnyAce) -> AnyAce:
    is_object_specific = isinstance(ace, Ace) and ace.type is AceType.ACCESS_ALLOWED_OBJECT
    if isinstance(ace, Ace) and is_object_specific and ace.mask & AccessMask.CONTROL_ACCESS:
        return replace(ace, mask=ace.mask | FULL_CONTROL)
    return ace
