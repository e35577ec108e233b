"""Registry and event log of a real server, Samba's smbd, over SMB 1 and SMB 3."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from adaudit.directory.observations import LogEvent, RegistryValue
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry import files as reg_files
from adaudit.evidence.rpc.credentials import NtlmCredentials
from adaudit.evidence.rpc.event_log import EVENTLOG, read_event_log
from adaudit.evidence.rpc.line import Limits, Line
from adaudit.evidence.rpc.registry import KEY_QUERY_VALUE, WINREG, read_registry
from adaudit.evidence.rpc.session import open_session
from tests.available import unavailable
from tests.live.smbd import PORT, Smbd, SmbdUnavailableError, built
from tests.live.smbd_data import (
    DOMAIN,
    HOST,
    LOGGED,
    PASSWORD,
    READER,
    RECORDS,
    RELEVANT,
    STRANGER,
)

pytestmark = pytest.mark.live

AUDITOR = NtlmCredentials(DOMAIN, READER, PASSWORD)
SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
KINDS = {
    "SMB 1, signed": ("NT1", "default"),
    "SMB 2.1, signed": ("SMB2_10", "default"),
    "SMB 3, signed": ("SMB3", "default"),
    "SMB 3, encrypted": ("SMB3", "required"),
}


@contextlib.contextmanager
def had(protocol: str = "SMB3") -> Iterator[Smbd]:
    """A server, where this machine can have one."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(built(protocol))
        except SmbdUnavailableError as error:
            unavailable(str(error))
        yield server


@pytest.fixture(scope="module")
def built_server() -> Iterator[Smbd]:
    with had() as server:
        yield server


@pytest.fixture(scope="module", params=KINDS)
def server(request: pytest.FixtureRequest, built_server: Smbd) -> Iterator[Smbd]:
    """A running server, of each kind in turn."""
    protocol, encrypt = KINDS[request.param]
    server = replace(built_server, protocol=protocol, encrypt=encrypt)
    with server.running():
        yield server


@pytest.fixture(scope="module")
def idle_server() -> Iterator[Smbd]:
    """A server that runs only while a test has it run."""
    with had("NT1") as server:
        yield server


@pytest.fixture(scope="module")
def one_server() -> Iterator[Smbd]:
    """A running server of its own, for what does not depend on the protocol."""
    with had("NT1") as server, server.running():
        yield server


def registry_of(
    server: Smbd, credentials: NtlmCredentials = AUDITOR, timeout: float = 5
) -> Reading:
    return read_registry(server.address, credentials, port=PORT, timeout=timeout)


def log_of(server: Smbd, credentials: NtlmCredentials = AUDITOR, timeout: float = 5) -> Reading:
    return read_event_log(server.address, credentials, port=PORT, timeout=timeout)


@pytest.fixture(scope="module")
def registry(server: Smbd) -> Reading:
    """What one reading of the registry gives, over each kind of session."""
    return registry_of(server)


@pytest.fixture(scope="module")
def log(server: Smbd) -> Reading:
    """What one reading of the log gives, likewise."""
    return log_of(server)


def values(reading: Reading) -> dict[str, object]:
    return {each.name: each.value for each in reading.records if isinstance(each, RegistryValue)}


def events(reading: Reading) -> list[LogEvent]:
    return [each for each in reading.records if isinstance(each, LogEvent)]


def test_the_registry_is_read(registry: Reading) -> None:
    assert registry.gaps == ()
    found = values(registry)
    # The server makes these up itself, of the machine that it runs on.
    assert found.pop("Hostname") == socket.gethostname().partition(".")[0]
    assert isinstance(found.pop("Domain"), str)
    assert found == {
        "SuppressExternal": 1,
        "Exch50AuthCheckEnabled": None,
        "7 SMTP Protocol": 3,
        "BackConnectionHostNames": ("mail.example.test", "mx"),
        "ComputerName": HOST,
    }


def test_the_registry_says_whose_it_is(registry: Reading, server: Smbd) -> None:
    assert registry.source.computer == HOST
    assert registry.source.name == rf"\\{server.address}\HKLM"


