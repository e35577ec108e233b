"""Descriptors without what can be nothing to a subject: few differ in what is left of them."""

from dataclasses import dataclass

from adaudit.access.token import Token
from adaudit.directory.issuing import is_issued
from adaudit.security.ace import ALLOW_TYPES, DENY_TYPES, Ace, AnyAce
from adaudit.security.ace_wire import decode_ace
from adaudit.security.descriptor import AbsentAcl, Acl, ControlFlags, SecurityDescriptor
from adaudit.security.sid import OWNER_RIGHTS, PRINCIPAL_SELF, Sid
from adaudit.security.wire import decode, pieces

_ACCESS_TYPES = ALLOW_TYPES | DENY_TYPES


@dataclass(frozen=True, slots=True)
class Reduced:
    """A descriptor without what can be nothing to the subject."""

    owner: bytes | None
    """None where he is certainly not the subject"""
    entries: tuple[bytes, ...] | None
    """None where there is no list"""
    has_self: bool
    """Whether an entry for SELF is among them"""
    whole: bytes | None = None
    """All of the descriptor, if an entry applies under a condition, which may hang on all of it"""

    def decoded(self) -> SecurityDescriptor:
        """As the access check takes it."""
        if self.whole is not None:
            return decode(self.whole)
        owner = None if self.owner is None else Sid.decode(self.owner)
        dacl = AbsentAcl() if self.entries is None else Acl(4, tuple(map(decode_ace, self.entries)))
        return SecurityDescriptor(ControlFlags(0), owner, None, dacl)


class Reducer:
    """Takes from descriptors what can be nothing to the subjects of some tokens."""

    def __init__(self, *tokens: Token) -> None:
        self._tokens = tokens
        self._relevant: dict[bytes, AnyAce | None] = {}
        self._known = {
            sid.encode()
            for token in tokens
            for sid in (*token.sids, *token.deny_only, *token.doubtful)
        }
        """The SIDs that are told of by name; of those of domains there are no others"""
        self._has_losses = any(
            token.read_domains is not None or token.known_principals is not None for token in tokens
        )
        """Unless something was not read"""

    def reduced(self, body: bytes) -> Reduced:
        """
        A descriptor as far as it is something to the subject.

        Raises `DescriptorError` where it is damaged.
        """
        owner, entries = pieces(body)
        if owner is not None and not self._may_carry(Sid.decode(owner)):
            owner = None
        if entries is None:
            return Reduced(owner, None, has_self=False)
        aces = [(entry, self.ace(entry)) for entry in entries]
        kept = tuple(entry for entry, ace in aces if ace is not None)
        has_self = any(isinstance(a, Ace) and a.trustee == PRINCIPAL_SELF for _, a in aces)
        is_conditional = any(isinstance(a, Ace) and a.is_callback for _, a in aces)
        return Reduced(owner, kept, has_self, body if is_conditional else None)

    def position(self, body: bytes, known: int) -> int:
        """Where an entry stands in a descriptor of a case, whose list has it at `known`."""
        entries = pieces(body).dacl or ()
        if self.reduced(body).whole is not None:
            return known
        return [place for place, entry in enumerate(entries) if self.ace(entry) is not None][known]

    def carried(self, sid: bytes) -> Sid | None:
        """The SID of an object, if the subject may carry it: then SELF may stand for him."""
        if sid not in self._known and is_issued(sid) and not self._has_losses:
            return None
        known = Sid.decode(sid)
        return known if self._may_carry(known) else None

    def ace(self, entry: bytes) -> AnyAce | None:
        """An entry, None if it can be nothing to the subject."""
        try:
            return self._relevant[entry]
        except KeyError:
            ace = decode_ace(entry)
            found = self._relevant[entry] = ace if self._is_relevant(ace) else None
            return found

    def _is_relevant(self, ace: AnyAce) -> bool:
        if ace.is_inherit_only:
            return False
        if not isinstance(ace, Ace):
            return ace.type_code in _ACCESS_TYPES
        if ace.trustee == OWNER_RIGHTS:
            return True  # of whatever type, it ends what the owner has implicitly
        is_for_access = ace.type in _ACCESS_TYPES
        return is_for_access and (ace.trustee == PRINCIPAL_SELF or self._may_carry(ace.trustee))

    def _may_carry(self, sid: Sid) -> bool:
        return any(sid in each.sids or each.doubt(sid) is not None for each in self._tokens)
