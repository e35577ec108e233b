"""From a target of the list into a snapshot."""

from typing import Protocol

from adaudit.collect.completeness import Contexts, missing
from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.source import Ask, Referral, Source, Stage
from adaudit.config import LdapTarget, LdifTarget
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.directory.writer import SnapshotWriter

__all__ = ["Ask", "Progress", "collect", "open_source"]

_CROSS_REFERENCE = b"crossRef"
_COMPLETENESS = "completeness"
"""A step that never gets a mark: what it tells is found anew when a collection is gone on with"""


class Progress(Protocol):
    """Who watches a collection."""

    def update(self, count: int, what: str) -> None:
        """Learn that `count` objects were read so far and that `what` is read now."""


def collect(source: Source, writer: SnapshotWriter, progress: Progress | None = None) -> None:
    """
    Read a source to its end into a snapshot, with a gap for whatever is missing.

    What `writer` has marks of from an earlier run is not read again. Raises `CollectError` when
    nothing can be read.
    """
    reading = _Reading(writer, source.description)
    for item in source.read(writer.marks):
        if isinstance(item, Entry):
            reading.add(item)
        else:
            reading.note(item)
        if progress is not None:
            progress.update(writer.count, reading.what)
    reading.end(everything=source.everything)


class _Reading:
    """One collection: what is read now, and what its end has to tell."""

    def __init__(self, writer: SnapshotWriter, what: str) -> None:
        self.what = what
        self._writer = writer
        self._step: str | None = None
        self._subjects: set[str] = set()
        """Of the gaps that the source reports itself"""
        self._referrals: list[Referral] = []
        earlier = writer.of_class("crossRef") if writer.marks else ()
        self._contexts = Contexts(earlier)

    def add(self, entry: Entry) -> None:
        """Take up an object."""
        self._writer.add(entry)
        classes = entry.attributes.get("objectclass", ())
        if _CROSS_REFERENCE in classes:
            self._contexts.note(entry)
        elif not classes and not entry.dn.text:
            self._contexts.note_root(entry)

    def note(self, item: Gap | Referral | Stage | Mark) -> None:
        """Take up whatever is no object."""
        if isinstance(item, Stage):
            self.what, self._step = item.what, item.step
        elif isinstance(item, Gap):
            self._subjects.add(item.subject)
            self._writer.add_gap(item, self._step)
        elif isinstance(item, Referral):
            self._referrals.append(item)
        else:
            self._add_referrals(item.step)  # what is marked will not be given again
            self._writer.checkpoint(item)

    def end(self, *, everything: bool) -> None:
        """Tell what is missing and nobody reported."""
        self._add_referrals(_COMPLETENESS)
        for gap in missing(self._writer, everything=everything):
            if gap.subject not in self._subjects:
                self._writer.add_gap(gap, _COMPLETENESS)

    def _add_referrals(self, step: str) -> None:
        for gap in filter(None, map(self._contexts.gap, self._referrals)):
            self._writer.add_gap(gap, step)
        self._referrals.clear()


def open_source(target: LdifTarget | LdapTarget, ask: Ask | None) -> Source:
    """
    The source that a target of the list names; nothing is read yet, but secrets are fetched.

    Raises `ConfigError` when a secret cannot be had, and `CollectError` for a combination that
    no domain controller takes.
    """
    if isinstance(target, LdifTarget):
        return LdifSource(target.ldif, everything=target.scope == "all")
    # what speaks LDAP takes a quarter of a second to import, which files need not wait for
    from adaudit.collect.ldap_target import ldap_source  # noqa: PLC0415  # see above

    return ldap_source(target, ask)
