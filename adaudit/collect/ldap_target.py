"""From the settings of an LDAP target to the source that reads it."""

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.ldap import LdapSource
from adaudit.collect.sealing import Identity
from adaudit.collect.source import Ask
from adaudit.config import AnonymousAuth, AuthConfig, LdapTarget, NtlmAuth, Secret, SimpleAuth
from adaudit.errors import CollectError

_SEALED_HINT = "use `ldap://` without `starttls`: Kerberos and NTLM sign and seal it"


def ldap_source(target: LdapTarget, ask: Ask | None) -> LdapSource:
    """
    The source of an LDAP target; nothing is read yet, but secrets are fetched.

    Raises `ConfigError` when a secret cannot be had, and `CollectError` for a combination that
    no domain controller takes.
    """
    if target.uses_tls and not isinstance(target.auth, (SimpleAuth, AnonymousAuth)):
        raise CollectError(f"`{target.auth.method}` cannot be used inside TLS", _SEALED_HINT)
    access = Access(
        _identity(target.auth, ask),
        starttls=target.starttls,
        verify=target.tls.verify,
        ca_file=target.tls.ca_file,
        timeout=target.timeout,
        page_size=target.page_size,
    )
    everything = target.scope == "all"
    return LdapSource(target.ldap, access, everything=everything, with_sacls=target.sacl)


def _identity(auth: AuthConfig, ask: Ask | None) -> SimpleIdentity | Identity:
    if isinstance(auth, AnonymousAuth):
        return SimpleIdentity()
    password = _fetched(auth.password, ask, f"password of {auth.user}")
    if isinstance(auth, SimpleAuth):
        return SimpleIdentity(auth.user, password or "")
    if isinstance(auth, NtlmAuth):
        nt_hash = _fetched(auth.nt_hash, ask, f"NT hash of {auth.user}")
        return Identity("ntlm", auth.user, password, nt_hash)
    ccache = f"FILE:{auth.ccache}" if auth.ccache else None
    return Identity("kerberos", auth.user, password, ccache=ccache)


def _fetched(secret: Secret | None, ask: Ask | None, what: str) -> str | None:
    return secret.resolve(ask, what) if secret else None
