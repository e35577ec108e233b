"""The four rights that are asked for on all objects."""

from collections.abc import Callable
from functools import partial
from uuid import UUID

from adaudit.access.question import ObjectFacts, Question, TypeNode
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.security.rights import SEND_AS, AccessMask, Right
from tests.bench.forest import MEMBER, RESET_PASSWORD

Classes = tuple[str, ...]
_MEMBERSHIP = UUID("bc0ac240-79a9-11d0-9020-00c04fc2d4cf")
"""The property set that `member` is in"""
_EXTENDED = {
    "Send-As": SEND_AS,
    "reset password": Right("reset password", AccessMask.CONTROL_ACCESS, UUID(RESET_PASSWORD)),
}
_WRITE_DAC = Right("WriteDac", AccessMask.WRITE_DAC)
_WRITE_MEMBER = Right("write member", AccessMask.WRITE_PROPERTY, MEMBER)


def rights(view: View) -> dict[str, Callable[[Classes], Question]]:
    """For each right the question about objects of given classes."""
    found = {name: partial(_asked, view, right) for name, right in _EXTENDED.items()}
    found["WriteDac"] = partial(_asked, view, _WRITE_DAC)
    found["write member"] = partial(_write_member, view)
    return found


def _facts(view: View, classes: Classes) -> ObjectFacts:
    return view.facts(Entry(Dn(""), {"objectclass": tuple(map(str.encode, classes))}))


def _asked(view: View, right: Right, classes: Classes) -> Question:
    facts = _facts(view, classes)
    if right.object_type is None:
        return Question.whole_object(right, facts)
    return Question.extended_right(right, facts)


def _write_member(view: View, classes: Classes) -> Question:
    """[MS-ADTS] 5.1.3.3.3: the class, the property set, the attribute."""
    facts = _facts(view, classes)
    guids = [guid for guid in (facts.class_guid, _MEMBERSHIP, MEMBER) if guid is not None]
    nodes = tuple(TypeNode(level, guid) for level, guid in enumerate(guids))
    return Question(_WRITE_MEMBER, nodes, len(nodes) - 1, facts)
