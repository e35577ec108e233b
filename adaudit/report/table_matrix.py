"""The matrix as blocks of cells: one block while it fits, else numbered columns and several."""

from collections.abc import Sequence

from adaudit.findings import Judgement, Matrix, Pair, PairState
from adaudit.report.lines import WIDTH, flow, labelled, wrap
from adaudit.report.table_pairs import sides
from adaudit.report.text import columns

Block = list[list[str]]
"""Rows of cells, the header row first"""

_MARKS = {
    PairState.ALLOWED: "ok",
    PairState.DENIED: "DENY",
    PairState.NOT_GRANTED: "--",
    PairState.UNKNOWN: "?",
}
_MEANINGS = ("ok", "DENY denied", "--  no entry grants it", "?  unknown")
_DIFFERS = "*"
_ITSELF = "."
_CELL = 5
_GAP = 2


def legend(matrix: Matrix) -> list[str]:
    """The question that the matrix answers, and what its marks mean."""
    question = f"{matrix.right}: may the row's server send to the column's?"
    differs = [f"{_DIFFERS}  see below"] if any(pair.differs for pair in matrix.pairs) else []
    return flow([question, *_MEANINGS, *differs])


def blocks(matrix: Matrix) -> list[Block]:
    """
    The cells in blocks that fit the width.

    A matrix that fits has one block with names above. A larger one has numbers above, shows
    only the rows and columns that are not all `ok`, and has a block for as many columns as fit.
    """
    names = matrix.servers
    if _fits(names):
        return [_block(matrix, names, names, dict(zip(names, names, strict=True)))]
    numbers = {name: str(number) for number, name in enumerate(names, 1)}
    rows, receivers = _bad(matrix)
    label = max((columns(f"{name} {numbers[name]}") for name in rows), default=0)
    size = max(1, (WIDTH - label) // (_CELL + _GAP))
    parts = [receivers[start : start + size] for start in range(0, len(receivers), size)]
    return [_block(matrix, rows, part, numbers) for part in parts]


def key(matrix: Matrix) -> list[str]:
    """Of a matrix that does not fit: which server a number is, and what was left out."""
    if _fits(matrix.servers):
        return []
    rows, receivers = _bad(matrix)
    numbered = [f"{number} {name}" for number, name in enumerate(matrix.servers, 1)]
    left_out = [
        (f"{label} left out, all ok: ", [name for name in matrix.servers if name not in shown])
        for label, shown in (("rows", rows), ("columns", receivers))
    ]
    lines = flow(numbered, "servers: ")
    for opening, names in left_out:
        lines += wrap(sides(names, matrix.servers), opening) if names else []
    return lines


def differences(matrix: Matrix) -> list[str]:
    """The pairs whose objects or accounts are not judged alike, and how each of them is."""
    senders: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for pair in matrix.pairs:
        if pair.differs:
            lines = tuple(line for judged in pair.judgements for line in _judged(judged, pair))
            senders.setdefault((pair.receiver, lines), []).append(pair.sender)
    result = []
    for (receiver, lines), names in senders.items():
        phrase = sides(names, matrix.servers, but={receiver})
        result += [*wrap(f"{phrase} → {receiver}", f"{_DIFFERS} "), *lines]
    return result


def _judged(judgement: Judgement, pair: Pair) -> list[str]:
    has_accounts = len({judged.account for judged in pair.judgements}) > 1
    account = [f"as {judgement.account}"] if has_accounts else []
    return labelled(_MARKS[judgement.state], *account, f"on {judgement.object}")


def _fits(servers: Sequence[str]) -> bool:
    widths = [max(columns(name), _CELL) + _GAP for name in servers]
    return max(map(columns, servers), default=0) + sum(widths) <= WIDTH


def _bad(matrix: Matrix) -> tuple[list[str], list[str]]:
    """The servers whose row is not all `ok`, and those whose column is not."""
    marks, names = _marked(matrix), matrix.servers
    bad = {
        (sender, receiver)
        for sender in names
        for receiver in names
        if sender != receiver and marks.get((sender, receiver)) != _MARKS[PairState.ALLOWED]
    }
    senders, receivers = {sender for sender, _ in bad}, {receiver for _, receiver in bad}
    return [n for n in names if n in senders], [n for n in names if n in receivers]


def _block(
    matrix: Matrix, rows: Sequence[str], receivers: Sequence[str], above: dict[str, str]
) -> Block:
    marks = _marked(matrix)
    block = [["", *(above[name] for name in receivers)]]
    for sender in rows:
        label = sender if above[sender] == sender else f"{above[sender]} {sender}"
        block.append([label, *(_cell(marks, sender, receiver) for receiver in receivers)])
    return block


def _cell(marks: dict[tuple[str, str], str], sender: str, receiver: str) -> str:
    """A pair that nobody judged is unknown, never fine."""
    if sender == receiver:
        return _ITSELF
    return marks.get((sender, receiver), _MARKS[PairState.UNKNOWN])


def _marked(matrix: Matrix) -> dict[tuple[str, str], str]:
    return {
        (pair.sender, pair.receiver): _MARKS[pair.state] + _DIFFERS * pair.differs
        for pair in matrix.pairs
    }
