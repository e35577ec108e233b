"""
All of it on one forest: read over LDAP into a snapshot, memberships, four rights for everybody.

It runs in a process of its own, whose most memory is told; the server is another one.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from adaudit.access.holders import Holders
from adaudit.access.view import View
from adaudit.audit import collect_into
from adaudit.config import LdapTarget
from adaudit.directory.snapshot import Snapshot
from tests.bench.clock import peak_mb, timed
from tests.bench.holders import everyone, pairs
from tests.bench.rights import rights
from tests.bench.server import running

STAGES = (
    "read over LDAP into a snapshot",
    "snapshot opened: schema, names, memberships",
    "who carries each SID",
    "descriptors and objects read",
    "four rights",
)


def run(objects: int, folder: Path) -> dict[str, float]:
    """The seconds of each stage, and the MB of the snapshot and of this process at its peak."""
    path = folder / f"pipeline-{objects}.snapshot"
    found: dict[str, float] = {}
    with running(objects) as port:
        target = LdapTarget.model_validate(
            {
                "name": "contoso",
                "ldap": f"ldap://127.0.0.1:{port}",
                "auth": {"method": "anonymous"},
                "scope": "all",
                "page_size": 1000,
            }
        )
        with timed() as watch:
            collected = collect_into(target, path, None, None)
        found[STAGES[0]] = watch.seconds
    with collected:
        found["gaps"] = len(collected.gaps)
        found["objects"] = len(collected)
        if collected.gaps:
            print(collected.gaps[:3], file=sys.stderr)
    found["snapshot MB"] = path.stat().st_size / 1e6
    found |= _analysed(path)
    path.unlink()
    return found | {"peak MB": peak_mb()}


def _analysed(path: Path) -> dict[str, float]:
    found: dict[str, float] = {}
    with timed() as watch:
        snapshot = Snapshot.open(path)
        view = View(snapshot)
    found[STAGES[1]] = watch.seconds
    with snapshot:
        with timed() as watch:
            carriers = everyone(view)
        found[STAGES[2]] = watch.seconds
        asked = rights(view)
        with timed() as watch:
            holders = Holders(snapshot, carriers, asked)
        found[STAGES[3]] = watch.seconds
        with timed() as watch:
            held = sum(pairs(list(holders.answers(name))) for name in asked)
        found[STAGES[4]] = watch.seconds
    return found | {"held": held}


def apart(objects: int, folder: Path) -> dict[str, float]:
    """Run in a new process."""
    command = [sys.executable, "-m", "tests.bench.pipeline", str(objects), str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("objects", type=int)
    parser.add_argument("folder", type=Path)
    given = parser.parse_args()
    print(json.dumps(run(given.objects, given.folder)))


if __name__ == "__main__":
    main()
