"""From a target of the list into a snapshot."""

from typing import Protocol

from adaudit.collect.completeness import COMPLETENESS, Contexts, have_sacls, missing
from adaudit.collect.explorer import ExplorerSource
from adaudit.collect.ldif_files import LdifSource
from adaudit.collect.source import Ask, Referral, Sacls, Source, Stage
from adaudit.config import ExplorerTarget, LdifTarget, SourceConfig
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.marks import Mark
from adaudit.directory.reach import Reach, Scope
from adaudit.directory.writer import SnapshotWriter

__all__ = ["Ask", "Progress", "collect", "open_source"]

_CROSS_REFERENCE = b"crossRef"
_NO_SACLS = Gap(
    "audit entries",
    "the SACLs were not read: the reader lacks the right `manage auditing and security log` on a "
    "controller that was asked",
)


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
    reading = _Reading(writer, source.description, everything=source.everything)
    for item in source.read(writer.marks):
        if isinstance(item, Entry):
            reading.add(item)
        else:
            reading.note(item)
        if progress is not None:
            progress.update(writer.count, reading.what)
    reading.end()


class _Reading:
    """One collection: what is read now, and what its end has to tell."""

    def __init__(self, writer: SnapshotWriter, what: str, *, everything: bool) -> None:
        self.what = what
        self._writer = writer
        self._everything = everything
        self._has_sacls = writer.reach.has_sacls if writer.marks else None
        """Whether all descriptors came with their SACL, None where nobody said so yet"""
        self._is_without_sacls = False
        """Whether a server was asked for them and gave none"""
        self._step: str | None = None
        self._subjects: set[str] = set()
        """Of the gaps that the source reports itself"""
        self._referrals: list[Referral] = []
        earlier = writer.of_class("crossRef") if writer.marks else ()
        self._contexts = Contexts(earlier)
        self._tell()

    def add(self, entry: Entry) -> None:
        """Take up an object."""
        self._writer.add(entry)
        classes = entry.attributes.get("objectclass", ())
        if _CROSS_REFERENCE in classes:
            self._contexts.note(entry)
        elif not classes and not entry.dn.text:
            self._contexts.note_root(entry)

    def note(self, item: Gap | Referral | Stage | Mark | Sacls) -> None:
        """Take up whatever is no object."""
        if isinstance(item, Stage):
            self.what, self._step = item.what, item.step
        elif isinstance(item, Gap):
            self._subjects.add(item.subject)
            self._writer.add_gap(item, self._step)
        elif isinstance(item, Referral):
            self._referrals.append(item)
        elif isinstance(item, Sacls):
            self._has_sacls = item.are_given and self._has_sacls is not False
            self._is_without_sacls = not self._has_sacls
            self._tell()
        else:
            self._add_referrals(item.step)  # what is marked will not be given again
            self._writer.checkpoint(item)

    def end(self) -> None:
        """Tell what is missing and nobody reported."""
        self._add_referrals(COMPLETENESS)
        if self._has_sacls is None:
            self._has_sacls = have_sacls(self._writer)
            self._tell()
        elif self._is_without_sacls:
            self._writer.add_gap(_NO_SACLS, COMPLETENESS)
        for gap in missing(self._writer, everything=self._everything):
            if gap.subject not in self._subjects:
                self._writer.add_gap(gap, COMPLETENESS)

    def _tell(self) -> None:
        scope: Scope = "all" if self._everything else "exchange"
        self._writer.tell(Reach(scope, has_sacls=bool(self._has_sacls)))

    def _add_referrals(self, step: str) -> None:
        for gap in filter(None, map(self._contexts.gap, self._referrals)):
            self._writer.add_gap(gap, step)
        self._referrals.clear()


def open_source(target: SourceConfig, ask: Ask | None) -> Source:
    """
    The source that a target of the list names; nothing is read yet, but secrets are fetched.

    Raises `ConfigError` when a secret cannot be had, and `CollectError` for a combination that
    no domain controller takes.
    """
    if isinstance(target, LdifTarget):
        return LdifSource(target.ldif, everything=target.scope == "all")
    if isinstance(target, ExplorerTarget):
        return ExplorerSource(target.explorer, everything=target.scope == "all")
    # what speaks LDAP takes a quarter of a second to import, which files need not wait for
    from adaudit.collect.ldap_target import ldap_source  # noqa: PLC0415  # see above

    return ldap_source(target, ask)
