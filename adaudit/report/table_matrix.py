"""The matrix in cells: as a whole while it fits, else without the rows and columns all alike."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from adaudit.findings import Matrix, Pair, PairState
from adaudit.report.lines import WIDTH, flow, labelled, relative, wrap
from adaudit.report.table_pairs import pair_phrases, sides
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
        Everything where it fits the width, under numbers if the names are too long.

        Where not even that fits, the rows and columns that are all alike are told in words, and
        what remains is drawn.
        """
        marks = {(pair.sender, pair.receiver): _mark(pair) for pair in matrix.pairs}
        if _fits(matrix.servers, matrix.receivers):
            return cls(matrix.servers, matrix.receivers, marks, {})
        numbers = {name: str(number) for number, name in enumerate(matrix.servers, 1)}
        labels = [f"{number} {name}" for name, number in numbers.items()]
        if _fits(labels, [numbers[name] for name in matrix.receivers]):
            return cls(matrix.servers, matrix.receivers, marks, numbers)
        rows, shown, notes = _shortened(matrix.servers, matrix.receivers, marks)
        return cls(rows, shown, marks, {} if _fits(rows, shown) else numbers, notes)

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
        names = [name for name in self.columns if name not in self.rows] if self.numbers else []
        numbered = [self._label(name) for name in names]
        notes = [line for note in self.notes for line in wrap(note)]
        return [*(flow(numbered, "columns: ") if numbered else []), *notes]

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
    differs = [f"{_DIFFERS}  differs, see below"] if any(p.differs for p in matrix.pairs) else []
    return [question, *flow([*_MEANINGS, *differs]), *_senders_only(matrix)]


def _senders_only(matrix: Matrix) -> list[str]:
    names = [name for name in matrix.servers if name not in matrix.receivers]
    return wrap(", ".join(names), f"not let in by {matrix.right}, so no column: ") if names else []


def differences(matrix: Matrix) -> list[str]:
    """The pairs whose objects or accounts are not judged alike, and how each of them is."""
    names: dict[tuple[str, ...], list[str]] = {}
    for pair in matrix.pairs:
        if pair.differs:
            names.setdefault(tuple(_judged(pair)), []).append(str(pair))
    result: list[str] = []
    for lines, alike in names.items():
        for phrase in pair_phrases(alike, matrix):
            result += wrap(phrase, f"{_DIFFERS} ")
        result += lines
    return result


def _judged(pair: Pair) -> list[str]:
    """A line for each answer and account, with the objects on which it holds."""
    accounts = Counter(judgement.account for judgement in pair.judgements)
    base = min((judgement.object for judgement in pair.judgements), key=len)
    objects: dict[tuple[str, PairState], list[str]] = {}
    for judged in pair.judgements:
        name = "the server object" if judged.object == base else relative(judged.object, base)
        objects.setdefault((judged.account, judged.state), []).append(name)
    lines: list[str] = []
    for (account, state), names in objects.items():
        who = [f"as {account}"] if len(accounts) > 1 else []
        where = "every object" if len(names) == accounts[account] else " and ".join(names)
        lines += labelled(_MARKS[state], *who, f"on {where}")
    return lines


def _mark(pair: Pair) -> str:
    return _MARKS[pair.state] + _DIFFERS * pair.differs


def _fits(rows: Sequence[str], receivers: Sequence[str]) -> bool:
    label = max(map(columns, rows), default=0)
    return label + sum(max(columns(name), _CELL) + _GAP for name in receivers) <= WIDTH


def _shortened(
    rows: Sequence[str], receivers: Sequence[str], marks: dict[tuple[str, str], str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The rows and columns that have to be drawn, and in words those that are all alike."""
    cells = {(s, r): marks.get((s, r), _UNKNOWN) for s in rows for r in receivers if s != r}
    senders = _alike(rows, cells, 0)
    left = {pair: mark for pair, mark in cells.items() if pair[0] not in senders}
    whole = _alike(receivers, left, 1)
    notes = [f"{mark:<6}{names} → every other" for mark, names in _together(senders, rows)]
    rest = "the others" if senders else "every other"
    notes += [f"{mark:<6}{rest} → {names}" for mark, names in _together(whole, receivers)]
    uneven = [(s, r) for (s, r), mark in left.items() if mark != _OK and r not in whole]
    notes += ["ok    all others"] if _OK in left.values() else []
    return (
        tuple(name for name in rows if any(name == sender for sender, _ in uneven)),
        tuple(name for name in receivers if any(name == receiver for _, receiver in uneven)),
        tuple(notes),
    )


def _alike(names: Sequence[str], cells: dict[tuple[str, str], str], side: int) -> dict[str, str]:
    """The rows (side 0) or columns (side 1) of which all cells are alike and not fine."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for pair, mark in cells.items():
        found[pair[side]].add(mark)
    return {
        name: next(iter(marks))
        for name, marks in found.items()
        if len(marks) == 1 and _OK not in marks
    }


def _together(marks: dict[str, str], names: Sequence[str]) -> list[tuple[str, str]]:
    """Those of one mark in words."""
    found: dict[str, list[str]] = {}
    for name, mark in marks.items():
        found.setdefault(mark, []).append(name)
    return [(mark, sides(alike, names)) for mark, alike in found.items()]
