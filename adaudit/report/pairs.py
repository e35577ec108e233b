"""Pairs of servers as findings and gaps name them."""

from collections.abc import Iterator, Sequence

from adaudit.access.bitmap import NONE, BitMap
from adaudit.findings import Matrix, Pair, Pairs, PairState, TargetReport

MANY = 1000
"""How many pairs are told one by one; of more than these only the first, and the rest as sets"""


def judged(affects: Sequence[str], matrix: Matrix | None) -> tuple[Pairs | None, list[str]]:
    """The pairs of a matrix among what is affected, as sets, and the names of all else."""
    if matrix is None:
        return None, list(affects)
    if isinstance(affects, Pairs) and affects.servers == matrix.servers:
        receivers = set(matrix.receivers)
        if all(affects.servers[number] in receivers for number in affects.senders):
            return affects, []
    numbers = {name: number for number, name in enumerate(matrix.servers)}
    found: dict[int, BitMap] = {}
    other = []
    for name in affects:
        known = matrix.find(name)
        if known is None:
            other.append(name)
        else:
            sender, receiver = (numbers[server] for server in known)
            found[receiver] = found.get(receiver, NONE) | BitMap((sender,))
    return Pairs.of(matrix.servers, found), other


def unexplained(target: TargetReport) -> Iterator[Pair]:
    """The pairs of state unknown of which neither gap nor check names pair, sender or receiver."""
    matrix = target.matrix
    if matrix is None:
        return
    told = {gap.subject for gap in (*target.gaps, *target.unknown)}
    for sender, receivers in matrix.states()[PairState.UNKNOWN].rows():
        if matrix.servers[sender] in told:
            continue
        for receiver in receivers:
            names = matrix.servers[sender], matrix.servers[receiver]
            pair = None if names[1] in told else matrix.pair(*names)
            if pair is not None and str(pair) not in told:
                yield pair


def unknown_reasons(pair: Pair) -> tuple[str, ...]:
    """Why a pair is unknown, each reason once; there is always one."""
    reasons = [j.reason for j in pair.judgements if j.state is PairState.UNKNOWN]
    return tuple(dict.fromkeys(reasons)) or ("nobody judged it",)
