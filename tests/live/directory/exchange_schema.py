"""
The Exchange 2003 schema, as much of it as an organisation of SMTP servers takes.

The identifiers in the two tables beside this file are the real ones, except those of the receive
connector of Exchange 2007 and its attributes, which no public source has; possible superiors and
mayContain are cut down to what is defined here. Made up is also one attribute, the probe: it is
confidential, and the property set that it belongs to carries the GUID of Send-As. So the server
shows it exactly to whom it grants Send-As on the object that bears it.
"""

import base64
import uuid
from collections.abc import Iterator
from pathlib import Path

from sam import Sam, Values

PROBE = "adauditSendAsProbe"
_PROBE_OID = (
    "1.2.840.113556.1.8000.2554.20551.40107.1077.20220.45014.11005530.1048193.1"  # a generated arc
)
_SEND_AS = uuid.UUID("ab721a54-1e2f-11d0-9819-00aa0040529b")
_CONFIDENTIAL = "128"

_SYNTAXES = {  # attributeSyntax and oMSyntax, [MS-ADTS] 3.1.1.2.2.2
    "integer": ("2.5.5.9", "2"),
    "enumeration": ("2.5.5.9", "10"),
    "boolean": ("2.5.5.8", "1"),
    "unicode": ("2.5.5.12", "64"),
    "teletex": ("2.5.5.4", "20"),
    "dn": ("2.5.5.1", "127"),
}
_DN_OBJECT_CLASS = base64.b64decode("KwwCh3McAIVK")
_AUXILIARY = "msExchBaseClass"


def extend(sam: Sam) -> None:
    """Add the Exchange classes and attributes, and the probe, to the directory's schema."""
    for batch in _batches():
        sam.database.transaction_start()
        for name, classes, attributes in batch:
            sam.add(f"CN={name},CN=Schema,{sam.configuration}", classes, **attributes)
        sam.database.transaction_commit()
        sam.database.set_schema_update_now()


Addition = tuple[str, list[str], dict[str, Values]]


def _batches() -> Iterator[list[Addition]]:
    """Additions in layers: a class comes after those that it names, its schema reloaded."""
    yield [*map(_attribute, _rows("exchange2003-attributes.txt")), _probe()]
    left = {row[0]: row for row in _rows("exchange2003-classes.txt")}
    while left:
        layer = [row for row in left.values() if not _needs(row) & left.keys()]
        yield [_class(row) for row in layer]
        for row in layer:
            del left[row[0]]


def _rows(file: str) -> list[list[str]]:
    text = Path(__file__).with_name(file).read_text(encoding="ascii")
    return [line.split() for line in text.splitlines() if not line.startswith("#")]


def _needs(row: list[str]) -> set[str]:
    return {row[4], *row[6].split(","), _AUXILIARY} - {row[0]}


def _attribute(row: list[str]) -> Addition:
    name, cn, oid, guid, syntax, valued, link = row
    attribute_syntax, om_syntax = _SYNTAXES[syntax]
    attributes: dict[str, Values] = {
        "lDAPDisplayName": name,
        "attributeID": oid,
        "schemaIDGUID": uuid.UUID(guid).bytes_le,
        "attributeSyntax": attribute_syntax,
        "oMSyntax": om_syntax,
        "isSingleValued": str(valued == "single").upper(),
    }
    if syntax == "dn":
        attributes["oMObjectClass"] = _DN_OBJECT_CLASS
    if link != "-":
        attributes["linkID"] = link
    return cn, ["top", "attributeSchema"], attributes


def _probe() -> Addition:
    guid = str(uuid.uuid5(uuid.NAMESPACE_OID, _PROBE_OID))
    cn, classes, attributes = _attribute([PROBE, PROBE, _PROBE_OID, guid, "unicode", "single", "-"])
    extra = {"searchFlags": _CONFIDENTIAL, "attributeSecurityGUID": _SEND_AS.bytes_le}
    return cn, classes, attributes | extra


def _class(row: list[str]) -> Addition:
    name, cn, oid, guid, parent, category, superiors, descriptor, may_contain = row
    attributes: dict[str, Values] = {
        "lDAPDisplayName": name,
        "governsID": oid,
        "schemaIDGUID": uuid.UUID(guid).bytes_le,
        "subClassOf": parent,
        "objectClassCategory": category,
        "rDNAttID": "cn",
    }
    optional: dict[str, Values] = {
        "possSuperiors": _listed(superiors),
        "mayContain": _listed(may_contain),
        "defaultSecurityDescriptor": _listed(descriptor),
        "auxiliaryClass": [] if name == _AUXILIARY else [_AUXILIARY],
    }
    present = {key: values for key, values in optional.items() if values}
    return cn, ["top", "classSchema"], attributes | present


def _listed(cell: str) -> list[str]:
    return [] if cell == "-" else cell.split(",")
