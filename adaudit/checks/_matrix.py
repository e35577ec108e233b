"""The matrix of the main job: every sender to every receiver."""

from adaudit.checks._context import Context
from adaudit.exchange.pairs import PairVerdict
from adaudit.findings import Judgement, Matrix, Pair, PairState
from adaudit.security.rights import SEND_AS
from adaudit.wording import reason, state

_WORST_FIRST = (
    PairState.DENIED,
    PairState.NOT_GRANTED,
    PairState.UNKNOWN,
    PairState.ALLOWED,
)


def matrix_of(context: Context) -> Matrix | None:
    """The matrix of Send-As, None where there is no Exchange server."""
    servers = context.flow.servers
    if not servers:
        return None
    pairs = tuple(_pair(pair, context) for pair in context.flow.pairs)
    receivers = tuple(server.label for server in servers if server.decides_by_send_as)
    return Matrix(SEND_AS.name, tuple(server.label for server in servers), receivers, pairs)


def _pair(pair: PairVerdict, context: Context) -> Pair:
    judgements = tuple(
        Judgement(
            answer.account.name,
            str(answer.object.dn),
            state(answer.verdict),
            reason(answer.verdict, context.view),
        )
        for answer in pair.answers
    )
    found = {judgement.state for judgement in judgements} or {PairState.UNKNOWN}
    worst = next(known for known in _WORST_FIRST if known in found)
    return Pair(pair.sender.label, pair.receiver.label, worst, judgements)
