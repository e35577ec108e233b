"""
Who carries a SID: the tokens of all subjects at one server, turned round.

`token_of` goes up from one subject to all its SIDs; this holds for each SID the set of subjects
that carry it, and the set of those of whom that is not known. Both say the same of every subject
and SID: `token_of` is the specification.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property

from adaudit.access.ascent import AFTER_ACCOUNT, END, Ascent, domain_of
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.growth import Growth, Server
from adaudit.directory.membership import Membership
from adaudit.directory.principal import PARTIAL_SECRETS_ACCOUNT, SERVER_TRUST_ACCOUNT
from adaudit.security import sid as sids
from adaudit.security.sid import Sid

_GUEST_RID = 501
_READ_ONLY_CONTROLLERS_RID = 498
_GLOBAL_RIDS = frozenset({500, 501, 502, 512, 513, 514, 515, 516, 520, 521, 522, 525, 526})
"""Accounts and global groups that have the same RID in every domain. [MS-DTYP] 2.4.2.4"""
_BY_LOGON = (
    sids.NTLM_AUTHENTICATION,
    sids.SCHANNEL_AUTHENTICATION,
    sids.DIGEST_AUTHENTICATION,
    sids.AUTHENTICATION_AUTHORITY_ASSERTED,
    sids.SERVICE_ASSERTED,
)


def accounts(membership: Membership) -> tuple[Sid, ...]:
    """All principals of a snapshot that are no groups, in the order in which they were read."""
    return tuple(sid for sid, known in membership.principals.items() if known.scope is None)


class Carriers:
    """
    The subjects that carry each SID in the tokens that `server` makes.

    Subjects are numbered in the order given. All sets are shared, and not to be changed.
    """

    def __init__(
        self, membership: Membership, server: Server, subjects: Iterable[Sid] | None = None
    ) -> None:
        self.membership = membership
        self.server = server
        given = accounts(membership) if subjects is None else subjects
        self.subjects = tuple(dict.fromkeys(given))
        """The subject of each number"""
        self.numbers = {sid: number for number, sid in enumerate(self.subjects)}
        self.everyone = BitMap(range(len(self.subjects)))
        self._by_domain = self._domains()
        self._sure = self._carriers()
        self._doubtful: dict[Sid, BitMap] = {}

    def sure(self, sid: Sid) -> BitMap:
        """The subjects that surely carry `sid`."""
        found = self._sure.get(sid, NONE)
        number = self.numbers.get(sid)
        return found if number is None or number in found else found | BitMap((number,))

    def doubtful(self, sid: Sid) -> BitMap:
        """The subjects of which it is not known whether they carry `sid`."""
        known = self._doubtful.get(sid)
        if known is None:
            possible = self._possible.get(sid, NONE) | self._lost(sid)
            known = self._doubtful[sid] = possible - self.sure(sid) if possible else NONE
        return known

    def is_alone(self, sid: Sid) -> bool:
        """Whether a subject alone carries its SID, as an account does, and nobody perhaps does."""
        is_subject = sid in self.numbers and not self._sure.get(sid)
        return is_subject and not self.doubtful(sid)

    def _domains(self) -> dict[tuple[int, ...] | None, BitMap]:
        found: dict[tuple[int, ...] | None, array[int]] = defaultdict(lambda: array("I"))
        for number, sid in enumerate(self.subjects):
            found[domain_of(sid)].append(number)
        return {domain: BitMap(numbers) for domain, numbers in found.items()}

    def _carriers(self) -> dict[Sid, BitMap]:
        ascent = Ascent(self.server, self.membership)
        for number, sid in enumerate(self.subjects):
            ascent.enter(sid, number)
        for sid, numbers in self._by_controller():
            ascent.put(sid, AFTER_ACCOUNT, array("I", numbers))
        stage = AFTER_ACCOUNT if self.server.is_domain_controller else END
        for sid, numbers in self._by_server():
            ascent.put(sid, stage, array("I", numbers))
        return ascent.carriers()

    def _by_controller(self) -> Iterator[tuple[Sid, Iterable[int]]]:
        """What the KDC adds to a domain controller. [MS-PAC] 4.1.2.1"""
        read_only, controllers = array("I"), array("I")
        principals = self.membership.principals
        for number, sid in enumerate(self.subjects):
            known = principals.get(sid)
            if known is not None and known.is_domain_controller:
                if known.account_control & SERVER_TRUST_ACCOUNT:
                    controllers.append(number)
                if known.account_control & PARTIAL_SECRETS_ACCOUNT:
                    read_only.append(number)
        root = self.membership.domains.root
        yield sids.ENTERPRISE_DOMAIN_CONTROLLERS, controllers
        if root and root.sid:
            yield root.sid.relative(_READ_ONLY_CONTROLLERS_RID), read_only

    def _by_server(self) -> Iterator[tuple[Sid, Iterable[int]]]:
        """What the server adds to whoever logs on over the network. [MS-DTYP] 2.5.2.1.1"""
        known = self.everyone - self._numbered(sids.ANONYMOUS)
        guests = [
            number
            for number, sid in enumerate(self.subjects)
            if sid.rid == _GUEST_RID and domain_of(sid) is not None
        ]
        yield sids.EVERYONE, known
        yield sids.AUTHENTICATED_USERS, known - BitMap(guests)
        yield sids.NETWORK, known
        yield sids.THIS_ORGANIZATION, known

    def _numbered(self, sid: Sid) -> BitMap:
        number = self.numbers.get(sid)
        return NONE if number is None else BitMap((number,))

    # What follows is `Token.doubt`, for all subjects.

    def _lost(self, sid: Sid) -> BitMap:
        """Those of whom `sid` is not known because groups or accounts were not read."""
        if _is_builtin(sid) and self._are_local_groups_unknown:
            return self.everyone
        domain = domain_of(sid)
        if domain is None:
            return NONE
        is_domain_read = sid.domain in self.membership.domains.by_sid
        found = NONE if is_domain_read else self._with_unread_domains
        if sid not in self.membership.principals:
            found = found | self._with_unread_groups
        is_of_its_domain_only = sid.rid in _GLOBAL_RIDS
        return found & self._by_domain.get(domain, NONE) if is_of_its_domain_only else found

    @property
    def _are_local_groups_unknown(self) -> bool:
        is_controller = self.server.is_domain_controller
        return not is_controller or self.server.domain not in self.membership.with_builtin

    @cached_property
    def _of_other_forests(self) -> dict[Sid, BitMap]:
        """The subjects of each domain that is none of the forest's, or was not read."""
        read = self.membership.domains.by_sid
        domains = ((self.subjects[found.min()].domain, found) for found in self._by_domain.values())
        return {domain: found for domain, found in domains if domain and domain not in read}

    @cached_property
    def _with_unread_domains(self) -> BitMap:
        """Those who may be in groups of a domain that was not read."""
        if self.membership.domains.unread:
            return self.everyone
        return union(self._of_other_forests.values())

    @cached_property
    def _with_unread_groups(self) -> BitMap:
        """Those who may be in groups of which nothing was read."""
        if self.membership.lost:
            return self.everyone
        return union(self.sure(sid) for sid in self.membership.in_unread_groups)

    @cached_property
    def _possible(self) -> dict[Sid, BitMap]:
        """Who may carry a SID beside those who do, groups that were not read apart."""
        found: dict[Sid, list[BitMap]] = defaultdict(list)
        for sid, subjects in self._possibly():
            found[sid].append(subjects)
        return {sid: union(parts) for sid, parts in found.items()}

    def _possibly(self) -> Iterator[tuple[Sid, BitMap]]:
        for sid in _BY_LOGON:
            yield sid, self.everyone
        yield sids.EVERYONE, self._numbered(sids.ANONYMOUS)
        if self.server.domain is not None:
            yield from self._possibly_at(self.server)
            return
        for domain in self.membership.domains.all:  # the server may be in the one or the other
            there = replace(self.server, domain=domain)
            yield from Carriers(self.membership, there, self.subjects).all()
            yield from self._possibly_at(there)

    def all(self) -> Iterator[tuple[Sid, BitMap]]:
        """Every SID that is carried by a subject, and by whom."""
        for sid in self._sure.keys() | self.numbers.keys():
            yield sid, self.sure(sid)

    def _possibly_at(self, server: Server) -> Iterator[tuple[Sid, BitMap]]:
        """All that groups lead to of which it is not known who is in them."""
        membership = self.membership
        for subjects in self._by_domain.values():
            growth = Growth(self.subjects[subjects.min()], server, membership)  # as for all of them
            for sid in membership.incomplete:
                if _is_builtin(sid):
                    yield sid, subjects
                elif sid in membership.principals:
                    for above in growth.above(membership.principals[sid]):
                        yield above, subjects
        for domain, subjects in self._of_other_forests.items():
            growth = Growth(self.subjects[subjects.min()], server, membership)
            for sid in membership.arcs:
                if sid.domain == domain:
                    for above in growth.above_foreign(sid):
                        yield above, subjects


def _is_builtin(sid: Sid) -> bool:
    return sid.authority == sids.BUILTIN.authority and sid.subauthorities[:1] == (32,)
