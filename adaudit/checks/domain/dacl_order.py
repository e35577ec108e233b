"""
The entries of a DACL are not in canonical order.

What it reports: each object whose DACL has an explicit entry after an inherited one, or an explicit
deny after an explicit allow. It weighs more where a deny comes too late to deny.

Why it matters: access is checked in stored order. The tools of an administrator show and write the
canonical order, so what they show is not what happens, and saving it changes who gets in.

How to mend it: let the tool put the entries in order, after making sure that what then holds is
what is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from adaudit.access.evaluator import evaluate
from adaudit.access.question import Question, TypeNode
from adaudit.access.token import Token
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.checks._context import Context
from adaudit.checks._descriptors import objects_with
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import descriptor_of
from adaudit.exchange.pairs import account_sids
from adaudit.findings import Evidence, Finding, Party, Severity, fingerprint
from adaudit.security.ace import Ace, AnyAce
from adaudit.security.canonical import Disorder, find_disorder
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.rights import Right
from adaudit.security.sddl import format_ace
from adaudit.security.sid import Sid
from adaudit.security.wire import encode_ace
from adaudit.wording import party, path_names, places, readable

SEVERITY = Severity.HIGH


def run(context: Context) -> Iterator[Finding | Gap]:
    """Look for the first entry of each DACL that is out of order."""
    for entry in objects_with(context.descriptors.out_of_order, context.snapshot):
        known = descriptor_of(entry)
        if isinstance(known, SecurityDescriptor) and isinstance(known.dacl, Acl):
            disorder = find_disorder(known.dacl)
            if disorder:
                yield _finding(entry, known, known.dacl, disorder, context)


def _finding(
    entry: Entry, descriptor: SecurityDescriptor, dacl: Acl, disorder: Disorder, context: Context
) -> Finding:
    shadowed = tuple(_shadowed(entry, descriptor, dacl, context))
    late: list[AnyAce] = [each.ace for each in shadowed] or [dacl.entries[disorder.position]]
    message = f"entry {disorder.position} is an {disorder.rule.value} (entry {disorder.behind})"
    if shadowed:
        denies = ", ".join(str(each.position) for each in shadowed)
        message += f"; what entry {denies} denies is granted before"
    return Finding(
        id=fingerprint("dacl-order", str(entry.guid or entry.dn.path), *map(encode_ace, late)),
        check="dacl-order",
        severity=Severity.HIGH if shadowed else Severity.LOW,
        subject=Party(entry.dn.name, str(entry.dn)),
        message=message,
        evidence=tuple(_evidence(entry, each, context.view) for each in shadowed),
        remedy=("put the entries in canonical order, if what then holds is what is meant",),
    )


@dataclass(frozen=True, slots=True)
class _Shadowed:
    """An explicit deny, and somebody under it who is granted the same by an earlier entry."""

    position: int
    ace: Ace
    token: Token


def _shadowed(
    entry: Entry, descriptor: SecurityDescriptor, dacl: Acl, context: Context
) -> Iterator[_Shadowed]:
    for position, ace in enumerate(dacl.entries):
        if not isinstance(ace, Ace) or not ace.denies or ace.is_inherited or ace.is_inherit_only:
            continue
        nodes = (TypeNode(0, ace.object_type),) if ace.object_type else ()
        question = Question(Right("what is denied", ace.mask, ace.object_type), nodes)
        for token in _tokens_under(ace.trustee, entry, context):
            verdict = evaluate(descriptor, token, question)
            deciding = verdict.deciding
            if verdict.decision is Decision.ALLOWED and deciding and deciding.position < position:
                yield _Shadowed(position, ace, token)
                break


def _tokens_under(trustee: Sid, entry: Entry, context: Context) -> Iterator[Token]:
    """The token of the trustee itself, then those of the Exchange servers that are in it."""
    place = context.flow.place_for(entry.dn)
    yield context.view.token(trustee, place)
    for mapping in context.flow.accounts.values():
        for sid in sorted(account_sids(mapping)):
            token = context.view.token(sid, place)
            if trustee in token.sids:
                yield token


def _evidence(entry: Entry, shadowed: _Shadowed, view: View) -> Evidence:
    ace = shadowed.ace
    return Evidence(
        object=str(entry.dn),
        position=shadowed.position,
        sddl=format_ace(ace),
        readable=readable(ace, view),
        trustee=party(ace.trustee, view),
        path=path_names(ace.trustee, shadowed.token, view),
        origin=places(view.origin(entry.dn, shadowed.position)),
    )
