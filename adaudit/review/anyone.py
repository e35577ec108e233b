"""
What anyone may do, on every object of a domain: asked for whoever is in Domain Users or Computers.

A million objects are asked about in one pass: of all accounts only these two stand in the sets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.answering import QuestionOf
from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.holders import Holders
from adaudit.access.permission import Permission
from adaudit.access.question import ObjectFacts, Question
from adaudit.access.token import Server
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.security.sid import Sid

_COMMON_RIDS = (513, 515)


def common_groups(domain: Sid) -> tuple[Sid, ...]:
    """Domain Users and Domain Computers, in one of which every new account is."""
    return tuple(map(domain.relative, _COMMON_RIDS))


@dataclass(frozen=True, slots=True)
class Common:
    """Objects on which all who are in a group that anyone is in hold some permissions."""

    group: Sid
    """Whose members hold them, because of the group or because of something wider"""
    place: Server
    """The controller that grants it"""
    objects: BitMap
    """Numbers of the snapshot; the last of the permissions is held by the same entry on all"""


def held_by_anyone(
    view: View, permissions: Sequence[Permission], objects_of: str
) -> Iterator[Common]:
    """All objects of a class on which anyone holds every one of `permissions`, each once."""
    for domain in view.domains.all:
        if domain.sid is not None:
            yield from _in_domain(domain, domain.sid, permissions, objects_of, view)


def _in_domain(
    domain: Domain, sid: Sid, permissions: Sequence[Permission], name: str, view: View
) -> Iterator[Common]:
    subjects, place = common_groups(sid), view.controller_of(domain)
    carriers = Carriers(view.membership, place, subjects)
    asked = {each.name: _question_of(view, each) for each in permissions}
    holders = Holders(view.snapshot, carriers, asked)
    rest = _objects(domain, name, view)
    for subject in subjects:
        held = [holders.objects_of(each.name, subject).allowed for each in permissions]
        objects = BitMap.intersection(rest, *held)
        rest = rest - objects
        for answer in holders.answers(permissions[-1].name):
            holding = answer.subjects(Decision.ALLOWED)
            if carriers.numbers[subject] in holding and (found := answer.objects & objects):
                yield Common(subject, place, found)


def _objects(domain: Domain, name: str, view: View) -> BitMap:
    """The objects of a domain whose most specific class is `name`."""
    chains = {number for number, chain in view.snapshot.chains.items() if chain[-1:] == (name,)}
    start = f"{domain.dn.path},"
    rows = view.snapshot.placed_rows()
    return BitMap([n for n, path, chain, _ in rows if chain in chains and path.startswith(start)])


def _question_of(view: View, permission: Permission) -> QuestionOf:
    def question(chain: tuple[str, ...]) -> Question:
        name = chain[-1] if chain else None
        return permission.question(ObjectFacts(class_guid=view.schema.class_guid(name)))

    return question
