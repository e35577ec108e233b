"""From the address of a domain controller to a session: connection, TLS, bind."""

import ssl
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from adaudit.collect import operations
from adaudit.collect.answers import Result
from adaudit.collect.channel import Channel, LostConnectionError, connect
from adaudit.collect.failures import bind_refused, not_sealed, unreachable
from adaudit.collect.sealing import Identity, Negotiation, NegotiationError, NoLibraryError
from adaudit.collect.session import CONNECTION_ERRORS, Session
from adaudit.config import LdapUrl
from adaudit.errors import CollectError

_SUCCESS = 0
_BIND_IN_PROGRESS = 14
_MECHANISM = "GSS-SPNEGO"
_MOST_STEPS = 10
"""Of a bind; NTLM and Kerberos take two or three"""


@dataclass(frozen=True, slots=True)
class SimpleIdentity:
    """A name and a password that go to the server in TLS; both empty for nobody."""

    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Access:
    """How the servers of one target are reached, and as whom."""

    identity: SimpleIdentity | Identity
    starttls: bool = False
    verify: bool = True
    ca_file: Path | None = None
    timeout: float = 30.0
    page_size: int = 500
    pauses: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0, 16.0)
    """Seconds before each try to go on, when a server is busy or its connection broke"""

    @property
    def reader(self) -> str:
        """Who reads, by name: another one may see something else. Empty for the current user."""
        return self.identity.user or ""


def open_session(url: LdapUrl, access: Access) -> Session:
    """
    Connect to a server and bind.

    Raises `CollectError` that says what is wrong and what to do about it.
    """
    uses_tls = url.uses_tls or access.starttls
    context = _tls_context(access) if uses_tls else None
    try:
        with ExitStack() as undo:
            channel = connect(url.host, url.port, access.timeout)
            undo.callback(channel.close)
            if access.starttls:
                _ask_for_tls(channel, url)
            if context is not None:
                channel.start_tls(context, url.host)
            _bind(channel, url, access.identity)
            undo.pop_all()
            return Session(channel, access.page_size)
    except (*CONNECTION_ERRORS, NegotiationError, NoLibraryError) as error:
        raise unreachable(str(url), error) from error


def _tls_context(access: Access) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=access.ca_file)
    except OSError as error:
        reason = error.strerror or str(error)
        raise CollectError(
            f"no certificates in `{access.ca_file}`: {reason}", "`ca_file` is a PEM file"
        ) from error
    # Python 3.13 asks for extensions that the certificates of many a domain lack
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if not access.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _ask_for_tls(channel: Channel, url: LdapUrl) -> None:
    result = _result(channel, operations.start_tls())
    if result.code != _SUCCESS:
        name = operations.result_name(result.code)
        raise CollectError(f"`{url}` refuses StartTLS: {name}", "use `ldaps://`")


def _bind(channel: Channel, url: LdapUrl, identity: SimpleIdentity | Identity) -> None:
    if isinstance(identity, Identity):
        _bind_sealed(channel, url, identity)
        return
    result = _result(channel, operations.bind_simple(identity.user, identity.password))
    if result.code != _SUCCESS:
        raise bind_refused(str(url), identity.user, result)


def _bind_sealed(channel: Channel, url: LdapUrl, identity: Identity) -> None:
    negotiation = Negotiation(identity, url.host)
    token = negotiation.step(None)
    for _ in range(_MOST_STEPS):
        result = _result(channel, operations.bind_sasl(_MECHANISM, token))
        if result.code not in (_SUCCESS, _BIND_IN_PROGRESS):
            raise bind_refused(str(url), identity.user or "", result)
        token = negotiation.step(result.credentials) if result.credentials else None
        if result.code == _SUCCESS:
            break
    if not negotiation.is_sealed:
        raise not_sealed(str(url))
    channel.seal(negotiation.sealed)


def _result(channel: Channel, request: operations.Request) -> Result:
    answer = channel.receive(channel.send(request))
    if not isinstance(answer.operation, Result):
        raise LostConnectionError("the server answers what was not asked")
    return answer.operation
