"""What changed between two snapshots of a forest: in effect, in entries, in objects."""

from adaudit.drift.comparison import compare

__all__ = ["compare"]
