"""A Dask cluster as its owner starts one: a scheduler and workers, each a process of its own."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.smtp_servers import LOOPBACK

_PATIENCE = 30.0
"""Seconds for processes to start"""
# without a dashboard there is still a page about health, on all addresses unless told otherwise
_NO_DASHBOARD = ("--no-dashboard", "--dashboard-address", f"{LOOPBACK}:0")


class Cluster:
    """Processes that listen on loopback, and end with the test."""

    def __init__(
        self, folder: Path, scheme: str = "tcp", tls: Mapping[str, Path] | None = None
    ) -> None:
        self.folder = folder
        self.scheme = scheme
        self._tls = [text for name, path in (tls or {}).items() for text in (name, str(path))]
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._logs: list[Path] = []
        self._port = _free_port()
        self.scheduler = self._start("scheduler", self._port, "--port", str(self._port))

    @property
    def address(self) -> str:
        """The scheduler, as `adaudit audit --executor` takes it."""
        return f"{'dask' if self.scheme == 'tcp' else self.scheme}://{LOOPBACK}:{self._port}"

    def add(self, *sites: str, **environment: str) -> str:
        """Start a worker that takes one target at a time; its address."""
        port = _free_port()
        resources = ",".join(f"site-{site}=1" for site in sites)
        self._logs.append(self.folder / f"worker-{port}.log")
        return self._start(
            "worker",
            port,
            self.scheduler,
            *("--worker-port", str(port), "--nthreads", "1", "--no-nanny"),
            *("--local-directory", str(self.folder / f"worker-{port}"), "--resources", resources),
            **environment,
        )

    def wait(self) -> None:
        """Wait until all workers are known to the scheduler."""
        end = time.monotonic() + _PATIENCE
        while not all(b"Registered to" in log.read_bytes() for log in self._logs):
            if time.monotonic() > end:
                raise TimeoutError(str(self._logs))
            time.sleep(0.05)

    def kill(self, address: str) -> None:
        """End a process as a machine that loses its power does."""
        process = self._processes.pop(address)
        process.kill()
        process.wait()

    def close(self) -> None:
        """End everything that runs."""
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.wait()

    def _start(self, what: str, port: int, *arguments: str, **environment: str) -> str:
        program = [sys.executable, "-m", f"distributed.cli.dask_{what}", *arguments]
        program += ["--host", f"{self.scheme}://{LOOPBACK}", *_NO_DASHBOARD, *self._tls]
        address = f"{self.scheme}://{LOOPBACK}:{port}"
        path = self.folder / f"{what}-{port}.log"
        with path.open("wb") as log:
            self._processes[address] = subprocess.Popen(
                program,
                env={**os.environ, **environment},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        return address


@contextlib.contextmanager
def cluster(
    folder: Path, scheme: str = "tcp", tls: Mapping[str, Path] | None = None
) -> Iterator[Cluster]:
    """A scheduler without workers, which end with it."""
    made = Cluster(folder, scheme, tls)
    try:
        yield made
    finally:
        made.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
