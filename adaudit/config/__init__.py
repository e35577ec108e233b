"""The YAML target list: one file in, an AuditConfig or every fault of the file out."""

from adaudit.config.auth import (
    AnonymousAuth,
    AuthConfig,
    KerberosAuth,
    NtlmAuth,
    SealedAuth,
    SimpleAuth,
    TlsConfig,
)
from adaudit.config.evidence import EvidenceConfig, EvidenceFile, LiveConfig
from adaudit.config.example import example
from adaudit.config.load import load
from adaudit.config.models import AuditConfig, ChecksConfig, FailOn, LimitsConfig, Waiver
from adaudit.config.schema import schema
from adaudit.config.secret import Secret
from adaudit.config.target import (
    ExplorerTarget,
    LdapTarget,
    LdifTarget,
    Scope,
    SnapshotTarget,
    SourceConfig,
    TargetConfig,
)
from adaudit.config.url import LdapUrl

__all__ = [
    "AnonymousAuth",
    "AuditConfig",
    "AuthConfig",
    "ChecksConfig",
    "EvidenceConfig",
    "EvidenceFile",
    "ExplorerTarget",
    "FailOn",
    "KerberosAuth",
    "LdapTarget",
    "LdapUrl",
    "LdifTarget",
    "LimitsConfig",
    "LiveConfig",
    "NtlmAuth",
    "Scope",
    "SealedAuth",
    "Secret",
    "SimpleAuth",
    "SnapshotTarget",
    "SourceConfig",
    "TargetConfig",
    "TlsConfig",
    "Waiver",
    "example",
    "load",
    "schema",
]