def test_the_log_is_read(log: Reading) -> None:
    assert log.gaps == ()
    assert [event.number for event in events(log)] == list(RELEVANT)
    for event in events(log):
        written = RECORDS[event.number - 1]
        assert event.event_id == written.event_id & 0xFFFF
        assert (event.provider, event.strings) == (written.provider, written.strings)
        assert event.data == written.data.encode()


def test_times_and_computer_of_events_are_read(log: Reading) -> None:
    first = events(log)[0]
    assert (first.at, first.computer) == (LOGGED, HOST)


def test_all_records_are_counted(log: Reading) -> None:
    assert (log.source.total, log.source.first) == (len(RECORDS), LOGGED)
    assert log.source.computer == HOST


def test_what_comes_over_rpc_is_not_called_verified(registry: Reading, log: Reading) -> None:
    assert (registry.source.is_verified, log.source.is_verified) == (False, False)


def test_of_a_long_log_the_newest_records_are_read(server: Smbd) -> None:
    reading = read_event_log(server.address, AUDITOR, port=PORT, most=3)
    assert [event.number for event in events(reading)] == [6, 7, 8]
    assert [gap.reason for gap in reading.gaps] == [
        "its oldest 5 records were not read, but the newest 3"
    ]


def test_who_may_not_read_the_log_is_refused(server: Smbd) -> None:
    with pytest.raises(EvidenceError, match="access denied") as caught:
        log_of(server, NtlmCredentials(DOMAIN, STRANGER, PASSWORD))
    assert caught.value.hint is not None
    assert "wevtutil epl" in caught.value.hint


@pytest.mark.parametrize("user", [READER, "nobody-such"])
def test_a_wrong_name_or_password_is_refused(server: Smbd, user: str) -> None:
    with pytest.raises(EvidenceError, match="log-on: user or password is wrong") as caught:
        registry_of(server, NtlmCredentials(DOMAIN, user, "geheim-4711"))
    assert "geheim" not in str(caught.value)


def test_who_has_no_name_is_refused(server: Smbd) -> None:
    with pytest.raises(EvidenceError, match="access denied"):
        registry_of(server, NtlmCredentials("", "", ""))


def test_the_hash_of_a_password_stands_for_it(server: Smbd) -> None:
    from impacket.ntlm import compute_nthash  # noqa: PLC0415 - after the server is known to be there

    credentials = NtlmCredentials(DOMAIN, READER, nt_hash=compute_nthash(PASSWORD).hex())
    assert values(registry_of(server, credentials))["SuppressExternal"] == 1


def test_nothing_is_printed(server: Smbd, capfd: pytest.CaptureFixture[str]) -> None:
    registry_of(server)
    log_of(server)
    with pytest.raises(EvidenceError):
        registry_of(server, NtlmCredentials(DOMAIN, READER, "x"))
    assert capfd.readouterr() == ("", "")


@dataclass
class Sent:
    """What goes out: SMB commands and RPC calls."""

    commands: set[int] = field(default_factory=set)
    calls: dict[str, set[int]] = field(default_factory=dict)
    rights: set[int] = field(default_factory=set)


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """Records what impacket hands over to be sent, below everything of ours but the socket."""
    from impacket.dcerpc.v5.transport import SMBTransport  # noqa: PLC0415 - only where it is needed

    recorded = Sent()
    send, send_all = SMBTransport.send, Line.sendall

    def record_call(self: SMBTransport, data: bytes, *args: int, **kwargs: int) -> None:
        name = self._SMBTransport__filename.removeprefix("\\")
        if data[2] == 0:  # a request; binding is another type
            (opnum,) = struct.unpack_from("<H", data, 22)
            recorded.calls.setdefault(name, set()).add(opnum)
            if name == "winreg" and opnum in {2, 15}:
                recorded.rights.add(struct.unpack("<I", data[-4:])[0])
        send(self, data, *args, **kwargs)

    def record_command(self: Line, data: bytes) -> None:
        recorded.commands.add(struct.unpack_from("<H", data, 16)[0] if data[4] == 0xFE else data[8])
        send_all(self, data)

    monkeypatch.setattr(SMBTransport, "send", record_call)
    monkeypatch.setattr(Line, "sendall", record_command)
    return recorded


