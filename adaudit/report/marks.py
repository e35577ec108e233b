"""The marks of a matrix as sets, and which rows and columns are all alike."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import Self

from adaudit.access.bitmap import NONE, BitMap
from adaudit.findings import Matrix, PairState
from adaudit.report.table_pairs import sides

MARKS = {
    PairState.ALLOWED: "ok",
    PairState.DENIED: "DENY",
    PairState.NOT_GRANTED: "--",
    PairState.UNKNOWN: "?",
}
DIFFERS = "*"
OK = MARKS[PairState.ALLOWED]
UNKNOWN = MARKS[PairState.UNKNOWN]


@dataclass(frozen=True, slots=True)
class Marked:
    """For each mark the senders that have it, by the number of the receiver."""

    columns: Mapping[str, Mapping[int, BitMap]]
    """No server is among its own senders"""

    @classmethod
    def of(cls, matrix: Matrix) -> Self:
        """A pair that nobody judged is unknown, never fine."""
        everyone = BitMap(range(len(matrix.servers)))
        found: dict[str, dict[int, BitMap]] = {}
        for receiver, standing in matrix.standings():
            others = everyone - BitMap((receiver,))
            unjudged = others - reduce(or_, standing.states.values(), NONE)
            for state, senders in standing.states.items():
                missing = unjudged if state is PairState.UNKNOWN else NONE
                alike = (senders & others) - standing.differing
                found.setdefault(MARKS[state], {})[receiver] = alike | missing
                found.setdefault(MARKS[state] + DIFFERS, {})[receiver] = (
                    senders & others & standing.differing
                )
        return cls(found)

    def without(self, senders: BitMap) -> Self:
        """The same without some rows."""
        return type(self)(
            {
                mark: {receiver: found - senders for receiver, found in columns.items()}
                for mark, columns in self.columns.items()
            }
        )

    def alike_rows(self) -> dict[int, str]:
        """The senders that have one mark everywhere, which is not that all is fine."""
        found: dict[int, str] = {}
        for mark, columns in self._broken():
            has_any = reduce(or_, columns.values(), NONE)
            everywhere = (senders | BitMap((receiver,)) for receiver, senders in columns.items())
            found |= dict.fromkeys(reduce(and_, everywhere, has_any), mark)
        return {sender: found[sender] for sender in sorted(found)}

    def alike_columns(self) -> dict[int, str]:
        """The receivers whose senders all have one mark likewise."""
        sizes: dict[int, int] = {}
        for columns in self.columns.values():
            for receiver, senders in columns.items():
                sizes[receiver] = sizes.get(receiver, 0) + len(senders)
        found = {
            receiver: mark
            for mark, columns in self._broken()
            for receiver, senders in columns.items()
            if senders and len(senders) == sizes[receiver]
        }
        return {receiver: found[receiver] for receiver in sorted(found)}

    def uneven(self, whole: Mapping[int, str]) -> tuple[BitMap, BitMap]:
        """The senders and receivers of what is not fine, columns that are alike apart."""
        senders, receivers = BitMap(), BitMap()
        for _, columns in self._broken():
            for receiver, found in columns.items():
                if found and receiver not in whole:
                    senders |= found
                    receivers.add(receiver)
        return senders, receivers

    def _broken(self) -> Iterator[tuple[str, Mapping[int, BitMap]]]:
        return ((mark, columns) for mark, columns in self.columns.items() if mark != OK)


def shortened(matrix: Matrix) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The rows and columns that have to be drawn, and in words those that are all alike."""
    marked = Marked.of(matrix)
    senders = marked.alike_rows()
    left = marked.without(BitMap(senders))
    whole = left.alike_columns()
    notes = [
        f"{mark:<6}{names} → every other"
        for mark, names in _together(senders, matrix, matrix.servers)
    ]
    rest = "the others" if senders else "every other"
    notes += [
        f"{mark:<6}{rest} → {names}" for mark, names in _together(whole, matrix, matrix.receivers)
    ]
    rows, shown = left.uneven(whole)
    notes += ["ok    all others"] if any(left.columns.get(OK, {}).values()) else []
    servers = matrix.servers
    return tuple(servers[n] for n in rows), tuple(servers[n] for n in shown), tuple(notes)


def _together(
    marks: Mapping[int, str], matrix: Matrix, names: Sequence[str]
) -> list[tuple[str, str]]:
    """Those of one mark in words."""
    found: dict[str, list[str]] = {}
    for number, mark in marks.items():
        found.setdefault(mark, []).append(matrix.servers[number])
    return [(mark, sides(alike, names)) for mark, alike in found.items()]
