"""
Kerberos and NTLM by GSS-SPNEGO, signed and sealed: the one module that imports pyspnego.

The security layer is what domain controllers ask for on port 389. [MS-ADTS] 5.1.1.1, 5.1.2
"""

import importlib
import struct
from dataclasses import dataclass, field

import spnego
from spnego.exceptions import SpnegoError

from adaudit.collect.channel import LostConnectionError, Pipe


def _security_errors() -> tuple[type[Exception], ...]:
    """
    What the libraries raise over a server's token or a user's credentials.

    pyspnego lets through what krb5 raises over a password, and what its own reading of a malformed
    token does.
    """
    errors = (SpnegoError, ValueError, LookupError, struct.error)
    try:
        krb5 = importlib.import_module("krb5")
    except ImportError:  # Windows, or the extra `kerberos` is not installed
        return errors
    return (*errors, krb5.Krb5Error)


_SECURITY_ERRORS = _security_errors()
_SEALED = (
    spnego.ContextReq.mutual_auth
    | spnego.ContextReq.replay_detect
    | spnego.ContextReq.sequence_detect
    | spnego.ContextReq.integrity
    | spnego.ContextReq.confidentiality
)
_LAYER = spnego.ContextReq.integrity | spnego.ContextReq.confidentiality
_LARGEST_TOKEN = 1 << 26
_CHUNK = 1 << 18


class NegotiationError(Exception):
    """The two sides did not come to terms; the message is that of the security library."""


class NoLibraryError(Exception):
    """Kerberos was asked for and its library is not installed."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who reads, and how that is proved."""

    protocol: str
    """`kerberos` or `ntlm`"""
    user: str | None = None
    """None for the current user"""
    password: str | None = field(default=None, repr=False)
    nt_hash: str | None = field(default=None, repr=False)
    ccache: str | None = None
    """Name of a Kerberos credential cache: `FILE:/tmp/krb5cc_1000`"""


class Negotiation:
    """The client's side of a GSS-SPNEGO bind to the LDAP service of `host`."""

    def __init__(self, identity: Identity, host: str) -> None:
        """Raises `NegotiationError` and `NoLibraryError`."""
        try:
            self._context = spnego.client(
                _credential(identity),
                identity.password,
                hostname=host,
                service="ldap",
                protocol=identity.protocol,
                context_req=_SEALED,
            )
        except ImportError as error:
            raise NoLibraryError(str(error)) from error
        except _SECURITY_ERRORS as error:
            raise NegotiationError(str(error)) from error

    def step(self, token: bytes | None) -> bytes | None:
        """Answer the server's token. Raises `NegotiationError`."""
        try:
            answer: bytes | None = self._context.step(token)
        except _SECURITY_ERRORS as error:
            raise NegotiationError(str(error)) from error
        return answer

    @property
    def is_sealed(self) -> bool:
        """Whether both sides agreed, to their end, to sign and to seal."""
        return self._context.complete and self._context.context_attr & _LAYER == _LAYER

    def sealed(self, pipe: Pipe) -> Pipe:
        """Wrap what goes over `pipe` from here on."""
        return _SealedPipe(pipe, self._context)


class _SealedPipe:
    """The SASL security layer: four bytes of length, then a GSS token. [RFC4422] 3.7"""

    def __init__(self, pipe: Pipe, context: spnego.ContextProxy) -> None:
        self._pipe = pipe
        self._context = context
        self._sealed = bytearray()
        self._plain = b""
        self._given = 0
        """How much of what was unsealed last was given on"""

    def sendall(self, data: bytes, /) -> None:
        """Seal and send all bytes."""
        token = self._context.wrap(data, encrypt=True).data
        self._pipe.sendall(struct.pack(">I", len(token)) + token)

    def recv(self, size: int, /) -> bytes:
        """Receive up to `size` bytes of what was sealed."""
        while self._given == len(self._plain):
            token = self._token()
            if token is None:
                return b""
            self._plain, self._given = self._unsealed(token), 0
        data = self._plain[self._given : self._given + size]
        self._given += len(data)
        return data

    def close(self) -> None:
        """Close the connection."""
        self._pipe.close()

    def _unsealed(self, token: bytes) -> bytes:
        try:
            found = self._context.unwrap(token)
        except _SECURITY_ERRORS as error:
            raise LostConnectionError(f"a sealed message was changed on its way: {error}") from None
        if not found.encrypted:
            raise LostConnectionError("the server sends in clear what was to be sealed")
        return bytes(found.data)

    def _token(self) -> bytes | None:
        while len(self._sealed) < self._length():
            data = self._pipe.recv(_CHUNK)
            if not data:
                return None
            self._sealed += data
        end = self._length()
        token = bytes(self._sealed[4:end])
        del self._sealed[:end]
        return token

    def _length(self) -> int:
        """How many bytes the first token takes, as far as can be told."""
        if len(self._sealed) < 4:
            return 4
        length = int.from_bytes(self._sealed[:4], "big")
        if length > _LARGEST_TOKEN:
            raise LostConnectionError(f"a sealed message of {length} bytes")
        return 4 + length


def _credential(identity: Identity) -> spnego.Credential | str | None:
    if identity.nt_hash is not None and identity.user is not None:
        return spnego.NTLMHash(username=identity.user, nt_hash=identity.nt_hash)
    if identity.ccache is not None:
        return spnego.KerberosCCache(identity.ccache, principal=identity.user)
    return identity.user
