"""Accounts whose tokens differ in nothing that matters to an object, so that one speaks for all."""

from collections.abc import Iterator, Sequence

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.repair import without_group
from adaudit.access.token import Server, Token
from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.snapshot import descriptor_of
from adaudit.exchange.answers import Asked
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid

_Lot = tuple[int, BitMap]
"""An account and all that are like it, itself among them"""


class Alike:
    """
    Accounts by number, in lots that `evaluate` answers alike but for their names.

    With a group that they are `outside` of, they are seen as if none of them were in it.
    """

    def __init__(self, view: View, accounts: Sequence[Sid], outside: Sid | None = None) -> None:
        self._view = view
        self._accounts = accounts
        self._numbers = {sid: number for number, sid in enumerate(accounts)}
        self._outside = outside
        self._places: dict[tuple[Domain | None, bool], tuple[Sequence[Token], Sequence[_Lot]]] = {}
        self._named: dict[int, BitMap] = {}

    def lots(self, asked: Asked, accounts: BitMap) -> Iterator[_Lot]:
        """Some accounts in lots; whoever is named on the object is alone."""
        named = self._named_on(asked) & accounts
        rest = accounts - named
        for _, members in self._at(asked.place)[1]:
            if found := members & rest:
                yield found[0], found
        for number in named:
            yield number, BitMap((number,))

    def token(self, account: int, place: Server) -> Token:
        """The token of an account; the server that is named in it may be one that is alike."""
        return self._at(place)[0][account]

    def _at(self, place: Server) -> tuple[Sequence[Token], Sequence[_Lot]]:
        key = (place.domain, place.is_domain_controller)
        if key not in self._places:
            tokens = [self._token(sid, place) for sid in self._accounts]
            found: dict[object, list[int]] = {}
            for number, token in enumerate(tokens):
                found.setdefault(_all_but_name(token), []).append(number)
            self._places[key] = tokens, [(each[0], BitMap(each)) for each in found.values()]
        return self._places[key]

    def _token(self, sid: Sid, place: Server) -> Token:
        token = self._view.token(sid, place)
        return token if self._outside is None else without_group(token, self._outside)

    def _named_on(self, asked: Asked) -> BitMap:
        if asked.kind not in self._named:
            known = descriptor_of(asked.object)
            found = self._named_in(known) if isinstance(known, SecurityDescriptor) else NONE
            self._named[asked.kind] = found
        return self._named[asked.kind]

    def _named_in(self, descriptor: SecurityDescriptor) -> BitMap:
        """Whom a descriptor names; in a condition it may be anybody."""
        dacl = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
        entries = [ace for ace in dacl if isinstance(ace, Ace)]
        if any(ace.is_callback for ace in entries):
            return BitMap(range(len(self._accounts)))
        sids = {descriptor.owner, *(ace.trustee for ace in entries)}
        return BitMap([self._numbers[sid] for sid in sids if sid in self._numbers])


def _all_but_name(token: Token) -> object:
    """All that an answer can hang on but the SID of the account itself."""
    return (
        token.sids - {token.subject},
        token.deny_only,
        token.privileges,
        frozenset(token.doubtful.items()),
        token.subject.domain,
        token.local_groups_unknown is None,
        token.read_domains,
        token.known_principals is None,
        token.knows_claims,
    )
