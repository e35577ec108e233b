"""Lists of many targets on the command line: where they are read, and how they are broken off."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.command import Command, clean_environment
from tests.scenarios.reading import ldif_file

Make = Callable[[str], Path]
Write = Callable[..., Path]
_PATIENCE = 60.0
# a shell lets what it starts in the background ignore the signal
_PROGRAM = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "from adaudit.cli import main; main()"
)


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that says nothing to whoever connects."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(_PATIENCE)
        yield server


def test_a_file_that_cannot_be_read_costs_the_check_itself_alone(
    adaudit: Command, snapshot: Make, ldif: Make, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.snapshot"
    damaged.write_bytes(snapshot("sound").read_bytes()[:5000])
    denied = snapshot("account-denied")
    ran = adaudit("check", damaged, denied, ldif("two-sources"), "--format", "csv")
    alone = adaudit("check", denied, "--format", "csv")

    assert ran.status == 1
    assert "damaged.snapshot" in ran.out
    assert set(alone.out.splitlines()) <= set(ran.out.splitlines())
    assert "two-sources.ldif" in ran.out


def test_a_target_that_cannot_be_read_costs_the_audit_itself_alone(
    adaudit: Command, snapshot: Make, targets: Write, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.snapshot"
    damaged.write_text("no database")
    ran = adaudit("audit", targets(a=snapshot("sound"), b=damaged, c=snapshot("null-dacl")))

    places = [ran.out.index(f"\n{name}  ") for name in "bc"]
    assert ran.out.startswith("a  ")
    assert places == sorted(places)
    assert "damaged.snapshot" in ran.out


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--executor", "dask://10.0.0.1:8786"], "leaves this computer unprotected"),
        (["--executor", "dask://dask.contoso.example"], "leaves this computer unprotected"),
        (["--executor", "spark://127.0.0.1"], "is no address of a fleet"),
        (["--tls-ca-file", "ca.pem"], "certificates of a fleet do nothing on threads"),
        (
            ["--executor", "dask://127.0.0.1", "--tls-cert", "own.pem"],
            "certificates do nothing on `dask://127.0.0.1:8786`",
        ),
        (["--executor", "tls://dask.contoso.example"], "needs certificates"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_fleet_that_cannot_be_is_wrong_use(
    adaudit: Command, snapshot: Make, targets: Write, options: list[str], reason: str
) -> None:
    ran = adaudit("audit", targets(one=snapshot("sound")), *options)

    assert ran.status == 2
    assert reason in ran.err
    assert ran.out == ""


def test_an_interruption_ends_at_once_and_leaves_no_file(
    silent: socket.socket, tmp_path: Path
) -> None:
    """One target waits for a controller, another for a mail server on a thread of its own."""
    port = silent.getsockname()[1]
    listed = tmp_path / "targets.yaml"
    listed.write_text(
        "version: 1\n"
        "targets:\n"
        f"  - {{name: a, ldap: 'ldap://127.0.0.1:{port}', timeout: 3600,"
        " auth: {method: anonymous}}\n"
        f"  - {{name: b, ldif: '{ldif_file('sound', tmp_path)}',"
        f" evidence: {{live: {{smtp: 'localhost:{port}', timeout: 3600}}}}}}\n"
    )
    before = sorted(tmp_path.iterdir())
    program = [sys.executable, "-c", _PROGRAM, "audit", str(listed)]
    with subprocess.Popen(
        [*program, "-o", f"json={tmp_path / 'report.json'}"],
        env={**clean_environment(), "PYTHONPATH": os.environ.get("PYTHONPATH", "")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        first, _ = silent.accept()
        second, _ = silent.accept()
        with first, second:
            run.send_signal(signal.SIGINT)
            out, err = run.communicate(timeout=_PATIENCE)

    assert run.returncode == 130
    assert out == b""
    assert err.strip() == b""
    assert sorted(tmp_path.iterdir()) == before
