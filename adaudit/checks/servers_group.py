"""
A server stands outside the group of the Exchange servers, inside a denied one, or behind a block.

What it reports: where Send-As holds for now, each server that is missing from *Exchange Domain
Servers* of its domain, each group with a deny of Send-As around a server that only another entry
overrules, and each object between the organisation and a receiver that does not inherit.

Why it matters: Send-As is not granted to servers one by one, it comes through that group and is
handed down from the organisation. A group around the server that carries a deny, a lost membership
or blocked inheritance ends it, with `504 need to authenticate first` (KB 843106, step 2 of the
article). Where that has come about, the checks of Send-As say so; a deny of Receive-As is no fault.

How to mend it: put the server's account into the group; take it, or the group of the servers, out
of the group that carries the deny; let the object inherit again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from adaudit.checks._context import Context
from adaudit.checks._denial import denials_in
from adaudit.checks._group_signs import Kind, Sign, Signs, place_of, signs_of
from adaudit.checks._step import not_applicable, passed, unknown
from adaudit.checks._traffic import both_servers, outside
from adaudit.directory.dn import Dn
from adaudit.exchange.pairs import PairVerdict
from adaudit.exchange.peers import Route
from adaudit.findings import Finding, Outcome, PairState, Party, Ruling, Severity, fingerprint
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.wording import party, state

SEVERITY = Severity.MEDIUM
STEP = 4
_REFUSED = frozenset({PairState.DENIED, PairState.NOT_GRANTED})
_WORDS = {
    Kind.MISSING: "missing",
    Kind.DENYING: "denying",
    Kind.BLOCKED: "blocked",
}


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the groups of the sender and the inheritance of the receiver."""
    if both_servers(route) is None:
        return not_applicable(outside(route))
    pair = next((pair for pair in context.flow.pairs if pair.label == route.label), None)
    if pair is None:
        where = route.receiver.label
        return not_applicable(f"{where} lets others in by receive connectors: see step 13")
    seen = signs_of(context, pair)
    states = {state(answer.verdict) for answer in pair.answers} or {PairState.UNKNOWN}
    if states & _REFUSED:
        return _of_broken(context, pair, seen)
    return _of_holding(context, seen, is_known=PairState.UNKNOWN not in states)


def run(context: Context) -> Iterator[Finding]:
    """Report what breaks nothing yet; what does is told by the checks of Send-As."""
    pairs = context.flow.pairs
    by_subject: dict[tuple[Kind, Sid | Dn], list[tuple[PairVerdict, Sign]]] = defaultdict(list)
    for pair in pairs:
        for sign in signs_of(context, pair).signs:
            by_subject[sign.kind, sign.subject].append((pair, sign))
    told = {(d.answer.account.sid, d.deciding.ace.trustee) for p in pairs for d in denials_in(p)}
    for found in by_subject.values():
        quiet = [sign for _, sign in found if not _is_told(sign, told)]
        if quiet and (quiet[0].kind is Kind.DENYING or _all_hold(pair for pair, _ in found)):
            yield _finding(context, quiet[0])


def _is_told(sign: Sign, told: set[tuple[Sid, Sid]]) -> bool:
    """Whether another check tells of it: of Send-As, or of the order of entries."""
    if sign.kind is not Kind.DENYING or sign.account is None or sign.group is None:
        return sign.explains
    is_denied = (sign.account.sid, sign.group.sid) in told
    return sign.explains or sign.is_out_of_order or is_denied


def _all_hold(pairs: Iterable[PairVerdict]) -> bool:
    answers = [answer for pair in pairs for answer in pair.answers]
    return bool(answers) and all(state(a.verdict) is PairState.ALLOWED for a in answers)


def _of_broken(context: Context, pair: PairVerdict, seen: Signs) -> Ruling:
    """Send-As is refused; this step only says for what."""
    lines = (*(sign.line for sign in seen.signs), *seen.doubts, *seen.sound)
    explaining = [sign for sign in seen.signs if sign.explains]
    if explaining:
        findings = tuple(_finding(context, sign, (pair.label,)) for sign in explaining)
        return Ruling(Outcome.FAIL, lines, findings)
    if seen.doubts:
        return unknown(*lines)
    return passed(*lines, "neither groups nor inheritance explain the refusal: see step 3")


def _of_holding(context: Context, seen: Signs, *, is_known: bool) -> Ruling:
    lines = (*(sign.line for sign in seen.signs), *seen.doubts, *seen.sound)
    if not is_known:
        return unknown(*lines, f"whether {SEND_AS.name} holds is not known: see step 3")
    if seen.doubts:
        return unknown(*lines)
    if seen.signs:
        findings = tuple(_finding(context, sign) for sign in seen.signs)
        return Ruling(Outcome.WARNING, lines, findings)
    return passed(*lines)


def _finding(context: Context, sign: Sign, affects: tuple[str, ...] = ()) -> Finding:
    return Finding(
        id=fingerprint("servers-group", _WORDS[sign.kind], _identity(context, sign.subject)),
        check="servers-group",
        severity=Severity.LOW if sign.kind is Kind.BLOCKED else SEVERITY,
        subject=_party(context, sign.subject),
        message=_message(context, sign, is_broken=bool(affects)),
        affects=affects,
        remedy=(_remedy(sign),),
    )


def _identity(context: Context, subject: Sid | Dn) -> str:
    if isinstance(subject, Sid):
        return str(subject)
    entry = context.snapshot.entry(subject)
    return str(entry.guid) if entry and entry.guid else subject.path


def _party(context: Context, subject: Sid | Dn) -> Party:
    if isinstance(subject, Sid):
        return party(subject, context.view)
    return Party(subject.name, str(subject))


def _message(context: Context, sign: Sign, *, is_broken: bool) -> str:
    name = _party(context, sign.subject).name
    now = "" if is_broken else " for now"
    if sign.kind is Kind.BLOCKED:
        what = f"{place_of(context, sign.subject)}" if isinstance(sign.subject, Dn) else name
        holds = "does not grant" if is_broken else "grants"
        return f"{what} does not inherit, and what stands on it {holds} {SEND_AS.name}{now}"
    account = sign.account.name if sign.account else name
    group = sign.group.name if sign.group else name
    if sign.kind is Kind.MISSING:
        rest = "" if is_broken else f", and holds {SEND_AS.name} by other entries{now}"
        return f"{account} is not in {group}{rest}"
    if is_broken:
        return f"{account} is in {group}, which carries a deny of {SEND_AS.name}"
    return f"{account} is in {group}, whose deny of {SEND_AS.name} another entry overrules{now}"


def _remedy(sign: Sign) -> str:
    if sign.kind is Kind.BLOCKED:
        return "let it inherit from its parent again"
    account = sign.account.name if sign.account else ""
    group = sign.group.name if sign.group else ""
    if sign.kind is Kind.MISSING:
        return f"put {account} into {group}"
    return f"take {account}, or the group that brings it in, out of {group}: {sign.line}"
