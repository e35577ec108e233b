"""`collect_target.py TARGETS.yaml SNAPSHOT`: collect the first target, in the environment given."""

import sys
from pathlib import Path

from adaudit.collect.collector import collect, open_source
from adaudit.config import load
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import AdauditError


def main(targets: Path, snapshot: Path) -> None:
    """Collect, or say what is wrong and how to mend it."""
    try:
        source = open_source(load(targets).targets[0], None)
        with SnapshotWriter(source.description, snapshot) as writer:
            collect(source, writer)
            writer.finish()
    except AdauditError as error:
        sys.exit(f"{error.message}\n{error.hint}")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
