"""Targets on the workers of a Dask cluster; the only place that knows `distributed`."""
# mypy: disallow-untyped-calls=False
# `distributed` says that it has types, and has few

import logging
import pydoc
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic

from adaudit import __version__
from adaudit.config import LimitsConfig, TargetConfig
from adaudit.errors import AdauditError, CollectError, ConfigError
from adaudit.fleet.address import FleetAddress, FleetTls
from adaudit.fleet.asking import questions_of
from adaudit.fleet.crew import GRACE, FleetCrew
from adaudit.fleet.executor import T, Watch, Work
from adaudit.fleet.turns import Turns
from adaudit.fleet.workers import Worker

if TYPE_CHECKING:
    from distributed import Client, Security

_TIMEOUT = 10.0
"""Seconds for the scheduler to answer"""
_CERTIFICATES = "`--tls-ca-file`, `--tls-cert` and `--tls-key`, as `dask worker` takes them"
_TALKATIVE = ("distributed", "distributed.client", "tornado.application")
"""Loggers that write tracebacks to stderr about what is told as the error of a target"""


@dataclass(frozen=True, slots=True)
class Dask:
    """
    Reads targets on the workers of a Dask cluster.

    What travels is the target as its list names it: the names of environment variables and files
    with secrets, never a secret. Paths should be absolute: they are those of the workers.
    """

    address: FleetAddress
    tls: FleetTls | None = None
    watch: Watch | None = None
    grace: float = GRACE
    """Seconds that a target waits for the first worker that can take it"""

    def run(
        self, work: Work[T], targets: Sequence[TargetConfig], limits: LimitsConfig
    ) -> list[T | AdauditError]:
        """
        See `Executor.run`.

        Raises `ConfigError` for secrets that are asked on a terminal, for certificates that cannot
        be used and for another version of adaudit, `CollectError` when no scheduler answers.
        """
        _refuse_questions(targets)
        _require_distributed()
        with _quiet(), _connected(self.address, self.tls) as client:
            _check_versions(client)
            crew = FleetCrew(_DaskCluster(client, work), limits.targets, self.watch, self.grace)
            return Turns(crew, targets, limits.per_server).take()


@dataclass(frozen=True, slots=True)
class _DaskCluster(Generic[T]):
    client: "Client"
    work: Work[T]

    def workers(self) -> tuple[Worker, ...] | None:
        """See `Cluster.workers`."""
        scheduler = self.client.scheduler
        if scheduler is None or self.client.status != "running":
            return None
        try:
            known = self.client.sync(scheduler.identity, callback_timeout=_TIMEOUT)
        except OSError:
            return None
        return tuple(_worker(address, facts) for address, facts in known["workers"].items())

    def submit(self, worker: Worker, target: TargetConfig) -> Future[T]:
        """See `Cluster.submit`."""
        executor = self.client.get_executor(pure=False, workers=[worker.address])
        future: Future[T] = executor.submit(carry_out, __version__, self.work, target)
        return future

    def is_loss(self, error: BaseException) -> bool:
        """See `Cluster.is_loss`; a scheduler that allows no failures says so at once."""
        from distributed import KilledWorker  # noqa: PLC0415 - an extra, and slow to import

        return isinstance(error, KilledWorker)


def carry_out(version: str, work: Work[T], target: TargetConfig) -> T:
    """
    Do the work on one target, on a worker.

    Raises `ConfigError` if the worker, which may have come late, is of another version.
    """
    if version != __version__:
        raise _other_versions({"this worker": __version__})
    return work(target, None, None)


def _worker(address: str, facts: Mapping[str, object]) -> Worker:
    match facts:
        case {"nthreads": int(threads), "resources": dict(resources), "status": str(status)}:
            return Worker(address, threads, frozenset(resources), status == "running")
    raise CollectError(f"the scheduler describes the worker `{address}` in an unknown form")


def _refuse_questions(targets: Sequence[TargetConfig]) -> None:
    asking = [f"`{target.name}`" for target in targets if questions_of(target)]
    if asking:
        raise ConfigError(
            f"a fleet has no terminal to ask for the secrets of {', '.join(asking)}",
            "take them from `{env: NAME}` or `{file: PATH}` of the workers",
        )


def _check_versions(client: "Client") -> None:
    """Compare by a function of the standard library, which every computer can be sent."""
    asked = (pydoc.locate, f"{__package__.partition('.')[0]}.__version__")
    found = {"the scheduler": client.run_on_scheduler(*asked)}
    found |= client.run(*asked, on_error="return")
    others = {where: version for where, version in found.items() if version != __version__}
    if others:
        raise _other_versions(others)


def _other_versions(others: Mapping[str, object]) -> ConfigError:
    told = ", ".join(f"{where} has {version or 'none'}" for where, version in others.items())
    return ConfigError(
        f"the fleet has another version of adaudit than {__version__}: {told}",
        f"on each computer of the fleet: `pip install 'adaudit[fleet]=={__version__}'`",
    )


def _require_distributed() -> None:
    try:
        import distributed  # noqa: F401, PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise ConfigError(
            "a fleet needs the package `distributed`", "`pip install 'adaudit[fleet]'`"
        ) from error


@contextmanager
def _connected(address: FleetAddress, tls: FleetTls | None) -> Iterator["Client"]:
    from distributed import Client  # noqa: PLC0415 - an extra, and slow to import

    security = _security(address, tls)
    try:
        client = Client(
            address.url, security=security, timeout=_TIMEOUT, set_as_default=False, name="adaudit"
        )
    except (OSError, RuntimeError) as error:  # the latter where its configuration forbids `dask`
        raise CollectError(f"no scheduler answers at `{address}`: {error}") from error
    try:
        yield client
    finally:
        client.close(timeout=_TIMEOUT)


def _security(address: FleetAddress, tls: FleetTls | None) -> "Security | None":
    """Certificates of the options, else of Dask's own configuration; encryption is required."""
    from distributed import Security  # noqa: PLC0415 - an extra, and slow to import

    if address.scheme == "dask":
        if tls is not None:
            raise ConfigError(f"certificates do nothing on `{address}`", "use `tls://`")
        return None
    security = Security(require_encryption=True, **_named(tls or FleetTls()))
    files = security.get_tls_config_for_role("client")
    if files["ca_file"] is None or files["cert"] is None:
        raise ConfigError(f"`{address}` needs certificates", _CERTIFICATES)
    try:
        security.get_connection_args("client")
    except OSError as error:
        raise ConfigError(f"the certificates for `{address}` cannot be used: {error}") from error
    return security


def _named(tls: FleetTls) -> dict[str, str]:
    named = {"tls_ca_file": tls.ca_file, "tls_client_cert": tls.cert, "tls_client_key": tls.key}
    return {option: str(path) for option, path in named.items() if path is not None}


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence the library, which sets its levels when it is imported."""
    levels = {name: logging.getLogger(name).level for name in _TALKATIVE}
    for name in levels:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
