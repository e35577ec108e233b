"""Of which subjects it is not known whether they carry a SID: `Token.doubt`, for all of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from adaudit.access.ascent import Ascent, ByDomain
from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.growth import BY_LOGON, GLOBAL_RIDS, Server, is_builtin
from adaudit.access.logon import log_on, numbered
from adaudit.access.subjects import Subjects
from adaudit.directory.issuing import domain_of, issuing
from adaudit.directory.membership import Membership
from adaudit.security import sid as sids
from adaudit.security.sid import Sid


@dataclass(frozen=True)
class Doubts:
    """What was not read, and what each subject may carry by it."""

    membership: Membership
    server: Server
    subjects: Subjects
    by_domain: ByDomain
    ascent: Ascent
    """The ways up at the server"""
    carried: Mapping[bytes, BitMap]
    """By SID that is reached from another one: who surely carries it"""

    def possible(self, sid: Sid) -> BitMap:
        """Who may carry a SID, or does."""
        return self._possible.get(sid.encode(), NONE) | self._lost(sid)

    def is_none_of_account(self, sid: bytes) -> bool:
        """Whether it is plain that `possible` is empty for the SID of an account that was read."""
        return sid not in self._possible and domain_of(sid) in self._read_domains

    @cached_property
    def _everyone(self) -> BitMap:
        return BitMap(range(len(self.subjects)))

    def _lost(self, sid: Sid) -> BitMap:
        """Those of whom `sid` is not known because groups or accounts were not read."""
        if is_builtin(sid) and self._are_local_groups_unknown:
            return self._everyone
        domain = domain_of(sid.encode())
        if domain is None:
            return NONE
        found = NONE if domain in self._read_domains else self._with_unread_domains
        if sid not in self.membership.principals:
            found = found | self._with_unread_groups
        is_of_its_domain_only = sid.rid in GLOBAL_RIDS
        return found & self.by_domain.get(domain, NONE) if is_of_its_domain_only else found

    @property
    def _are_local_groups_unknown(self) -> bool:
        is_controller = self.server.is_domain_controller
        return not is_controller or self.server.domain not in self.membership.with_builtin

    @cached_property
    def _read_domains(self) -> frozenset[bytes]:
        return frozenset(map(issuing, self.membership.domains.by_sid))

    @cached_property
    def _of_other_forests(self) -> dict[bytes, BitMap]:
        """The subjects of each domain that is none of the forest's, or was not read."""
        known = self._read_domains
        return {d: found for d, found in self.by_domain.items() if d and d not in known}

    @cached_property
    def _with_unread_domains(self) -> BitMap:
        """Those who may be in groups of a domain that was not read."""
        if self.membership.domains.unread:
            return self._everyone
        return union(self._of_other_forests.values())

    @cached_property
    def _with_unread_groups(self) -> BitMap:
        """Those who may be in groups of which nothing was read."""
        if self.membership.lost:
            return self._everyone
        population = self.membership.population
        who = [population.sids[number] for number in self.membership.in_unread_groups.numbers]
        carriers = (self.carried.get(sid, NONE) for sid in who)
        return union([numbered(map(self.subjects.number, who)), *carriers])

    @cached_property
    def _possible(self) -> dict[bytes, BitMap]:
        """Who may carry a SID, groups of which nothing was read apart."""
        found: dict[bytes, list[BitMap]] = defaultdict(list)
        for sid, subjects in self._possibly():
            found[sid].append(subjects)
        return {sid: union(parts) for sid, parts in found.items()}

    def _possibly(self) -> Iterator[tuple[bytes, BitMap]]:
        for sid in BY_LOGON:
            yield sid.encode(), self._everyone
        anonymous = self.subjects.number(sids.ANONYMOUS.encode())
        yield sids.EVERYONE.encode(), numbered(iter([anonymous]))
        if self.server.domain is not None:
            yield from self._by_groups(self.ascent)
            return
        for domain in self.membership.domains.all:  # the server may be in the one or the other
            there = replace(self.server, domain=domain)
            ascent = log_on(self.subjects, self.by_domain, there, self.membership)
            yield from ascent.carriers().items()
            yield from self._by_groups(ascent)

    def _by_groups(self, ascent: Ascent) -> Iterator[tuple[bytes, BitMap]]:
        """All that groups lead to of which it is not known who is in them."""
        for sid in filter(is_builtin, self.membership.incomplete):
            yield sid.encode(), self._everyone  # of whatever domain the group is that is meant
        for domain, nodes in self._incomplete(ascent).items():
            subjects = self._everyone if domain == b"" else self.by_domain.get(domain, NONE)
            for above in ascent.reached(nodes):
                yield above, subjects
        for domain, subjects in self._of_other_forests.items():
            for above in ascent.reached(self._foreign_groups(domain, ascent)):
                yield above, subjects

    def _incomplete(self, ascent: Ascent) -> Mapping[bytes | None, list[int]]:
        """The incomplete groups that tokens hold, global ones by their domain."""
        found: dict[bytes | None, list[int]] = defaultdict(list)
        for sid in self.membership.incomplete:
            number = self.membership.population.number(sid)
            step = None if number is None or is_builtin(sid) else ascent.step(number)
            if step is not None:
                found[step.domain if step.is_global else b""].append(step.node)
        return found

    def _foreign_groups(self, domain: bytes, ascent: Ascent) -> Iterable[int]:
        """What a domain of another forest issued and is in a group: it may be a group itself."""
        population = self.membership.population
        for number in population.issued_by({domain}):
            if number in population.joined:
                yield ascent.foreign(population.sids[number])
