"""Many pairs in few words: `EX02, EX03 → every other server`."""

from collections.abc import Collection, Sequence

from adaudit.access.bitmap import BitMap
from adaudit.findings import Matrix, Pairs, TargetReport
from adaudit.findings.pairs import ARROW
from adaudit.report.lines import SHOWN
from adaudit.report.pairs import judged
from adaudit.wording import counted

_FEW = 4
"""With no more servers than these their names say more than `every other server`"""

_NAMED = 24
"""How many names are listed before the rest is only counted"""

_BUT = 3
"""How many exceptions `every other server but` may name"""


def pair_phrases(affects: Sequence[str], matrix: Matrix | None) -> list[str]:
    """
    All the pairs, those of one sender together, and senders to the same receivers together.

    What is not a pair of the matrix stands as it is.
    """
    pairs, other = judged(affects, matrix)
    return [*(_phrases(pairs, matrix) if pairs and matrix else ()), *other]


def breaks(affects: Sequence[str], target: TargetReport) -> str:
    """How much is broken: `breaks 3 of 12 pairs`, or how many objects are affected: `3 objects`."""
    pairs, rest = judged(affects, target.matrix)
    others = sum(ARROW in name for name in rest)
    objects = len(rest) - others
    total = len(target.matrix.pairs) if target.matrix else 0
    told = [f"{len(pairs)} of {counted(total, 'pair')}"] if pairs else []
    told += [counted(others, "other pair" if pairs else "pair")] if others else []
    broken = [f"breaks {' and '.join(told)}"] if told else []
    return " and ".join(broken + ([counted(objects, "object")] if objects else []))


def sides(names: Collection[str], servers: Collection[str], but: Collection[str] = ()) -> str:
    """
    One side of an arrow in words.

    `servers` are all that can stand there, `but` those that stand on the other side.
    """
    given, other = frozenset(names), frozenset(but)
    missing = [name for name in servers if name not in given and name not in other]
    if len(servers) <= _FEW or len(missing) > _BUT or len(names) <= 2 * len(missing):
        return listed_names(tuple(names))
    every = "every other server" if any(name not in given for name in other) else "every server"
    return f"{every} but {', '.join(missing)}" if missing else every


def listed_names(names: Sequence[str]) -> str:
    """The names; of more than a few dozen the first, and how many there are beside them."""
    more = len(names) - SHOWN
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:SHOWN])} and {more} more"


def _phrases(pairs: Pairs, matrix: Matrix) -> list[str]:
    senders: dict[str, list[tuple[str, BitMap]]] = {}
    for number, receivers in pairs.rows():
        sender = matrix.servers[number]
        names = [matrix.servers[receiver] for receiver in receivers]
        phrase = sides(names, matrix.receivers, but={sender})
        senders.setdefault(phrase, []).append((sender, receivers))
    phrases = []
    for phrase, found in senders.items():
        only = [matrix.servers[receiver] for receiver in found[0][1]]
        names = [sender for sender, _ in found]
        left = sides(names, matrix.servers, but=only if len(only) == 1 else ())
        phrases.append(f"{left} → {phrase}")
    return phrases
