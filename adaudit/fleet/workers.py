"""The workers of a fleet, as values."""

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from adaudit.config import TargetConfig
from adaudit.errors import CollectError
from adaudit.fleet.executor import T


@dataclass(frozen=True, slots=True)
class Worker:
    """One worker as the scheduler knows it."""

    address: str
    """`tls://10.0.0.5:40123`"""
    threads: int
    """How much it takes at a time"""
    resources: frozenset[str] = frozenset()
    """What it was started with by `--resources`"""
    is_running: bool = True
    """Whether it takes work now: one that is short of memory pauses"""

    def offers(self, site: str | None) -> bool:
        """Whether it stands at a site; where no site is asked for every worker does."""
        return site is None or resource(site) in self.resources


class Cluster(Protocol[T]):
    """A scheduler and its workers."""

    def workers(self) -> tuple[Worker, ...] | None:
        """The workers that are there now; None if the scheduler is there no longer."""

    def submit(self, worker: Worker, target: TargetConfig) -> Future[T]:
        """Have one worker, and no other, carry out the work on a target."""

    def is_loss(self, error: BaseException) -> bool:
        """Whether an exception means that the worker ended, rather than its work."""


def resource(site: str) -> str:
    """How Dask calls a site: `site-budapest`."""
    return f"site-{site}"


def no_worker(site: str | None, lost: Iterable[str]) -> CollectError:
    """Say that nobody takes a target, after the workers that were `lost` with it."""
    where = "" if site is None else f" at the site `{site}`"
    option = "" if site is None else f" --resources {resource(site)}=1"
    hint = f"start one there: `dask worker SCHEDULER{option}`"
    if gone := ", ".join(f"`{address}`" for address in lost):
        text = f"the worker {gone} was lost while it read this target, and there is no other{where}"
        return CollectError(text, hint)
    return CollectError(f"there is no worker{where}", hint)


def lost_twice(lost: Iterable[str]) -> CollectError:
    """Say that a target took its second worker with it."""
    gone = " and ".join(f"`{address}`" for address in lost)
    return CollectError(
        f"the workers {gone} were lost while they read this target",
        "their logs say why; a directory may need more memory than a worker has",
    )


def lost_scheduler(address: str | None = None) -> CollectError:
    """Say that the scheduler is gone, and with it what came of a target."""
    if address is None:
        return CollectError("not read: the connection to the scheduler of the fleet was lost")
    return CollectError(
        f"the connection to the scheduler of the fleet was lost while `{address}` read this target"
    )
