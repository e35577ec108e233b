"""How far the reading of a directory has come, so that it can be gone on with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of what was read of one step, a search or a file, when it was last made sure of."""

    step: str
    """Name of the step, the same in every run over the same source"""
    cookie: bytes | None
    """Where the source goes on, in a form of its own; None: the step is read to its end"""