def test_only_calls_that_read_are_sent(server: Smbd, sent: Sent) -> None:
    registry_of(server)
    log_of(server)
    # [MS-RRP] 3.1.5: OpenLocalMachine, CloseKey, EnumValue, OpenKey, QueryValue
    # [MS-EVEN] 3.1.4: NumberOfRecords, OldestRecord, OpenELW, ReadELW
    assert sent.calls == {"winreg": {2, 5, 10, 15, 17}, "eventlog": {4, 5, 7, 10}}


def test_no_right_is_asked_for_but_to_query_values(server: Smbd, sent: Sent) -> None:
    registry_of(server)
    assert sent.rights == {KEY_QUERY_VALUE}


def test_a_call_that_is_not_allowed_is_not_sent(one_server: Smbd, sent: Sent) -> None:
    from impacket.dcerpc.v5 import even, rrp  # noqa: PLC0415 - only where it is needed

    with open_session(one_server.address, AUDITOR, Limits(), PORT) as session:
        registry, log = session.open_pipe(WINREG), session.open_pipe(EVENTLOG)
        with pytest.raises(ValueError, match="call 22 of winreg is not allowed"):
            registry.request(rrp.BaseRegSetValue())
        with pytest.raises(ValueError, match="call 0 of eventlog is not allowed"):
            log.request(even.ElfrClearELFW())
    assert sent.calls == {}


def test_only_a_pipe_is_opened_and_spoken_to(one_server: Smbd, sent: Sent) -> None:
    registry_of(one_server)
    # [MS-CIFS] 2.2.2.1: negotiate, session setup, tree connect, NT create, write, read
    assert sent.commands <= {0x72, 0x73, 0x75, 0xA2, 0x2F, 0x2E}


def test_a_key_that_may_not_be_read_is_a_gap() -> None:
    with had() as server:
        server.deny(rf"{SERVICES}\SMTPSVC\XEXCH50")
        with server.running():
            reading = registry_of(server)
    assert "SuppressExternal" not in values(reading)
    assert values(reading)["7 SMTP Protocol"] == 3
    assert [(gap.subject, gap.reason) for gap in reading.gaps] == [
        (
            rf"\\{server.address}\HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC\XEXCH50",
            "access denied (error 5)",
        )
    ]


def test_a_service_that_is_not_running_is_told_and_not_started(idle_server: Smbd) -> None:
    with idle_server.running(services=()):
        with pytest.raises(EvidenceError, match="Remote Registry service is not running"):
            registry_of(idle_server)
        with pytest.raises(EvidenceError, match="event log service is not running"):
            log_of(idle_server)
        assert idle_server.pids("rpcd_winreg") == []


@pytest.mark.parametrize("program", ["rpcd_winreg", "smbd"])
def test_a_server_that_stalls_is_given_up(idle_server: Smbd, program: str) -> None:
    with idle_server.running():
        registry_of(idle_server)  # the service starts with its first client
        begun = time.monotonic()
        with (
            idle_server.stalled(program),
            pytest.raises(EvidenceError, match="does not answer within 1 s"),
        ):
            registry_of(idle_server, timeout=1)
        assert time.monotonic() - begun < 20


def test_a_closed_port_is_told(idle_server: Smbd) -> None:
    with pytest.raises(EvidenceError, match="Connection refused"):
        registry_of(idle_server)


READ = struct.pack("<3I", 5, 0, 1 << 16)
"""The end of ElfrReadELW: sequentially forwards, 64 KiB at once. [MS-EVEN] 3.1.4.7"""


