"""A small forest to ask single questions of, and whole forests with the answers of each."""

from collections.abc import Iterable

from hypothesis import strategies as st

from adaudit.access import token_of
from adaudit.access.doing import Outcome, Place, decide
from adaudit.access.operation import Operation
from adaudit.access.right_names import operation_of
from adaudit.access.view import View
from adaudit.directory.principal import GroupScope
from adaudit.directory.snapshot import Snapshot
from adaudit.security import wire
from adaudit.security.sid import Sid
from tests.access.forest_strategies import Forest, forests
from tests.access.holding_strategies import descriptors
from tests.builders import MadeDomain, World

CONTOSO = "DC=contoso,DC=example"
OBJECT, PARENT = f"CN=Object,OU=Unit,{CONTOSO}", f"OU=Unit,{CONTOSO}"


def small_world(entries: str, above: str | None = "") -> tuple[World, MadeDomain]:
    """
    Ann and Bob in Helpers, which is in Admins; a computer; and an object with some entries.

    In the entries H, A and ANN stand for the SIDs of groups and of a user.
    """
    world = World()
    contoso = world.domain("CONTOSO", CONTOSO)
    ann = contoso.user("ann", 1101)
    bob = contoso.user("bob", 1102, userAccountControl=0x202)
    contoso.computer("PC1", 1103)
    helpers = contoso.group("Helpers", 1201, members=[ann, bob])
    contoso.group("Admins", 1202, members=[helpers])
    contoso.group("Mailing List", 1203, members=[ann], is_security_enabled=False)
    world.add(OBJECT, "group", _descriptor(entries, contoso))
    world.add(PARENT, "organizationalUnit", None if above is None else _descriptor(above, contoso))
    return world, contoso


def _descriptor(entries: str, contoso: MadeDomain) -> str:
    names = {";H)": 1201, ";A)": 1202, ";ANN)": 1101}
    for name, rid in names.items():
        entries = entries.replace(name, f";{contoso.sid.relative(rid)})")
    return f"O:SYG:SYD:{entries}"


@st.composite
def asked_forests(draw: st.DrawFn) -> Forest:
    """Forests whose objects all have descriptors, mostly."""
    forest = draw(forests(with_gaps=draw(st.booleans())))
    bodies = [wire.encode(draw(descriptors(forest.named))) for _ in range(3)]
    for made in forest.world.objects:
        made.descriptor = draw(st.sampled_from([*bodies * 3, None]))
    return forest


def one_by_one(snapshot: Snapshot, right: str, dn: str, who: Iterable[Sid]) -> dict[Sid, Outcome]:
    """What each of some comes to, asked by itself, at the controller of the object's domain."""
    view = View(snapshot)
    entry = next(entry for entry in snapshot.entries() if str(entry.dn) == dn)
    place = Place(entry, view)
    operation: Operation = operation_of(right, view)
    server = view.controller_of(view.domains.containing(entry.dn) or view.domains.root)
    return {sid: decide(operation, place, token_of(sid, server, view.membership)) for sid in who}


def counted(snapshot: Snapshot, dn: str) -> list[Sid]:
    """All whom the answer has to tell: accounts, and the groups that tokens there can hold."""
    view = View(snapshot)
    entry = next(entry for entry in snapshot.entries() if str(entry.dn) == dn)
    here = view.domains.containing(entry.dn) or view.domains.root
    return [
        sid
        for sid, principal in view.membership.principals.items()
        if principal.is_security_enabled
        and (
            principal.scope is None
            or principal.scope < GroupScope.DOMAIN_LOCAL
            or principal.domain == here
        )
    ]
