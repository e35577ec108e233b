"""The matrix in cells: as a whole while it fits, else without the rows and columns all alike."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Self

from adaudit.findings import Matrix, Pair, PairState
from adaudit.report.lines import WIDTH, flow, labelled, relative, wrap
from adaudit.report.marks import DIFFERS, MARKS, OK, UNKNOWN, Marked, shortened
from adaudit.report.table_pairs import pair_phrases
from adaudit.report.text import columns
from adaudit.wording import counted

Block = list[list[str]]
"""Rows of cells, the header row first"""

_MEANINGS = ("ok", "DENY denied", "--  no entry grants it", "?  unknown")
_ITSELF = "."
_DRAWN = 1600
"""How many cells are drawn at most"""

_PHRASES = 20
"""How many lines in words a state has at most, where there is too much to draw"""

_DIFFERENCES = 2000
"""How many pairs that differ are looked at"""

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
        if _fits(matrix.servers, matrix.receivers):
            return cls(matrix.servers, matrix.receivers, _marks(matrix), {})
        numbers = {name: str(number) for number, name in enumerate(matrix.servers, 1)}
        labels = [f"{number} {name}" for name, number in numbers.items()]
        if _fits(labels, [numbers[name] for name in matrix.receivers]):
            return cls(matrix.servers, matrix.receivers, _marks(matrix), numbers)
        rows, shown, notes = shortened(matrix)
        if len(rows) * len(shown) > _DRAWN:
            return cls((), (), {}, {}, tuple(_in_words(matrix)))
        marks = _marks(matrix) if rows else {}
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
        return _ITSELF if sender == receiver else self.marks.get((sender, receiver), UNKNOWN)


def legend(matrix: Matrix) -> list[str]:
    """The question that the matrix answers, and what its marks mean."""
    question = f"{matrix.right}: may the row's server send to the column's?"
    differs = [f"{DIFFERS}  differs, see below"] if matrix.differing() else []
    return [question, *flow([*_MEANINGS, *differs]), *_senders_only(matrix)]


def _senders_only(matrix: Matrix) -> list[str]:
    names = [name for name in matrix.servers if name not in matrix.receivers]
    return wrap(", ".join(names), f"not let in by {matrix.right}, so no column: ") if names else []


def differences(matrix: Matrix) -> list[str]:
    """The pairs whose objects or accounts are not judged alike, and how each of them is."""
    names: dict[tuple[str, ...], list[str]] = {}
    differing = matrix.differing()
    for name in islice(differing, _DIFFERENCES):
        pair = matrix.pair(*(matrix.find(name) or ("", "")))
        if pair is not None:
            names.setdefault(tuple(_judged(pair)), []).append(name)
    result: list[str] = []
    for lines, alike in names.items():
        for phrase in pair_phrases(alike, matrix):
            result += wrap(phrase, f"{DIFFERS} ")
        result += lines
    more = len(differing) - _DIFFERENCES
    return [*result, f"{DIFFERS} and {counted(more, 'more pair')}"] if more > 0 else result


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
        lines += labelled(MARKS[state], *who, f"on {where}")
    return lines


def _marks(matrix: Matrix) -> dict[tuple[str, str], str]:
    """The marks of all pairs, by sender and receiver."""
    return {
        (matrix.servers[sender], matrix.servers[receiver]): mark
        for mark, columns in Marked.of(matrix).columns.items()
        for receiver, senders in columns.items()
        for sender in senders
    }


def _in_words(matrix: Matrix) -> Iterator[str]:
    """Which pairs are not fine, where even what is not alike is too much to draw."""
    for state, pairs in matrix.states().items():
        phrases = pair_phrases(pairs, matrix) if state is not PairState.ALLOWED else []
        yield from (f"{MARKS[state]:<6}{phrase}" for phrase in phrases[:_PHRASES])
        if len(phrases) > _PHRASES:
            rest = counted(len(phrases) - _PHRASES, "more line")
            yield f"{MARKS[state]:<6}and {rest} like these: the csv and json reports have all"
    if matrix.states()[PairState.ALLOWED]:
        yield f"{OK:<6}all others"


def _fits(rows: Sequence[str], receivers: Sequence[str]) -> bool:
    label = max(map(columns, rows), default=0)
    return label + sum(max(columns(name), _CELL) + _GAP for name in receivers) <= WIDTH
