"""How a reader proves who it is to a domain controller, and how the controller proves itself."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Discriminator, JsonValue, Tag, model_validator

from adaudit.config.scalars import ExistingFile, Flag, Line, TicketFile
from adaudit.config.secret import Secret
from adaudit.config.strict import Conflict, StrictModel, without


class KerberosAuth(StrictModel, json_schema_extra={"dependentRequired": {"password": ["user"]}}):
    """Kerberos: the current user, the tickets of a file, or a user with a password."""

    method: Literal["kerberos"] = "kerberos"
    user: Line | None = None
    """`user@REALM`, the realm in capitals; without it the current user"""
    password: Secret | None = None
    """Where the password comes from; only with `user`, and in place of tickets"""
    ccache: TicketFile | None = None
    """File with the tickets that `kinit` got; without it the default one of this computer"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        conflicts: list[Conflict] = []
        if self.password and not self.user:
            conflicts.append((("user",), "is required beside `password`"))
        if self.password and self.ccache:
            conflicts.append((("ccache",), "does nothing beside `password`: give one of them"))
        return without(conflicts, self)


_ONE_SECRET: dict[str, JsonValue] = {
    "oneOf": [{"required": ["password"]}, {"required": ["nt_hash"]}]
}


class NtlmAuth(StrictModel, json_schema_extra=_ONE_SECRET):
    """NTLM with a password or its NT hash; the connection is signed and sealed."""

    method: Literal["ntlm"]
    user: Line
    r"""`DOMAIN\user` or `user@domain`"""
    password: Secret | None = None
    """Where the password comes from"""
    nt_hash: Secret | None = None
    """The NT hash in place of the password: 32 hexadecimal digits, and as secret"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.password and self.nt_hash:
            return without([(("nt_hash",), "stands beside `password`: give one of them")], self)
        if not self.password and not self.nt_hash:
            return without([(("password",), "is required, or `nt_hash`")], self)
        return self


class SimpleAuth(StrictModel):
    """Name and password, which the server gets in clear: only inside TLS."""

    method: Literal["simple"]
    user: Line
    r"""A DN, `user@domain` or `DOMAIN\user`"""
    password: Secret
    """Where the password comes from"""


class AnonymousAuth(StrictModel):
    """No authentication; Active Directory then shows little more than its root entry."""

    method: Literal["anonymous"]


AuthConfig: TypeAlias = KerberosAuth | NtlmAuth | SimpleAuth | AnonymousAuth
METHODS: dict[str, type[StrictModel]] = {
    "kerberos": KerberosAuth,
    "ntlm": NtlmAuth,
    "simple": SimpleAuth,
    "anonymous": AnonymousAuth,
}


def _method(value: object) -> str | None:
    """Tell the model by the key `method`; without the key it is Kerberos."""
    if isinstance(value, dict):
        value = value.get("method", "kerberos")
        return value if isinstance(value, str) else None
    return getattr(value, "method", None)


AnyAuth: TypeAlias = Annotated[
    Annotated[KerberosAuth, Tag("kerberos")]
    | Annotated[NtlmAuth, Tag("ntlm")]
    | Annotated[SimpleAuth, Tag("simple")]
    | Annotated[AnonymousAuth, Tag("anonymous")],
    Discriminator(_method),
]
"""`AuthConfig` as a field that is read by its method"""
SealedAuth: TypeAlias = KerberosAuth | NtlmAuth
"""The methods that also sign and seal what follows, over LDAP and over RPC"""
AnySealedAuth: TypeAlias = Annotated[
    Annotated[KerberosAuth, Tag("kerberos")] | Annotated[NtlmAuth, Tag("ntlm")],
    Discriminator(_method),
]
"""`SealedAuth` as a field that is read by its method"""


def questions(auth: AuthConfig) -> Iterator[str]:
    """What `Secret.resolve` is given to ask on the terminal, where a secret comes from there."""
    if isinstance(auth, AnonymousAuth):
        return
    if auth.password is not None and auth.password.prompt:
        yield f"password of {auth.user}"
    if isinstance(auth, NtlmAuth) and auth.nt_hash is not None and auth.nt_hash.prompt:
        yield f"NT hash of {auth.user}"


class TlsConfig(StrictModel):
    """How the certificate of the domain controller is judged."""

    ca_file: ExistingFile | None = None
    """PEM file with the certificates to trust; without it those of this computer"""
    verify: Flag = True
    """`false` takes any certificate, and the report says so"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.ca_file and not self.verify:
            return without([(("ca_file",), "does nothing beside `verify: false`")], self)
        return self
