"""
What a parent hands down did not reach an object below it.

What it reports: each object whose children lack, in effect, an entry that they should inherit of
it, though nothing blocks inheritance on them. What another entry of a child says as well is not
missed, as Windows leaves out what an earlier entry covers.

Why it matters: who was to be let in is not, and worse, who was to be kept out is not. The security
settings of the parent promise what does not hold below. It is left by propagation that failed or is
still at work, by a restore, or by tools that write descriptors by hand.

How to mend it: have the parent hand its entries down anew: change and save its security settings,
or start the task fixUpInheritance on a controller.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from adaudit.checks._context import Context
from adaudit.checks.domain._entry import evidence_of
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Finding, Party, Severity, fingerprint
from adaudit.review.families import Family
from adaudit.security.ace import Ace
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sddl import format_ace
from adaudit.wording import counted

SEVERITY = Severity.MEDIUM
REASON = "medium where what is missing denies something, low where it only grants"
REFERENCES = ("[MS-ADTS] 6.1.3, 3.1.1.5.3.3 (fixupInheritance)",)


def run(context: Context) -> Iterator[Said]:
    """Hold what each parent hands down against what its children have."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    lacking: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    unknown: dict[str, None] = {}
    for family in context.families:
        if family.name and family.parent and not context.view.schema.class_guid(family.name):
            unknown[family.name] = None
        for position in context.families.missing(family):
            lacking[_parent(family)][position].extend(family.numbers)
    for parent, by_position in lacking.items():
        finding = _finding(context.snapshot.at(parent), by_position, context)
        if finding is not None:
            yield finding
    for name in unknown:
        yield Gap(f"class {name}", "no definition of it is known, and so not what is for it alone")


def _parent(family: Family) -> int:
    if family.parent_number is None:
        raise ValueError(f"{family.parent} was not read, so nothing of it can be missing")
    return family.parent_number


def _finding(parent: Entry, by_position: dict[int, list[int]], context: Context) -> Finding | None:
    known = descriptor_of(parent)
    if not isinstance(known, SecurityDescriptor) or not isinstance(known.dacl, Acl):
        return None
    entries = known.dacl.entries
    missing = [
        (position, ace, numbers)
        for position, numbers in sorted(by_position.items())
        if isinstance(ace := entries[position], Ace)
    ]
    numbers = sorted({number for _, _, numbers in missing for number in numbers})
    denies = any(ace.denies for _, ace, _ in missing)
    what = "1 entry does" if len(missing) == 1 else f"{len(missing)} entries do"
    return Finding(
        id=fingerprint(
            "missing-inheritance",
            str(parent.guid or parent.dn.path),
            *(format_ace(ace) for _, ace, _ in missing),
        ),
        check="missing-inheritance",
        severity=Severity.MEDIUM if denies else Severity.LOW,
        subject=Party(parent.dn.name, str(parent.dn)),
        message=f"{what} not reach {counted(len(numbers), 'object')} in {parent.dn.name}",
        evidence=tuple(
            evidence_of(parent.dn, position, ace, context, _names(numbers, context))
            for position, ace, numbers in missing
        ),
        affects=_names(numbers, context),
        remedy=(f"have {parent.dn} hand its entries down anew",),
    )


def _names(numbers: Sequence[int], context: Context) -> tuple[str, ...]:
    return tuple(str(context.snapshot.at(number).dn) for number in numbers)
