"""
Who has the descriptor of AdminSDHolder: the protected accounts and groups. [MS-ADTS] 3.1.1.6.1.2

A controller gives it to each of them within the hour. Of some it is not sure that they get it: that
hangs on settings, on the version of the controllers, or the specification does not say it.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap
from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.population import Population
from adaudit.security.sid import BUILTIN, Sid

_GROUPS_OF_BUILTIN = (544, 548, 549, 550, 551, 552)
_GROUPS_OF_DOMAIN = (512, 518, 519)
_ALONE = (500, 502, 516, 521)
_KEY_ADMINS = (526, 527)
"""Protected by controllers of Windows Server 2016 and later; the specification is silent of them"""
_EXCLUDED = {548: 0x1, 549: 0x2, 550: 0x4, 551: 0x8}
"""Bits of dwAdminSDExMask. [MS-ADTS] 3.1.1.6.1.4"""
_MASK = 15  # character 16 of dSHeuristics, [MS-ADTS] 6.1.1.2.4.1.2


@dataclass(frozen=True, slots=True)
class Protected:
    """The protected principals of a domain: numbers of the population."""

    sure: BitMap
    """Who has the descriptor, but for whoever got into a group within the hour"""
    possible: BitMap
    """Who may have it, those among them"""


def protected_in(domain: Domain, view: View) -> Protected:
    """Go down from the groups that are protected with all who are in them."""
    population, sid = view.membership.population, domain.sid
    if sid is None:
        return Protected(BitMap(), BitMap())
    builtin = dict(_builtin_groups(domain, population))
    mask = _mask(view.heuristics)
    spared = [number for rid, number in builtin.items() if _EXCLUDED.get(rid, 0) & mask]
    heads = (*builtin.values(), *_numbers(sid, _GROUPS_OF_DOMAIN, population))
    alone = _numbers(sid, (*_ALONE, *_KEY_ADMINS), population)
    excluded = _down(spared, population, is_sure=False)
    sure = _down(heads, population, is_sure=True) - excluded
    issued = BitMap([n for n in sure if n in heads or population.sid(n).domain == sid])
    always = BitMap(_numbers(sid, _ALONE, population))
    return Protected(issued | always, _down((*heads, *alone), population, is_sure=False))


def _mask(heuristics: str) -> int:
    """dwAdminSDExMask; what is no digit excludes whatever can be."""
    try:
        return int(heuristics[_MASK:][:1] or "0", 16)
    except ValueError:
        return sum(_EXCLUDED.values())


def _builtin_groups(domain: Domain, population: Population) -> Iterator[tuple[int, int]]:
    """RID and number; each domain has groups of the same SIDs."""
    wanted = {BUILTIN.relative(rid).encode(): rid for rid in _GROUPS_OF_BUILTIN}
    for number in population.kinds:
        rid = wanted.get(population.sids[number])
        if rid is not None and population.principal(number).domain == domain:
            yield rid, number


def _numbers(domain: Sid, rids: Iterable[int], population: Population) -> list[int]:
    found = (population.number(domain.relative(rid)) for rid in rids)
    return [number for number in found if number is not None]


def _down(groups: Sequence[int], population: Population, *, is_sure: bool) -> BitMap:
    """All who are in some groups, with these; surely by `member` of security groups alone."""
    found, queue = BitMap(groups), deque(groups)
    while queue:
        group = queue.popleft()
        members = BitMap(population.members.get(group, ()))
        if is_sure:
            members -= BitMap([n for n in members if not _counts(n, population)])
        else:
            members |= BitMap(population.primary_members.get(group, ()))
        queue.extend(members - found)
        found |= members
    return found


def _counts(number: int, population: Population) -> bool:
    """Whether it is no distribution group."""
    kind = population.kinds.get(number)
    return kind is None or kind.is_security_enabled