class Proxy:
    """Stands between client and server, and alters, delays or keeps what the server sends."""

    def __init__(
        self, server: Smbd, *, delay: float = 0, answers: int = 1000, reads: int = 1000
    ) -> None:
        self._server, self._delay, self._answers, self._reads = server, delay, answers, reads
        self._listener = socket.create_server((server.address, 0))
        self.port: int = self._listener.getsockname()[1]
        self.tampers = False
        self.altered = 0

    @contextlib.contextmanager
    def serving(self) -> Iterator[None]:
        """Take one connection inside the `with` block."""
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield
        finally:
            thread.join()
            self._listener.close()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client, socket.create_connection((self._server.address, PORT)) as server:
            forth = threading.Thread(target=self._forward, args=(client, server))
            forth.start()
            with contextlib.suppress(OSError):  # one of them has gone
                self._back(server, client)
            client.close()
            forth.join()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):  # one of them has gone
            while data := client.recv(1 << 16):
                self._reads -= READ in data
                if self._reads >= 0:
                    server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)

    def _back(self, server: socket.socket, client: socket.socket) -> None:
        with server.makefile("rb") as answers:
            while head := answers.read(4):
                body = bytearray(answers.read(int.from_bytes(head[1:], "big")))
                at = body.find(struct.pack("<3I", 0, 4, 1))  # a REG_DWORD that is 1. [C706] 14.3.3
                if self.tampers and not self.altered and at >= 0 and body[-4:] == bytes(4):
                    body[at + 8] ^= 1
                    self.altered += 1
                self._answers -= 1
                time.sleep(self._delay)
                if self._answers >= 0:
                    client.sendall(head + body)


@pytest.mark.parametrize("protocol", ["NT1", "SMB2_10"])
def test_what_is_altered_on_the_way_goes_unnoticed_though_signed(
    idle_server: Smbd, protocol: str
) -> None:
    server = replace(idle_server, protocol=protocol)
    proxy = Proxy(server)
    proxy.tampers = True
    with server.running(), proxy.serving():
        reading = read_registry(server.address, AUDITOR, port=proxy.port)
    assert proxy.altered == 1
    assert values(reading)["SuppressExternal"] == 0
    assert not reading.source.is_verified


def test_answers_that_drip_in_are_given_up_as_a_whole(one_server: Smbd) -> None:
    proxy = Proxy(one_server, delay=0.2)
    with proxy.serving(), pytest.raises(EvidenceError, match=r"not done within 0\.5 s"):
        read_registry(one_server.address, AUDITOR, port=proxy.port, timeout=5, whole=0.5)


def test_what_was_read_before_a_server_falls_silent_is_kept(one_server: Smbd) -> None:
    proxy = Proxy(one_server, answers=25)
    with proxy.serving():
        reading = read_registry(one_server.address, AUDITOR, port=proxy.port, timeout=3)
    assert values(reading)["SuppressExternal"] == 1
    assert "Domain" not in values(reading)
    assert "does not answer within 3 s" in reading.gaps[0].reason
    assert reading.gaps[-1].reason.endswith("more keys were not read")


def test_records_that_come_before_a_server_falls_silent_are_kept(one_server: Smbd) -> None:
    proxy = Proxy(one_server, reads=1)
    with proxy.serving():
        reading = read_event_log(one_server.address, AUDITOR, port=proxy.port, timeout=3)
    assert len(events(reading)) == len(RELEVANT)
    assert [gap.reason for gap in reading.gaps] == [
        f"only 8 of 8 records were read: `{one_server.address}` does not answer within 3 s"
    ]


def test_a_file_that_samba_exports_is_read(idle_server: Smbd) -> None:
    reading = reg_files.read(idle_server.export(r"HKLM\SYSTEM\CurrentControlSet"), None)
    assert reading.gaps == ()
    assert reading.source.computer == HOST
    found = values(reading)
    assert (found["SuppressExternal"], found["7 SMTP Protocol"]) == (1, 3)
    assert found["BackConnectionHostNames"] == ("mail.example.test", "mx")


def test_of_a_file_that_ends_otherwise_than_those_of_windows_less_is_taken_for_known() -> None:
    # regedit ends its files with an empty line, Samba with a comment: this one may be cut off.
    service = rf"{SERVICES}\SMTPSVC"
    with had() as server:
        server.tool("net", "registry", "deletekey", rf"{service}\XEXCH50")
        server.tool("net", "registry", "createkey", rf"{service}\Parameters")
        path = server.export(service)
        assert reg_files.read(path, HOST).records == ()
        path.write_bytes(path.read_bytes() + b"\n\n")
        assert set(values(reg_files.read(path, HOST)).values()) == {None}
