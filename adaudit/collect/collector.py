"""From a target of the list into a snapshot."""

from collections.abc import Callable
from typing import Protocol

from adaudit.collect.binding import Access, SimpleIdentity
from adaudit.collect.completeness import complete
from adaudit.collect.ldap import LdapSource
from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.sealing import Identity
from adaudit.collect.source import Source, Stage
from adaudit.config import (
    AnonymousAuth,
    AuthConfig,
    LdapTarget,
    LdifTarget,
    NtlmAuth,
    Secret,
    SimpleAuth,
)
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import SnapshotWriter
from adaudit.errors import CollectError

Ask = Callable[[str], str]
"""Puts a question on the terminal, without echo"""

_SEALED_HINT = "use `ldap://` without `starttls`: Kerberos and NTLM sign and seal it"


class Progress(Protocol):
    """Who watches a collection."""

    def update(self, count: int, what: str) -> None:
        """Learn that `count` objects were read so far and that `what` is read now."""


def collect(source: Source, writer: SnapshotWriter, progress: Progress | None = None) -> None:
    """
    Read a source to its end into a snapshot, with a gap for whatever is missing.

    Raises `CollectError` when nothing can be read.
    """
    what = source.description
    for item in complete(source.read()):
        if isinstance(item, Stage):
            what = item.what
        elif isinstance(item, Gap):
            writer.add_gap(item)
        else:
            writer.add(item)
        if progress is not None:
            progress.update(writer.count, what)


def open_source(target: LdifTarget | LdapTarget, ask: Ask | None) -> Source:
    """
    The source that a target of the list names; nothing is read yet, but secrets are fetched.

    Raises `ConfigError` when a secret cannot be had, and `CollectError` for a combination that
    no domain controller takes.
    """
    if isinstance(target, LdifTarget):
        return LdifSource(target.ldif)
    identity = _identity(target.auth, ask)
    if isinstance(identity, Identity) and target.uses_tls:
        raise CollectError(f"`{target.auth.method}` cannot be used inside TLS", _SEALED_HINT)
    access = Access(
        identity,
        starttls=target.starttls,
        verify=target.tls.verify,
        ca_file=target.tls.ca_file,
        timeout=target.timeout,
        page_size=target.page_size,
    )
    return LdapSource(target.ldap, access)


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
