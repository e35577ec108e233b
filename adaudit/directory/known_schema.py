"""
The schema that Microsoft publishes, for input that lacks the directory's own.

The table beside this file holds names, GUIDs, property sets and default descriptors of Windows
Server 2016 to 2025 ([MS-ADSC], [MS-ADA1] to [MS-ADA3], [MS-ADTS] 6.1.1.2.7), and of Exchange what
its servers of 2000 and 2003 take. What has another GUID in each forest is not in it: the
attributes of both kinds of LAPS. In the descriptors of domain heads `RO` stands where the files
name the read-only controllers of the forest that they were written in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from uuid import UUID

from adaudit.directory.definitions import AttributeDefinition, ClassDefinition, ControlRight

_NONE = "-"


@dataclass(frozen=True, slots=True)
class KnownSchema:
    """The published definitions; classes and attributes by their lower-case names."""

    classes: Mapping[str, ClassDefinition]
    attributes: Mapping[str, AttributeDefinition]
    rights: Sequence[ControlRight]


@cache
def known_schema() -> KnownSchema:
    """Read the table, once and not before it is needed."""
    table = files("adaudit.directory") / "known_schema.tsv"
    lines = table.read_text(encoding="ascii").splitlines()
    rows: dict[str, list[list[str]]] = {"class": [], "attribute": [], "right": []}
    for line in lines:
        if not line.startswith("#"):
            kind, *row = line.split("\t")
            rows[kind].append(row)
    return KnownSchema(
        {row[0].lower(): _class(*row) for row in rows["class"]},
        {row[0].lower(): _attribute(*row) for row in rows["attribute"]},
        tuple(_right(*row) for row in rows["right"]),
    )


def _class(name: str, guid: str, parent: str, descriptor: str) -> ClassDefinition:
    return ClassDefinition(name, UUID(guid), parent, _optional(descriptor))


def _attribute(name: str, guid: str, property_set: str, confidential: str) -> AttributeDefinition:
    of_set = None if property_set == _NONE else UUID(property_set)
    return AttributeDefinition(name, UUID(guid), of_set, confidential != _NONE)


def _right(name: str, guid: str, accesses: str, display: str) -> ControlRight:
    return ControlRight(name, UUID(guid), int(accesses, 16), _optional(display))


def _optional(cell: str) -> str | None:
    return None if cell == _NONE else cell
