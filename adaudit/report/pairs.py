"""Pairs of servers as findings and gaps name them."""

from adaudit.findings import Matrix, Pair, PairState, TargetReport


def pairs_by_name(matrix: Matrix | None) -> dict[str, Pair]:
    """The pairs of a matrix by the name that findings give them: `EX02 → EX01`."""
    return {str(pair): pair for pair in matrix.pairs} if matrix else {}


def unexplained(target: TargetReport) -> tuple[Pair, ...]:
    """The pairs of state unknown of which neither gap nor check names pair, sender or receiver."""
    told = {gap.subject for gap in (*target.gaps, *target.unknown)}
    pairs = target.matrix.pairs if target.matrix else ()
    return tuple(
        pair
        for pair in pairs
        if pair.state is PairState.UNKNOWN and not told & {str(pair), pair.sender, pair.receiver}
    )


def unknown_reasons(pair: Pair) -> tuple[str, ...]:
    """Why a pair is unknown, each reason once; there is always one."""
    reasons = [j.reason for j in pair.judgements if j.state is PairState.UNKNOWN]
    return tuple(dict.fromkeys(reasons)) or ("nobody judged it",)
