"""Paths of control by sets are those that one finds one by one."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers, principals
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.snapshot import Snapshot
from adaudit.review.paths import Reached, Structure, search
from adaudit.review.paths.rights import Rights
from adaudit.security import sddl, wire
from tests.access.forest_strategies import Forest, forests
from tests.builders import Made
from tests.review.plain_paths import PlainPaths

GUIDS = {
    "member": "bf9679c0-0de6-11d0-a285-00aa003049e2",
    "reset password": "00299570-246d-11d0-a768-00aa006e0529",
    "key credentials": "9b026da6-0d3c-465c-8bee-5199d7165cba",
    "changes": "1131f6aa-9c07-11d1-f79f-00c04fc2dcd2",
    "all changes": "1131f6ad-9c07-11d1-f79f-00c04fc2dcd2",
    "link": "f30e3bbe-9ff0-11d1-b603-0000f80367c1",
    "files": "f30e3bc1-9ff0-11d1-b603-0000f80367c1",
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
ON_POLICY = ("(A;;WD;;;{sid})", "(OA;;WP;{files};;{sid})", "(A;;WO;;;{sid})")


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Snapshot, Dn]:
    """A forest whose objects have random descriptors, and one of them as the target."""
    forest = draw(forests(with_gaps=False))
    world = forest.world
    for domain in forest.domains:
        world.add(f"CN=Users,{domain.dn}", "container")
        world.add(f"OU=Desks,{domain.dn}", "organizationalUnit")
        world.add(f"OU=Desks North,{domain.dn}", "organizationalUnit")
        world.add(f"CN=Policies,{domain.dn}", "container")
        policy = world.add(f"CN=Policy,CN=Policies,{domain.dn}", "groupPolicyContainer")
        options = draw(st.sampled_from((0, 0, 1)))
        if domain.head is not None and draw(st.booleans()):
            domain.head.put(gPLink=f"[LDAP://{policy.dn};{options}]")
    sids = [str(sid) for sid in forest.named]
    for made in filter(_is_of_domain, world.objects):
        if shapes := draw(st.sampled_from(_shapes_on(made))):
            made.descriptor = draw(descriptors(forest, sids, shapes))
    target = draw(st.sampled_from([made for made in world.objects if _is_of_domain(made)]))
    return world.snapshot(), target.dn


def _shapes_on(made: Made) -> tuple[tuple[str, ...], ...]:
    """The entries that an object may have, of which those that lead anywhere are few."""
    kind = made.attributes["objectclass"][-1]
    if kind == b"domainDNS":
        return (SHAPES, REPLICATION, REPLICATION, ())
    return (SHAPES, ON_POLICY, ON_POLICY) if kind == b"groupPolicyContainer" else (SHAPES, (), ())


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
