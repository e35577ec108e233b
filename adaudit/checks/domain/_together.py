"""Objects under one parent of which the same is told, in one finding."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from adaudit.checks._context import Context
from adaudit.directory.entry import Entry
from adaudit.findings import Party
from adaudit.review.families import Family


@dataclass(slots=True)
class Together:
    """One object, or several of one parent."""

    example: Entry
    """The one that is looked at"""
    positions: Sequence[int]
    """What was found of it"""
    family: Family
    numbers: list[int] = field(default_factory=list)

    @property
    def subject(self) -> Party:
        """The object; the parent of several."""
        dn = self.example.dn
        above = dn.parent if len(self.numbers) > 1 else None
        return Party((above or dn).name, str(above or dn))

    @property
    def count(self) -> str:
        """How many they are, in words; nothing of a single one."""
        return f" on {len(self.numbers)} objects in it" if len(self.numbers) > 1 else ""

    @property
    def each(self) -> str:
        """What to do something to, in words."""
        return "each of the objects" if len(self.numbers) > 1 else "the object"

    def names(self, context: Context) -> tuple[str, ...]:
        """Their DNs."""
        return tuple(str(context.snapshot.at(number).dn) for number in sorted(self.numbers))

    def guid(self, context: Context) -> str:
        """What stands for them in a fingerprint."""
        dn, entry = self.example.dn, self.example
        if len(self.numbers) > 1 and dn.parent is not None:
            dn = dn.parent
            entry = context.snapshot.entry(dn) or Entry(dn)
        return str(entry.guid or dn.path)


def gathered(
    judged: Iterable[tuple[Family, Sequence[int]]],
    alike: Callable[[Entry, Sequence[int]], Hashable],
    context: Context,
) -> Iterator[Together]:
    """
    The families of which something was found, with those of one parent that are `alike` together.

    `judged` are families with the positions of what was found. Heads of naming contexts have no
    parent, and stand alone.
    """
    found: dict[Hashable, Together] = {}
    for family, positions in judged:
        if not positions:
            continue
        for numbers in _apart(family):
            entry = context.snapshot.at(numbers[0])
            key = family.parent or entry.dn.path, alike(entry, positions)
            together = found.setdefault(key, Together(entry, positions, family))
            together.numbers.extend(numbers)
    yield from found.values()


def _apart(family: Family) -> Iterator[Sequence[int]]:
    if family.parent:
        yield family.numbers
    else:
        yield from ([number] for number in family.numbers)
