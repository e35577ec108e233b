"""The objects of tier-0 principals, and the containers that they lie in."""

from collections.abc import Iterable

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.review.tier_zero.asset import Finds, Kind
from adaudit.review.tier_zero.principals import Principals
from adaudit.review.tier_zero.well_known import ALWAYS_THERE

_OF_PRINCIPALS = (Kind.CONTROLLER, Kind.GROUP, Kind.ACCOUNT)


def find_principals(principals: Principals, finds: Finds) -> None:
    """Find controllers, groups and accounts, all containers above them, and what is missing."""
    population = principals.view.membership.population
    at, objects = finds.snapshot.at, population.objects
    for number in principals.controllers | principals.read_only:
        domain = population.principal(number).domain
        kind = "read-only" if number in principals.read_only else "domain"
        why = f"a {kind} controller of {domain.netbios_name if domain else 'the forest'}"
        finds.add(at(objects[number]).dn, Kind.CONTROLLER, why)
    for number in principals.groups:
        finds.add(at(objects[number]).dn, Kind.GROUP, principals.why_group(number))
    for number in principals.accounts - principals.controllers:
        entry = at(objects[number])
        if "foreignsecurityprincipal" not in entry.classes:  # which only stands for an account
            finds.add(entry.dn, Kind.ACCOUNT, principals.why_account(number))
    _find_containers(principals.view, finds)
    _tell_missing(principals, finds)


def _find_containers(view: View, finds: Finds) -> None:
    """Rights on a container are inherited by what lies in it, unless that is protected."""
    heads = {domain.dn for domain in view.domains.all}
    controllers = {asset.dn.parent for asset in finds.of_kind(Kind.CONTROLLER)}
    for unit in controllers - {None, *heads}:
        if unit is not None:
            finds.add(unit, Kind.CONTROLLERS_UNIT, "domain controllers are in it")
    for container, below in _containers([a.dn for a in finds.of_kind(*_OF_PRINCIPALS)], heads):
        finds.add(container, Kind.CONTAINER, f"above {below}")


def _containers(objects: Iterable[Dn], heads: set[Dn]) -> list[tuple[Dn, Dn]]:
    """Each container above some objects, up to the heads, with an object below it."""
    found: dict[Dn, Dn] = {}
    for each in objects:
        parent = each.parent
        while parent is not None and parent.text and parent not in heads and parent not in found:
            found[parent] = each
            parent = parent.parent
    return list(found.items())


def _tell_missing(principals: Principals, finds: Finds) -> None:
    view = principals.view
    population = view.membership.population
    is_any_builtin = bool(view.membership.with_builtin)
    for sid in principals.seeds:
        is_told = sid.domain is None and not is_any_builtin
        if population.number(sid) is None and sid.rid in ALWAYS_THERE and not is_told:
            finds.miss(view.name(sid), "was not read: who is in tier 0 by it is not known")
    for number in principals.groups:
        sid = population.sid(number)
        if sid in view.membership.incomplete:
            finds.miss(
                view.name(sid), f"who is in it is not known: {view.membership.incomplete[sid]}"
            )
    for domain in view.domains.all:
        if domain.sid is not None and not _has_controller(domain, principals):
            finds.miss(f"domain controllers of {domain.dns_name}", "none was read")
        if domain.sid is not None and domain not in view.membership.with_builtin:
            finds.miss(f"BUILTIN groups of {domain.dns_name}", "none was read")


def _has_controller(domain: Domain, principals: Principals) -> bool:
    population = principals.view.membership.population
    return any(population.sid(each).domain == domain.sid for each in principals.controllers)
