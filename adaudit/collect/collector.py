"""From a target of the list into a snapshot."""

from typing import Protocol

from adaudit.collect.completeness import complete
from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.source import Ask, Source, Stage
from adaudit.config import LdapTarget, LdifTarget
from adaudit.directory.entry import Gap
from adaudit.directory.writer import SnapshotWriter

__all__ = ["Ask", "Progress", "collect", "open_source"]


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
    # what speaks LDAP takes a quarter of a second to import, which files need not wait for
    from adaudit.collect.ldap_target import ldap_source  # noqa: PLC0415  # see above

    return ldap_source(target, ask)
