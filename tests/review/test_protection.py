"""Who has the descriptor of AdminSDHolder, for sure or perhaps. [MS-ADTS] 3.1.1.6.1.2"""

from adaudit.access.view import View
from adaudit.review.protection import Protected, protected_in
from tests.builders import Made
from tests.review.tier_zero_forest import Forest, forest


def protected(contoso: Forest) -> tuple[View, Protected]:
    view = View(contoso.world.snapshot())
    return view, protected_in(view.domains.by_sid[contoso.root.sid], view)


def standing(contoso: Forest, made: Made) -> str:
    view, found = protected(contoso)
    number = view.membership.population.number(made.sid)
    assert number is not None
    return "sure" if number in found.sure else "possible" if number in found.possible else "not"


def test_the_groups_and_accounts_of_the_specification_are_protected() -> None:
    contoso = forest()
    names = ("Domain Admins", "Enterprise Admins", "Schema Admins", "Administrators", "krbtgt")

    assert {standing(contoso, contoso.made(name)) for name in names} == {"sure"}


def test_a_member_is_protected_however_deep_it_is_nested() -> None:
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    inner = contoso.root.group("Inner", 1200, members=[ann])
    contoso.made("Domain Admins").put(member=inner)

    assert standing(contoso, ann) == standing(contoso, inner) == "sure"


def test_nobody_else_is_protected() -> None:
    contoso = forest()

    assert standing(contoso, contoso.root.user("ann", 1100)) == "not"
    assert standing(contoso, contoso.made("Domain Users")) == "not"


def test_members_of_a_distribution_group_are_protected_perhaps() -> None:
    """The specification asks for security groups; what controllers do is not documented."""
    contoso = forest()
    ann = contoso.root.user("ann", 1100)
    mail = contoso.root.group("Mail", 1200, members=[ann], is_security_enabled=False)
    contoso.made("Domain Admins").put(member=mail)

    assert standing(contoso, ann) == standing(contoso, mail) == "possible"


def test_whose_primary_group_is_privileged_is_protected_perhaps() -> None:
    contoso = forest()

    assert standing(contoso, contoso.root.user("ann", 1100, primary=512)) == "possible"


def test_domain_controllers_are_members_of_a_group_that_is_protected_alone() -> None:
    contoso = forest()

    assert standing(contoso, contoso.made("DC1")) == "possible"
    (group,) = (m for m in contoso.world.objects if str(m.dn).startswith("CN=Domain Controllers,"))
    assert standing(contoso, group) == "sure"


def test_whom_the_settings_of_the_directory_take_out_is_protected_perhaps() -> None:
    contoso = forest()
    ann, bob = contoso.root.user("ann", 1100), contoso.root.user("bob", 1101)
    contoso.made("Backup Operators").put(member=ann)
    contoso.made("Server Operators").put(member=bob)
    contoso.world.heuristics("0000000001000008")  # DOMAIN_ALIAS_RID_BACKUP_OPS alone

    assert standing(contoso, ann) == "possible"
    assert standing(contoso, contoso.made("Backup Operators")) == "possible"
    assert standing(contoso, bob) == "sure"


def test_a_member_of_another_domain_is_not_protected_in_this_one() -> None:
    contoso = forest()
    child = contoso.world.domain("EMEA", "DC=emea,DC=contoso,DC=example")
    ann = child.user("ann", 1100)
    contoso.made("Administrators").put(member=ann)

    assert standing(contoso, ann) != "sure"
