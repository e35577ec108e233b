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
from adaudit.checks.exchange._group_signs import Kind, Sign, Signs, place_of, signs_of
from adaudit.checks.exchange._quiet_signs import quiet_signs
from adaudit.checks.exchange._step import not_applicable, passed, unknown
from adaudit.checks.exchange._traffic import both_servers, outside
from adaudit.directory.dn import Dn
from adaudit.directory.principal import Principal
from adaudit.exchange.pairs import PairVerdict
from adaudit.exchange.peers import Route
from adaudit.exchange.well_known_groups import EXCHANGE_SERVERS
from adaudit.findings import Finding, Outcome, PairState, Party, Severity, fingerprint
from adaudit.rulings import Ruling
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.wording import party, state

SEVERITY = Severity.MEDIUM
STEP = 4
_REFUSED = frozenset({PairState.DENIED, PairState.NOT_GRANTED})


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the groups of the sender and the inheritance of the receiver."""
    if both_servers(route) is None:
        return not_applicable(outside(route))
    pair = context.flow.pair_named(route.sender.label, route.receiver.label)
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
    for alike in quiet_signs(context):
        yield _finding(context, alike)


def _of_broken(context: Context, pair: PairVerdict, seen: Signs) -> Ruling:
    """Send-As is refused; this step only says for what."""
    lines = (*(sign.line for sign in seen.signs), *seen.doubts, *seen.sound)
    explaining = [sign for sign in seen.signs if sign.explains]
    if explaining:
        return Ruling(Outcome.FAIL, lines, _findings(context, explaining, (pair.label,)))
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
        return Ruling(Outcome.WARNING, lines, _findings(context, seen.signs))
    return passed(*lines)


def _findings(
    context: Context, signs: Iterable[Sign], affects: tuple[str, ...] = ()
) -> tuple[Finding, ...]:
    """One finding for all signs of a kind and subject."""
    by_subject: dict[tuple[Kind, Sid | Dn], list[Sign]] = defaultdict(list)
    for sign in signs:
        by_subject[sign.kind, sign.subject].append(sign)
    return tuple(_finding(context, alike, affects) for alike in by_subject.values())


def _finding(context: Context, alike: list[Sign], affects: tuple[str, ...] = ()) -> Finding:
    sign = alike[0]
    return Finding(
        id=fingerprint("servers-group", sign.kind.name.lower(), _identity(context, sign.subject)),
        check="servers-group",
        severity=Severity.LOW if sign.kind is Kind.BLOCKED else SEVERITY,
        subject=_party(context, sign.subject),
        message=_message(context, alike, is_broken=bool(affects)),
        affects=affects,
        remedy=tuple(dict.fromkeys(_remedy(context, each) for each in alike)),
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


def _message(context: Context, alike: list[Sign], *, is_broken: bool) -> str:
    sign, right = alike[0], SEND_AS.name
    if isinstance(sign.subject, Dn):
        place = place_of(sign.subject, sign.receiver)
        holds = f"does not grant {right}" if is_broken else f"grants {right} for now"
        return f"{place} does not inherit, and what stands on it {holds}"
    accounts = _names(alike)
    group = sign.group.name if sign.group else context.view.name(sign.subject)
    if sign.kind is Kind.MISSING:
        rest = "" if is_broken else f", and holds {right} by other entries for now"
        return f"{accounts} is not in {group}{rest}"
    if is_broken:
        return f"{accounts} is in {group}, which carries a deny of {right}"
    return f"{accounts} is in {group}, whose deny of {right} another entry overrules for now"


def _names(alike: list[Sign]) -> str:
    """The first account, and how many more there are."""
    names = tuple(dict.fromkeys(sign.account.name for sign in alike if sign.account))
    more = len(names) - 1
    return f"{names[0]} (and {more} more)" if more > 0 else "".join(names)


def _remedy(context: Context, sign: Sign) -> str:
    if sign.kind is Kind.BLOCKED or sign.account is None or sign.group is None:
        return "let it inherit from its parent again"
    if sign.kind is Kind.MISSING:
        return f"put {sign.account.name} into {sign.group.name}"
    if _is_servers_group(context, sign.group):
        return f"remove the deny for {sign.group.name}, the group of the Exchange servers"
    member = sign.path[-2] if len(sign.path) > 1 else sign.account.name
    return f"take {member} out of {sign.group.name}"


def _is_servers_group(context: Context, group: Principal) -> bool:
    found = (each.group for each in context.servers_groups.values() if each)
    return group in (*found, context.well_known_groups.get(EXCHANGE_SERVERS))
