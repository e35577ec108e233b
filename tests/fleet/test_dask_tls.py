"""Fleets on other computers: TLS in both directions, and what is refused."""

import gc
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from adaudit import audit
from adaudit.errors import CollectError, ConfigError
from adaudit.fleet.address import FleetAddress, FleetTls
from adaudit.fleet.dask import Dask
from adaudit.fleet.threads import Threads
from tests.fleet.cluster import Cluster, cluster
from tests.fleet.forests import Gate, forests, listed, missing, rendered
from tests.fleet.running import Watch, in_background
from tests.live.certificates import write_certificates


@pytest.fixture(scope="module")
def tls_fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Cluster, FleetTls]]:
    """A scheduler and a worker that take certificates of one authority alone."""
    folder = tmp_path_factory.mktemp("tls")
    write_certificates(folder, ["fleet"], ["127.0.0.1"])
    tls = FleetTls(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    names = ("--tls-ca-file", "--tls-cert", "--tls-key")
    files = (folder / "ca.pem", folder / "server.pem", folder / "server.key")
    with cluster(folder, "tls", dict(zip(names, files, strict=True))) as made:
        made.add()
        made.wait()
        yield made, tls


def test_a_fleet_over_tls_reports_what_threads_do(
    tls_fleet: tuple[Cluster, FleetTls], tmp_path: Path
) -> None:
    fleet, tls = tls_fleet
    config = listed(*forests(tmp_path, ["sound", "account-denied"]), missing(tmp_path))
    report = audit.run(config, Dask(FleetAddress.parse(fleet.address), tls))

    assert rendered(report) == rendered(audit.run(config, Threads()))


@contextmanager
def _collected() -> Iterator[None]:
    """The library leaves the sockets of TLS connections that fail to the garbage collection."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        yield
        gc.collect()


def test_a_fleet_over_tls_is_reached_by_its_own_certificates_alone(
    tls_fleet: tuple[Cluster, FleetTls], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adaudit.fleet.dask._TIMEOUT", 1)
    fleet, tls = tls_fleet
    assert tls.ca_file is not None
    stranger = replace(tls, ca_file=tls.ca_file.with_name("other-ca.pem"))
    for dask in (
        Dask(FleetAddress.parse(fleet.address), stranger),
        Dask(FleetAddress.parse(fleet.address.replace("tls://", "dask://"))),
    ):
        with _collected(), pytest.raises(CollectError, match="no scheduler answers"):
            audit.run(listed(), dask)


def test_a_scheduler_that_is_lost_costs_all_that_was_not_read(
    tls_fleet: tuple[Cluster, FleetTls], tmp_path: Path
) -> None:
    """The last test of this fleet."""
    fleet, tls = tls_fleet
    gate = Gate(tmp_path / "gate")
    first, slow, last = forests(tmp_path, ["sound", "two-sources", "account-denied"])
    watch = Watch()
    config = listed(first, gate.before(slow), last)
    dask = Dask(FleetAddress.parse(fleet.address), tls, watch)
    thread, reports = in_background(config, dask)
    gate.wait_for_a_reader()
    with _collected():
        fleet.kill(fleet.scheduler)
        thread.join()
    gate.release()

    (report,) = reports
    read, held, waiting = (target.error for target in report.targets)
    (place,) = watch.places[slow.name]
    assert read is None
    assert held == (
        f"the connection to the scheduler of the fleet was lost while `{place}` read this target"
    )
    assert waiting == "not read: the connection to the scheduler of the fleet was lost"


@pytest.mark.parametrize(
    ("tls", "reason"),
    [
        (None, "needs certificates"),
        (FleetTls(cert=Path("missing.pem")), "needs certificates"),
        (FleetTls(Path("missing.pem"), Path("missing.pem")), "cannot be used"),
    ],
)
def test_tls_without_certificates_is_refused(tls: FleetTls | None, reason: str) -> None:
    dask = Dask(FleetAddress.parse("tls://dask.contoso.example"), tls)
    with pytest.raises(ConfigError, match=reason):
        audit.run(listed(), dask)


def test_certificates_for_plain_tcp_are_refused() -> None:
    dask = Dask(FleetAddress.parse("dask://localhost"), FleetTls(Path("ca.pem")))
    with pytest.raises(ConfigError, match="certificates do nothing on `dask://localhost:8786`"):
        audit.run(listed(), dask)
