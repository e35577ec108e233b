"""What may go on the wire: every operation of LDAP is tried, and what is sent is seen."""

import socket
import warnings
from typing import Any

import pytest

from adaudit.collect import operations
from adaudit.collect.allowed import ALLOWED_OPERATIONS, ForbiddenOperationError, require_allowed
from adaudit.collect.channel import Channel
from adaudit.collect.plan import ROOT_DSE

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3.operation.abandon import abandon_operation
    from ldap3.operation.add import add_operation
    from ldap3.operation.compare import compare_operation
    from ldap3.operation.delete import delete_operation
    from ldap3.operation.extended import extended_operation
    from ldap3.operation.modify import modify_operation
    from ldap3.operation.modifyDn import modify_dn_operation
    from ldap3.protocol.rfc4511 import LDAPMessage, MessageID, ProtocolOp
    from ldap3.utils.asn1 import encode

DN = "CN=x,DC=contoso,DC=example"
PASSWORD_MODIFY = "1.3.6.1.4.1.4203.1.11.1"
FORBIDDEN = {
    "add": ("addRequest", add_operation(DN, {"objectClass": ["group"]}, auto_encode=False)),
    "modify": (
        "modifyRequest",
        modify_operation(DN, {"member": [("MODIFY_ADD", [b"y"])]}, auto_encode=False),
    ),
    "delete": ("delRequest", delete_operation(DN)),
    "modify DN": ("modDNRequest", modify_dn_operation(DN, "CN=y", delete_old_rdn=True)),
    "compare": ("compareRequest", compare_operation(DN, "cn", b"x", auto_encode=False)),
    "password modify": ("extendedReq", extended_operation(PASSWORD_MODIFY)),
    "an unknown extension": ("extendedReq", extended_operation("1.2.3")),
}
ALLOWED = {
    "bind": operations.bind_simple("auditor", "password"),
    "search": operations.search_page(ROOT_DSE, 100, b""),
    "unbind": operations.unbind(),
    "abandon": lambda _: message("abandonRequest", abandon_operation(1)),
    "StartTLS": operations.start_tls(),
    "WhoAmI": lambda _: message("extendedReq", extended_operation("1.3.6.1.4.1.4203.1.11.3")),
}


class Recorder:
    """A pipe that keeps what it is to send."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def sendall(self, data: bytes, /) -> None:
        """Keep it."""
        self.sent.append(data)

    def recv(self, _: int, /) -> bytes:
        """Give nothing."""
        return b""

    def close(self) -> None:
        """Do nothing."""


def message(kind: str, operation: Any) -> bytes:  # noqa: ANN401  # pyasn1 has no types to check
    found = LDAPMessage()
    found["messageID"] = MessageID(1)
    found["protocolOp"] = ProtocolOp().setComponentByName(kind, operation)
    return bytes(encode(found))


@pytest.mark.parametrize("name", FORBIDDEN)
def test_whatever_writes_or_is_unknown_is_refused_before_it_is_sent(name: str) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        with pytest.raises(ForbiddenOperationError, match="is not allowed"):
            Channel(ours).send(lambda _: message(*FORBIDDEN[name]))
        ours.close()
        assert theirs.recv(1) == b""


@pytest.mark.parametrize("name", FORBIDDEN)
def test_it_is_refused_before_it_is_sealed(name: str) -> None:
    sealing = Recorder()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        channel = Channel(ours)
        channel.seal(lambda _: sealing)
        with pytest.raises(ForbiddenOperationError):
            channel.send(lambda _: message(*FORBIDDEN[name]))
        channel.send(operations.unbind())
    assert sealing.sent == [operations.unbind()(2)]


@pytest.mark.parametrize("name", ALLOWED)
def test_what_reading_takes_is_allowed(name: str) -> None:
    assert require_allowed(ALLOWED[name](7)) == name


def test_a_second_message_behind_an_allowed_one_is_refused() -> None:
    search = operations.search_page(ROOT_DSE, 100, b"")(1)
    with pytest.raises(ForbiddenOperationError):
        require_allowed(search + message(*FORBIDDEN["delete"]))


@pytest.mark.parametrize(
    "data",
    [b"", b"GET / HTTP/1.1", b"\x30\x03\x02\x01\x01", b"\x31\x05\x02\x01\x01\x42\x00", b"\x30\x80"],
)
def test_bytes_that_are_no_message_are_refused(data: bytes) -> None:
    with pytest.raises(ForbiddenOperationError):
        require_allowed(data)


def test_every_tag_but_those_of_the_list_is_refused() -> None:
    for tag in range(256):
        if tag in ALLOWED_OPERATIONS or tag & 0x1F == 0x1F:
            continue
        with pytest.raises(ForbiddenOperationError):
            require_allowed(bytes([0x30, 5, 2, 1, 1, tag, 0]))


def test_the_list_is_that_of_the_standard() -> None:
    # [RFC4511] 4.2 bind 0, 4.3 unbind 2, 4.5 search 3, 4.11 abandon 16, 4.12 extended 23,
    # of the class APPLICATION (0x40), constructed (0x20) where the operation is a SEQUENCE
    assert set(ALLOWED_OPERATIONS) == {0x60, 0x42, 0x63, 0x50, 0x77}
