"""
A reading in pages that kills itself with SIGKILL before a certain object.

Run as a program in a process of its own: `long_reading.py PATH OBJECT`.
"""

import os
import signal
import sys
from pathlib import Path

from adaudit.directory import Dn, Entry, Gap, Snapshot
from adaudit.directory.marks import Mark
from adaudit.directory.writer import SnapshotWriter

COUNT = 12_000
PAGE = 2_500
SOURCE, KEY, STEP = "LDAP ldap://dc1.contoso.example", "the plan", "objects"


def objects(first: int = 0) -> list[Entry]:
    """What the directory holds, from an object on: more than a database keeps in memory."""
    return [
        Entry(
            Dn(f"CN={number},DC=contoso"),
            {"cn": (b"%d" % number,), "description": (b"." * 2_000,)},
            b"descriptor %d" % (number % 500),
        )
        for number in range(first, COUNT)
    ]


def read(path: Path, last: int = COUNT) -> Snapshot:
    """Read the directory, or what is left of it; the process is killed before object `last`."""
    with SnapshotWriter(SOURCE, path, resume=True, key=KEY) as writer:
        mark = writer.marks.get(STEP)
        first = int(mark.cookie or COUNT) if mark else 0
        for number, entry in enumerate(objects(first), first):
            if number == last:
                os.kill(os.getpid(), signal.SIGKILL)
            if number and number % PAGE == 0:
                writer.checkpoint(Mark(STEP, b"%d" % number))
            writer.add(entry)
            if number % 1_000 == 0:
                writer.add_gap(Gap(str(entry.dn), "not all of it"), STEP)
        writer.checkpoint(Mark(STEP, None))
        return writer.finish()


if __name__ == "__main__":
    read(Path(sys.argv[1]), int(sys.argv[2]))
