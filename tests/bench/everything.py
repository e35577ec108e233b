"""The whole way for a forest, against BloodHound.py's enumeration of a sample."""

import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.bench import pipeline
from tests.bench.result import Options, Result, run_part, spread, times
from tests.bench.server import running

_PEER_USERS = 4_000
_NOTES = f"""
- Per object {{ratio}} as fast as BloodHound.py; peak of our process {{peak:,.0f}} MB.
- From the first connection to the sets of all accounts that hold the rights on all objects,
  deciding entries included; memberships come as `member` and `memberOf`, of large groups in ranges.
  It writes no report.
- BloodHound.py reads up to {_PEER_USERS:,} users with properties and ACL from the same kind of
  server, on all cores, writes JSON and edges, resolves no SID over the network, and evaluates no
  right.
"""


def bloodhound(folder: Path, users: int, rounds: int) -> list[float]:
    """The users a second of each round."""
    root = Path(__file__).parents[2]
    rates = []
    for _ in range(rounds):
        with running(users * 2, is_detailed=True) as port:
            command = [sys.executable, "-m", "tests.bench.bloodhound_pool", str(port), str(folder)]
            done = subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE)
        found = json.loads(done.stdout)
        if found["users"] < users:
            raise AssertionError(f"BloodHound.py wrote {found['users']} users of {users}")
        rates.append(found["users"] / found["seconds"])
    return rates


def rounds_at(options: Options, objects: int) -> int:
    """A million objects say more in one round than ten thousand do in three."""
    return 1 if objects >= 500_000 else min(options.rounds, 3)


def kept(options: Options) -> Path:
    """Where the figures are left for the measure of growth."""
    return options.folder / f"pipeline-{options.objects}.json"


def measure(options: Options) -> Result:
    """Our whole way, and the peer in the same run."""
    folder = options.folder.resolve()
    peer = bloodhound(folder, min(_PEER_USERS, options.objects // 2), min(options.rounds, 3))
    rounds = rounds_at(options, options.objects)
    runs = [pipeline.apart(options.objects, folder) for _ in range(rounds)]
    kept(options).write_text(json.dumps(runs))
    totals = [sum(run[stage] for stage in pipeline.STAGES) for run in runs]
    rows = [(stage, spread([run[stage] for run in runs], 2)) for stage in pipeline.STAGES]
    rows += [
        ("all of it", spread(totals, 2)),
        ("objects a second", f"{options.objects / median(totals):,.0f}"),
        (f"BloodHound.py, pool of {os.cpu_count()}, users a second", spread(peer)),
    ]
    ratio = options.objects / median(totals) / median(peer)
    last = runs[-1]
    return Result(
        "All of it, over loopback LDAP",
        f"{last['objects']:,.0f} objects read with `scope: all` in pages of 1,000, "
        f"{last['gaps']:,.0f} gaps; snapshot of {last['snapshot MB']:,.0f} MB; "
        f"{last['held']:,.0f} pairs of account and object hold one of four rights.",
        ("stage", "seconds"),
        rows,
        _NOTES.format(ratio=times(ratio), peak=last["peak MB"]),
        {
            "all": median(totals),
            "all MB": max(run["peak MB"] for run in runs),
            "all / BloodHound.py": ratio,
        },
    )


if __name__ == "__main__":
    run_part(measure)
