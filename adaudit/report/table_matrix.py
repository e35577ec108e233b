"""The matrix in cells: as a whole while it fits, else without the rows and columns all alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from adaudit.findings import Matrix, Pair, PairState
from adaudit.report.lines import WIDTH, flow, labelled, relative, wrap
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
_OK = _MARKS[PairState.ALLOWED]
_UNKNOWN = _MARKS[PairState.UNKNOWN]
_CELL = 5
_GAP = 2


@dataclass(frozen=True, slots=True)
class Grid:
    """What is drawn of a matrix, and what is said of the rest in words."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    marks: dict[tuple[str, str], str]
    """By sender and receiver"""
    numbers: dict[str, str]
    """What stands above the columns instead of names; empty while the names fit"""
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, matrix: Matrix) -> Self:
        """
        Everything where it fits the width.

        Where not, the rows and columns that are all alike are told in words, and what remains is
        drawn, under numbers if need be.
        """
        marks = {(pair.sender, pair.receiver): _mark(pair) for pair in matrix.pairs}
        if _fits(matrix.servers, matrix.receivers):
            return cls(matrix.servers, matrix.receivers, marks, {})
        rows, shown, notes = _shortened(matrix.servers, matrix.receivers, marks)
        numbers = {} if _fits(rows, shown) else _numbered(matrix.servers)
        return cls(rows, shown, marks, numbers, notes)

    def blocks(self) -> list[Block]:
        """The cells, in as many blocks as the width asks for."""
        if not self.numbers:
            return [self._block(self.columns)] if self.columns else []
        label = max(columns(self._label(name)) for name in self.rows)
        size = max(1, (WIDTH - label) // (_CELL + _GAP))
        starts = range(0, len(self.columns), size)
        return [self._block(self.columns[start : start + size]) for start in starts]

    def key(self) -> list[str]:
        """What the numbers stand for, and what was not drawn."""
        numbered = [self._label(name) for name in self.columns] if self.numbers else []
        return [*(flow(numbered, "columns: ") if numbered else []), *self.notes]

    def _block(self, receivers: Sequence[str]) -> Block:
        header = ["", *(self.numbers.get(name, name) for name in receivers)]
        rows = [[self._label(s), *(self._cell(s, r) for r in receivers)] for s in self.rows]
        return [header, *rows]

    def _label(self, name: str) -> str:
        return f"{self.numbers[name]} {name}" if self.numbers else name

    def _cell(self, sender: str, receiver: str) -> str:
        """A pair that nobody judged is unknown, never fine."""
        return _ITSELF if sender == receiver else self.marks.get((sender, receiver), _UNKNOWN)


def legend(matrix: Matrix) -> list[str]:
    """The question that the matrix answers, and what its marks mean."""
    question = f"{matrix.right}: may the row's server send to the column's?"
    differs = [f"{_DIFFERS} not on every object"] if any(p.differs for p in matrix.pairs) else []
    return [question, *flow([*_MEANINGS, *differs]), *_senders_only(matrix)]


def _senders_only(matrix: Matrix) -> list[str]:
    names = [name for name in matrix.servers if name not in matrix.receivers]
    return wrap(", ".join(names), f"not let in by {matrix.right}, so no column: ") if names else []


def differences(matrix: Matrix) -> list[str]:
    """The pairs whose objects or accounts are not judged alike, and how each of them is."""
    senders: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for pair in matrix.pairs:
        if pair.differs:
            senders.setdefault((pair.receiver, tuple(_judged(pair))), []).append(pair.sender)
    result = []
    for (receiver, lines), names in senders.items():
        phrase = sides(names, matrix.servers, but=[receiver])
        result += [*wrap(f"{phrase} → {receiver}", f"{_DIFFERS} "), *lines]
    return result


def _judged(pair: Pair) -> list[str]:
    """A line a judgement; objects below the first are named from it."""
    has_accounts = len({judgement.account for judgement in pair.judgements}) > 1
    base = min((judgement.object for judgement in pair.judgements), key=len)
    lines: list[str] = []
    for judgement in pair.judgements:
        account = [f"as {judgement.account}"] if has_accounts else []
        name = relative(judgement.object, base)
        lines += labelled(_MARKS[judgement.state], *account, f"on {name}")
    return lines


def _mark(pair: Pair) -> str:
    return _MARKS[pair.state] + _DIFFERS * pair.differs


def _numbered(servers: Sequence[str]) -> dict[str, str]:
    return {name: str(number) for number, name in enumerate(servers, 1)}


def _fits(rows: Sequence[str], receivers: Sequence[str]) -> bool:
    label = max(map(columns, rows), default=0)
    return label + sum(max(columns(name), _CELL) + _GAP for name in receivers) <= WIDTH


def _shortened(
    rows: Sequence[str], receivers: Sequence[str], marks: dict[tuple[str, str], str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The rows and columns that have to be drawn, and those that are all alike in words."""
    by_sender = {s: {marks.get((s, r), _UNKNOWN) for r in receivers if r != s} for s in rows}
    by_receiver = {r: {marks.get((s, r), _UNKNOWN) for s in rows if r != s} for r in receivers}
    notes = [f"{_only(m):<6}{s} → every other" for s, m in by_sender.items() if _only(m)]
    notes += [f"{_only(m):<6}every other → {r}" for r, m in by_receiver.items() if _only(m)]
    uneven = [
        (s, r)
        for s, of_sender in by_sender.items()
        for r, of_receiver in by_receiver.items()
        if s != r and marks.get((s, r), _UNKNOWN) != _OK
        if not _only(of_sender) and not _only(of_receiver)
    ]
    shown = {sender for sender, _ in uneven}, {receiver for _, receiver in uneven}
    return (
        tuple(name for name in rows if name in shown[0]),
        tuple(name for name in receivers if name in shown[1]),
        (*notes, "ok    all others"),
    )


def _only(marks: set[str]) -> str:
    """The mark of a row or column that is all alike and not all fine, else nothing."""
    return next(iter(marks)) if len(marks) == 1 and _OK not in marks else ""
