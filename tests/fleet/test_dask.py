"""Targets on real Dask clusters: a scheduler and workers as processes of their own."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import cloudpickle
import pytest

from adaudit import __version__, audit
from adaudit.config import LdapTarget, LdapUrl, LimitsConfig, NtlmAuth, Secret
from adaudit.errors import CollectError, ConfigError
from adaudit.fleet.address import FleetAddress
from adaudit.fleet.dask import Dask, carry_out
from adaudit.fleet.threads import Threads
from tests.cli.command import in_own_process
from tests.fleet.cluster import Cluster, cluster
from tests.fleet.forests import Gate, forests, listed, missing, rendered
from tests.fleet.running import Watch, in_background
from tests.scenarios.reading import ldif_file

_TIME = re.compile(rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:+]+")
SECRET = "ADAUDIT_TEST_FLEET_PASSWORD"


def executor(fleet: Cluster, watch: Watch | None = None, grace: float = 30) -> Dask:
    return Dask(FleetAddress.parse(fleet.address), watch=watch, grace=grace)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers at different sites, one of which knows a password."""
    with cluster(tmp_path_factory.mktemp("fleet")) as made:
        made.add("budapest", "vault", **{SECRET: "the worker's"})
        made.add("szeged")
        made.wait()
        yield made


def test_a_worker_that_is_killed_changes_nothing_in_the_report(
    fleet: Cluster, tmp_path: Path
) -> None:
    """Ten targets, one of which fails, and one is read by a worker that is killed meanwhile."""
    gate = Gate(tmp_path / "gate")
    *others, slow = forests(tmp_path)
    held = gate.before(slow).model_copy(update={"site": "szeged"})
    config = listed(*others[:4], held, missing(tmp_path), *others[4:])
    watch = Watch()
    fleet.add("szeged")
    fleet.wait()
    thread, reports = in_background(config, executor(fleet, watch))
    gate.wait_for_a_reader()
    (victim,) = watch.places[slow.name]
    fleet.kill(victim)
    with gate.opened():
        thread.join()
        on_threads = audit.run(config, Threads())

    assert len(config.targets) == 10
    assert [target.name for target in on_threads.targets if target.error] == ["missing"]
    assert rendered(reports[0]) == rendered(on_threads)
    assert watch.notes == [f"{slow.name}: the worker `{victim}` was lost: read once more"]
    assert len(set(watch.places[slow.name])) == 2


def test_a_target_is_read_at_its_site_and_one_of_no_worker_not_at_all(
    fleet: Cluster, tmp_path: Path
) -> None:
    at = ["budapest", "szeged", "budapest", "nowhere", "szeged"]
    names = ["sound", "account-denied", "two-sources", "null-dacl", "sid-history"]
    targets = [
        target.model_copy(update={"site": site})
        for site, target in zip(at, forests(tmp_path, names), strict=True)
    ]
    watch = Watch()
    report = audit.run(listed(*targets), executor(fleet, watch, grace=1))

    places = {site: {*watch.places[name]} for site, name in zip(at[:2], names[:2], strict=True)}
    assert places["budapest"] == {*watch.places["two-sources"]}
    assert places["szeged"] == {*watch.places["sid-history"]}
    assert places["budapest"] != places["szeged"]
    errors = {target.name: target.error for target in report.targets if target.error}
    assert errors == {
        "null-dacl": "there is no worker at the site `nowhere` "
        "(start one there: `dask worker SCHEDULER --resources site-nowhere=1`)"
    }


