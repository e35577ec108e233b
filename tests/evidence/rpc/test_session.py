"""Hosts that cannot be read over RPC: none there, silent ones, and ones that answer nonsense."""

import contextlib
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from adaudit.errors import EvidenceError
from adaudit.evidence.rpc import session
from adaudit.evidence.rpc.credentials import NtlmCredentials, RpcCredentials, TicketCredentials
from adaudit.evidence.rpc.line import Limits
from adaudit.evidence.rpc.registry import read_registry
from adaudit.evidence.rpc.session import open_session

SECRET = "geheim-4711"
HASH = "0123456789abcdef0123456789abcdef"
SOMEBODY = NtlmCredentials("LAB", "auditor", SECRET)
Manner = Callable[[socket.socket], None]
SMB1_ERROR = b"\xffSMBr" + (0xC00000BB).to_bytes(4, "little") + bytes(30)


@contextlib.contextmanager
def host(manner: Manner) -> Iterator[int]:
    """A host on the port given, which treats every connection in its manner."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            with contextlib.suppress(OSError):  # the listener or the client is gone
                while True:
                    client, _ = listener.accept()
                    with client:
                        manner(client)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


def refusal(
    manner: Manner, limits: Limits | None = None, credentials: RpcCredentials = SOMEBODY
) -> EvidenceError:
    """What is said of such a host."""
    limits = limits or Limits(answer=2, whole=5, received=1 << 20)
    with (
        host(manner) as port,
        pytest.raises(EvidenceError) as caught,
        open_session("127.0.0.1", credentials, limits, port),
    ):
        pass
    return caught.value


def packet(body: bytes) -> bytes:
    """A message of the session service. [RFC1002] 4.3.1"""
    return len(body).to_bytes(4, "big") + body


def silent(client: socket.socket) -> None:
    while client.recv(1 << 16):
        pass


def answering(answer: bytes) -> Manner:
    def manner(client: socket.socket) -> None:
        client.recv(1 << 16)
        client.sendall(answer)
        silent(client)

    return manner


def endless(client: socket.socket) -> None:
    while True:
        client.sendall(b"\x85\0\0\0" * 4096)  # keep-alives. [RFC1002] 4.3.6


def dripping(client: socket.socket) -> None:
    client.sendall(b"\0\0\xff\xff")
    while True:
        client.sendall(b"x")
        time.sleep(0.05)


def closing(_client: socket.socket) -> None:
    pass


def test_a_silent_host_is_given_up() -> None:
    error = refusal(silent, Limits(answer=0.2, whole=5))
    assert error.message == "`127.0.0.1` does not answer within 0.2 s"


def test_a_host_that_closes_at_once_is_told() -> None:
    assert refusal(closing).message == "`127.0.0.1` has closed the connection"


@pytest.mark.parametrize(
    "answer",
    [
        b"220 ex01 ESMTP\r\n",
        packet(b""),
        packet(b"\xfeSMB"),
        packet(b"\xfeSMB" + bytes(60)),
        packet(b"\xfeSMB" + b"\xff" * 200),
        packet(b"\xffSMB"),
        packet(b"\xffSMBr" + b"\xff" * 60),
        packet(b"HTTP/1.1 400 Bad Request"),
        packet(SMB1_ERROR),
    ],
    ids=repr,
)
def test_nonsense_is_an_error_that_says_so(answer: bytes) -> None:
    error = refusal(answering(answer), Limits(answer=0.3, whole=1, received=1 << 20))
    assert error.message.startswith("`127.0.0.1` ")
    assert SECRET not in error.message


def test_a_host_that_sends_without_end_is_given_up() -> None:
    error = refusal(endless, Limits(answer=2, whole=5, received=1 << 20))
    assert error.message.startswith("`127.0.0.1` ")


def test_a_host_that_drips_is_given_up_as_a_whole() -> None:
    error = refusal(dripping, Limits(answer=5, whole=0.4))
    assert error.message == "`127.0.0.1` was given up: it was not done within 0.4 s"


def test_a_port_where_nobody_listens_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(EvidenceError, match=f"cannot connect to `127.0.0.1` port {port}: "):
        read_registry("127.0.0.1", SOMEBODY, port=port)


def test_of_several_addresses_one_that_answers_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody listens on the first one, as with IPv6 on the name of a host that has only IPv4.
    monkeypatch.setattr(session, "look_up", lambda _host, _timeout: ("127.0.0.2", "127.0.0.1"))
    assert refusal(closing).message == "`127.0.0.1` has closed the connection"


def test_a_name_that_is_not_known_is_told() -> None:
    with pytest.raises(EvidenceError, match=r"nowhere\.invalid"):
        read_registry("nowhere.invalid", SOMEBODY, timeout=5)


def test_without_impacket_the_hint_says_what_else_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "impacket", None)
    with pytest.raises(EvidenceError, match="impacket is not installed") as caught:
        read_registry("127.0.0.1", SOMEBODY)
    assert caught.value.hint is not None
    assert ".reg" in caught.value.hint


def test_credentials_do_not_show_their_secrets() -> None:
    shown = repr(NtlmCredentials("LAB", "auditor", SECRET, HASH))
    assert SECRET not in shown
    assert HASH not in shown


def negotiating(client: socket.socket) -> None:
    """Answer as an SMB 2.1 server does that signs; nobody gets further than to log on."""
    client.recv(1 << 16)
    header = b"\xfeSMB" + struct.pack("<HHIHHIIQIIQ16s", 64, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, b"")
    sizes = (1 << 16, 1 << 16, 1 << 16)
    body = struct.pack("<HHHH16sIIIIQQHHI", 65, 1, 0x210, 0, b"", 0, *sizes, 0, 0, 128, 0, 0)
    client.sendall(packet(header + body))
    silent(client)


def test_a_file_of_tickets_that_is_missing_is_told(tmp_path: Path) -> None:
    error = refusal(negotiating, credentials=TicketCredentials(tmp_path / "none"))
    assert error.message == f"no tickets in `{tmp_path / 'none'}`: No such file or directory"
    assert error.hint is not None


def test_a_file_of_another_form_holds_no_tickets(tmp_path: Path) -> None:
    path = tmp_path / "tickets"
    path.write_bytes(b"[libdefaults]\n")
    error = refusal(negotiating, credentials=TicketCredentials(path))
    assert error.message == f"no tickets in `{path}`: it is of another form"


def test_tickets_that_are_not_in_a_file_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRB5CCNAME", "KEYRING:persistent:1000")
    error = refusal(negotiating, credentials=TicketCredentials())
    assert error.message.startswith("tickets are kept in `KEYRING")


def test_no_secret_is_in_what_is_raised() -> None:
    error = refusal(answering(packet(b"\xfeSMB" + b"\xff" * 200)), Limits(answer=0.3, whole=1))
    chain = [error, error.__cause__, error.__context__]
    assert not any(SECRET in repr(each) for each in chain)
