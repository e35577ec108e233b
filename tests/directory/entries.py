"""Objects and snapshots of a line, for tests of the files that hold them."""

from adaudit.directory import Dn, Entry, Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.security import sddl, wire

BODY = wire.encode(sddl.parse("O:BAD:(A;;GA;;;BA)"))
OTHER_BODY = wire.encode(sddl.parse("O:BAD:(A;;GR;;;AU)"))


def entry(dn: str, descriptor: bytes | None = None, **values: bytes | tuple[bytes, ...]) -> Entry:
    """An object of that name; a value stands for a tuple of one."""
    found = {
        name: value if isinstance(value, tuple) else (value,) for name, value in values.items()
    }
    return Entry(Dn(dn), found, descriptor)


def in_memory(*entries: Entry) -> Snapshot:
    """A snapshot of these objects, added in their order."""
    writer = SnapshotWriter("test")
    for given_entry in entries:
        writer.add(given_entry)
    return writer.finish()
