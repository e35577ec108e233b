"""What holds of every token, whatever the groups of a forest of two domains."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from adaudit.access import Server, Token, token_of
from adaudit.access.token import Link
from adaudit.directory.membership import Membership, Via
from adaudit.security import sid as sids
from adaudit.security.sid import Sid
from tests import reference
from tests.builders import GROUP_TYPES, Made, MadeDomain, World

LOGON = frozenset({sids.EVERYONE, sids.AUTHENTICATED_USERS, sids.NETWORK, sids.THIS_ORGANIZATION})
SCOPES = ["global", "universal", "domain local"]
DOMAINS = ["A", "B"]
HISTORY = [Sid(5, (21, 9, 9, 9, rid)) for rid in (1, 2)]


@dataclass
class Forest:
    """The same groups for the reference and as a world."""

    world: World = field(default_factory=World)
    domains: dict[str, MadeDomain] = field(default_factory=dict)
    made: list[tuple[Made, str]] = field(default_factory=list)
    """Every principal and its domain; the subject comes first"""
    scopes: dict[Sid, tuple[str, bool]] = field(default_factory=dict)
    """Of the groups, which BUILTIN groups are not among: scope, and whether security-enabled"""
    members: dict[int, set[Sid]] = field(default_factory=dict)
    """By number of the group in `made`"""
    history: dict[Sid, frozenset[Sid]] = field(default_factory=dict)

    @property
    def groups(self) -> Iterator[reference.Group]:
        """All groups, for the reference."""
        for number, (made, domain) in enumerate(self.made):
            scope, is_enabled = self.scopes.get(made.sid, ("builtin", True))
            if made.attributes["objectclass"][-1] == b"group":
                members = frozenset(self.members.get(number, ()))
                yield reference.Group(made.sid, domain, scope, members, is_enabled)


@st.composite
def forests(draw: st.DrawFn) -> Forest:
    """Two domains with groups of all kinds that may hold each other in circles."""
    forest = Forest()
    for name in DOMAINS:
        forest.domains[name] = forest.world.domain(name, f"DC={name.lower()},DC=example")
    is_controller = draw(st.booleans())
    home = forest.domains["A"]
    control = 0x82000 if is_controller else 0x1000
    forest.made.append((home.computer("SUBJECT", 1000, primary=None, control=control), "A"))
    for number in range(draw(st.integers(1, 7))):
        scope, domain = draw(st.sampled_from(SCOPES)), draw(st.sampled_from(DOMAINS))
        is_enabled = draw(st.sampled_from([True, True, True, False]))
        group = forest.domains[domain].group(
            f"G{number}", 1100 + number, scope, is_security_enabled=is_enabled
        )
        forest.made.append((group, domain))
        forest.scopes[group.sid] = scope, is_enabled
    for domain in DOMAINS:
        forest.made.append((forest.domains[domain].builtin("Administrators", 544), domain))
        forest.made.append((forest.domains[domain].builtin("Users", 545), domain))
        for sid in (sids.AUTHENTICATED_USERS, sids.ENTERPRISE_DOMAIN_CONTROLLERS, HISTORY[0]):
            forest.made.append((forest.domains[domain].foreign(sid), domain))
    _connect(draw, forest)
    return forest


def _connect(draw: st.DrawFn, forest: Forest) -> None:
    numbers = st.integers(0, len(forest.made) - 1)
    groups = [n for n, (m, _) in enumerate(forest.made) if "grouptype" in m.attributes]
    for group, member in draw(
        st.lists(st.tuples(st.sampled_from(groups), numbers), max_size=20, unique=True)
    ):
        made, below = forest.made[group][0], forest.made[member][0]
        if below.sid.subauthorities[0] == 32:  # BUILTIN groups are members of nothing
            continue
        forest.members.setdefault(group, set()).add(below.sid)
        if draw(st.booleans()):
            made.put(member=below)
        else:
            below.put(memberOf=made)
    for number in (0, *groups):
        made = forest.made[number][0]
        if made.sid.domain and draw(st.integers(0, 3)) == 0:
            old = draw(st.sampled_from(HISTORY))
            made.put(sIDHistory=old)
            forest.history[made.sid] = frozenset({old})
    home = [n for n in groups if forest.made[n][0].sid.domain == forest.domains["A"].sid]
    if home and draw(st.booleans()):
        number = draw(st.sampled_from(home))
        forest.made[0][0].put(primaryGroupID=forest.made[number][0].sid.rid)
        forest.members.setdefault(number, set()).add(forest.made[0][0].sid)


def build(forest: Forest, domain: str, *, is_controller: bool) -> tuple[Token, Membership]:
    membership = Membership.of(forest.world.snapshot())
    server = Server(
        "a server", membership.domains.named(domain), is_domain_controller=is_controller
    )
    return token_of(forest.made[0][0].sid, server, membership), membership


def expected(forest: Forest, domain: str, *, is_controller: bool) -> frozenset[Sid]:
    control = int(forest.made[0][0].attributes["useraccountcontrol"][0])
    by_kdc = {sids.ENTERPRISE_DOMAIN_CONTROLLERS} if control & 0x2000 else set()
    logon = reference.LogOn(
        forest.made[0][0].sid,
        "A",
        domain,
        is_controller=is_controller,
        by_server=LOGON,
        by_kdc=frozenset(by_kdc),
    )
    return reference.token(logon, forest.groups, forest.history)


@given(forests(), st.sampled_from(DOMAINS))
def test_on_a_controller_a_token_holds_what_adding_groups_one_by_one_gives(
    forest: Forest, domain: str
) -> None:
    token, _ = build(forest, domain, is_controller=True)
    assert token.sids == expected(forest, domain, is_controller=True)


@given(forests(), st.sampled_from(DOMAINS))
def test_on_a_member_server_a_token_holds_what_adding_groups_one_by_one_gives(
    forest: Forest, domain: str
) -> None:
    token, _ = build(forest, domain, is_controller=False)
    assert token.sids == expected(forest, domain, is_controller=False)


@given(forests(), st.sampled_from(DOMAINS))
def test_every_path_starts_at_the_subject_and_each_step_is_a_membership(
    forest: Forest, domain: str
) -> None:
    token, membership = build(forest, domain, is_controller=True)
    for sid in token.sids - {token.subject}:
        path = token.path(sid)
        assert path[-1].below == token.subject
        above = [sid, *(link.below for link in path[:-1])]
        for reached, link in zip(above, path, strict=True):
            assert reached is not None
            assert is_step(link, reached, token, membership)


def is_step(link: Link, reached: Sid, token: Token, membership: Membership) -> bool:
    assert link.below is not None
    match link.via:
        case Via.LOGON:
            return link.below == token.subject and reached.domain is None
        case Via.SID_HISTORY:
            return reached in membership.principals[link.below].sid_history
        case _:
            arcs = membership.arcs[link.below]
            return any(a.group.sid == reached and a.group.is_security_enabled for a in arcs)


@given(forests(), st.sampled_from(DOMAINS))
def test_no_way_through_the_links_of_a_token_is_shorter_than_its_path(
    forest: Forest, domain: str
) -> None:
    token, _ = build(forest, domain, is_controller=True)
    distance = {token.subject: 0}
    for _ in token.sids:
        for sid, links in token.links.items():
            for link in links:
                if link.below in distance:
                    step = distance[link.below] + 1
                    distance[sid] = min(step, distance.get(sid, step))
    assert {sid: len(token.path(sid)) for sid in token.sids} == distance


@given(forests(), st.sampled_from(DOMAINS))
def test_of_a_forest_read_whole_nothing_in_its_domains_is_doubtful(
    forest: Forest, domain: str
) -> None:
    token, membership = build(forest, domain, is_controller=True)
    assert [sid for sid in membership.principals if token.doubt(sid)] == []


@settings(max_examples=40)
@given(forests(), st.sampled_from(DOMAINS))
def test_what_cannot_be_known_without_one_member_list_is_doubted(
    forest: Forest, domain: str
) -> None:
    """If the list of a group had held the subject, whatever came in by it is in doubt without."""
    before, _ = build(forest, domain, is_controller=True)
    for group, (_, is_enabled) in forest.scopes.items():
        if group not in before.sids and is_enabled:
            made = next(made for made, _ in forest.made if made.sid == group)
            forest.world.gaps.clear()
            forest.world.gap(made, "`member` is incomplete")
            doubting, _ = build(forest, domain, is_controller=True)
            made.put(member=forest.made[0][0])
            forest.world.gaps.clear()
            after, _ = build(forest, domain, is_controller=True)
            made.attributes["member"].pop()
            assert [sid for sid in after.sids - before.sids if not doubting.doubt(sid)] == []


def test_group_types_are_those_of_the_specification() -> None:
    assert GROUP_TYPES == {"global": 2, "domain local": 4, "universal": 8, "builtin": 5}
