"""The whole of KB 843106 for pairs of servers, step by step: `adaudit diagnose`."""

from collections.abc import Callable, Iterator

from adaudit.checks import Context, steps
from adaudit.checks.exchange import refused_exch50
from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import AdauditError, QuestionError
from adaudit.exchange.peers import Peer, Route, Standing
from adaudit.findings import NotApplicable
from adaudit.rulings import Consequences, Diagnosis, DiagnosisReport, Step
from adaudit.wording import counted

CONSEQUENCES = Consequences(
    suffers=(
        "public folder replication to Exchange 2000 and Exchange 2003 servers",
        "message journaling: it may fail, or journal twice (KB 843105)",
        "envelope journaling",
        "delivery report settings of distribution groups",
        "distribution group expansion",
        "permissions and restrictions of distribution groups",
        "mail to hidden distribution lists",
        "recipients in the second place, who may get a message twice",
        "Intelligent Message Filtering (IMF)",
    ),
    spared=("mail to public folders",),
)
"""The symptoms beside events 7004 and 7010 that KB 843106 lists"""
_NO_PAIR = (
    "the evidence names no pair of servers: name one with --from and --to, or give event logs"
    " under `evidence:`"
)


def diagnose(
    name: str,
    source: Callable[[], Snapshot],
    file: tuple[str, ...],
    sender: str | None = None,
    receiver: str | None = None,
) -> DiagnosisReport:
    """
    Make every step of the article for one pair, or for each that the evidence names.

    `sender` and `receiver` are names or addresses of servers; with one of them only the pairs of
    the evidence in which that server has that part are taken. `file` is what `adaudit explain` can
    be given to look at the same data. Raises `QuestionError` when a server does not exist.
    """
    try:
        with source() as snapshot:
            return _report(name, Context(snapshot, file), sender, receiver)
    except QuestionError:
        raise
    except AdauditError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return DiagnosisReport(name, source=" ".join(file), error=error.message + hint)


def diagnose_route(context: Context, route: Route) -> Diagnosis:
    """Make every step of the article for the mail from one server to another."""
    return Diagnosis(
        route.sender.label,
        route.receiver.label,
        tuple(
            Step(check.step, check.id, check.title, check.judge(context, route))
            for check in steps()
            if check.step is not None and check.judge is not None
        ),
    )


def _report(
    name: str, context: Context, sender: str | None, receiver: str | None
) -> DiagnosisReport:
    snapshot = context.snapshot
    routes = _routes(context, sender, receiver)
    diagnoses = tuple(diagnose_route(context, route) for route in routes)
    is_stopped = any(
        route.is_internal and diagnosis.causes
        for route, diagnosis in zip(routes, diagnoses, strict=True)
    )
    return DiagnosisReport(
        name=name,
        source=snapshot.source,
        taken_at=snapshot.taken_at,
        evidence=tuple(map(_source_line, context.evidence.sources)),
        diagnoses=diagnoses,
        consequences=CONSEQUENCES if is_stopped else None,
        gaps=(
            *snapshot.gaps,
            *context.evidence.gaps,
            *context.faults,
            *(() if routes else _silence(context)),
        ),
        warnings=(*snapshot.warnings, *context.warnings),
    )


def _routes(context: Context, sender: str | None, receiver: str | None) -> tuple[Route, ...]:
    first = _named(sender, context) if sender is not None else None
    second = _named(receiver, context) if receiver is not None else None
    if first and second:
        return (_between(first, second),)
    return tuple(
        route
        for route in context.routes
        if first in (None, route.sender) or _is_same(first, route.sender)
        if second in (None, route.receiver) or _is_same(second, route.receiver)
    )


def _between(sender: Peer, receiver: Peer) -> Route:
    """The pair, at least one of whose servers must be of the organisation."""
    if sender.server is None and receiver.server is None:
        raise QuestionError(
            f"neither `{sender.name}` nor `{receiver.name}` is an Exchange server that was read"
        )
    if sender.server is not None and sender.server is receiver.server:
        raise QuestionError(f"`{sender.name}` and `{receiver.name}` are one server")
    return Route(sender, receiver)


def _named(name: str, context: Context) -> Peer:
    """The server that a user names, of another organisation too if the name is a full one."""
    peer = context.peers.find(name)
    if peer.standing in (Standing.MEMBER, Standing.STRANGER):
        return peer
    labels = ", ".join(server.label for server in context.flow.servers)
    signs = f": {'; '.join(peer.signs)}" if peer.signs else ""
    raise QuestionError(
        f"`{name}`: {peer.standing}{signs}", f"Exchange servers: {labels or 'none'}"
    )


def _is_same(one: Peer | None, other: Peer) -> bool:
    return one is not None and one.label.lower() == other.label.lower()


def _silence(context: Context) -> Iterator[Gap]:
    """Why there is nothing to diagnose, unless it is sure that nothing was refused."""
    for said in refused_exch50.run(context):
        if isinstance(said, Gap):
            yield said
        elif isinstance(said, NotApplicable):
            yield Gap("pairs of servers", _NO_PAIR)


def _source_line(source: EvidenceSource) -> str:
    of = f" of {source.computer}" if source.computer else ""
    first, last = source.first, source.last
    span = f", {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} UTC" if first and last else ""
    notes = "".join(f"; {note}" for note in source.notes)
    return f"{source.kind} {source.name}{of}: {counted(source.total, 'record')}{span}{notes}"
