"""What anyone may do, on all objects of a class at once."""

from adaudit.access.permission import Permission
from adaudit.access.view import View
from adaudit.review.anyone import held_by_anyone
from adaudit.security.rights import AccessMask
from tests.builders import World

READ = Permission.whole("read", AccessMask.READ_PROPERTY)
USE = Permission.whole("use", AccessMask.CONTROL_ACCESS)
OWNED = "O:S-1-5-32-544G:S-1-5-32-544"
DACLS = {
    "BOTH": "D:(A;;RPCR;;;AU)",
    "PARTS": "D:(A;;RP;;;WD)(A;;CR;;;DU)",
    "MACHINES": "D:(A;;RPCR;;;DC)",
    "READ": "D:(A;;RP;;;AU)",
    "DENIED": "D:(D;;CR;;;DU)(D;;CR;;;DC)(A;;RPCR;;;AU)",
    "SOME": "D:(A;;RPCR;;;BA)",
    "NOBODY": "D:",
}


def held(*permissions: Permission) -> dict[str, set[str]]:
    """The names of the computers on which anyone holds all of them, by the group."""
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    contoso.group("Domain Users", 513)
    contoso.group("Domain Computers", 515)
    for name in ("Administrators", "Users"):
        contoso.builtin(name, 544 if name == "Administrators" else 545)
    for number, (name, dacl) in enumerate(DACLS.items(), 1100):
        contoso.computer(name, number).descriptor = world._bytes(f"{OWNED}{dacl}")
    user = contoso.user("ann", 2000)
    user.descriptor = world._bytes(f"{OWNED}D:(A;;RPCR;;;AU)")
    snapshot = world.snapshot()
    view = View(snapshot)
    found: dict[str, set[str]] = {}
    for each in held_by_anyone(view, permissions, "computer"):
        names = {snapshot.at(number).dn.name for number in each.objects}
        found.setdefault(view.name(each.group), set()).update(names)
    return found


def test_every_permission_counts_and_each_object_is_told_once() -> None:
    assert held(READ, USE) == {
        "CONTOSO\\Domain Users": {"BOTH", "PARTS"},
        "CONTOSO\\Domain Computers": {"MACHINES"},
    }


def test_one_permission_is_asked_for_by_itself() -> None:
    assert held(READ) == {
        "CONTOSO\\Domain Users": {"BOTH", "PARTS", "READ", "DENIED"},
        "CONTOSO\\Domain Computers": {"MACHINES"},
    }
