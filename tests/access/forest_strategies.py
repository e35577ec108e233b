"""Hypothesis strategies for whole forests: few accounts and groups, connected in every way."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import strategies as st

from adaudit.access import Server
from adaudit.directory.membership import Membership
from adaudit.errors import DescriptorError
from adaudit.security import sid as sids
from adaudit.security.sid import BUILTIN, Sid
from tests.builders import Made, MadeDomain, World

SCOPES = ["global", "universal", "domain local"]
FOREIGN = Sid(5, (21, 9, 9, 9))
UNREAD = Sid(5, (21, 3, 3, 3))
WELL_KNOWN = [
    sids.EVERYONE,
    sids.AUTHENTICATED_USERS,
    sids.NETWORK,
    sids.ANONYMOUS,
    sids.ENTERPRISE_DOMAIN_CONTROLLERS,
    sids.NTLM_AUTHENTICATION,
    BUILTIN.relative(544),
    BUILTIN.relative(551),
]
STRANGERS = [
    domain.relative(rid)
    for domain in (FOREIGN, UNREAD, Sid(5, (21, 1, 1, 1)))
    for rid in (512, 1100, 7777)
]

DAMAGES = [
    {"objectSid": b"\x01\x05damaged"},
    {"objectSid": Sid(5, (21, 1, 1, 1, 1000))},
    {"objectSid": Sid(5, (32, 1, 1, 1, 544))},
    {"sIDHistory": b"damaged"},
    {"groupType": b"two"},
    {"groupType": b" 2 "},
    {"groupType": None},
    {"groupType": b"99999999999999999999999"},
    {"userAccountControl": b"two"},
    {"userAccountControl": b"-1"},
    {"userAccountControl": b"\xff"},
    {"primaryGroupID": b"-5"},
    {"primaryGroupID": b"99999999999"},
    {"primaryGroupID": b"1_100"},
    {"primaryGroupID": b"1000"},
    {"primaryGroupID": b""},
    {"member": b"no name"},
    {"member": b"CN=\xff,DC=a"},
    {"memberOf": b"no name"},
    {"member": b"CN=G1,DC=a,DC=example"},
    {"member": b"DC=a,DC=example"},
    {"memberOf": b"CN=U0,CN=Users,DC=a,DC=example"},
    {"memberOf": b"CN=Hidden,CN=Users,DC=a,DC=example"},
    {"memberOf": b"CN=Hidden,CN=Users,DC=c,DC=example"},
    {"member": b"CN=Hidden,CN=Users,DC=a,DC=example"},
    {"objectClass": b"foreignSecurityPrincipal"},
    {"objectClass": b"domainDNS"},
    {"objectClass": b"group"},
]
SPELLINGS = [
    str.lower,
    str.upper,
    lambda name: name.replace(",", ", "),
    lambda name: name.replace("CN=U", "CN=\\55"),
    lambda name: name.replace("CN=U0", 'CN="U0"'),
]


@dataclass
class Forest:
    """A world, and what stands in it."""

    world: World = field(default_factory=World)
    domains: list[MadeDomain] = field(default_factory=list)
    accounts: list[Made] = field(default_factory=list)
    groups: list[Made] = field(default_factory=list)

    @property
    def principals(self) -> list[Made]:
        """All of them."""
        return self.accounts + self.groups

    @property
    def named(self) -> list[Sid]:
        """All SIDs that an entry might name."""
        known = []
        for made in self.principals:
            with suppress(DescriptorError):  # of one that is damaged
                known.append(made.sid)
        return list(dict.fromkeys([*known, *WELL_KNOWN, *STRANGERS]))


@st.composite
def forests(draw: st.DrawFn, *, with_gaps: bool = True) -> Forest:
    """Two domains whose groups may hold each other in circles, and what was not read of them."""
    forest = Forest()
    world = forest.world
    for name in ("A", "B"):
        forest.domains.append(world.domain(name, f"DC={name.lower()},DC=example"))
    for number, domain in enumerate(forest.domains):
        _populate(draw, forest, domain, 10 * number)
    for _ in range(draw(st.integers(0, 14))):
        group, member = (
            draw(st.sampled_from(forest.groups)),
            draw(st.sampled_from(forest.principals)),
        )
        if draw(st.booleans()):
            group.put(member=member)
        else:
            member.put(memberOf=group)
    for made in draw(st.lists(st.sampled_from(forest.principals), max_size=3)):
        made.put(sIDHistory=draw(st.sampled_from([*STRANGERS, *(g.sid for g in forest.groups)])))
    if with_gaps:
        _lose(draw, forest)
    return forest


def _populate(draw: st.DrawFn, forest: Forest, domain: MadeDomain, base: int) -> None:
    primaries = st.sampled_from([None, *range(1100 + base, 1104 + base)])
    forest.accounts += [
        domain.user(f"U{base}", 1000 + base, primary=draw(primaries)),
        domain.computer(
            f"C{base}", 1001 + base, draw(primaries), draw(st.sampled_from([0x1000, 0x82000]))
        ),
    ]
    if draw(st.booleans()):
        forest.accounts.append(domain.user("Guest", 501, primary=None))
    for number in range(draw(st.integers(1, 4))):
        group = domain.group(
            f"G{base + number}",
            1100 + base + number,
            draw(st.sampled_from(SCOPES)),
            is_security_enabled=draw(st.sampled_from([True, True, True, False])),
        )
        forest.groups.append(group)
    for rid in draw(st.sets(st.sampled_from([544, 545]))):
        forest.groups.append(domain.builtin(f"B{rid}", rid))
    for sid in draw(st.sets(st.sampled_from([*WELL_KNOWN[:6], FOREIGN.relative(1100)]))):
        forest.accounts.append(domain.foreign(sid))


def _lose(draw: st.DrawFn, forest: Forest) -> None:
    """Leave out member lists, groups, domains, or objects of which nothing is known."""
    lost = draw(st.sets(st.sampled_from(["list", "group", "member", "domain", "search"])))
    if "list" in lost:
        forest.world.gap(draw(st.sampled_from(forest.groups)), "`member` is incomplete")
    if "group" in lost:
        made = draw(st.sampled_from(forest.principals))
        made.put(memberOf="CN=Hidden,CN=Users,DC=a,DC=example")
    if "member" in lost:
        draw(st.sampled_from(forest.groups)).put(member="CN=X,CN=Users,DC=c,DC=example")
    if "domain" in lost:
        forest.world.domain("C", "DC=c,DC=example", UNREAD, is_read=False)
    if draw(st.integers(0, 3)) == 0 and "search" in lost:
        forest.world.gap("search of DC=b,DC=example", "cut off")


@st.composite
def damaged_forests(draw: st.DrawFn) -> Forest:
    """Forests in which some objects are damaged, and some names are spelled in other ways."""
    forest = draw(forests())
    for made in draw(st.lists(st.sampled_from(forest.principals), max_size=3)):
        damage(made, draw(st.sampled_from(DAMAGES)))
    for made in draw(st.lists(st.sampled_from(forest.principals), max_size=4)):
        spell = draw(st.sampled_from(SPELLINGS))
        for attribute in ("member", "memberof"):
            values = made.attributes.get(attribute, [])
            values[:] = [respelled(value, spell) for value in values]
    forest.world.objects = draw(st.permutations(forest.world.objects))
    return forest


def respelled(value: bytes, spell: Callable[[str], str]) -> bytes:
    return spell(value.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")


def damage(made: Made, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in ("member", "memberOf", "objectClass"):
            made.attributes.pop(name.lower(), None)
        if value is not None:
            made.put(**{name: value})


@st.composite
def servers(draw: st.DrawFn, membership: Membership) -> Server:
    """A place where access is checked; one in a few is of no domain that is known."""
    domain = draw(st.sampled_from([*membership.domains.all[:2] * 2, None]))
    return Server(
        "a server", domain, is_domain_controller=draw(st.sampled_from([True, True, False]))
    )
