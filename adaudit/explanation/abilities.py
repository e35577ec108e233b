"""Which operations one subject can carry out on an object."""

from collections.abc import Iterator

from adaudit.access.doing import Place, decide
from adaudit.access.right_names import operation_of
from adaudit.access.token import Token
from adaudit.access.verdict import Decision
from adaudit.errors import QuestionError
from adaudit.explanation.needs import check_in_words
from adaudit.findings.rights_of import Ability

_OF_ANY = ("See", "Delete", "Rename")
_OF_HEADS = ("DCSync",)
_OF_CLASSES = {
    "group": ("AddMember", "AddSelf"),
    "user": ("ResetPassword", "ChangePassword", "write:servicePrincipalName"),
    "computer": ("ReadLAPSPassword", "AddAllowedToAct", "AddKeyCredentialLink"),
    "msDS-GroupManagedServiceAccount": ("ReadGMSAPassword",),
}
"""By class, and for classes derived from it: what is worth being told of it"""


def abilities(place: Place, token: Token, common: Token | None) -> Iterator[Ability]:
    """All operations that an object of its class and place is open to."""
    for name in _names(place):
        try:
            operation = operation_of(name, place.view)
        except QuestionError:  # the schema has no attribute for it
            continue
        outcome = decide(operation, place, token)
        others = None if common is None else decide(operation, place, common).decision
        yield Ability(
            operation.name,
            outcome.decision,
            ", ".join(check_in_words(asked) for asked, _ in outcome.telling),
            others is Decision.ALLOWED and outcome.decision is Decision.ALLOWED,
        )


def _names(place: Place) -> Iterator[str]:
    yield from _OF_ANY
    if place.is_head:
        yield from _OF_HEADS
    for name, operations in _OF_CLASSES.items():
        if place.view.schema.is_derived(place.entry.object_class, name):
            yield from operations
