"""Accounts that an object cannot tell apart, so that the verdict on one is that on all."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.repair import without_group
from adaudit.access.token import Server, Token
from adaudit.directory.domains import Domain
from adaudit.directory.snapshot import descriptor_of
from adaudit.exchange.answers import Asked
from adaudit.exchange.matrix import SendAs
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid

_Place = tuple[Domain | None, bool]


class Alike:
    """
    The accounts of all senders in lots, by what of the SIDs that an object names they carry.

    `evaluate` gives the same verdict for all accounts of a lot. With a group that they are
    `outside` of, they are seen as if none of them were in it.
    """

    def __init__(self, send_as: SendAs, outside: Sid | None = None) -> None:
        self._send_as = send_as
        self._outside = outside
        self._tokens: dict[_Place, Sequence[Token]] = {}
        self._carrying: dict[_Place, dict[Sid, BitMap]] = {}
        self._parts: dict[tuple[_Place, Sid], Sequence[BitMap]] = {}
        self._named: dict[int, frozenset[Sid] | None] = {}

    def lots(self, asked: Asked, accounts: BitMap) -> Iterator[BitMap]:
        """Some accounts in lots; if the object has entries under conditions, each is alone."""
        named = self._named_on(asked)
        if named is None:
            yield from (BitMap((account,)) for account in accounts)
            return
        lots = [accounts] if accounts else []
        for sid in named:
            parts = self._parted(sid, asked.place)
            lots = [both for lot in lots for part in parts if (both := lot & part)]
        yield from sorted(lots, key=lambda lot: lot[0])

    def token(self, account: int, place: Server) -> Token:
        """The token of an account; the server that is named in it may be one that is alike."""
        at = _at(place)
        if at not in self._tokens:
            numbers = range(len(self._send_as.accounts))
            self._tokens[at] = [self._token(number, place) for number in numbers]
        return self._tokens[at][account]

    def _token(self, account: int, place: Server) -> Token:
        token = self._send_as.token(account, place)
        return token if self._outside is None else without_group(token, self._outside)

    def _parted(self, sid: Sid, place: Server) -> Sequence[BitMap]:
        """Who carries a SID, who does not, and who may, for one reason or another."""
        key = (_at(place), sid)
        if key not in self._parts:
            carriers = self._send_as.carriers(place)
            inside = carriers.sure(sid)
            if self._outside is not None:
                inside = self._carriers(place).get(sid, NONE)
            doubtful = (carriers.doubtful(sid) | carriers.sure(sid)) - inside
            reasons: dict[str | None, BitMap] = defaultdict(BitMap)
            for account in doubtful:
                reasons[self.token(account, place).doubt(sid)].add(account)
            outside = self._send_as.everyone - inside - doubtful
            outside |= reasons.pop(None, NONE)
            self._parts[key] = [part for part in (inside, outside, *reasons.values()) if part]
        return self._parts[key]

    def _carriers(self, place: Server) -> dict[Sid, BitMap]:
        at = _at(place)
        if at not in self._carrying:
            found: dict[Sid, BitMap] = defaultdict(BitMap)
            for account in self._send_as.everyone:
                for sid in self.token(account, place).sids:
                    found[sid].add(account)
            self._carrying[at] = dict(found)
        return self._carrying[at]

    def _named_on(self, asked: Asked) -> frozenset[Sid] | None:
        """All SIDs that a verdict on an object can hang on; None if conditions name any."""
        if asked.kind not in self._named:
            self._named[asked.kind] = _named_in(asked)
        return self._named[asked.kind]


def _named_in(asked: Asked) -> frozenset[Sid] | None:
    descriptor, facts = descriptor_of(asked.object), asked.question.facts
    if not isinstance(descriptor, SecurityDescriptor):
        return frozenset()
    dacl = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
    entries = [ace for ace in dacl if isinstance(ace, Ace)]
    if any(ace.is_callback for ace in entries):
        return None
    sids = {descriptor.owner, facts.sid, *(ace.trustee for ace in entries), *facts.owner_exempt}
    return frozenset(sid for sid in sids if sid is not None)


def _at(place: Server) -> _Place:
    return place.domain, place.is_domain_controller
