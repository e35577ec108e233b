"""What was read from a forest: pure data."""

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Snapshot

__all__ = ["Dn", "Entry", "Gap", "Snapshot"]
