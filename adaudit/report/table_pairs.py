"""Many pairs in few words: `EX02, EX03 → every other server`."""

from collections.abc import Collection, Iterable

from adaudit.findings import Matrix
from adaudit.report.offenders import pairs_by_name

_FEW = 4
"""With no more servers than these their names say more than `every other server`"""


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
    servers = matrix.servers if matrix else ()
    return [*_phrases(receivers, servers), *other]


def sides(names: list[str], servers: Collection[str], but: Collection[str] = ()) -> str:
    """One side of an arrow in words; `but` is what the other side is when it is one server."""
    if len(servers) > _FEW and set(names) == set(servers):
        return "every server"
    if len(servers) > _FEW and set(names) == set(servers) - set(but):
        return "every other server"
    return ", ".join(names)


def _phrases(receivers: dict[str, list[str]], servers: Collection[str]) -> list[str]:
    senders: dict[str, list[str]] = {}
    for sender, names in receivers.items():
        senders.setdefault(sides(names, servers, but={sender}), []).append(sender)
    phrases = []
    for phrase, names in senders.items():
        only = receivers[names[0]]
        left = sides(names, servers, but=only if len(only) == 1 else ())
        phrases.append(f"{left} → {phrase}")
    return phrases
