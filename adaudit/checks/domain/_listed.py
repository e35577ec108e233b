"""Whom an attribute lets in that holds a descriptor of its own: msDS-GroupMSAMembership, …"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.access.holding import holding
from adaudit.access.permission import Permission
from adaudit.access.token import Token
from adaudit.access.verdict import Deciding, Decision
from adaudit.checks._context import Context
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import DescriptorError
from adaudit.findings import Evidence, Finding, Severity, fingerprint
from adaudit.review.anyone import common_groups
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.sid import EVERYONE, Sid
from adaudit.security.wire import decode
from adaudit.wording import counted, evidence_in, party


@dataclass(frozen=True, slots=True)
class Listing:
    """What a check says of those whom an attribute lets in."""

    check: str
    severity: Severity
    attribute: str
    permission: Permission
    """What is asked of the descriptor in it"""
    does: str
    """What it lets them do, in words before the objects: `may read the password of`"""
    things: tuple[str, str]
    """What the objects are, in the singular and in the plural"""
    remedy: str
    """How to mend it; `{}` stands for the trustee"""
    right: str = ""
    """What `adaudit explain` knows it by, empty if it does not"""
    apart: tuple[str, ...] = ()
    """What tells its findings from others of the check"""


@dataclass(frozen=True, slots=True)
class _Listed:
    """That somebody is let in on an object, and by what."""

    entry: Entry
    deciding: Deciding | None
    """None where there is no DACL"""
    token: Token
    """Of one who is"""
    accounts: BitMap
    """All outside tier 0 who are by that; none where it is anyone"""

    @property
    def trustee(self) -> Sid:
        """Whom the entry is for."""
        return self.deciding.ace.trustee if self.deciding else EVERYONE


def listed(listing: Listing, entries: Iterable[Entry], context: Context) -> Iterator[Finding | Gap]:
    """
    Find each trustee by whom somebody is let in who should not be.

    That is whoever is outside tier 0 on objects of tier 0, and anyone on any of the objects.
    """
    found: dict[Sid, list[_Listed]] = defaultdict(list)
    for entry in entries:
        try:
            for each in _of(entry, listing, context):
                if isinstance(each, Gap):
                    yield each
                else:
                    found[each.trustee].append(each)
        except DescriptorError as error:
            yield Gap(str(entry.dn), f"`{listing.attribute}` is damaged: {error.message}")
    for trustee, all_of in sorted(found.items()):
        yield _finding(listing, trustee, all_of, context)


def _of(entry: Entry, listing: Listing, context: Context) -> Iterator[_Listed | Gap]:
    values = entry.values(listing.attribute)
    if values and context.tier_zero.asset(entry.dn) is not None:
        yield from _outsiders(entry, decode(values[0]), listing, context)
    elif values:
        yield from _anyone(entry, decode(values[0]), listing, context)


def _outsiders(
    entry: Entry, descriptor: SecurityDescriptor, listing: Listing, context: Context
) -> Iterator[_Listed | Gap]:
    outsiders, undecided = context.outsiders, NONE
    for place in outsiders.places(entry):
        question = listing.permission.question(context.view.facts(entry))
        for part in holding(descriptor, question, outsiders.carriers(place)).parts:
            subjects = part.subjects & outsiders.accounts
            if subjects and part.decision is Decision.ALLOWED:
                token = outsiders.token(subjects[0], place)
                yield _Listed(entry, part.deciding, token, subjects)
            elif part.decision is Decision.UNDECIDED:
                undecided = undecided | subjects
    if undecided:
        yield _unknown(entry, counted(len(undecided), "account"), listing)


def _anyone(
    entry: Entry, descriptor: SecurityDescriptor, listing: Listing, context: Context
) -> Iterator[_Listed | Gap]:
    for place in context.outsiders.places(entry):
        question = listing.permission.question(context.view.facts(entry))
        domain = place.domain.sid if place.domain else None
        for group in common_groups(domain) if domain else ():
            token = context.view.token(group, place)
            verdict = evaluate(descriptor, token, question)
            if verdict.decision is Decision.ALLOWED:
                yield _Listed(entry, verdict.deciding, token, NONE)
                return
            if verdict.decision is Decision.UNDECIDED:
                yield _unknown(entry, context.view.name(group), listing)


def _unknown(entry: Entry, who: str, listing: Listing) -> Gap:
    why = f"whether `{listing.attribute}` lets {who} in hangs on what is not known"
    return Gap(str(entry.dn), why)


def _finding(
    listing: Listing, trustee: Sid, all_of: Sequence[_Listed], context: Context
) -> Finding:
    who = party(trustee, context.view)
    accounts = union(each.accounts for each in all_of)
    first = all_of[0]
    look = context.look(str(first.token.subject), first.entry.dn, listing.right)
    return Finding(
        id=fingerprint(listing.check, *listing.apart, str(trustee)),
        check=listing.check,
        severity=listing.severity,
        subject=who,
        message=f"{who} {listing.does} {_things(listing, all_of)}: "
        + (f"{counted(len(accounts), 'account')} outside tier 0" if accounts else "anyone"),
        evidence=tuple(
            _evidence(listing, each, each.deciding, context) for each in all_of if each.deciding
        ),
        affects=tuple(dict.fromkeys(str(each.entry.dn) for each in all_of)),
        remedy=(listing.remedy.format(who),),
        look=look if listing.right else None,
    )


def _things(listing: Listing, all_of: Sequence[_Listed]) -> str:
    one, many = listing.things
    names = dict.fromkeys(each.entry.dn for each in all_of)
    return f"{len(names)} {many}" if len(names) > 1 else f"the {one} {all_of[0].entry.dn.name}"


def _evidence(listing: Listing, each: _Listed, deciding: Deciding, context: Context) -> Evidence:
    """The entry in the attribute, which is no DACL of the object."""
    shown = evidence_in(listing.attribute, each.entry, deciding, each.token, context.view)
    return shown.with_affects((str(each.entry.dn),))
