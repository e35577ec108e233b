"""What lets accounts outside tier 0 do something to an object, in forests of several domains."""

from collections.abc import Iterable

from adaudit.access.permission import Permission
from adaudit.access.view import View
from adaudit.review.grants import Grant, Outsiders, Undecided
from adaudit.review.tier_zero import TierZero
from adaudit.security.rights import AccessMask
from tests.builders import Made
from tests.review.tier_zero_forest import Forest, add_domain, forest

WRITE_DACL = Permission.whole("WriteDacl", AccessMask.WRITE_DAC)
ADMINISTRATORS_OWN = "O:BAG:BA"


def asked(contoso: Forest, made: Made) -> tuple[Outsiders, list[Grant | Undecided]]:
    snapshot = contoso.world.snapshot()
    view = View(snapshot)
    outsiders = Outsiders(view, TierZero.of(view))
    entry = snapshot.entry(made.dn)
    assert entry
    return outsiders, list(outsiders.grants(entry, WRITE_DACL))


def holders(contoso: Forest, made: Made) -> set[str]:
    outsiders, found = asked(contoso, made)
    grants = (grant for grant in found if isinstance(grant, Grant))
    return names(outsiders, (number for grant in grants for number in grant.part.subjects))


def names(outsiders: Outsiders, numbers: Iterable[int]) -> set[str]:
    population = outsiders.view.membership.population
    return {population.principal(number).name for number in numbers}


def with_dacl(contoso: Forest, name: str, dacl: str) -> Made:
    (made,) = (each for each in contoso.world.objects if str(each.dn).startswith(name))
    made.descriptor = contoso.world._bytes(f"{ADMINISTRATORS_OWN}{dacl}")
    return made


def test_objects_of_the_forest_are_asked_about_at_the_controllers_of_every_domain() -> None:
    """A local group counts in its own domain alone, whose controllers hold the object too."""
    contoso = forest()
    child = contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    add_domain(child, {})
    local = child.group("Editors", 1200, "domain local", members=[child.user("ann", 1100)])
    dacl = f"D:(A;;WD;;;{local.sid})"
    sites = with_dacl(contoso, "CN=Services,CN=Configuration", dacl)
    head = with_dacl(contoso, "DC=contoso,DC=example", dacl)

    assert holders(contoso, sites) == {"EMEA\\ann"}
    assert holders(contoso, head) == set()


def test_what_is_granted_to_tier_zero_counts_for_nobody_even_if_anyone_is_in_it() -> None:
    contoso = forest()
    contoso.root.user("ann", 1100)
    contoso.made("Administrators").put(member=contoso.made("Domain Users"))
    head = with_dacl(contoso, "DC=contoso,DC=example", "D:(A;;WD;;;BA)")

    assert holders(contoso, head) == set()


def test_accounts_of_tier_zero_are_no_outsiders() -> None:
    contoso = forest()
    ann, bob = contoso.root.user("ann", 1100), contoso.root.user("bob", 1101)
    contoso.made("Domain Admins").put(member=ann)
    head = with_dacl(contoso, "DC=contoso,DC=example", f"D:(A;;WD;;;{ann.sid})(A;;WD;;;{bob.sid})")

    assert holders(contoso, head) == {"CONTOSO\\bob"}


def test_those_who_are_spared_do_not_count() -> None:
    contoso = forest()
    contoso.root.user("ann", 1100)
    head = with_dacl(contoso, "DC=contoso,DC=example", "D:(A;;WD;;;AU)")
    outsiders, _ = asked(contoso, head)
    entry = outsiders.view.snapshot.entry(head.dn)
    assert entry

    assert list(outsiders.grants(entry, WRITE_DACL, outsiders.accounts)) == []


def test_an_account_whose_groups_are_not_all_known_is_told_as_undecided() -> None:
    contoso = forest()
    contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example", is_read=False)
    contoso.root.user("ann", 1100)
    head = with_dacl(contoso, "DC=contoso,DC=example", "D:(A;;WD;;;S-1-5-21-2-2-2-1200)")
    _, found = asked(contoso, head)

    (undecided,) = found
    assert isinstance(undecided, Undecided)
    assert undecided.count >= 1


def test_who_is_left_when_the_entry_is_gone() -> None:
    contoso = forest()
    ann, bob = contoso.root.user("ann", 1100), contoso.root.user("bob", 1101)
    both = contoso.root.group("Both", 1200, members=[ann, bob])
    head = with_dacl(contoso, "DC=contoso,DC=example", f"D:(A;;WD;;;{both.sid})(A;;WD;;;{bob.sid})")
    outsiders, (grant,) = asked(contoso, head)
    assert isinstance(grant, Grant)

    assert names(outsiders, grant.part.subjects) == {"CONTOSO\\ann", "CONTOSO\\bob"}
    assert names(outsiders, outsiders.left_without(grant)) == {"CONTOSO\\bob"}