def test_a_secret_is_that_of_the_worker(fleet: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """One worker has the variable, the other has not; that we have it changes nothing."""
    monkeypatch.setenv(SECRET, "ours")
    targets = [asking(site, Secret(env=SECRET)) for site in ("szeged", "vault")]
    without, having = audit.run(listed(*targets), executor(fleet)).targets

    assert f"the environment variable `{SECRET}` is not set" in str(without.error)
    assert "nothing listens on that port" in str(having.error)


def test_what_is_sent_holds_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("hunter2")
    (tmp_path / "password").chmod(0o600)
    monkeypatch.setenv(SECRET, "hunter2")
    work = audit.Audit("targets.yaml", (), several=True)
    for secret in (Secret(env=SECRET), Secret(file=tmp_path / "password")):
        assert secret.resolve(None) == "hunter2"
        sent = cloudpickle.dumps((carry_out, __version__, work, asking("budapest", secret)))
        assert b"auditor" in sent
        assert b"hunter2" not in sent


def test_the_command_reports_of_a_fleet_what_it_does_of_threads(
    fleet: Cluster, tmp_path: Path
) -> None:
    """With a path below the folder of the list, which is not where the workers stand."""
    names = ["sound", "account-denied", "two-sources"]
    entries = (f"{{name: {name}, ldif: {ldif_file(name, tmp_path).name}}}" for name in names)
    file = tmp_path / "targets.yaml"
    file.write_text(f"version: 1\ntargets: [{', '.join(entries)}]\n")
    options = ("audit", file, "--format", "json")
    on_threads = in_own_process(*options)
    on_fleet = in_own_process(*options, "--executor", fleet.address)

    assert (on_fleet.returncode, on_fleet.stderr) == (1, b"")
    assert (on_threads.returncode, on_threads.stderr) == (1, b"")
    assert _TIME.sub(b"", on_fleet.stdout) == _TIME.sub(b"", on_threads.stdout)
    assert b"sound.ldif" in on_fleet.stdout


def test_a_secret_that_is_asked_is_refused_before_anything_is_sent() -> None:
    dask = Dask(FleetAddress.parse("dask://127.0.0.1:1"))
    with pytest.raises(ConfigError, match="no terminal to ask for the secrets of `budapest`"):
        audit.run(listed(asking("budapest", Secret(prompt=True))), dask)


def test_what_fails_unforeseen_on_a_worker_is_the_error_of_its_target(
    fleet: Cluster, tmp_path: Path
) -> None:
    targets = forests(tmp_path, ["sound", "two-sources"])
    outcomes = executor(fleet).run(int, targets, LimitsConfig())

    assert [type(outcome) for outcome in outcomes] == [CollectError, CollectError]
    assert str(outcomes[0]).startswith("a fault of adaudit itself: TypeError at dask.py:")


def test_another_version_on_the_fleet_is_refused(
    fleet: Cluster, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("adaudit.fleet.dask.__version__", "99.0")
    with pytest.raises(ConfigError) as refused:
        audit.run(listed(*forests(tmp_path, ["sound"])), executor(fleet))

    message = refused.value.message
    assert "another version of adaudit than 99.0" in message
    assert f"the scheduler has {__version__}" in message
    assert len(re.findall(rf"tcp://127\.0\.0\.1:[0-9]+ has {re.escape(__version__)}", message)) >= 2
    assert refused.value.hint is not None
    assert "adaudit[fleet]==99.0" in refused.value.hint


def test_a_worker_of_another_version_that_comes_late_reads_nothing(tmp_path: Path) -> None:
    (target,) = forests(tmp_path, ["sound"])
    work = audit.Audit("targets.yaml", (), several=False)
    with pytest.raises(ConfigError, match=f"than {__version__}: this worker has"):
        carry_out("99.0", work, target)


def test_a_killed_worker_that_nobody_can_stand_in_for_costs_its_target_only(
    fleet: Cluster, tmp_path: Path
) -> None:
    """The last test of this fleet, which has one worker less from here on."""
    gate = Gate(tmp_path / "gate")
    sound, slow, denied = forests(tmp_path, ["sound", "two-sources", "account-denied"])
    held = gate.before(slow).model_copy(update={"site": "vault"})
    watch = Watch()
    thread, reports = in_background(listed(sound, held, denied), executor(fleet, watch, grace=2))
    gate.wait_for_a_reader()
    (victim,) = watch.places[slow.name]
    fleet.kill(victim)
    thread.join()
    gate.release()

    (report,) = reports
    assert [target.name for target in report.targets] == [sound.name, slow.name, denied.name]
    errors = [target.error for target in report.targets]
    assert errors[0] is errors[2] is None
    assert f"the worker `{victim}` was lost" in str(errors[1])
    assert "--resources site-vault=1" in str(errors[1])
    assert not report.is_complete


def test_a_scheduler_that_is_not_there_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("adaudit.fleet.dask._TIMEOUT", 0.2)
    with pytest.raises(
        CollectError, match=re.escape("no scheduler answers at `dask://127.0.0.1:1`")
    ):
        audit.run(
            listed(*forests(tmp_path, ["sound"])), Dask(FleetAddress.parse("dask://127.0.0.1:1"))
        )


def test_a_missing_library_is_told_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ConfigError) as refused:
        audit.run(listed(), Dask(FleetAddress.parse("dask://localhost")))

    assert refused.value.hint == "`pip install 'adaudit[fleet]'`"


def asking(site: str, secret: Secret) -> LdapTarget:
    """A target at a site, whose server is not there and wants a password."""
    return LdapTarget(
        name=site,
        site=site,
        ldap=(LdapUrl("ldap", "127.0.0.1", 1),),
        auth=NtlmAuth(method="ntlm", user="CONTOSO\\auditor", password=secret),
    )
