"""Reads the forest of a scenario as a collection reads a directory."""

import base64
from collections.abc import Iterator, Mapping
from pathlib import Path

from adaudit.collect.collector import collect
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from tests.builders import TAKEN_AT
from tests.scenarios.evidence import add_evidence
from tests.scenarios.model import load
from tests.scenarios.world import Forest, build


class Given:
    """A source that gives what was made, in the order in which it was made or another."""

    description = "a scenario"
    warnings = ()
    everything = False
    can_go_on = False
    key = ""

    def __init__(self, items: list[Entry | Gap]) -> None:
        self.items = items

    def read(self, _: Mapping[str, Mark]) -> Iterator[Entry | Gap]:
        """Give them."""
        return iter(self.items)


def snapshot_of(forest: Forest, path: Path | None = None, *, backwards: bool = False) -> Snapshot:
    """The snapshot that a collection of the forest makes."""
    items = list(forest.items())
    with SnapshotWriter("a scenario", path, TAKEN_AT) as writer:
        collect(Given(items[::-1] if backwards else items), writer)
        add_evidence(forest.scenario, writer)
        return writer.finish()


def snapshot_file(name: str, folder: Path) -> Path:
    """A snapshot file of the scenario of that name."""
    path = folder / f"{name}.snapshot"
    with snapshot_of(build(load(name)), path):
        return path


def ldif_file(name: str, folder: Path) -> Path:
    """An export of the scenario of that name, every value in base64. [RFC 2849]"""
    path = folder / f"{name}.ldif"
    records = (_record(item) for item in build(load(name)).items() if isinstance(item, Entry))
    path.write_text("version: 1\n" + "".join(records), encoding="ascii")
    return path


def _record(entry: Entry) -> str:
    values = [("dn", str(entry.dn).encode())]
    values += [(name, value) for name, all_of_it in entry.attributes.items() for value in all_of_it]
    if entry.descriptor is not None:
        values.append(("nTSecurityDescriptor", entry.descriptor))
    lines = (f"{name}:: {base64.b64encode(value).decode()}\n" for name, value in values)
    return f"\n{''.join(lines)}"
