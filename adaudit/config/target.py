"""One target: a directory and where it is read from."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Discriminator, Tag, model_validator

from adaudit.config.auth import AnyAuth, KerberosAuth, NtlmAuth, SimpleAuth, TlsConfig
from adaudit.config.evidence import EvidenceConfig
from adaudit.config.faults import guess
from adaudit.config.scalars import (
    ExistingFile,
    Flag,
    Name,
    OneOrMore,
    PageSize,
    Seconds,
    Site,
    Url,
)
from adaudit.config.strict import Conflict, StrictModel, repeated, without

_MIXED = "mixes `ldap://` or `gc://` with `ldaps://` or `gcs://`: use one kind"
_ONLY_CATALOGS = (
    "names only global catalogs, which lack most of the configuration: add a server by `ldap://` "
    "or `ldaps://`, perhaps the same one"
)
Scope: TypeAlias = Literal["exchange", "all"]


class LdifTarget(StrictModel):
    """A directory exported to LDIF. [RFC 2849]"""

    name: Name
    """How reports call the target; unique"""
    site: Site | None = None
    """Where the target is read: by those workers of a fleet that offer `site-NAME`"""
    ldif: OneOrMore[ExistingFile]
    """The file or files, `.gz` too, relative to the folder of the list"""
    scope: Scope = "exchange"
    """What is kept: what the checks of Exchange need, or for a review of the whole directory every
    object of the files with its descriptor"""
    evidence: EvidenceConfig | None = None
    """What else is read about the Exchange servers: logs, registries, the servers themselves"""


class ExplorerTarget(StrictModel):
    """A directory that AD Explorer of Sysinternals saved to a snapshot of its own."""

    name: Name
    """How reports call the target; unique"""
    site: Site | None = None
    """Where the target is read: by those workers of a fleet that offer `site-NAME`"""
    explorer: OneOrMore[ExistingFile]
    """The `.dat` file, or one for each domain of a forest, relative to the folder of the list"""
    scope: Scope = "exchange"
    """What is kept: what the checks of Exchange need, or for a review of the whole directory every
    object of the files with its descriptor"""
    evidence: EvidenceConfig | None = None
    """What else is read about the Exchange servers: logs, registries, the servers themselves"""


class SnapshotTarget(StrictModel):
    """A directory that `adaudit collect` read before, at once or domain by domain."""

    name: Name
    """How reports call the target; unique"""
    site: Site | None = None
    """Where the target is read: by those workers of a fleet that offer `site-NAME`"""
    snapshot: OneOrMore[ExistingFile]
    """The file, relative to the folder of the list; several of one forest are put together"""
    evidence: EvidenceConfig | None = None
    """What else is read about the Exchange servers, beside the evidence in the snapshot"""

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        twice = repeated([str(file) for file in self.snapshot])
        conflicts = [(("snapshot", index), "is in the list twice") for index, _ in twice]
        return without(conflicts, self)


class LdapTarget(StrictModel):
    """A directory that is read from its domain controllers."""

    name: Name
    """How reports call the target; unique"""
    site: Site | None = None
    """Where the target is read: by those workers of a fleet that offer `site-NAME`"""
    ldap: OneOrMore[Url]
    """`ldap://host[:port]` (signed and sealed) or `ldaps://host[:port]`; a list names one domain
    controller for each domain of the same forest; `gc://host` or `gcs://host`, a global catalog,
    stands in for domains of which no server is read"""
    starttls: Flag = False
    """Change to TLS inside `ldap://`"""
    tls: TlsConfig = TlsConfig()
    """How the certificate is judged; only with `ldaps://` or `starttls`"""
    auth: AnyAuth = KerberosAuth()
    """Who reads; without it the current user, by Kerberos"""
    timeout: Seconds = 30
    """Seconds to wait for a connection, and for each answer"""
    page_size: PageSize = 500
    """Entries to ask for at a time"""
    scope: Scope = "exchange"
    """What is read: what the checks of Exchange need, or for a review of the whole directory every
    object of every partition with its descriptor"""
    sacl: Flag = False
    """Read audit entries too, which takes the right `manage auditing and security log`; only with
    `scope: all`"""
    evidence: EvidenceConfig | None = None
    """What else is read about the Exchange servers: logs, registries, the servers themselves"""

    @property
    def uses_tls(self) -> bool:
        """Whether everything, the bind included, goes through TLS."""
        return self.starttls or self.ldap[0].uses_tls

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if len({url.uses_tls for url in self.ldap}) > 1:
            return without([(("ldap",), _MIXED)], self)
        if all(url.is_catalog for url in self.ldap):
            return without([(("ldap",), _ONLY_CATALOGS)], self)
        twice = [(("ldap", index), "is in the list twice") for index, _ in repeated(self.ldap)]
        return without([*twice, *_transport_conflicts(self), *_scope_conflicts(self)], self)


def _transport_conflicts(target: LdapTarget) -> Iterator[Conflict]:
    if target.starttls and target.ldap[0].uses_tls:
        yield ("starttls",), "does nothing on `ldaps://`, which is TLS from the start"
    if "tls" in target.model_fields_set and not target.uses_tls:
        yield ("tls",), "does nothing without `ldaps://` or `starttls: true`"
    if isinstance(target.auth, SimpleAuth) and not target.uses_tls:
        text = "`simple` would send the password in clear: use `ldaps://` or `starttls: true`"
        yield ("auth", "method"), text
    if isinstance(target.auth, NtlmAuth | KerberosAuth) and target.uses_tls:
        yield _sealed_inside_tls(target)


def _scope_conflicts(target: LdapTarget) -> Iterator[Conflict]:
    if target.sacl and target.scope != "all":
        yield ("sacl",), "does nothing without `scope: all`"


def _sealed_inside_tls(target: LdapTarget) -> Conflict:
    way = "use `ldap://`, which it signs and seals"
    if "auth" not in target.model_fields_set:
        return ("ldap",), f"without `auth` Kerberos is used, which cannot be inside TLS: {way}"
    return ("auth",), f"`{target.auth.method}` cannot be used inside TLS: {way}"


SourceConfig: TypeAlias = LdapTarget | LdifTarget | ExplorerTarget
"""What a snapshot is collected from"""
TargetConfig: TypeAlias = SourceConfig | SnapshotTarget
KINDS: dict[str, type[StrictModel]] = {
    "ldif": LdifTarget,
    "ldap": LdapTarget,
    "explorer": ExplorerTarget,
    "snapshot": SnapshotTarget,
}


def _kind(value: object) -> str | None:
    """Tell the model by the key that names the source, as meant if it is misspelt."""
    for kind, model in KINDS.items():
        if isinstance(value, model):
            return kind
    if not isinstance(value, dict):
        return None
    keys = [key for key in value if isinstance(key, str)]
    return next((kind for kind in KINDS if kind in keys), None) or _meant(keys)


def _meant(keys: Iterable[str]) -> str | None:
    return next(filter(None, (guess(key, KINDS) for key in keys)), None)


AnyTarget: TypeAlias = Annotated[
    Annotated[LdifTarget, Tag("ldif")]
    | Annotated[LdapTarget, Tag("ldap")]
    | Annotated[ExplorerTarget, Tag("explorer")]
    | Annotated[SnapshotTarget, Tag("snapshot")],
    Discriminator(_kind),
]
"""`TargetConfig` as a field that is read by its kind"""
