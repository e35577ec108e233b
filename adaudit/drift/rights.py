"""The rights whose holders are compared: those by which someone takes an object over."""

from collections.abc import Sequence
from dataclasses import dataclass

from adaudit.access.permission import Permission
from adaudit.access.permission_names import permission_of
from adaudit.access.view import View
from adaudit.errors import QuestionError

_ACCOUNTS = frozenset({"user"})
"""Computers and managed service accounts are derived from it"""
_HEADS = frozenset({"domaindns", "configuration", "dmd"})
_LINKED = frozenset({"organizationalunit", "domaindns", "site"})
_CONTAINERS = frozenset(
    {"organizationalunit", "container", "domaindns", "builtindomain", "configuration"}
)

FULL_CONTROL = "FullControl"
"""Whoever holds it holds all others"""


@dataclass(frozen=True, slots=True)
class Compared:
    """A right, and the objects on which it means something."""

    permission: Permission
    classes: frozenset[str] = frozenset()
    """The classes that it is about, in lower case; of none if it is about every object"""

    @property
    def name(self) -> str:
        """What a reader knows it by."""
        return self.permission.name

    def is_about(self, chain: Sequence[str]) -> bool:
        """Whether it means something on objects of those classes."""
        return not self.classes or not self.classes.isdisjoint(chain)


_NAMES: tuple[tuple[str, frozenset[str]], ...] = (
    (FULL_CONTROL, frozenset()),
    ("WriteDac", frozenset()),
    ("WriteOwner", frozenset()),
    ("Delete", frozenset()),
    ("ResetPassword", _ACCOUNTS),
    ("DS-Replication-Get-Changes", _HEADS),
    ("DS-Replication-Get-Changes-All", _HEADS),
    ("write:member", frozenset({"group"})),
    ("write:servicePrincipalName", _ACCOUNTS),
    ("write:msDS-KeyCredentialLink", _ACCOUNTS),
    ("write:msDS-AllowedToActOnBehalfOfOtherIdentity", _ACCOUNTS),
    ("write:gPLink", _LINKED),
    ("write:userAccountControl", _ACCOUNTS),
    ("create:*", _CONTAINERS),
    ("create:user", _CONTAINERS),
    ("create:group", _CONTAINERS),
    ("create:computer", _CONTAINERS),
    ("create:msDS-DelegatedManagedServiceAccount", _CONTAINERS),
    ("Send-As", frozenset()),
    ("Receive-As", frozenset()),
)


def compared_rights(new: View, old: View) -> tuple[Compared, ...]:
    """All rights that one of the two schemas defines; those of the new one come first."""
    found = (_named(name, classes, new, old) for name, classes in _NAMES)
    return tuple(each for each in found if each is not None)


def _named(name: str, classes: frozenset[str], *views: View) -> Compared | None:
    for view in views:
        try:
            return Compared(permission_of(name, view.schema), classes)
        except QuestionError:
            continue
    return None
