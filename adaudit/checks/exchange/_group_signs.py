"""What in the nesting of groups, and in inheritance, explains whether a server holds Send-As."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from adaudit.access.verdict import Deciding, Decision, Verdict
from adaudit.checks._context import Context
from adaudit.directory.dn import Dn
from adaudit.directory.principal import Principal, PrincipalKind
from adaudit.exchange.accounts import MappingState
from adaudit.exchange.answers import ObjectVerdict
from adaudit.exchange.organisation import ExchangeServer, Version
from adaudit.exchange.pairs import PairVerdict
from adaudit.exchange.well_known_groups import EXCHANGE_SERVERS
from adaudit.findings import PairState
from adaudit.security.canonical import find_disorder
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import SEND_AS
from adaudit.security.sid import Sid
from adaudit.wording import path_names, readable, state


class Kind(Enum):
    """What is out of the ordinary."""

    MISSING = "the account is not in the group of the Exchange servers"
    DENYING = "the account is in a group that carries a deny of Send-As"
    BLOCKED = "an object on the way does not inherit"


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing out of the ordinary, of one pair of servers."""

    kind: Kind
    line: str
    subject: Sid | Dn
    """The account that is missing, the group that carries the deny, or the object that is closed"""
    account: Principal | None
    group: Principal | None
    """The group of the servers, or the one with the deny"""
    explains: bool
    """Whether Send-As is refused for it"""
    receiver: ExchangeServer
    path: tuple[str, ...] = ()
    """The names from the account up to the group that carries the deny"""
    is_out_of_order: bool = False
    """Whether a deny comes too late only as the entries are not in canonical order"""


@dataclass(frozen=True, slots=True)
class Signs:
    """All that was seen of one pair."""

    signs: tuple[Sign, ...]
    sound: tuple[str, ...]
    """What is as it should be"""
    doubts: tuple[str, ...]
    """What could not be told"""


def signs_of(context: Context, pair: PairVerdict) -> Signs:
    """Look at the groups of the sender's account, and at the way down to the receiver."""
    found = (*membership(context, pair), *_denies(context, pair), *way_down(context, pair))
    return Signs(
        tuple({sign.line: sign for sign in found if isinstance(sign, Sign)}.values()),
        tuple(dict.fromkeys(said.line for said in found if isinstance(said, _Sound))),
        tuple(dict.fromkeys(said.line for said in found if isinstance(said, _Doubt))),
    )


def place_of(dn: Dn, receiver: ExchangeServer) -> str:
    """An object on the way down to a receiver in short."""
    if dn == receiver.dn:
        return f"the server object {receiver.label}"
    if any(dn == virtual.dn for virtual in receiver.virtual_servers):
        return f"virtual server {dn.name} of {receiver.label}"
    return f"{dn.name} of {receiver.label}" if receiver.holds(dn) else f"{dn.name} ({dn})"


@dataclass(frozen=True, slots=True)
class _Sound:
    line: str


@dataclass(frozen=True, slots=True)
class _Doubt:
    line: str


_Said = Sign | _Sound | _Doubt


def membership(context: Context, pair: PairVerdict) -> Iterator[_Said]:
    """Whether the account of the sender is in the group of the servers of its domain."""
    mapping = context.flow.accounts[pair.sender.label]
    if mapping.state is not MappingState.MAPPED:
        yield _Doubt(f"account of {pair.sender.label}: {mapping.why}")
        return
    account = mapping.candidates[0].principal
    group = _group_for(context, pair, account)
    token = context.view.token(account.sid, context.flow.place(pair.receiver))
    if pair.sender.version is Version.LATER and group is None and _holds(pair):
        yield _Sound(f"{pair.sender.label} is {pair.sender.version}: its group is another one")
    elif group is None:
        where = account.domain.netbios_name if account.domain else "its domain"
        yield _Doubt(f"no group of {where} is surely that of the Exchange servers")
    elif group.sid in token.sids:
        way = " → ".join(path_names(group.sid, token, context.view))
        yield _Sound(f"{account.name} is in {group.name}: {way}")
    elif doubt := token.doubt(group.sid):
        yield _Doubt(f"whether {account.name} is in {group.name}: {doubt}")
    else:
        line = f"{account.name} is not in {group.name}"
        explains = any(state(a.verdict) is PairState.NOT_GRANTED for a in pair.answers)
        yield Sign(Kind.MISSING, line, account.sid, account, group, explains, pair.receiver)


