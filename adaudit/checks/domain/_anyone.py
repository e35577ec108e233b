"""What checks say of a permission that anyone holds, on however many objects."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from adaudit.access.bitmap import BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.access.permission import Permission
from adaudit.access.token import Token
from adaudit.access.verdict import Deciding, Verdict
from adaudit.checks._context import Context
from adaudit.checks.domain._finding import Claim
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.findings import Evidence, Finding, fingerprint
from adaudit.review.anyone import Common
from adaudit.security.ace import Ace
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import evidence, party

_MOST = 1000
"""Objects that are listed"""


@dataclass(frozen=True, slots=True)
class _Case:
    """Objects on which one entry, or a copy of it, decides for anyone."""

    common: Common
    permission: Permission
    example: Entry
    verdict: Verdict
    deciding: Deciding
    token: Token


@dataclass(frozen=True, slots=True)
class _Where:
    """The entry as it was set: on one object, or on each object itself."""

    trustee: Sid
    dn: Dn | None
    ace: Ace


def common_findings(
    claim: Claim, held: Iterable[tuple[Permission, Common]], context: Context
) -> Iterator[Finding]:
    """A finding for each entry, where it was set, by which anyone holds one of the permissions."""
    found: dict[_Where, list[_Case]] = defaultdict(list)
    for permission, common in held:
        case = _case(permission, common, context)
        if case is not None:
            found[_where(case, context)].append(case)
    for where, cases in sorted(found.items(), key=lambda item: str(item[0])):
        yield _finding(claim, where, cases, context)


def _case(permission: Permission, common: Common, context: Context) -> _Case | None:
    example = context.snapshot.at(common.objects[0])
    descriptor = descriptor_of(example)
    if isinstance(descriptor, Unreadable):
        return None
    token = context.view.token(common.group, common.place)
    verdict = evaluate(descriptor, token, permission.question(context.view.facts(example)))
    if verdict.deciding is None:
        return None
    return _Case(common, permission, example, verdict, verdict.deciding, token)


def _where(case: _Case, context: Context) -> _Where:
    deciding = case.deciding
    source = context.view.origin(case.example.dn, deciding.position).source
    ace = source.ace if isinstance(source.ace, Ace) else deciding.ace
    return _Where(deciding.ace.trustee, source.dn if source.dn != case.example.dn else None, ace)


def _finding(claim: Claim, where: _Where, cases: Sequence[_Case], context: Context) -> Finding:
    trustee, first = party(where.trustee, context.view), cases[0]
    objects = union(case.common.objects for case in cases)
    rights = ", ".join(dict.fromkeys(case.permission.name for case in cases))
    does = f"{claim.does} {_things(claim, objects, context)}"
    groups = dict.fromkeys(case.common.group for case in cases)
    who = " and ".join(context.view.name(group) for group in groups)
    return Finding(
        id=fingerprint(claim.check, *_identity(where, context), *claim.apart),
        check=claim.check,
        severity=claim.severity,
        subject=trustee,
        message=f"{trustee} {does} ({rights}): everybody in {who} has it by that",
        evidence=tuple(map(partial(_evidence, context=context), cases)),
        affects=tuple(str(context.snapshot.at(number).dn) for number in objects[:_MOST]),
        remedy=(f"remove the entry for {trustee} from {where.dn or 'these objects'}",),
        look=_look(first, context),
    )


def _look(case: _Case, context: Context) -> str:
    common = case.common
    who, right = str(common.group), case.permission.name
    return context.look(who, case.example.dn, right, common.place)


def _identity(where: _Where, context: Context) -> Iterator[str | bytes]:
    """What a fingerprint is made of; an entry that is on each object itself has no place."""
    if where.dn is not None:
        entry = context.snapshot.entry(where.dn)
        yield str(entry.guid) if entry and entry.guid else where.dn.path
    yield encode_ace(where.ace)


def _things(claim: Claim, objects: BitMap, context: Context) -> str:
    one, many = claim.things
    if len(objects) == 1:
        return f"the {one} {context.snapshot.at(objects[0]).dn.name}"
    listed = f", of which {_MOST} are listed" if len(objects) > _MOST else ""
    return f"{len(objects)} {many}{listed}"


def _evidence(case: _Case, context: Context) -> Evidence:
    shown = evidence(case.example, case.deciding, case.verdict, case.token, context.view)
    return shown.with_affects((str(case.example.dn),))
