"""Members of all groups and tokens of all users, from numbered arcs."""

from array import array
from collections.abc import Sequence

from adaudit.access.bitmap import BitMap, union
from adaudit.access.members import member_sets
from tests.bench.graph import Graph

Groups = Sequence[int]


def members(graph: Graph) -> list[BitMap]:
    """The users in each group, by whatever way."""
    return member_sets([BitMap(each) for each in graph.members], graph.below)


def tokens(above: list[list[int]], direct: Sequence[Groups]) -> list[BitMap]:
    """The groups that each user is in; users who are in the same ones directly share a set."""
    closure = member_sets([BitMap((group,)) for group in range(len(above))], above)
    found: dict[bytes, BitMap] = {}
    sets = []
    for groups in direct:
        key = array("I", groups).tobytes()
        token = found.get(key)
        if token is None:
            token = found[key] = union(closure[group] for group in groups)
        sets.append(token)
    return sets


def walk(above: list[list[int]], groups: Groups) -> set[int]:
    """The groups that a user is in, group by group: the plain way."""
    found = set(groups)
    pending = list(groups)
    while pending:
        for group in above[pending.pop()]:
            if group not in found:
                found.add(group)
                pending.append(group)
    return found
