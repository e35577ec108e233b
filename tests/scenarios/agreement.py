"""Holds verdicts against the naive reference, whose token comes from the scenario itself."""

from collections.abc import Iterator
from uuid import UUID

from adaudit.access.condition import condition_outcomes
from adaudit.access.token import Server
from adaudit.access.verdict import Decision, Verdict
from adaudit.directory.snapshot import descriptor_of
from adaudit.exchange.answers import ObjectVerdict
from adaudit.security import sid as sids
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from tests import reference
from tests.builders import Made
from tests.scenarios.world import CLASSES, Forest

BY_SERVER = frozenset(
    {sids.EVERYONE, sids.AUTHENTICATED_USERS, sids.NETWORK, sids.THIS_ORGANIZATION}
)


def assert_reference_agrees(
    answer: ObjectVerdict, verdict: Verdict, place: Server, forest: Forest
) -> None:
    """A verdict that is sure is the only one possible; one that is not sure can be either."""
    descriptor = descriptor_of(answer.object)
    assert isinstance(descriptor, SecurityDescriptor)
    token = _token(answer, place, forest)
    conditions = dict(_conditions(descriptor, answer))
    found = {
        outcome
        for tree in _trees(answer)
        for outcome in reference.possible(
            descriptor,
            reference.Asked(token, int(SEND_AS.mask), tree, len(tree) - 1),
            lambda sid: answer.token.doubt(sid) is not None,
            conditions,
        )
    }
    granted = {each.granted for each in found}
    if verdict.decision is Decision.UNDECIDED:
        assert granted == {True, False}
        return
    assert granted == {verdict.decision is Decision.ALLOWED}
    position = verdict.deciding.position if verdict.deciding else None
    assert position in {each.deciding for each in found}


def _trees(answer: ObjectVerdict) -> Iterator[tuple[tuple[int, UUID], ...]]:
    """The specification leaves open whether the list begins with the class of the object."""
    name, right = answer.object.object_class, SEND_AS.object_type
    assert name is not None
    assert right is not None
    yield ((0, UUID(CLASSES[name])), (1, right))
    yield ((0, right),)


def _conditions(
    descriptor: SecurityDescriptor, answer: ObjectVerdict
) -> Iterator[tuple[int, frozenset[str]]]:
    entries = descriptor.dacl.entries if isinstance(descriptor.dacl, Acl) else ()
    for position, ace in enumerate(entries):
        if isinstance(ace, Ace) and ace.is_callback:
            outcomes = condition_outcomes(ace, descriptor, answer.token)
            yield position, frozenset(truth.name.lower() for truth in outcomes)


def _token(answer: ObjectVerdict, place: Server, forest: Forest) -> frozenset[Sid]:
    domain = answer.account.domain
    assert domain is not None
    logon = reference.LogOn(
        answer.account.sid,
        domain.netbios_name,
        place.domain.netbios_name if place.domain else None,
        place.is_domain_controller,
        BY_SERVER,
        frozenset({sids.ENTERPRISE_DOMAIN_CONTROLLERS})
        if answer.account.is_domain_controller
        else frozenset(),
    )
    return reference.token(logon, _groups(forest), _history(forest))


def _groups(forest: Forest) -> Iterator[reference.Group]:
    principals = forest.principals
    accounts = {name: principals.made[name.lower()] for name in principals.accounts}
    for name, group in principals.groups.items():
        made = principals.made[name.lower()]
        members = {_member(forest, member) for member in group.members}
        netbios = name.partition("\\")[0]
        for account, held in accounts.items():
            same_domain = account.partition("\\")[0] == netbios
            primary = principals.accounts[account].primary
            if same_domain and f"{netbios}\\{primary}".lower() == name.lower():
                members.add(held.sid)
        yield reference.Group(
            made.sid, netbios, group.scope, frozenset(members), not group.distribution
        )


def _member(forest: Forest, name: str) -> Sid:
    made: Made = forest.principals.made[name.lower()]
    return made.sid


def _history(forest: Forest) -> dict[Sid, frozenset[Sid]]:
    principals = forest.principals
    known = [*principals.accounts.items(), *principals.groups.items()]
    return {
        principals.made[name.lower()].sid: frozenset(map(Sid.parse, facts.history))
        for name, facts in known
    }
