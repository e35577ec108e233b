"""Seconds and memory."""

import ctypes
import gc
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Stopwatch:
    """The seconds that something took; zero until it is over."""

    seconds: float = 0.0


@contextmanager
def timed(*, clean: bool = True) -> Iterator[Stopwatch]:
    """Time a block, by default after the garbage of what came before is gone."""
    if clean:
        gc.collect()
    watch = Stopwatch()
    start = time.perf_counter()
    yield watch
    watch.seconds = time.perf_counter() - start


def seconds(work: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    with timed() as watch:
        work()
    return watch.seconds


def peak_mb() -> float:
    """The most memory that this process has had, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def memory_mb() -> float:
    """The memory that this process has, in MB; what was freed is given back first, where it can."""
    gc.collect()
    with suppress(OSError, AttributeError, TypeError):  # other C libraries than that of GNU
        ctypes.CDLL(None).malloc_trim(0)
    try:
        pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return peak_mb()
    return int(pages) * os.sysconf("SC_PAGESIZE") / 1e6
