"""A fault of the program on one target: told as the error of that target."""

from pathlib import Path
from traceback import extract_tb

from adaudit.errors import AdauditError, CollectError

_PACKAGE = Path(__file__).parents[1]
_HINT = "the other targets are not touched by it; please report it"


def as_error(error: BaseException) -> AdauditError:
    """
    Say what came of a target from the exception that ended it.

    Of what was not foreseen only the kind and the place in the program are told: its own words
    could repeat a secret.
    """
    if isinstance(error, AdauditError):
        return error
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _PACKAGE in Path(frame.filename).parents]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    return CollectError(f"a fault of adaudit itself: {type(error).__name__}{place}", _HINT)
