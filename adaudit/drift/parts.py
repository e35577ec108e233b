"""What differs between two descriptors of one object in what they mean."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adaudit.changes import EntryKind
from adaudit.drift.lists import deltas
from adaudit.security.ace import AnyAce
from adaudit.security.descriptor import Acl, SecurityDescriptor


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that is another one in a descriptor."""

    kind: EntryKind
    old: AnyAce | None = None
    new: AnyAce | None = None
    old_position: int | None = None
    new_position: int | None = None
    is_audit: bool = False
    """Whether it is of the SACL, on which no access hangs"""
    was: object = None
    """Of what is no entry: the value before"""
    now: object = None

    @property
    def is_of_old(self) -> bool:
        """Whether it is gone, and so stands in the old list alone."""
        return self.new is None

    @property
    def ace(self) -> AnyAce | None:
        """The entry as it is, or was if it is gone; None where it is no entry that changed."""
        return self.old if self.is_of_old else self.new

    @property
    def position(self) -> int | None:
        """Where that stands, or stood."""
        return self.old_position if self.is_of_old else self.new_position


def parts(old: SecurityDescriptor, new: SecurityDescriptor) -> Iterator[Part]:
    """All that differs between two descriptors in what they mean."""
    values = {
        EntryKind.OWNER: (old.owner, new.owner),
        EntryKind.GROUP: (old.group, new.group),
        EntryKind.PROTECTION: (old.is_dacl_protected, new.is_dacl_protected),
        EntryKind.LIST: (type(old.dacl), type(new.dacl)),
    }
    for kind, (was, now) in values.items():
        if was != now:
            yield Part(kind, was=was, now=now)
    if type(old.dacl) is type(new.dacl):  # else all entries came or went with the list
        yield from _entries(_of(old.dacl), _of(new.dacl), is_audit=False)
    yield from _entries(_of(old.sacl), _of(new.sacl), is_audit=True)


def _of(acl: object) -> Sequence[AnyAce]:
    return acl.entries if isinstance(acl, Acl) else ()


def _entries(old: Sequence[AnyAce], new: Sequence[AnyAce], *, is_audit: bool) -> Iterator[Part]:
    for each in deltas(old, new):
        yield Part(
            each.kind,
            None if each.old is None else old[each.old],
            None if each.new is None else new[each.new],
            each.old,
            each.new,
            is_audit,
        )
