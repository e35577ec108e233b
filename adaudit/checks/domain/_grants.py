"""What checks of tier 0 share: which objects they ask about, and what they say of grants."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.access.origin import Found
from adaudit.access.permission import Permission
from adaudit.access.right_names import permission_of
from adaudit.access.token import Token
from adaudit.access.verdict import Verdict
from adaudit.checks._context import Context
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.errors import QuestionError
from adaudit.findings import Evidence, Finding, NotApplicable, Party, Severity, fingerprint
from adaudit.review.grants import Grant, Undecided
from adaudit.review.tier_zero import Asset, Kind
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import counted, evidence, party

_SHOWN = 3
_MOST_EVIDENCE = 100
"""Objects with evidence of their own; all that are affected are listed"""
NOT_READ = NotApplicable(
    "the objects of the domain were not all read: collect them with `scope: all`"
)

Said = Finding | Gap | NotApplicable


@dataclass(frozen=True, slots=True)
class Claim:
    """What a check says of those who hold some permissions on some objects."""

    check: str
    severity: Severity
    does: str
    """What they may do, in words before the objects: `may reset the password of`"""
    things: str
    """What the objects are, in the singular: `privileged account`"""
    rights: tuple[str, ...]
    """The permissions by name; what the schema of the forest does not have is not asked"""
    is_of_control: bool = False
    """Whether those count too who control the object anyway, of whom another check tells"""


def assets(context: Context, *kinds: Kind) -> Iterator[tuple[Asset, Entry]]:
    """The objects of tier 0 of some kinds, or all, with what was read of them."""
    for asset in context.tier_zero.assets:
        if not kinds or asset.kind in kinds:
            yield asset, context.snapshot.at(asset.number)


def granted(
    claim: Claim,
    context: Context,
    objects: Iterable[Entry],
    spared_on: Callable[[Entry], BitMap] | None = None,
) -> Iterator[Said]:
    """
    What a check reports: a finding for each entry, where it was set, that lets outsiders in.

    `spared_on` are accounts that do not count on an object, beside those that control it anyway.
    """
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    found: dict[_Source, list[Grant]] = defaultdict(list)
    unknown: dict[str, Gap] = {}
    for entry in objects:
        spared = spared_on(entry) if spared_on else NONE
        for grant in _grants(claim, context, entry, spared, unknown):
            found[_source(grant, context)].append(grant)
    for source, grants in sorted(found.items(), key=lambda item: item[0].order):
        yield _finding(claim, source, grants, context)
    yield from unknown.values()


def _grants(
    claim: Claim, context: Context, entry: Entry, spared: BitMap, unknown: dict[str, Gap]
) -> Iterator[Grant]:
    if not claim.is_of_control:
        spared = spared | controllers(context, entry)
    for permission in filter(None, (named(name, context) for name in claim.rights)):
        for grant in context.outsiders.grants(entry, permission, spared):
            if isinstance(grant, Undecided):
                who = counted(grant.count, "account")
                why = f"whether {who} hold {permission.name} hangs on what is not known"
                unknown.setdefault(str(entry.dn), Gap(str(entry.dn), why))
            else:
                yield grant


def controllers(context: Context, entry: Entry) -> BitMap:
    """The outsiders who can give themselves every right on an object, and so hold any."""
    names = ("WriteDacl", "WriteOwner")
    permissions = filter(None, (named(name, context) for name in names))
    return union(context.outsiders.holders(entry, permission) for permission in permissions)


def named(name: str, context: Context) -> Permission | None:
    """The permission of that name, None where the schema of the forest does not have it."""
    try:
        return permission_of(name, context.view.schema)
    except QuestionError:
        return None


@dataclass(frozen=True, slots=True)
class _Source:
    """Where it was set what lets someone in: an entry on an object, or who owns the object."""

    trustee: Sid
    dn: Dn
    found: Found | None
    """None for an owner"""

    @property
    def order(self) -> tuple[str, str]:
        return self.dn.path, str(self.trustee)


def _source(grant: Grant, context: Context) -> _Source:
    deciding = grant.part.deciding
    if deciding is None:
        descriptor = descriptor_of(grant.entry)
        owner = None if isinstance(descriptor, Unreadable) else descriptor.owner
        return _Source(owner or Sid(0, (0,)), grant.entry.dn, None)
    found = context.view.origin(grant.entry.dn, deciding.position).source
    return _Source(deciding.ace.trustee, found.dn, found)


def _finding(claim: Claim, source: _Source, grants: list[Grant], context: Context) -> Finding:
    trustee = party(source.trustee, context.view)
    objects = {grant.entry.dn.path: grant.entry for grant in grants}
    what = _things(claim, list(objects.values()))
    rights = ", ".join(dict.fromkeys(grant.permission.name for grant in grants))
    subjects = union(grant.part.subjects for grant in grants)
    owns = "owns the object, and so " if source.found is None else ""
    first = grants[0]
    who = str(context.view.membership.population.sid(first.part.subjects[0]))
    held = _held_by(subjects, trustee, context)
    return Finding(
        id=_id(claim, source, context),
        check=claim.check,
        severity=claim.severity,
        subject=trustee,
        message=f"{trustee} {owns}{claim.does} {what} ({rights}): {held}",
        evidence=tuple(_evidence(grants, context)),
        affects=tuple(str(entry.dn) for entry in objects.values()),
        remedy=tuple(_remedies(source, grants, context)),
        look=context.look(who, first.entry.dn, first.permission.name),
    )


def _id(claim: Claim, source: _Source, context: Context) -> str:
    entry = context.snapshot.entry(source.dn)
    guid = str(entry.guid) if entry and entry.guid else source.dn.path
    ace = encode_ace(source.found.ace) if source.found else b""
    return fingerprint(claim.check, guid, str(source.trustee), ace)


def _things(claim: Claim, objects: Sequence[Entry]) -> str:
    if len(objects) == 1:
        return f"the {claim.things} {objects[0].dn.name}"
    return counted(len(objects), claim.things)


def _held_by(subjects: BitMap, trustee: Party, context: Context) -> str:
    names = context.outsiders.names(subjects, _SHOWN)
    if names == [trustee.name]:
        return "that account outside tier 0"
    more = f" and {len(subjects) - _SHOWN} more" if len(subjects) > _SHOWN else ""
    return f"{counted(len(subjects), 'account')} outside tier 0: {', '.join(names)}{more}"


def _evidence(grants: Iterable[Grant], context: Context) -> Iterator[Evidence]:
    """One piece for each object, with the way of the first account that comes in by it."""
    seen: set[str] = set()
    for grant in grants:
        if grant.part.deciding and grant.entry.dn.path not in seen:
            seen.add(grant.entry.dn.path)
            verdict, token = _verdict(grant, context)
            if verdict is not None and verdict.deciding:
                shown = evidence(grant.entry, verdict.deciding, verdict, token, context.view)
                yield shown.with_affects((str(grant.entry.dn),))
        if len(seen) == _MOST_EVIDENCE:
            return


def _verdict(grant: Grant, context: Context) -> tuple[Verdict | None, Token]:
    token = context.outsiders.token(grant.part.subjects[0], grant.place)
    descriptor = descriptor_of(grant.entry)
    if isinstance(descriptor, Unreadable):
        return None, token
    return evaluate(descriptor, token, grant.question), token


def _remedies(source: _Source, grants: Sequence[Grant], context: Context) -> Iterator[str]:
    """Ways to mend it; that removing the entry is enough was tried on every object."""
    trustee = context.view.name(source.trustee)
    if source.found is None:
        yield f"make a group of administrators the owner of {source.dn.name} instead of {trustee}"
        return
    left = union(context.outsiders.left_without(grant) for grant in grants)
    rest = ""
    if left:
        who = counted(len(left), "account")
        rest = f", which alone is not enough for {who}: another entry grants it too"
    place = "" if not source.found.ace.is_inherited else ", as far up as it could be followed"
    yield f"remove the entry for {trustee} from {source.dn}{place}{rest}"
    if source.trustee in context.view.membership.principals and _is_group(source.trustee, context):
        yield f"take out of {trustee} whoever needs no control of tier 0"


def _is_group(sid: Sid, context: Context) -> bool:
    known = context.view.membership.principals.get(sid)
    return known is not None and known.scope is not None