def _group_for(context: Context, pair: PairVerdict, account: Principal) -> Principal | None:
    """*Exchange Domain Servers* of the domain, or *Exchange Servers* for later versions."""
    later = context.well_known_groups.get(EXCHANGE_SERVERS)
    if pair.sender.version is Version.LATER:
        return later
    found = context.servers_groups.get(account.domain) if account.domain else None
    return found.group if found and found.group != later else None


def _holds(pair: PairVerdict) -> bool:
    return all(state(answer.verdict) is PairState.ALLOWED for answer in pair.answers)


def _denies(context: Context, pair: PairVerdict) -> Iterator[_Said]:
    """The groups around the sender that carry a deny of Send-As on the receiver."""
    is_any = False
    for answer in pair.answers:
        for deciding in _denying(answer):
            group = context.view.membership.principals.get(deciding.ace.trustee)
            if group is not None and group.kind is PrincipalKind.GROUP:
                is_any = True
                yield denying_group(context, pair.receiver, answer, deciding, group)
    if pair.answers and not is_any:
        yield _Sound(f"no group around {pair.sender.label} denies it {SEND_AS.name} on its way")


def _denying(answer: ObjectVerdict) -> tuple[Deciding, ...]:
    """The entries that deny, whether they decide or come too late."""
    verdict = answer.verdict
    if not isinstance(verdict, Verdict):
        return ()
    if verdict.decision is Decision.DENIED and verdict.deciding:
        return (verdict.deciding,)
    return verdict.overruled if verdict.decision is Decision.ALLOWED else ()


def denying_group(
    context: Context,
    receiver: ExchangeServer,
    answer: ObjectVerdict,
    deciding: Deciding,
    group: Principal,
) -> Sign:
    """The sign of one group around an account that carries a deny."""
    path = path_names(deciding.sid, answer.token, context.view)
    decides = state(answer.verdict) is PairState.DENIED
    late = "" if decides else ", which comes too late to decide"
    entry = f"{readable(deciding.ace, context.view)} (entry {deciding.position} on"
    return Sign(
        Kind.DENYING,
        f"{' → '.join(path)}: {entry} {place_of(answer.object.dn, receiver)}){late}",
        group.sid,
        answer.account,
        group,
        decides,
        receiver,
        path,
        is_out_of_order(context, answer.object.dn, deciding),
    )


def is_out_of_order(context: Context, dn: Dn, deciding: Deciding) -> bool:
    """Whether the entries are out of order, here or where the denying one was set."""
    source = context.view.origin(dn, deciding.position).source.dn
    dacls = (context.view.level(each).dacl for each in (dn, source))
    return any(dacl is not None and find_disorder(dacl) is not None for dacl in dacls)


def way_down(context: Context, pair: PairVerdict) -> Iterator[_Said]:
    """The objects between the organisation and the virtual servers that do not inherit."""
    for entry in pair.receiver.virtual_servers or (pair.receiver.entry,):
        closed = False
        for dn in _below_organisation(context, entry.dn):
            descriptor = context.view.level(dn).descriptor
            if not isinstance(descriptor, SecurityDescriptor):
                yield _Doubt(f"the descriptor of {place_of(dn, pair.receiver)} was not read")
            elif descriptor.is_dacl_protected:
                closed = True
                yield _closed(pair, dn)
        if not closed:
            yield _Sound(f"inheritance is not blocked down to {place_of(entry.dn, pair.receiver)}")


def _below_organisation(context: Context, dn: Dn) -> Iterator[Dn]:
    """The object and all above it, up to the organisation and without it."""
    organisations = {organisation.dn for organisation in context.flow.organisations}
    for level in context.view.levels(dn):
        if level.dn in organisations:
            return
        yield level.dn


def _closed(pair: PairVerdict, dn: Dn) -> Sign:
    below = (a for a in pair.answers if a.object.dn == dn or a.object.dn.is_below(dn))
    explains = any(state(answer.verdict) is PairState.NOT_GRANTED for answer in below)
    line = f"{place_of(dn, pair.receiver)} does not inherit (its DACL is protected)"
    return Sign(Kind.BLOCKED, line, dn, None, None, explains, pair.receiver)
