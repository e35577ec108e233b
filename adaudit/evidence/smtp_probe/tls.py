"""
The ways into TLS after STARTTLS: as it should be, then as far as needed to see what is inside.

Nothing secret is sent, so a certificate that is not trusted is told and not obeyed. Windows 2003
speaks TLS 1.0 with ciphers that an OpenSSL of today may lack: what it cannot do says nothing
about the server.
"""

import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from adaudit.directory.observations import TlsState
from adaudit.errors import EvidenceError
from adaudit.evidence.smtp_probe.client import DialogueError, SmtpClient, describe

_LEGACY_CIPHERS = (
    "ECDHE-RSA-AES256-SHA:ECDHE-RSA-AES128-SHA:DHE-RSA-AES256-SHA:DHE-RSA-AES128-SHA:"
    "AES256-SHA:AES128-SHA:DES-CBC3-SHA:RC4-SHA:RC4-MD5:@SECLEVEL=0"
)
"""Short, for Windows 2003 looks at the first 64 only; names that OpenSSL lacks are skipped"""
_LEGACY_SERVER_CONNECT = 0x4
"""`ssl.OP_LEGACY_SERVER_CONNECT`, which Python 3.11 does not name"""


@dataclass(frozen=True, slots=True)
class Handshake:
    """What came of STARTTLS."""

    state: TlsState
    detail: str
    client: SmtpClient | None = None
    """The connection inside TLS, where there is one"""


def verifying(ca_file: Path | None = None) -> ssl.SSLContext:
    """
    What trusts the authorities of the system, or only those of a PEM file.

    Raises `EvidenceError` where the file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise EvidenceError(f"cannot use `{ca_file}` as CA file: {describe(error)}") from error
    # Authorities of that age follow the rules of their own time. [RFC5280] is stricter
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def enter_tls(ready: Callable[[], SmtpClient], host: str, trusting: ssl.SSLContext) -> Handshake:
    """
    Go inside TLS: verified, or else not, or else with what old servers can do.

    `ready` gives a connection whose STARTTLS has been answered 220, a new one each time; it
    raises `DialogueError` where it cannot.
    """
    name = host.rstrip(".").partition("%")[0]  # no dot and no IPv6 zone in a certificate
    try:
        client = ready()
        return _inside(client, f"{client.start_tls(trusting, name)}, certificate trusted")
    except ssl.SSLCertVerificationError as error:
        problem = f"certificate not trusted: {error.verify_message}"
        return _enter_unverified(ready, name, problem)
    except (OSError, DialogueError) as error:
        return _enter_legacy(ready, name, _reason(error))


def _enter_unverified(ready: Callable[[], SmtpClient], name: str, problem: str) -> Handshake:
    try:
        client = ready()
        return _inside(client, f"{client.start_tls(_unverifying(), name)}, {problem}")
    except (OSError, DialogueError) as error:
        return _enter_legacy(ready, name, f"{problem}; then, unverified: {_reason(error)}")


def _enter_legacy(ready: Callable[[], SmtpClient], name: str, problem: str) -> Handshake:
    try:
        client = ready()
        settings = client.start_tls(_legacy(), name)
    except (OSError, DialogueError) as error:
        detail = f"{problem}; with settings for old servers: {_reason(error)}"
        return Handshake(TlsState.NOT_VERIFIABLE, detail)
    detail = f"{settings}, only with settings for old servers, certificate not verified"
    return _inside(client, f"{detail} (else: {problem})")


def _inside(client: SmtpClient, detail: str) -> Handshake:
    return Handshake(TlsState.ESTABLISHED, detail, client)


def _unverifying() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _legacy() -> ssl.SSLContext:
    context = _unverifying()
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_LEGACY_CIPHERS)
    context.options |= _LEGACY_SERVER_CONNECT
    return context


def _reason(error: OSError | DialogueError) -> str:
    if isinstance(error, TimeoutError):
        return "no answer to the handshake in time"
    return describe(error) if isinstance(error, OSError) else str(error)
