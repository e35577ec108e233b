"""What checks of tier 0 say of grants that come of one and the same thing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from adaudit.access.bitmap import BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.access.permission import Permission
from adaudit.checks._context import Context
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.findings import Evidence, Finding, Party, Place, Severity, fingerprint
from adaudit.review.grants import Grant
from adaudit.review.sources import Source
from adaudit.review.tier_zero.well_known import is_open_to_anyone
from adaudit.security.sid import Sid
from adaudit.wording import called, counted, evidence, party

_SHOWN = 3
_MOST_EVIDENCE = 100
"""Objects with evidence of their own; all that are affected are listed"""
_COPIED = "a copy of an entry of AdminSDHolder, which comes again when it is removed here alone"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a check says of those who hold some permissions on some objects."""

    check: str
    severity: Severity
    does: str
    """What they may do, in words before the objects: `may reset the password of`"""
    things: tuple[str, str]
    """What the objects are, in the singular and in the plural: `group policy`, `group policies`"""
    rights: tuple[str | Permission, ...]
    """The permissions by name; what the schema of the forest does not have is not asked"""
    is_of_control: bool = False
    """Whether those count too who control the object anyway, of whom another check tells"""
    apart: tuple[str, ...] = ()
    """What tells its findings from those that the check makes of the same entries otherwise"""


def finding_of(claim: Claim, source: Source, grants: Sequence[Grant], context: Context) -> Finding:
    """One finding for all that was granted by a source."""
    trustee = party(source.trustee, context.view)
    objects = {grant.entry.dn.path: grant.entry for grant in grants}
    rights = ", ".join(dict.fromkeys(grant.permission.name for grant in grants))
    subjects = union(grant.part.subjects for grant in grants)
    does = f"{_owning(source, len(objects))}{claim.does} {_things(claim, [*objects.values()])}"
    first = grants[0]
    who = str(context.view.membership.population.sid(first.part.subjects[0]))
    return Finding(
        id=fingerprint(claim.check, *source.identity(context.view), *claim.apart),
        check=claim.check,
        severity=claim.severity,
        subject=trustee,
        message=f"{trustee} {does} ({rights}): {_held_by(subjects, trustee, context)}",
        evidence=tuple(_evidence(source, grants, context)),
        affects=tuple(str(entry.dn) for entry in objects.values()),
        remedy=tuple(_remedies(source, grants, context)),
        look=context.look(who, first.entry.dn, first.permission.name, first.place),
    )


def _owning(source: Source, objects: int) -> str:
    owned = "the object" if objects == 1 else "the objects"
    return "" if source.found else f"owns {owned}, and so "


def _things(claim: Claim, objects: Sequence[Entry]) -> str:
    one, many = claim.things
    return f"the {one} {called(objects[0])}" if len(objects) == 1 else f"{len(objects)} {many}"


def _held_by(subjects: BitMap, trustee: Party, context: Context) -> str:
    names = context.outsiders.names(subjects, _SHOWN)
    if names == [trustee.name]:
        return "an account outside tier 0"
    more = f" and {len(subjects) - _SHOWN} more" if len(subjects) > _SHOWN else ""
    return f"{counted(len(subjects), 'account')} outside tier 0 ({', '.join(names)}{more})"


def _evidence(source: Source, grants: Iterable[Grant], context: Context) -> Iterator[Evidence]:
    """One piece for each object, with the way of the first account that comes in by it."""
    seen: set[str] = set()
    for grant in grants:
        if grant.entry.dn.path not in seen and len(seen) < _MOST_EVIDENCE:
            seen.add(grant.entry.dn.path)
            shown = _shown(grant, context)
            if shown is not None:
                yield _as_copy(shown, source)


def _shown(grant: Grant, context: Context) -> Evidence | None:
    descriptor = descriptor_of(grant.entry)
    if isinstance(descriptor, Unreadable):
        return None
    token = context.outsiders.token(grant.part.subjects[0], grant.place)
    verdict = evaluate(descriptor, token, grant.question)
    if verdict.deciding is None:
        return None
    shown = evidence(grant.entry, verdict.deciding, verdict, token, context.view)
    return shown.with_affects((str(grant.entry.dn),))


def _as_copy(shown: Evidence, source: Source) -> Evidence:
    """Let the way of an entry end where it was set, even if it was not inherited from there."""
    if source.found is None or str(source.found.dn) in {place.dn for place in shown.origin}:
        return shown
    holder = Place(str(source.found.dn), source.found.position, is_explicit=True)
    return replace(shown, origin=(*shown.origin, holder), origin_note=_COPIED)


def _remedies(source: Source, grants: Sequence[Grant], context: Context) -> Iterator[str]:
    """Ways to mend it; that removing the entry is enough was tried on every object."""
    trustee = context.view.name(source.trustee)
    if source.found is None:
        names = ", ".join(dict.fromkeys(called(grant.entry) for grant in grants))
        yield f"make a group of administrators the owner of {names} instead of {trustee}"
        return
    left = union(context.outsiders.left_without(grant) for grant in grants)
    rest = ""
    if left:
        who = counted(len(left), "account")
        rest = f", which alone is not enough for {who}: another entry grants it too"
    place = "" if not source.found.ace.is_inherited else ", as far up as it could be followed"
    yield f"remove the entry for {trustee} from {source.found.dn}{place}{rest}"
    if _is_group(source.trustee, context):
        yield f"take out of {trustee} whoever needs no control of tier 0"


def _is_group(sid: Sid, context: Context) -> bool:
    """Whether a trustee is a group whose members somebody chose."""
    known = context.view.membership.principals.get(sid)
    return known is not None and known.scope is not None and not is_open_to_anyone(sid)
