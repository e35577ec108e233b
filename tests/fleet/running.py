"""An audit that runs while a test does something to its fleet, and who watches it."""

import threading
from dataclasses import dataclass, field

from adaudit import audit
from adaudit.config import AuditConfig
from adaudit.findings import Report
from adaudit.fleet.dask import Dask


@dataclass
class Watch:
    """Remembers where each target was read."""

    places: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def begin(self, name: str, where: str | None = None) -> "Watch":
        """Note where."""
        self.places.setdefault(name, []).append(str(where))
        return self

    def update(self, count: int, what: str) -> None:
        """Nothing to remember."""

    def end(self, name: str) -> None:
        """Nothing to remember."""

    def note(self, text: str) -> None:
        """Remember it."""
        self.notes.append(text)


def in_background(config: AuditConfig, dask: Dask) -> tuple[threading.Thread, list[Report]]:
    """Start an audit; its report comes into the list."""
    reports: list[Report] = []
    thread = threading.Thread(target=lambda: reports.append(audit.run(config, dask)))
    thread.start()
    return thread, reports
