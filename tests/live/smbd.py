"""
A throw-away file server: Samba's smbd on a loopback address, with a remote registry and event log.

It speaks [MS-RRP] on the pipe `winreg` and [MS-EVEN] on `eventlog`, written by nobody here. Nothing
is written outside one scratch directory, nothing listens but on one address, and the users are in
no /etc/passwd. A server ends with the process that started it.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.live.loopback import hold
from tests.live.smbd_data import (
    DOMAIN,
    HOST,
    PASSWORD,
    READER,
    RECORDS,
    REGISTRY,
    STRANGER,
    event_text,
)

PORT = 445
_LIBEXEC = Path("/usr/libexec/samba")
_PROGRAMS = ("smbd", "net", "pdbedit", "eventlogadm")
_START_TIMEOUT = 20.0
_READERS = 61010
ALL_SERVICES = ("winreg", "eventlog")
_SERVERS = {"winreg": "rpcd_winreg", "eventlog": "rpcd_classic"}

_SMB_CONF = """\
[global]
    netbios name = {host}
    workgroup = {domain}
    server role = standalone server
    interfaces = {address}/8
    bind interfaces only = yes
    smb ports = {port}
    disable netbios = yes
    server signing = mandatory
    server smb encrypt = {encrypt}
    server min protocol = {protocol}
    server max protocol = {protocol}
    passdb backend = tdbsam:{root}/private/passdb.tdb
    map to guest = never
    restrict anonymous = 2
    eventlog list = Application
    rpc start on demand helpers = no
    private dir = {root}/private
    state directory = {root}/state
    cache directory = {root}/cache
    lock directory = {root}/lock
    pid directory = {root}/run
    ncalrpc dir = {root}/run/ncalrpc
    winbindd socket directory = {root}/run/winbindd
    usershare path = {root}/state/usershares
    usershare max shares = 0
    smb passwd file = {root}/private/smbpasswd
    log file = {root}/log/log.%m
    load printers = no
    disable spoolss = yes
    printcap name = /dev/null
    printing = bsd
