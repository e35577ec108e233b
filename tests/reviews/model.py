r"""
What a scenario of a review may say: what is planted in a sound domain, and what is to be found.

The domain is CONTOSO, DC=contoso,DC=example: `forest/untouched.yaml` as Windows makes it, with
`forest/staff.yaml`: the users ann, bob, carl and dora in OU=Staff, the groups Helpdesk (ann, bob)
and Branch Admins (carl, Helpdesk), and the computer WS01 in OU=Machines.

An object is named by its common name where only one has it, or by its place, which is its DN
without the domain: `CN=Users`, `CN=Users,CN=Builtin`; `head` is the head of the domain. New objects
are named by their place.

Entries are SDDL. Names in braces stand for SIDs of objects of that name, and for GUIDs of classes,
attributes and rights: `(OA;CI;WP;{member};{group};{Helpdesk})`. Aliases are those of the domain.
"""

from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent

Value: TypeAlias = str | int | tuple[str | int, ...] | None
"""What an attribute holds; None takes it away"""


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Attribute(Part):
    """An attribute that the schema of the forest has beside those that Microsoft publishes."""

    guid: str
    confidential: bool = False


class Planted(Part):
    """Objects, memberships and descriptors; each part of a world is one."""

    objects: dict[str, str] = {}
    """
    New objects by their place: the class; of principals then a RID or SID, of groups a scope:
    `organizationalUnit`, `user 1201`, `group 1202 global`, `foreignSecurityPrincipal S-1-5-7`
    """
    members: dict[str, tuple[str, ...]] = {}
    """Who is in a group beside those that are in it already"""
    has: dict[str, dict[str, Value]] = {}
    """Attributes, in the place of what the object has by that name"""
    set: dict[str, str] = {}
    """
    What is set on an object: entries `(…)(…)`, denies before its own entries and allows behind its
    denies; or SDDL (`O:…D:…S:…`), of which each part takes the place of its own. What it inherits
    is added as a controller does.
    """
    readers: dict[str, str] = {}
    """Entries of msDS-GroupMSAMembership: who reads the password of a managed account"""
    acting: dict[str, str] = {}
    """Entries of msDS-AllowedToActOnBehalfOfOtherIdentity: who acts on a computer as anybody"""
    stored: dict[str, str] = {}
    """The whole descriptor in SDDL, `unreadable` if there is none, `damaged`, or hexadecimal"""


class Found(Part):
    """A finding."""

    subject: str
    """Name of the group, account or object, without the domain"""
    severity: Literal["info", "low", "medium", "high"] | None = None
    """By default any"""
    affects: tuple[str, ...] | int | None = None
    """The objects by name, all of them; or how many; by default any"""
    set_on: str | None = Field(None, alias="set on")
    """The object where the entry of the evidence was set; by default any"""
    says: tuple[str, ...] = ()
    """Texts that appear in its message or remedies"""
    silent: tuple[str, ...] = ()
    """Texts that do not"""


class Expectation(Part):
    findings: dict[str, tuple[Found, ...]] = {}
    """All findings by check, those of one by subject; a check that is not named finds nothing"""
    unknown: dict[str, str] = {}
    """All that is not judged: subject, and a part of the reason"""
    not_applicable: dict[str, str] = Field({}, alias="not applicable")
    """Checks that had nothing to judge, and a part of the reason; others may have been so too"""
    facts: tuple[str, ...] = ()
    """Texts that appear among the facts of the report"""


class Review(Planted):
    title: str
    scope: Literal["exchange", "all"] = "all"
    sacls: bool = False
    """Whether descriptors were read with their SACL"""
    tier_zero: tuple[str, ...] = Field((), alias="tier zero")
    """What the target list adds to tier 0"""
    attributes: dict[str, Attribute] = {}
    """Attributes of the schema beside the published ones, by name"""
    lacks: tuple[str, ...] = ()
    """Classes and attributes that the schema of the forest does not have"""
    heuristics: str = ""
    """dSHeuristics"""
    lost: tuple[str, ...] = ()
    """Objects that were not read"""
    propagated: bool = True
    """Whether AdminSDHolder was handed down to all protected objects; then comes what is set"""
    gaps: dict[str, str] = {}
    """What could not be read: groups by name, or anything else"""
    expect: Expectation = Expectation()


def names() -> list[str]:
    """The names of all scenario files."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Review:
    """Read a scenario; whatever it says that nobody reads is an error."""
    return Review.model_validate(_read(f"{name}.yaml"))


@cache
def common() -> tuple[Planted, ...]:
    """What is in every world, in the order in which it came there."""
    return tuple(
        Planted.model_validate(_read(f"forest/{name}.yaml")) for name in ("untouched", "staff")
    )


def _read(name: str) -> Any:  # noqa: ANN401 - whatever the file says
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
