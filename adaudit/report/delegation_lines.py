"""What was set by hand, in words: the same for every form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.findings import Party
from adaudit.review.delegations import Delegation, Delegations, Kind, Standing
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sddl import format_ace
from adaudit.wording import counted, party, readable

By = Literal["place", "trustee"]


@dataclass(frozen=True, slots=True)
class EarlierEntry:
    """An entry that decides in the place of a later one."""

    position: int
    readable: str
    sddl: str


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """One delegation as reports show it."""

    kind: str
    place: str
    """DN of the object, or of the parent where it was set alike on several"""
    objects: int
    """On how many objects it was set"""
    example: str
    """DN of the first of them"""
    object_class: str
    readable: str
    sddl: str | None
    position: int | None
    trustee: Party | None
    standing: str
    """`known`, or why nobody of the forest is known by the SID of the trustee"""
    standing_note: str
    reach: int | None
    """How many objects below have it in effect, or the same owner; None where nobody can tell"""
    copies: int
    earlier: tuple[EarlierEntry, ...]
    """The entries because of which it decides nothing on the object itself"""
    is_overruled: bool
    """Whether one of them says the contrary"""


@dataclass(frozen=True, slots=True)
class DelegationReport:
    """What was set by hand in one forest, as reports show it."""

    source: str
    lines: tuple[DelegationLine, ...]
    defaults: tuple[tuple[str, int], ...]
    """By what explains them: how many explicit entries are not listed"""
    described: int
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...] = ()
    by: By = "place"

    @property
    def is_complete(self) -> bool:
        """Whether everything could be judged."""
        return not self.gaps


def delegation_report(delegations: Delegations, view: View, by: By = "place") -> DelegationReport:
    """Put what was found into words, in the order of places or of trustees."""
    lines = [_line(each, view) for each in delegations.found]
    if by == "trustee":
        lines.sort(key=_by_trustee)
    return DelegationReport(
        source=view.snapshot.source,
        lines=tuple(lines),
        defaults=tuple((str(origin), n) for origin, n in delegations.defaults.items() if n),
        described=delegations.described,
        gaps=delegations.gaps,
        notes=tuple(_notes(delegations)),
        by=by,
    )


def _by_trustee(line: DelegationLine) -> tuple[str, str]:
    trustee = line.trustee
    return (trustee.name.lower(), trustee.sid or "") if trustee else ("", "")


def _notes(delegations: Delegations) -> Iterator[str]:
    if delegations.uses_published:
        yield (
            "the defaults of classes were not read: they are those that Microsoft publishes, and "
            "what this forest changed of them is listed"
        )


def _line(each: Delegation, view: View) -> DelegationLine:
    trustee = each.trustee
    return DelegationLine(
        kind=str(each.kind),
        place=str(each.place),
        objects=len(each.objects),
        example=str(each.example),
        object_class=each.object_class,
        readable=_readable(each, view),
        sddl=format_ace(each.ace) if each.ace else None,
        position=each.position,
        trustee=party(trustee.sid, view) if trustee else None,
        standing=str(trustee.standing if trustee else Standing.KNOWN),
        standing_note=trustee.note if trustee else "",
        reach=each.reach,
        copies=each.copies,
        earlier=tuple(_earlier(each, view)),
        is_overruled=each.shadow is not None and each.shadow.is_overruled,
    )


def _readable(each: Delegation, view: View) -> str:
    if each.ace is not None:
        return readable(each.ace, view)
    objects = counted(len(each.objects), "object")
    if each.kind is Kind.BLOCKED:
        return f"{objects} of class {each.object_class} take{_s(each)} no entries from above"
    name = view.name(each.trustee.sid) if each.trustee else "nobody"
    return f"{name} owns {objects} of class {each.object_class}"


def _s(each: Delegation) -> str:
    return "s" if len(each.objects) == 1 else ""


def _earlier(each: Delegation, view: View) -> Iterator[EarlierEntry]:
    if each.shadow is None:
        return
    dacl = _dacl(each.example, view)
    for position in each.shadow.earlier:
        ace = dacl[position]
        yield EarlierEntry(position, readable(ace, view), format_ace(ace))


def _dacl(dn: Dn, view: View) -> Sequence[AnyAce]:
    entry = view.snapshot.entry(dn)
    descriptor = descriptor_of(entry) if entry else None
    dacl = descriptor.dacl if isinstance(descriptor, SecurityDescriptor) else None
    return dacl.entries if isinstance(dacl, Acl) else ()
