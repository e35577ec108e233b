"""
A throw-away Active Directory domain controller: Samba on a loopback address.

Nothing is written outside one scratch directory and nothing listens but on one address, so any
number of them run side by side. A server ends with the process that started it.
"""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.live.certificates import write_certificates
from tests.live.domain import PASSWORD, Domain
from tests.live.loopback import hold
from tests.live.settings import write_settings

SYSTEM_PYTHON = "/usr/bin/python3"
"""The interpreter that the package python3-samba belongs to."""

DIRECTORY_SCRIPTS = Path(__file__).parent / "directory"
_LIFETIME = 1800
_START_TIMEOUT = 30.0


class ControllerUnavailableError(Exception):
    """No domain controller can be had on this machine; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Controller:
    """A domain controller that is set up below `root`, running or not."""

    domain: Domain
    address: str
    root: Path

    password = PASSWORD

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed the server's certificate."""
        return self.root / "tls" / "ca.pem"

    @property
    def other_ca_file(self) -> Path:
        """The certificate of an authority that signed nothing."""
        return self.root / "tls" / "other-ca.pem"

    @property
    def krb5_config(self) -> Path:
        """The Kerberos settings of a client of this server."""
        return self.root / "etc" / "krb5.conf"

    @property
    def smb_conf(self) -> Path:
        """Samba's whole configuration; nothing is read from /etc/samba."""
        return self.root / "etc" / "smb.conf"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a client: the server's names resolve, its realm has a KDC."""
        return os.environ | {
            "KRB5_CONFIG": str(self.krb5_config),
            "KRB5CCNAME": f"FILE:{self.root}/run/ccache",
            "LDAPTLS_CACERT": str(self.ca_file),
            "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_HOSTS": str(self.root / "etc" / "hosts"),
        }

    def run(
        self, command: Sequence[str | Path], *, text: str | None = None, check: bool = True
    ) -> subprocess.CompletedProcess[str]:
        """Run a client in `environment`, with `text` on its standard input."""
        return subprocess.run(
            [str(part) for part in command],
            env=self.environment,
            input=text,
            check=check,
            capture_output=True,
            encoding="utf-8",
        )

    def populate(self, world: str) -> None:
        """Put Exchange's schema and the organisation `world` into the domain (not running)."""
        script = DIRECTORY_SCRIPTS / "populate.py"
        subprocess.run([SYSTEM_PYTHON, "-B", script, self.smb_conf, world], check=True)

    def ask(self, accounts: Sequence[str]) -> dict[str, dict[str, bool]]:
        """
        Ask the server itself: {account: {DN of the object: whether Send-As on it is granted}}.

        Accounts are sAMAccountNames; the objects are all Exchange servers and their SMTP virtual
        servers.
        """
        answers: dict[str, dict[str, bool]] = self._asked("ask.py", accounts)
        return answers

    def replicate(self, accounts: Sequence[str]) -> dict[str, bool]:
        """Try DCSync as each account, given by sAMAccountName: whether it gets secrets."""
        answers: dict[str, bool] = self._asked("replicate.py", accounts)
        return answers

    def _asked(self, script: str, accounts: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
        command = [SYSTEM_PYTHON, "-B", DIRECTORY_SCRIPTS / script, self.smb_conf, self.address]
        return json.loads(self.run(command, text=json.dumps(list(accounts))).stdout)

    def provision(self, dns: str = "NONE") -> None:
        """
        Set up the domain, its accounts those of any new domain, and the certificates.

        With `dns` SAMBA_INTERNAL there are the partitions of DNS zones, and other RIDs.
        """
        write_settings(self.root, self.domain, self.address)
        answer = subprocess.run(
            [
                *("samba-tool", "domain", "provision", "--quiet"),
                f"--configfile={self.smb_conf}",
                *("--server-role=dc", f"--dns-backend={dns}", "--function-level=2008_R2"),
                *(f"--realm={self.domain.realm}", f"--domain={self.domain.netbios_name}"),
                *(f"--host-name={self.domain.host}", f"--host-ip={self.address}"),
                *(f"--domain-sid={self.domain.sid}", f"--adminpass={PASSWORD}"),
            ],
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        if answer.returncode:
            raise ControllerUnavailableError(f"samba-tool provisions no domain: {answer.stderr}")
        names = [self.domain.fqdn, self.domain.dns_name, "localhost"]
        write_certificates(self.root / "tls", names, [self.address])

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Serve LDAP and Kerberos inside the `with` block."""
        log = (self.root / "log" / "samba.log").open("wb")
        with (
            log,
            subprocess.Popen(
                self._command(), stdin=subprocess.PIPE, stdout=log, stderr=log
            ) as samba,
        ):
            try:
                self._wait_for_answer(samba)
                yield
            finally:
                samba.terminate()

    def _command(self) -> list[str]:
        # interactive: the server ends when its standard input does, that is, with this process
        return [
            *("samba", f"--configfile={self.smb_conf}", "--interactive", "--model=single"),
            *("--no-process-group", f"--maximum-runtime={_LIFETIME}"),
        ]

    def _wait_for_answer(self, samba: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_TIMEOUT
        while not _listens(self.address):
            if samba.poll() is not None or time.monotonic() > deadline:
                log = (self.root / "log" / "samba.log").read_text(errors="replace")
                raise ControllerUnavailableError(f"samba does not answer: {log[-2000:]}")
            time.sleep(0.02)


@contextlib.contextmanager
def started(domain: Domain, world: str) -> Iterator[Controller]:
    """
    A domain controller with the organisation `world`, gone after the `with` block.

    Raises ControllerUnavailableError if this machine cannot have one.
    """
    require_samba()
    with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
        controller = Controller(domain, free_address(), Path(root))
        controller.provision()
        controller.populate(world)
        with controller.running():
            yield controller


def require_samba() -> None:
    """Raise ControllerUnavailableError if no domain controller can be started here."""
    if os.name != "posix" or os.geteuid() != 0:
        raise ControllerUnavailableError(
            "no live tests: a Samba domain controller takes root on Linux"
        )
    absent = [name for name in ("samba", "samba-tool") if shutil.which(name) is None]
    if absent or not Path(SYSTEM_PYTHON).exists():
        raise ControllerUnavailableError(
            "no live tests: Samba is not installed; tests/live/install.sh does that"
        )


def free_address() -> str:
    """A 127/8 address on which nobody serves LDAP, this process's own until it ends."""
    for _ in range(100):
        high, low = os.urandom(2)
        address = f"127.77.{high}.{max(low, 1)}"
        if not _listens(address) and hold(address):
            return address
    raise ControllerUnavailableError("no free loopback address")


def _listens(address: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((address, 389)) == 0
