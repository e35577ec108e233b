"""Many pairs in few words: `EX02, EX03 → every other server`."""

from collections.abc import Collection, Iterable

from adaudit.findings import Matrix, TargetReport
from adaudit.report.pairs import pairs_by_name
from adaudit.wording import counted

_FEW = 4
"""With no more servers than these their names say more than `every other server`"""

_ARROW = " → "
"""Stands in the name of each pair, also of those that the matrix does not judge"""

_BUT = 3
"""How many exceptions `every other server but` may name"""


def pair_phrases(affects: Iterable[str], matrix: Matrix | None) -> list[str]:
    """
    All the pairs, those of one sender together, and senders to the same receivers together.

    What is not a pair of the matrix stands as it is.
    """
    known = pairs_by_name(matrix)
    receivers: dict[str, list[str]] = {}
    other: list[str] = []
    for name in affects:
        pair = known.get(name)
        if pair is None:
            other.append(name)
        else:
            receivers.setdefault(pair.sender, []).append(pair.receiver)
    return [*(_phrases(receivers, matrix) if matrix else ()), *other]


def breaks(affects: Iterable[str], target: TargetReport) -> str:
    """How much is broken: `breaks 3 of 12 pairs`, or a number of other things."""
    known = pairs_by_name(target.matrix)
    names = list(affects)
    pairs = sum(name in known for name in names)
    others = sum(name not in known and _ARROW in name for name in names)
    objects = len(names) - pairs - others
    told = [f"{pairs} of {counted(len(known), 'pair')}"] if pairs else []
    told += [counted(others, "other pair" if pairs else "pair")] if others else []
    told += [counted(objects, "object")] if objects else []
    return f"breaks {' and '.join(told)}" if told else ""


def sides(names: Collection[str], servers: Collection[str], but: Collection[str] = ()) -> str:
    """
    One side of an arrow in words.

    `servers` are all that can stand there, `but` those that stand on the other side.
    """
    missing = [name for name in servers if name not in names and name not in but]
    if len(servers) <= _FEW or len(missing) > _BUT or len(names) <= 2 * len(missing):
        return ", ".join(names)
    every = "every other server" if any(name not in names for name in but) else "every server"
    return f"{every} but {', '.join(missing)}" if missing else every


def _phrases(receivers: dict[str, list[str]], matrix: Matrix) -> list[str]:
    senders: dict[str, list[str]] = {}
    for sender, names in receivers.items():
        phrase = sides(names, matrix.receivers, but={sender})
        senders.setdefault(phrase, []).append(sender)
    phrases = []
    for phrase, names in senders.items():
        only = receivers[names[0]]
        left = sides(names, matrix.servers, but=only if len(only) == 1 else ())
        phrases.append(f"{left} → {phrase}")
    return phrases
