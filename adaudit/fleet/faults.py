"""A fault of the program on one target: told as the error of that target."""

from pathlib import Path
from traceback import extract_tb, format_exception

from adaudit.errors import AdauditError, CollectError
from adaudit.fleet.executor import Watch

_PACKAGE = "adaudit"


def as_error(error: BaseException, name: str, watch: Watch | None) -> AdauditError:
    """
    Say what came of the target `name` from the exception that ended it.

    Of what was not foreseen the result tells the kind and the place in the program alone, since
    its own words could repeat a secret; who watches gets all of it.
    """
    if isinstance(error, AdauditError):
        return error
    if watch:
        watch.note(f"{name}: {''.join(format_exception(error))}")
    frames = extract_tb(error.__traceback__)
    ours = [frame for frame in frames if _PACKAGE in Path(frame.filename).parts]
    place = f" at {Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else ""
    text = f"a fault of adaudit itself: {type(error).__name__}{place}"
    return CollectError(text, "please report it")
