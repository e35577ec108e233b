"""Where targets are read: on threads of this process, or by the workers of a fleet."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path

import click

from adaudit.cli.prompt import asker
from adaudit.errors import ConfigError
from adaudit.fleet.address import FleetAddress, FleetTls
from adaudit.fleet.dask import Dask
from adaudit.fleet.executor import Executor, Watch
from adaudit.fleet.threads import Threads

_THREADS = "threads"
_FILE = click.Path(path_type=Path)
_Command = Callable[..., int]


@dataclass(frozen=True, slots=True)
class Place:
    """What the options of a command say about where targets are read."""

    fleet: FleetAddress | None
    """None for this computer"""
    tls: FleetTls | None

    def executor(self, watch: Watch) -> Executor:
        """Who reads the targets."""
        return Dask(self.fleet, self.tls, watch) if self.fleet else Threads(asker(), watch)


def executor_options(command: _Command) -> _Command:
    """Add `--executor` and the certificates of a fleet; the command gets `place`."""

    @click.option(
        "--executor",
        default=_THREADS,
        show_default=True,
        metavar="threads|dask://HOST:PORT|tls://HOST:PORT",
        help=(
            "Who reads the targets: threads of this process, or the workers of a Dask cluster, by "
            "the address of its scheduler. A target with `site: X` is read by a worker that was "
            "started with `--resources site-X=1`. Files, environment variables and tickets are "
            "then those of the workers. dask:// is not protected: it is for this computer alone."
        ),
    )
    @click.option("--tls-ca-file", type=_FILE, help="Authority of the fleet's certificates (PEM).")
    @click.option("--tls-cert", type=_FILE, help="Certificate to show to the fleet (PEM).")
    @click.option("--tls-key", type=_FILE, help="Its key (PEM), if it has a file of its own.")
    @wraps(command)
    def with_place(
        executor: str,
        tls_ca_file: Path | None,
        tls_cert: Path | None,
        tls_key: Path | None,
        **rest: object,
    ) -> int:
        named = FleetTls(tls_ca_file, tls_cert, tls_key)
        tls = None if named == FleetTls() else named
        return command(place=_place(executor, tls), **rest)

    return with_place


def _place(executor: str, tls: FleetTls | None) -> Place:
    if executor != _THREADS:
        return Place(FleetAddress.parse(executor), tls)
    if tls is not None:
        raise ConfigError("certificates of a fleet do nothing on threads", "give `--executor` too")
    return Place(None, None)
