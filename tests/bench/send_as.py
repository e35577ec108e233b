"""Who may send as whom among a thousand Exchange servers."""

from collections.abc import Callable
from itertools import islice
from statistics import median

from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot
from adaudit.exchange.pairs import MailFlow, PairVerdict
from tests.bench.clock import timed
from tests.bench.result import Options, Result, run_part, spread
from tests.exchange.many_servers import organisation

_SERVERS = 1_000
_REASONS = 200
"""Pairs whose whole verdict is asked for"""
_NOTES = f"""
- The matrix: servers, their accounts, and how all senders stand with each receiver, as sets. Pairs
  not allowed count a receiver as its own sender.
- Verdicts are those of {_REASONS} broken pairs, or of sound ones where none is broken.
- Pair by pair is the verdict of a sample of pairs of all kinds, times all pairs.
"""


def measure(options: Options) -> Result:
    """Organisations in which few or many pairs are broken."""
    servers = min(_SERVERS, max(20, options.objects // 100))
    cases: dict[str, Callable[[], Snapshot]] = {
        "all sound": lambda: organisation(servers),
        "half denied, by a nested group": lambda: organisation(servers, servers // 2),
        "the same, all descriptors different": lambda: organisation(
            servers, servers // 2, are_different=True
        ),
    }
    rows, matrices = [], []
    for name, make in cases.items():
        with make() as snapshot:
            row, spent = _case(name, snapshot, options.rounds)
        rows.append(row)
        matrices.append(spent)
    return Result(
        "Send-As between Exchange servers",
        f"{servers:,} servers with their accounts and virtual servers, "
        f"{servers * (servers - 1):,} pairs.",
        (
            "organisation",
            "pairs not allowed",
            "snapshot ready, s",
            "matrix, s",
            "a verdict with its reason, ms",
            "pair by pair, s (extrapolated)",
        ),
        rows,
        _NOTES,
        {"send-as": max(matrices)},
    )


def _case(name: str, snapshot: Snapshot, rounds: int) -> tuple[tuple[str, ...], float]:
    """A row, and the seconds of the matrix."""
    matrices, reasons, ready = [], [], []
    for _ in range(rounds):
        with timed() as watch:
            view = View(snapshot)
        ready.append(watch.seconds)
        flow = MailFlow(view)
        with timed() as watch:
            standings = flow.standings
        matrices.append(watch.seconds)
        reasons.append(_reasons(flow))
    broken = sum(len(standing.broken) for standing in standings.values())
    pairs = len(flow.servers) * (len(flow.servers) - 1)
    row = (
        name,
        f"{broken:,}",
        spread(ready, 2),
        spread(matrices, 2),
        f"{median(reasons) * 1e3:,.2f}",
        f"{pairs * _one_by_one(flow):,.0f}",
    )
    return row, median(matrices)


def _reasons(flow: MailFlow) -> float:
    """The seconds that a verdict takes."""
    with timed() as watch:
        found: list[PairVerdict] = list(islice(flow.broken_pairs(), _REASONS))
        if not found:
            found = list(islice(flow.pairs, _REASONS))
    return watch.seconds / len(found)


def _one_by_one(flow: MailFlow) -> float:
    """The seconds of one pair out of a fresh sample, tokens and all."""
    fresh = MailFlow(View(flow.view.snapshot))
    step = max(1, len(fresh.servers) // 20)
    some = fresh.servers[::step]
    receivers = [fresh.receivers[server.label] for server in some]
    with timed() as watch:
        for sender in some:
            for receiver in receivers:
                fresh.pair(sender, receiver)
    return watch.seconds / (len(some) * len(receivers))


if __name__ == "__main__":
    run_part(measure)
