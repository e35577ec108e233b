"""A small forest in which all of tier 0 was read, to add to and to take from."""

from collections.abc import Callable
from dataclasses import dataclass

from adaudit.access.view import View
from adaudit.review.tier_zero import Kind, TierZero
from adaudit.security.sid import BUILTIN
from tests.builders import GROUP_TYPES, SECURITY_ENABLED, Made, MadeDomain, World

DEFAULT_POLICY = "{31B2F340-016D-11D2-945F-00C04FB984F9}"
GROUPS = {512: "Domain Admins", 513: "Domain Users", 516: "Domain Controllers"}
ROOT_GROUPS = {518: "Schema Admins", 519: "Enterprise Admins"}
BUILTIN_GROUPS = {
    544: "Administrators",
    548: "Account Operators",
    549: "Server Operators",
    550: "Print Operators",
    551: "Backup Operators",
    552: "Replicator",
}
CONTROLLER = 0x82000
READ_ONLY_CONTROLLER = 0x5011000


@dataclass
class Forest:
    """The world, its root, and the objects that were made by the names that tests know."""

    world: World
    root: MadeDomain

    def tier_zero(self, *widened: str) -> TierZero:
        """Tier 0 of it as it is now."""
        return TierZero.of(View(self.world.snapshot()), widened)

    def made(self, name: str) -> Made:
        """The object of that common name in the root."""
        (found,) = (each for each in self.world.objects if str(each.dn).startswith(f"CN={name},"))
        return found

    def without(self, is_lost: Callable[[Made], bool]) -> "Forest":
        """Leave objects out."""
        self.world.objects = [each for each in self.world.objects if not is_lost(each)]
        return self


def forest() -> Forest:
    """CONTOSO, its configuration and one controller, DC1 in OU=Domain Controllers."""
    world = World()
    root = world.domain("CONTOSO", "DC=contoso,DC=example")
    add_domain(root, ROOT_GROUPS)
    configuration = world.configuration
    world.add(configuration, "configuration")
    world.add(f"CN=Schema,{configuration}", "dMD")
    world.add(f"CN=Services,{configuration}", "container")
    world.add(f"CN=Public Key Services,CN=Services,{configuration}", "container")
    return Forest(world, root)


def add_domain(domain: MadeDomain, more: dict[int, str]) -> None:
    """Add what every domain has; only the root has more groups."""
    world, dn = domain.world, domain.dn
    for rid, name in BUILTIN_GROUPS.items():
        domain.builtin(name, rid)
    for rid, name in (GROUPS | more).items():
        domain.group(name, rid)
    domain.user("Administrator", 500)
    domain.user("krbtgt", 502)
    world.add(f"OU=Domain Controllers,{dn}", "organizationalUnit")
    controller(domain, "DC1", 1000)
    for name in ("System", "AdminSDHolder,CN=System", "Policies,CN=System"):
        world.add(f"CN={name},{dn}", "container")
    policy = world.add(policy_dn(domain, DEFAULT_POLICY), "groupPolicyContainer")
    assert domain.head
    domain.head.put(gPLink=link(policy))


def controller(domain: MadeDomain, name: str, rid: int, control: int = CONTROLLER) -> Made:
    """Add the account of a domain controller."""
    return domain.world.add(
        f"CN={name},OU=Domain Controllers,{domain.dn}",
        "computer",
        objectSid=domain.sid.relative(rid),
        sAMAccountName=f"{name}$",
        primaryGroupID=516 if control == CONTROLLER else 521,
        userAccountControl=control,
    )


def unit(domain: MadeDomain, name: str, **attributes: object) -> Made:
    """Add an organizational unit below the head."""
    return domain.world.add(f"OU={name},{domain.dn}", "organizationalUnit", **attributes)


def group_in(where: Made, domain: MadeDomain, name: str, rid: int, **attributes: object) -> Made:
    """Add a global group in a unit."""
    return domain.world.add(
        f"CN={name},{where.dn}",
        "group",
        objectSid=domain.sid.relative(rid),
        sAMAccountName=name,
        groupType=(GROUP_TYPES["global"] | SECURITY_ENABLED) - (1 << 32),
        **attributes,
    )


def user_in(where: Made, domain: MadeDomain, name: str, rid: int, **attributes: object) -> Made:
    """Add a user in a unit."""
    return domain.world.add(
        f"CN={name},{where.dn}",
        "user",
        objectSid=domain.sid.relative(rid),
        sAMAccountName=name,
        **attributes,
    )


def policy_dn(domain: MadeDomain, guid: str) -> str:
    """Where a policy is."""
    return f"CN={guid},CN=Policies,CN=System,{domain.dn}"


def link(policy: Made | str, options: int = 0) -> str:
    """One link in the form of `gPLink`."""
    return f"[LDAP://{policy.dn if isinstance(policy, Made) else policy};{options}]"


def kind_of(tier_zero: TierZero, made: Made) -> Kind | None:
    """What an object is in tier 0."""
    asset = tier_zero.asset(made.dn)
    return asset.kind if asset else None


def why(tier_zero: TierZero, made: Made) -> str:
    """Why an object is in it."""
    asset = tier_zero.asset(made.dn)
    assert asset
    return asset.why


ADMINISTRATORS = BUILTIN.relative(544)
