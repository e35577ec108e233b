"""Sets of accounts in words."""

from collections.abc import Sequence

from adaudit.access.bitmap import BitMap
from adaudit.checks._context import Context
from adaudit.wording import counted

_SHOWN = 3
_SORTED = 1000
"""Of more accounts than these, the first that were read are shown"""


def told(accounts: BitMap, context: Context) -> str:
    """How many, and the names of some: the same in whatever order objects were read."""
    names = sorted(context.outsiders.names(accounts, _SORTED))
    return f"{counted(len(accounts), 'account')} ({listed(names, len(accounts))})"


def listed(names: Sequence[str], count: int = 0) -> str:
    """The first of some names, and how many more there are of `count`."""
    more = max(count, len(names)) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def first(accounts: BitMap, context: Context) -> int:
    """Whom to take as the example."""
    population = context.view.membership.population
    return min(accounts[:_SORTED], key=population.sid)
