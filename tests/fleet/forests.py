"""Target lists of generated forests, one of which can be held up at a gate."""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adaudit.config import AuditConfig, LdifTarget, TargetConfig
from adaudit.findings import Report
from adaudit.report import FORMATS
from tests.scenarios.reading import ldif_file

FORESTS = (
    "sound",
    "account-denied",
    "two-sources",
    "unread-domain",
    "null-dacl",
    "order-without-consequence",
    "sid-history",
    "renamed-servers-group",
    "primary-group-denied",
)
_LONG_AGO = datetime(2004, 11, 24, tzinfo=UTC)
_PATIENCE = 30.0


def forests(folder: Path, names: Sequence[str] = FORESTS) -> list[LdifTarget]:
    """A target for an export of each scenario."""
    return [LdifTarget(name=name, ldif=(ldif_file(name, folder),)) for name in names]


def missing(folder: Path) -> LdifTarget:
    """A target of which nothing can be read."""
    return LdifTarget.model_construct(
        name="missing", ldif=(folder / "missing.ldif",), scope="exchange", site=None, evidence=None
    )


def listed(*targets: TargetConfig) -> AuditConfig:
    """A list of targets, whose files need not be there."""
    return AuditConfig.model_construct(version=1, targets=targets)


def rendered(report: Report) -> dict[str, str]:
    """A report in every form, the times of its readings taken out."""
    targets = (
        replace(target, taken_at=_LONG_AGO) if target.taken_at else target
        for target in report.targets
    )
    timeless = replace(report, targets=tuple(targets))
    return {name: form.render(timeless) for name, form in FORMATS.items()}


class Gate:
    """A file of a target at which whoever reads it waits: a pipe that nobody has filled yet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        os.mkfifo(path)
        self._open = threading.Event()
        self._held: int | None = None

    def before(self, target: LdifTarget) -> LdifTarget:
        """The same target, read after the gate."""
        return target.model_copy(update={"ldif": (self.path, *target.ldif)})

    def wait_for_a_reader(self) -> None:
        """Wait until somebody stands at the gate, and hold him there."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            try:  # succeeds as soon as there is a reader
                self._held = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise TimeoutError("nobody came to the gate")

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Let everybody through while the block runs; the pipe is an empty file to them."""
        self.release()
        opener = threading.Thread(target=self._keep_open)
        opener.start()
        try:
            yield
        finally:
            self._open.set()
            opener.join()

    def release(self) -> None:
        """Hold nobody any longer."""
        if self._held is not None:
            os.close(self._held)
            self._held = None

    def _keep_open(self) -> None:
        while not self._open.wait(0.01):
            try:
                os.close(os.open(self.path, os.O_WRONLY | os.O_NONBLOCK))
            except OSError:  # nobody stands there
                continue
