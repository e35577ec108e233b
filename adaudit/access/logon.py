"""What all subjects hold at a server once they have logged on: their groups, and what it adds."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from adaudit.access.ascent import AFTER_ACCOUNT, END, Ascent, ByDomain
from adaudit.access.bitmap import BitMap
from adaudit.access.growth import GUEST_RID, READ_ONLY_CONTROLLERS_RID, Server
from adaudit.access.subjects import Subjects
from adaudit.directory.issuing import issued
from adaudit.directory.membership import Membership
from adaudit.directory.population import Population
from adaudit.directory.principal import PARTIAL_SECRETS_ACCOUNT, SERVER_TRUST_ACCOUNT
from adaudit.security import sid as sids
from adaudit.security.sid import Sid


def log_on(
    subjects: Subjects, by_domain: ByDomain, server: Server, membership: Membership
) -> Ascent:
    """The ways up that all subjects take in the tokens that `server` makes for them."""
    population = membership.population
    ascent = Ascent(server, population)
    if subjects.are_accounts:
        ascent.enter_accounts(BitMap(range(len(subjects))), by_domain)
    else:
        ascent.enter(subjects.sids)
    for sid, holders in _by_controller(subjects, population):
        ascent.put(sid.encode(), AFTER_ACCOUNT, holders)
    stage = AFTER_ACCOUNT if server.is_domain_controller else END
    for sid, holders in _by_server(subjects, by_domain):
        ascent.put(sid.encode(), stage, holders)
    return ascent


def _by_controller(subjects: Subjects, population: Population) -> Iterator[tuple[Sid, BitMap]]:
    """What the KDC adds to a domain controller. [MS-PAC] 4.1.2.1"""
    found: dict[int, list[int]] = defaultdict(list)
    for principal, control in population.controllers.items():
        number = subjects.number(population.sids[principal])
        if number is not None:
            for flag in (SERVER_TRUST_ACCOUNT, PARTIAL_SECRETS_ACCOUNT):
                found[control & flag].append(number)
    root = population.domains.root
    yield sids.ENTERPRISE_DOMAIN_CONTROLLERS, BitMap(found[SERVER_TRUST_ACCOUNT])
    if root and root.sid:
        read_only = BitMap(found[PARTIAL_SECRETS_ACCOUNT])
        yield root.sid.relative(READ_ONLY_CONTROLLERS_RID), read_only


def _by_server(subjects: Subjects, by_domain: ByDomain) -> Iterator[tuple[Sid, BitMap]]:
    """What the server adds to whoever logs on over the network. [MS-DTYP] 2.5.2.1.1"""
    anonymous = subjects.number(sids.ANONYMOUS.encode())
    known = BitMap(range(len(subjects)))
    if anonymous is not None:
        known.discard(anonymous)
    guests = (issued(domain, GUEST_RID) for domain in by_domain if domain is not None)
    yield sids.EVERYONE, known
    yield sids.AUTHENTICATED_USERS, known - numbered(map(subjects.number, guests))
    yield sids.NETWORK, known
    yield sids.THIS_ORGANIZATION, known


def numbered(numbers: Iterable[int | None]) -> BitMap:
    """The set of those that are numbers."""
    return BitMap([number for number in numbers if number is not None])
