"""How much of a directory a snapshot holds, which its objects alone do not tell."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

Scope: TypeAlias = Literal["exchange", "all"]
"""What the checks of Exchange need, or every object with its descriptor"""


@dataclass(frozen=True, slots=True)
class Reach:
    """What was asked for, and was given, of every object."""

    scope: Scope = "exchange"
    has_sacls: bool = False
    """Whether descriptors came with their SACL: without it nobody can say what is audited"""

    @classmethod
    def of(cls, meta: Mapping[str, str]) -> Self:
        """Read it off the names and values of a file, where what is missing was not asked for."""
        scope: Scope = "all" if meta.get("scope") == "all" else "exchange"
        return cls(scope, meta.get("sacls") == "read")

    @property
    def meta(self) -> dict[str, str]:
        """The names and values that a file holds for it."""
        return {"scope": self.scope, "sacls": "read" if self.has_sacls else "not read"}