"""
_PASSWD = f"""\
root:x:0:0:root:/:/bin/false
nobody:x:65534:65534:nobody:/:/bin/false
{READER}:x:61001:61001::/:/bin/false
{STRANGER}:x:61002:61002::/:/bin/false
"""
_GROUP = f"""\
root:x:0:
nogroup:x:65534:
{READER}:x:61001:
{STRANGER}:x:61002:
evtread:x:{_READERS}:{READER}
"""


class SmbdUnavailableError(Exception):
    """No file server can be had on this machine; the message says why in one line."""


@dataclass(frozen=True, slots=True)
class Smbd:
    """A file server that is set up below `root`, running or not."""

    root: Path
    address: str
    protocol: str = "SMB3"
    """`NT1` for SMB 1, `SMB3` for the newest"""
    encrypt: str = "default"
    """`required` for an encrypted session"""
    settings: str = ""
    """More lines of smb.conf"""

    @property
    def log_file(self) -> Path:
        """The file of the application log; its mode says who may read the log."""
        return self.root / "state" / "eventlog" / "application.tdb"

    def tool(self, *command: str, text: str | None = None) -> str:
        """Run a program of Samba on the files of this server."""
        arguments = [command[0], "-s", str(self._conf), *command[1:]]
        environment = self._environment | {"LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            arguments,
            input=text,
            env=environment,
            check=False,
            capture_output=True,
            encoding="utf-8",
        )
        if done.returncode:
            raise SmbdUnavailableError(f"{command[0]} fails: {done.stdout}{done.stderr}")
        return done.stdout

    def build(self) -> None:
        """Make users, registry and log, by Samba's own programs."""
        self.root.chmod(0o755)  # the services go on as the user who has logged on
        for folder in ("etc", "run", "log", "private", "state", "cache", "lock"):
            (self.root / folder).mkdir()
        (self.root / "etc" / "passwd").write_text(_PASSWD, encoding="utf-8")
        (self.root / "etc" / "group").write_text(_GROUP, encoding="utf-8")
        self._configure()
        for user in (READER, STRANGER):
            self.tool("pdbedit", "-t", "-a", "-u", user, text=f"{PASSWORD}\n{PASSWORD}\n")
        keys = self.root / "etc" / "registry.reg"
        keys.write_text(REGISTRY, encoding="utf-16")
        self.tool("net", "registry", "import", str(keys))
        self.tool("eventlogadm", "-o", "write", "Application", text=event_text(RECORDS))
        os.chown(self.log_file, 0, _READERS)
        self.log_file.chmod(0o640)

    def deny(self, key: str) -> None:
        """Let nobody but administrators open a key."""
        sddl = "O:BAG:SYD:(A;;0xf003f;;;BA)(A;;0xf003f;;;SY)"
        self.tool("net", "registry", "setsd_sddl", key, sddl)

    def export(self, key: str) -> Path:
        """Have Samba write a key into a `.reg` file."""
        path = self.root / "exported.reg"
        self.tool("net", "registry", "export", key, str(path))
        return path

    @contextlib.contextmanager
    def running(self, services: tuple[str, ...] = ALL_SERVICES) -> Iterator[None]:
        """Serve inside the `with` block; the other RPC services are not running."""
        self._configure()
        with contextlib.ExitStack() as running:
            log = running.enter_context((self.root / "log" / "out").open("wb"))
            programs = self._service_programs(services)
            options = ("--foreground", "--no-process-group", f"--log-basename={self.root}/log")
            common = [f"--configfile={self._conf}", *options]
            commands = [["smbd", *common]]
            if programs:
                commands.append([str(_LIBEXEC / "samba-dcerpcd"), *common, *programs])
            for command in commands:
                running.enter_context(self._process(command, log.fileno()))
            self._wait_for_answer(services)
            yield

    def pids(self, program: str) -> list[int]:
        """The processes of this server that run `program`."""
        found = []
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                name = (path / "comm").read_text().strip()
                environment = (path / "environ").read_bytes()
                if name == program and os.fsencode(f"ADAUDIT_SMBD={self.root}") in environment:
                    found.append(int(path.name))
        return found

    @contextlib.contextmanager
    def stalled(self, program: str) -> Iterator[None]:
        """Stop the processes that run `program` inside the `with` block, and no other."""
        stopped = self.pids(program)
        assert stopped, f"{program} does not run"
        try:
            _signal(stopped, signal.SIGSTOP)
            yield
        finally:
            _signal(stopped, signal.SIGCONT)

    @property
    def _conf(self) -> Path:
        return self.root / "etc" / "smb.conf"

    @property
    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "ADAUDIT_SMBD": str(self.root),
            "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(self.root / "etc" / "passwd"),
            "NSS_WRAPPER_GROUP": str(self.root / "etc" / "group"),
        }

    def _configure(self) -> None:
        values = {"root": self.root, "address": self.address, "port": PORT}
        values |= {"protocol": self.protocol, "encrypt": self.encrypt}
        values |= {"host": HOST, "domain": DOMAIN}
        text = _SMB_CONF.format_map(values) + self.settings
        self._conf.write_text(text, encoding="utf-8")

    def _service_programs(self, services: tuple[str, ...]) -> list[str]:
        """One-line scripts: the programs do not take over where to log, and would in /var/log."""
        folder = self.root / "run" / "libexec"
        shutil.rmtree(self.root / "run")
        folder.mkdir(parents=True)
        for service in services:
            program = _SERVERS[service]
            script = f'#!/bin/sh\nexec {_LIBEXEC}/{program} --log-basename={self.root}/log "$@"\n'
            (folder / program).write_text(script, encoding="utf-8")
            (folder / program).chmod(0o755)
        return [str(path) for path in sorted(folder.iterdir())]

    @contextlib.contextmanager
    def _process(self, command: list[str], log: int) -> Iterator[None]:
        # A pipe at its standard input that closes ends it: it does not outlive this process.
        with subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            env=self._environment,
            start_new_session=True,
        ) as process:
            try:
                yield
            finally:
                os.killpg(process.pid, signal.SIGTERM)
                os.killpg(process.pid, signal.SIGCONT)

    def _wait_for_answer(self, services: tuple[str, ...]) -> None:
        pipes = [self.root / "run" / "ncalrpc" / "np" / service for service in services]
        deadline = time.monotonic() + _START_TIMEOUT
        while not (listens(self.address) and all(pipe.exists() for pipe in pipes)):
            if time.monotonic() > deadline:
                log = (self.root / "log" / "out").read_text(errors="replace")
                raise SmbdUnavailableError(f"smbd does not answer: {log[-2000:]}")
            time.sleep(0.02)


@contextlib.contextmanager
def built(protocol: str = "SMB3", settings: str = "") -> Iterator[Smbd]:
    """
    A file server with its data, not running yet, gone after the `with` block.

    Raises SmbdUnavailableError if this machine cannot have one.
    """
    _require_samba()
    with tempfile.TemporaryDirectory(prefix="adaudit-smb-") as root:
        server = Smbd(Path(root), _free_address(), protocol, settings=settings)
        server.build()
        yield server


def listens(address: str, port: int = PORT) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex((address, port)) == 0


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):  # it has ended meanwhile
            os.kill(pid, number)


def _require_samba() -> None:
    if os.name != "posix" or os.geteuid() != 0:
        raise SmbdUnavailableError("no live tests of RPC: Samba's smbd takes root on Linux")
    absent = [name for name in _PROGRAMS if shutil.which(name) is None]
    if absent or not _LIBEXEC.exists():
        raise SmbdUnavailableError(
            "no live tests of RPC: Samba is not installed; tests/live/install.sh does that"
        )


def _free_address() -> str:
    for _ in range(100):
        high, low = os.urandom(2)
        address = f"127.79.{high}.{max(low, 1)}"
        if not listens(address) and hold(address):
            return address
    raise SmbdUnavailableError("no free loopback address")
