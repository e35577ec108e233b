"""Who is in what, however deep: members of all groups, tokens of all users."""

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

import networkx as nx

from adaudit.access.token import Server
from adaudit.access.tokens import Tokens
from adaudit.directory.membership import Membership
from adaudit.directory.snapshot import Snapshot
from tests.bench.clock import memory_mb, seconds, timed
from tests.bench.closure import Groups, members, tokens, walk
from tests.bench.graph import Graph
from tests.bench.result import Options, Result, run_part, spread, times
from tests.bench.snapshot import written

_SAMPLE = 1_000
"""Users for whom a peer goes up, in each round"""
_NAMES = {
    "members": "adaudit: members of all groups",
    "tokens": "adaudit: groups of all users",
    "walk": "breadth-first, a user at a time, sets dropped (extrapolated)",
    "networkx": "networkx.descendants, a user at a time, sets dropped (extrapolated)",
}
_NOTES = """
- From numbered arcs in memory to sets that are kept, with circles. Members and tokens were found
  equal to each other in number, and to what both peers find for all users of the sample.
- Peers go up for a sample of {sampled:,} users in each round, times {factor:,.0f}.
- The last two rows are the whole way from a snapshot: names to numbers, checks, arcs; and from
  there tokens as a controller makes them, with primary groups and what a logon adds, computers too.
"""


def through_networkx(
    above: list[list[int]], direct: dict[int, Groups]
) -> Callable[[int], set[int]]:
    """`networkx.descendants` over arcs from users and groups to what they are in."""
    graph = nx.DiGraph()
    graph.add_edges_from((group, upper) for group, uppers in enumerate(above) for upper in uppers)
    graph.add_edges_from((("user", user), group) for user, gs in direct.items() for group in gs)
    return lambda user: nx.descendants(graph, ("user", user))


@dataclass
class Whole:
    """What a snapshot's memberships and tokens take: seconds of each round, and MB."""

    membership: list[float]
    membership_mb: float
    tokens: list[float]
    tokens_mb: float
    accounts: int


def measure(options: Options) -> Result:
    """Measure from numbers, and from a snapshot."""
    graph = Graph.of(options.objects // 2, options.objects // 20)
    above, direct = graph.above(), graph.groups_of_users()
    sample = range(0, graph.users, max(1, graph.users // _SAMPLE))
    descendants = through_networkx(above, {user: direct[user] for user in sample})
    found: dict[str, list[float]] = {}
    added: dict[str, float] = {}
    for _ in range(options.rounds):
        for name, work in {
            "members": lambda: members(graph),
            "tokens": lambda: tokens(above, direct),
        }.items():
            gc.collect()
            before = memory_mb()
            with timed() as watch:
                sets = work()
            found.setdefault(name, []).append(watch.seconds)
            added.setdefault(name, memory_mb() - before)
            del sets
        factor = graph.users / len(sample)
        for name, go in {
            "walk": lambda user: walk(above, direct[user]),
            "networkx": descendants,
        }.items():
            spent = seconds(lambda go=go: [len(go(user)) for user in sample])
            found.setdefault(name, []).append(spent * factor)
    total, mean = _checked(graph, above, direct, sample, descendants)
    return _result(options, graph, found, added, (total, mean, len(sample)))


def _checked(
    graph: Graph,
    above: list[list[int]],
    direct: Sequence[Groups],
    sample: Sequence[int],
    descendants: Callable[[int], set[int]],
) -> tuple[int, float]:
    """How many memberships there are, once all ways agree."""
    sets, reached = tokens(above, direct), members(graph)
    total = sum(map(len, reached))
    if total != sum(map(len, sets)):
        raise AssertionError("members and tokens do not say the same")
    for user in sample:
        if not set(sets[user]) == walk(above, direct[user]) == descendants(user):
            raise AssertionError(f"user {user} is in other groups by another way")
    return total, total / graph.users


def _result(
    options: Options,
    graph: Graph,
    found: dict[str, list[float]],
    added: dict[str, float],
    shape: tuple[int, float, int],
) -> Result:
    middle = {name: median(each) for name, each in found.items()}
    total, mean, sampled = shape
    whole = _of_snapshot(options)
    rows = [*_from_numbers(found, added), *_from_snapshot(whole, middle["tokens"])]
    edges = sum(map(len, graph.below)), sum(map(len, graph.members))
    return Result(
        "Memberships",
        f"{graph.users:,} users, {graph.groups:,} groups, {edges[0]:,} arcs between groups and "
        f"{edges[1]:,} to users, {total:,} memberships in all, {mean:,.0f} groups in a token.",
        ("what", "seconds", "MB added", "x groups of all users"),
        rows,
        _NOTES.format(sampled=sampled, factor=graph.users / sampled),
        {
            "member sets": middle["members"],
            "tokens": median(whole.tokens),
            "tokens MB": whole.tokens_mb,
            "membership of snapshot": median(whole.membership),
        },
    )


def _from_numbers(
    found: dict[str, list[float]], added: dict[str, float]
) -> Iterator[tuple[str, ...]]:
    own = median(found["tokens"])
    for name, text in _NAMES.items():
        megabytes = f"{added[name]:,.0f}" if name in added else ""
        ratio = "" if name == "members" else times(median(found[name]) / own)
        yield text, spread(found[name], 2), megabytes, ratio


def _from_snapshot(whole: Whole, own: float) -> Iterator[tuple[str, ...]]:
    name = "adaudit: `Membership.of` a snapshot"
    yield name, spread(whole.membership, 2), f"{whole.membership_mb:,.0f}", ""
    name = f"adaudit: `Tokens` of {whole.accounts:,} accounts, from there"
    ratio = times(median(whole.tokens) / own)
    yield name, spread(whole.tokens, 2), f"{whole.tokens_mb:,.0f}", ratio


def _of_snapshot(options: Options) -> Whole:
    with Snapshot.open(written(options)) as snapshot:
        before = memory_mb()
        with timed() as watch:
            membership = Membership.of(snapshot)
        added = memory_mb() - before
        again = [seconds(lambda: Membership.of(snapshot)) for _ in range(2)]
        server = Server("a controller", membership.domains.all[0], is_domain_controller=True)
        found = Whole([watch.seconds, *again], added, [], 0.0, 0)
        for _ in range(options.rounds):
            before = memory_mb()
            with timed() as watch:
                kept = list(Tokens(membership, server))
            found.tokens.append(watch.seconds)
            found.tokens_mb = found.tokens_mb or memory_mb() - before
            found.accounts = len(kept)
            del kept
        return found


if __name__ == "__main__":
    run_part(measure)
