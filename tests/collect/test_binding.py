"""From an address to a session: what is refused on the way, and how it is said."""

import datetime as dt
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import spnego
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from adaudit.collect.binding import Access, SimpleIdentity, open_session
from adaudit.collect.failures import unreachable
from adaudit.collect.sealing import Identity, NegotiationError
from adaudit.config import LdapUrl
from adaudit.errors import CollectError
from tests.collect.fake_controller import FakeController, contoso

PASSWORD = "not-to-be-seen"
SIMPLE = SimpleIdentity("auditor", PASSWORD)
NTLM = Identity("ntlm", "CONTOSO\\auditor", PASSWORD)
NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)


def certificate(folder: Path, begins: dt.datetime, ends: dt.datetime) -> Path:
    """A certificate of `localhost`, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    builder = (
        builder.not_valid_before(begins).not_valid_after(ends).add_extension(names, critical=False)
    )
    signed = builder.sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    file = folder / "localhost.pem"
    file.write_bytes(
        signed.public_bytes(pem) + key.private_bytes(pem, form, serialization.NoEncryption())
    )
    return file


@pytest.fixture
def server() -> Iterator[FakeController]:
    with contoso().running() as running:
        yield running


def failure(url: str, access: Access) -> CollectError:
    with pytest.raises(CollectError) as caught:
        open_session(LdapUrl.parse(url), access)
    assert caught.value.hint
    assert PASSWORD not in f"{caught.value.message} {caught.value.hint}"
    return caught.value


def tls_failure(file: Path) -> CollectError:
    """What is said of a server with that certificate, which the client trusts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)

    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client, pytest.raises(ssl.SSLError):
            context.wrap_socket(client, server_side=True)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"ldaps://localhost:{listener.getsockname()[1]}"
        error = failure(url, Access(SIMPLE, ca_file=file, timeout=5))
        thread.join(5)
    return error


def test_an_expired_certificate_is_one_clear_error(tmp_path: Path) -> None:
    error = tls_failure(certificate(tmp_path, NOW - 2 * DAY, NOW - DAY))
    assert "its certificate has expired" in error.message


def test_a_certificate_of_the_future_is_one_clear_error(tmp_path: Path) -> None:
    error = tls_failure(certificate(tmp_path, NOW + DAY, NOW + 2 * DAY))
    assert "its certificate is not valid yet" in error.message


def test_a_server_without_tls_is_one_clear_error() -> None:
    def serve(listener: socket.socket) -> None:
        client, _ = listener.accept()
        with client:
            client.recv(4096)
            client.sendall(b"220 mail.contoso.example ESMTP\r\n")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        url = f"ldaps://localhost:{listener.getsockname()[1]}"
        error = failure(url, Access(SIMPLE, timeout=5))
        thread.join(5)
    assert "the TLS handshake failed (wrong version number)" in error.message


@pytest.mark.parametrize("content", [None, "no certificate\n"])
def test_a_file_without_certificates_is_one_clear_error(
    tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "ca.pem"
    if content:
        file.write_text(content, encoding="utf-8")
    error = failure("ldaps://127.0.0.1", Access(SIMPLE, ca_file=file))
    assert error.message.startswith(f"no certificates in `{file}`")


def test_a_server_that_agrees_without_a_negotiation_is_refused(server: FakeController) -> None:
    error = failure(server.url, Access(NTLM, timeout=5))
    assert error.message == f"`{server.url}` refuses signing and sealing"
    assert server.operations == ["bind"]


def test_a_server_that_never_ends_a_negotiation_is_refused(server: FakeController) -> None:
    server.bind_result = (14, "")
    error = failure(server.url, Access(NTLM, timeout=5))
    assert error.message == f"`{server.url}` refuses signing and sealing"
    assert server.operations == ["bind"] * 10


def test_a_sealed_bind_that_is_refused_says_why(server: FakeController) -> None:
    server.bind_result = (49, "AcceptSecurityContext error, data 52e, v4563")
    error = failure(server.url, Access(NTLM, timeout=5))
    assert error.message.endswith("`CONTOSO\\auditor` in: the user or the password is wrong")


def test_an_unknown_mechanism_says_so(server: FakeController) -> None:
    server.bind_result = (7, "")
    assert "authMethodNotSupported (7)" in failure(server.url, Access(NTLM, timeout=5)).message


def test_kerberos_without_its_library_says_what_to_install(
    server: FakeController, monkeypatch: pytest.MonkeyPatch
) -> None:
    def client(*_: object, **__: object) -> None:
        raise ImportError("GSSAPIProxy requires the Python gssapi library")

    monkeypatch.setattr(spnego, "client", client)
    error = failure(server.url, Access(Identity("kerberos"), timeout=5))
    assert "Kerberos is not installed" in error.message
    assert error.hint == "pip install 'adaudit[kerberos]'"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Minor (2529638949): Clock skew too great", "the clocks differ too much"),
        ("Minor (2529638944): Ticket expired", "the ticket has expired"),
        (
            "Minor (2529638919): Server not found in Kerberos database",
            "no LDAP service of that name",
        ),
        ("Cannot contact any KDC for realm 'CONTOSO.EXAMPLE'", "no Kerberos server of the realm"),
        ("something new", "something new"),
    ],
)
def test_what_kerberos_says_is_put_into_words(text: str, message: str) -> None:
    error = unreachable("ldap://dc1.contoso.example", NegotiationError(text))
    assert message in error.message
    assert error.hint
