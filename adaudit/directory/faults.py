"""Objects that cannot be understood: noted, so that reading goes on behind them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias, TypeVar

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.errors import AdauditError

Fault: TypeAlias = tuple[Dn, str]
"""An object, and why it cannot be understood."""

_Read = TypeVar("_Read")


def understood(
    entries: Iterable[Entry], read: Callable[[Entry], _Read | None], faults: list[Fault]
) -> Iterator[tuple[Entry, _Read]]:
    """
    Give each object with what `read` makes of it, leaving out those that it makes None of.

    What `read` raises as an `AdauditError` is added to `faults`.
    """
    for entry in entries:
        try:
            found = read(entry)
        except AdauditError as error:
            faults.append((entry.dn, error.message))
        else:
            if found is not None:
                yield entry, found
