"""The target list as values: what is audited, what fails the run, what is waived."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, JsonValue, model_validator

from adaudit.config.scalars import (
    CheckId,
    Count,
    Day,
    FindingId,
    FormatVersion,
    Glob,
    Text,
    TierZeroName,
)
from adaudit.config.strict import Conflict, StrictModel, repeated, without
from adaudit.config.target import AnyTarget

FailOn: TypeAlias = Literal["info", "low", "medium", "high", "none"]
UNIQUE = (("targets", "name"), ("waivers", "finding"))
"""The keys whose value identifies an item of a list"""


class ChecksConfig(StrictModel):
    """Which checks run, and what makes the run fail."""

    fail_on: FailOn = "high"
    """The least severity of a finding that ends the run with status 1; with `none` none does"""
    skip: tuple[CheckId, ...] = ()
    """Ids of checks not to run"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        twice = [(("skip", index), "is in the list twice") for index, _ in repeated(self.skip)]
        return without(twice, self)


class LimitsConfig(StrictModel):
    """How much is read at the same time."""

    targets: Count = 4
    """Targets at a time on one computer: this one, or each worker of a fleet"""
    per_server: Count = 1
    """Targets at a time that ask the same server"""


_PATTERN = ("check", "trustee", "object")
_ONE_OF_BOTH: dict[str, JsonValue] = {
    "oneOf": [
        {"required": ["finding"]},
        {"anyOf": [{"required": [key]} for key in _PATTERN]},
    ]
}


class Waiver(StrictModel, json_schema_extra=_ONE_OF_BOTH):
    """Findings that are known and accepted for a time: one by its id, or all of a pattern."""

    finding: FindingId | None = None
    """Id of the finding, as every report shows it; unique"""
    check: CheckId | None = None
    """The check that found it; a finding must match all that is given of a pattern"""
    trustee: Glob | None = None
    r"""
    Name (`CONTOSO\Backup`, `Backup`) or SID of the trustee of every entry that the finding shows,
    or of its subject where it shows none; `*` stands for any characters, `?` for one
    """
    object: Glob | None = None
    """
    DN or name of the subject, DN of every object with an entry that the finding shows, or all that
    it affects, as reports write it; `*` stands for any characters, `?` for one
    """
    why: Text
    """The reason, which the report repeats"""
    until: Day
    """The last day on which the waiver holds"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        given = [key for key in _PATTERN if getattr(self, key) is not None]
        if self.finding is None and not given:
            return without(
                [(("finding",), "is required, or one of `check`, `trustee`, `object`")], self
            )
        beside = given if self.finding is not None else ()
        return without(
            (((key,), "stands beside `finding`: give one of them") for key in beside), self
        )

    @property
    def what(self) -> str:
        """The finding or the pattern that is waived, in words."""
        if self.finding is not None:
            return self.finding
        given = ((key, getattr(self, key)) for key in _PATTERN)
        return f"`{', '.join(f'{key}: {value}' for key, value in given if value is not None)}`"


class AuditConfig(StrictModel):
    """The target list of `adaudit audit`."""

    version: FormatVersion
    """Version of this format"""
    targets: Annotated[tuple[AnyTarget, ...], Field(min_length=1)]
    """The directories to audit"""
    checks: ChecksConfig = ChecksConfig()
    """Which checks run, and what makes the run fail"""
    tier_zero: tuple[TierZeroName, ...] = ()
    r"""
    What is tier 0 beside what is computed: principals by SID, DN or `CONTOSO\Backup`, and other
    objects by their DN
    """
    limits: LimitsConfig = LimitsConfig()
    """How much is read at the same time"""
    waivers: tuple[Waiver, ...] = ()
    """Findings that are known and accepted for a time"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        lists = {
            "targets": [{"name": target.name} for target in self.targets],
            "waivers": [{"finding": waiver.finding} for waiver in self.waivers],
        }
        twice = [
            (("tier_zero", index), "is in the list twice")
            for index, _ in repeated([name.lower() for name in self.tier_zero])
        ]
        return without([*repetitions(lists), *twice], self)


def repetitions(lists: object) -> Iterator[Conflict]:
    """Find items that are identified by the same value, in lists that may be malformed."""
    for name, key in UNIQUE:
        items = lists.get(name) if isinstance(lists, dict) else None
        values = [_text_at(item, key) for item in items] if isinstance(items, list) else []
        for index, first in repeated(values):
            yield (name, index, key), f"is the same as in {name}[{first}]"


def _text_at(item: object, key: str) -> str | None:
    value = item.get(key) if isinstance(item, dict) else None
    return value if isinstance(value, str) else None
