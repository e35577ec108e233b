"""
Someone can read the password of a local administrator (LAPS) who should not.

What it reports: each entry by which accounts outside tier 0 may read the password that LAPS keeps
of a controller or another computer of tier 0, and each by which anyone may read it of any computer:
whoever is in Domain Users or Domain Computers. The attributes are those that the schema of the
forest has, of either LAPS; where one of them is confidential it takes CONTROL_ACCESS to read it.

Why it matters: whoever has the password administers the computer, and finds there the keys of
whoever logs on to it. What Windows LAPS encrypts takes one more right: to be in the group that it
is encrypted for.

How to mend it: remove the entry where it was set. All extended rights on a unit include the right
to confidential values, which is mostly not what was meant. An attribute that is not confidential is
mended in the schema: bit 0x80 of searchFlags.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from adaudit.access.bitmap import BitMap
from adaudit.access.permission import Permission
from adaudit.access.permission_names import attribute_named
from adaudit.access.reading import Reading
from adaudit.checks._context import Context
from adaudit.checks.domain._anyone import common_findings
from adaudit.checks.domain._grants import NOT_READ, Claim, Said, assets, granted
from adaudit.directory.definitions import AttributeDefinition
from adaudit.directory.entry import Entry
from adaudit.findings import NotApplicable, Severity
from adaudit.review.anyone import Common, held_by_anyone
from adaudit.review.tier_zero import Kind

SEVERITY = Severity.HIGH
REASON = "with the password of one computer of tier 0 the domain is lost"
REFERENCES = (
    "MITRE ATT&CK T1552, T1078.003",
    "Microsoft Windows LAPS: Reset-, Find-LapsADExtendedRights",
)
_PLAIN = ("ms-Mcs-AdmPwd", "msLAPS-Password")
_ENCRYPTED = (
    "msLAPS-EncryptedPassword",
    "msLAPS-EncryptedPasswordHistory",
    "msLAPS-EncryptedDSRMPassword",
    "msLAPS-EncryptedDSRMPasswordHistory",
)
_THINGS = ("tier-0 computer", "tier-0 computers")


def run(context: Context) -> Iterator[Said]:
    """Ask about the attributes that the forest has, clear ones and encrypted ones."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    plain, encrypted = _known(_PLAIN, context), _known(_ENCRYPTED, context)
    if not plain and not encrypted:
        yield NotApplicable("the schema has no attribute for passwords of LAPS")
    if plain:
        yield from _of(plain, "may read the local password of", Severity.HIGH, context)
    if encrypted:
        does = "may read the encrypted local password of"
        yield from _of(encrypted, does, Severity.MEDIUM, context)


def _known(names: Iterable[str], context: Context) -> list[AttributeDefinition]:
    found = (attribute_named(name, context.view.schema) for name in names)
    return [attribute for attribute in found if attribute is not None]


def _of(
    attributes: list[AttributeDefinition], does: str, severity: Severity, context: Context
) -> Iterator[Said]:
    readings = [Reading.of(attribute) for attribute in attributes]
    rights = tuple(each.deciding for each in readings)
    claim = Claim("laps-password-readers", severity, does, _THINGS, rights, apart=(does,))
    lesser = {each.deciding.name: each.lesser for each in readings}
    yield from granted(claim, context, _computers(context), takes=lesser.get)
    everywhere = replace(claim, things=("computer", "computers"), apart=(does, "anyone"))
    yield from common_findings(everywhere, _common(readings, context), context)


def _computers(context: Context) -> Iterator[Entry]:
    for _, entry in assets(context, Kind.CONTROLLER, Kind.ACCOUNT):
        if (entry.object_class or "").lower() == "computer":
            yield entry


def _common(readings: Iterable[Reading], context: Context) -> Iterator[tuple[Permission, Common]]:
    """What anyone reads, of computers that are not of tier 0, whose readers are told anyway."""
    told = BitMap([asset.number for asset in context.tier_zero.assets])
    for each in readings:
        permissions = (each.lesser, each.deciding) if each.lesser else (each.deciding,)
        for common in held_by_anyone(context.view, permissions, "computer"):
            if objects := common.objects - told:
                yield each.deciding, replace(common, objects=objects)
