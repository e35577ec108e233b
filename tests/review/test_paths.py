"""Paths of control by sets are those that one finds one by one."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers, principals
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.known_schema import known_schema
from adaudit.directory.snapshot import Snapshot
from adaudit.review.paths import Reached, Structure, search
from adaudit.review.paths.rights import Rights
from adaudit.security import sddl, wire
from tests.access.forest_strategies import Forest, forests
from tests.builders import Made, World
from tests.review.plain_paths import ACTING, READERS, PlainPaths

GUIDS = {
    "member": "bf9679c0-0de6-11d0-a285-00aa003049e2",
    "reset password": "00299570-246d-11d0-a768-00aa006e0529",
    "key credentials": "9b026da6-0d3c-465c-8bee-5199d7165cba",
    "changes": "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2",
    "all changes": "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",
    "link": "f30e3bbe-9ff0-11d1-b603-0000f80367c1",
    "files": "f30e3bc1-9ff0-11d1-b603-0000f80367c1",
    "password": "7f5a0b0e-5a3c-4a54-9a0c-6f6a3e0b5c11",
    "clear": "2c1e6d8f-0b7a-4f1d-8d55-3a9a4b7c6e22",
}
SHAPES = (
    "(A;;WD;;;{sid})",
    "(D;;WD;;;{sid})",
    "(A;;WO;;;{sid})",
    "(A;CI;GA;;;{sid})",
    "(OA;;WP;{member};;{sid})",
    "(OA;;SW;{member};;{sid})",
    "(OD;;WP;{member};;{sid})",
    "(OA;;CR;{reset password};;{sid})",
    "(OD;;CR;{reset password};;{sid})",
    "(OA;;WP;{key credentials};;{sid})",
    "(OA;;CR;{changes};;{sid})",
    "(OA;;CR;{all changes};;{sid})",
    "(OA;;WP;{link};;{sid})",
    "(OA;;WP;{files};;{sid})",
    "(A;CIIO;WD;;;{sid})",
    "(A;;WP;;;PS)",
)
REPLICATION = ("(OA;;CR;{changes};;{sid})(OA;;CR;{all changes};;{sid})", *SHAPES[10:12])
ON_COMPUTER = (
    *(3 * ("(OA;;RP;{password};;{sid})(OA;;CR;{password};;{sid})",)),
    "(OA;;RP;{password};;{sid})",
    "(OA;;CR;{password};;{sid})",
    "(OD;;RP;{password};;{sid})",
    "(OA;;RP;{clear};;{sid})",
    "(A;;RP;;;{sid})",
)
STORED = (
    "(A;;CCDCLCSWRPWPDTLOCRSDRCWDWO;;;{sid})",
    "(A;;RP;;;{sid})",
    "(A;;CR;;;{sid})",
    "(D;;RPCR;;;{sid})",
)
ON_POLICY = ("(A;;WD;;;{sid})", "(OA;;WP;{files};;{sid})", "(A;;WO;;;{sid})")
OTHERS = ("member", "msDS-KeyCredentialLink", "altSecurityIdentities", "gPLink", "gPCFileSysPath")
KNOWN = [known_schema().attributes[name.lower()] for name in (*OTHERS, ACTING, READERS)]


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Snapshot, Dn]:
    """A forest whose objects have random descriptors, and one of them as the target."""
    forest = draw(forests(with_gaps=False))
    world = forest.world
    _define(world)
    for domain in forest.domains:
        world.add(f"CN=Users,{domain.dn}", "container")
        world.add(f"OU=Desks,{domain.dn}", "organizationalUnit")
        world.add(f"OU=Desks North,{domain.dn}", "organizationalUnit")
        world.add(f"CN=Policies,{domain.dn}", "container")
        policy = world.add(f"CN=Policy,CN=Policies,{domain.dn}", "groupPolicyContainer")
        options = draw(st.sampled_from((0, 0, 1)))
        if domain.head is not None and draw(st.booleans()):
            domain.head.put(gPLink=f"[LDAP://{policy.dn};{options}]")
        service = world.add(f"CN=svc,CN=Users,{domain.dn}", "msDS-GroupManagedServiceAccount")
        service.put(objectSid=domain.sid.relative(1900), sAMAccountName="svc$")
        forest.accounts.append(service)
    sids = [str(sid) for sid in forest.named]
    for made in filter(_is_of_domain, world.objects):
        if shapes := draw(st.sampled_from(_shapes_on(made))):
            made.descriptor = draw(descriptors(forest, sids, shapes))
        for attribute in _letting_in(made):
            if draw(st.booleans()):
                made.put(**{attribute: draw(descriptors(forest, sids, STORED))})
    targets = [made for made in world.objects if _is_of_domain(made)]
    computers = [made for made in targets if _letting_in(made)]
    target = draw(st.sampled_from([*targets, *computers, *computers]))
    return world.snapshot(), target.dn


def _define(world: World) -> None:
    """The attributes of LAPS, of which one is confidential, and all others that count."""
    for known in KNOWN:
        extra = {"attributeSecurityGUID": known.property_set} if known.property_set else {}
        world.schema_attribute(known.name, known.guid, **extra)
    world.schema_attribute("ms-Mcs-AdmPwd", GUIDS["password"], searchFlags=0x388)
    world.schema_attribute("msLAPS-Password", GUIDS["clear"], searchFlags=0x300)


def _shapes_on(made: Made) -> tuple[tuple[str, ...], ...]:
    """The entries that an object may have, of which those that lead anywhere are few."""
    kind = made.attributes["objectclass"][-1]
    if kind == b"domainDNS":
        return (SHAPES, REPLICATION, REPLICATION, ())
    if b"computer" in made.attributes["objectclass"]:
        return (SHAPES, ON_COMPUTER, ON_COMPUTER, ON_COMPUTER)
    return (SHAPES, ON_POLICY, ON_POLICY) if kind == b"groupPolicyContainer" else (SHAPES, (), ())


def _letting_in(made: Made) -> tuple[str, ...]:
    """The attributes with descriptors of their own that count on an object."""
    if b"computer" not in made.attributes["objectclass"]:
        return ()
    is_service = made.attributes["objectclass"][-1] != b"computer"
    return (ACTING, READERS) if is_service else (ACTING,)


def _is_of_domain(made: Made) -> bool:
    return "cn=configuration" not in made.dn.path


@st.composite
def descriptors(draw: st.DrawFn, forest: Forest, sids: list[str], shapes: tuple[str, ...]) -> bytes:
    entries = draw(st.lists(st.sampled_from(shapes), max_size=4))
    text = "".join(
        shape.format(sid=draw(st.sampled_from(sids)), **GUIDS).replace("{", "").replace("}", "")
        for shape in entries
    )
    flags = draw(st.sampled_from(("", "", "P")))
    owner = draw(st.sampled_from(sids))
    root = forest.domains[0].sid
    return wire.encode(sddl.parse(f"O:{owner}G:{owner}D:{flags}{text}", root, root))


def found(snapshot: Snapshot, view: View, target: Dn) -> Reached:
    heads = frozenset(filter(None, map(snapshot.number, view.heads)))
    numbers = {domain: snapshot.number(domain.dn) for domain in view.domains.all}
    structure = Structure(snapshot, heads, tuple(filter(None, numbers.values())))
    rights = []
    for domain in view.domains.by_sid.values():
        carriers = Carriers(
            view.membership, view.controller_of(domain), principals(view.membership)
        )
        others = BitMap([n for other, n in numbers.items() if n and other != domain])
        rights.append(Rights(view, carriers, structure, others))
    number = snapshot.number(target)
    assert number is not None
    return search(number, rights, structure, view.membership.population)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(worlds())
def test_everybody_is_reached_by_a_shortest_way(world: tuple[Snapshot, Dn]) -> None:
    snapshot, target = world
    with snapshot:
        view = View(snapshot)
        reached = found(snapshot, view, target)
        population = view.membership.population
        distances = {
            population.sid(subject): step.depth
            for step in reached.steps
            for subject in step.subjects
        }
        assert distances == PlainPaths(view).distances(target)
        for step in reached.steps:
            assert len(reached.way(step)) == step.depth
