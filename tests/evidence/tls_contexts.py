"""What the TLS servers of the tests can do: today's, that of Windows 2003, and nothing of ours."""

import datetime as dt
import ssl
import warnings
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.live.certificates import write_certificates
from tests.smtp_servers import LOOPBACK


def current(folder: Path, address: str = LOOPBACK) -> ssl.SSLContext:
    """Today's settings; the folder gets its authority as `ca.pem`, and an `other-ca.pem`."""
    write_certificates(folder, ["ex01.contoso.example"], [address])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    return context


def as_windows_2003(folder: Path) -> ssl.SSLContext:
    """TLS 1.0 and one cipher of its time, with a self-signed certificate of 1024 bits."""
    context = _rsa_context(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("AES128-SHA:@SECLEVEL=0")
    return context


def without_common_cipher(folder: Path) -> ssl.SSLContext:
    """Nothing but ciphers without authentication, which stand for those that OpenSSL has lost."""
    context = _rsa_context(folder)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ADH-AES128-SHA:@SECLEVEL=0")
    return context


def _rsa_context(folder: Path) -> ssl.SSLContext:
    key = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - weak, as it was
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ex01")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "old.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(pem)
    return context
