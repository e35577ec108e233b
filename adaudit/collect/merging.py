"""
Several snapshots of one forest put together, so that each completes what the others lack.

What a domain's own snapshot tells is no gap of another one any longer; all other gaps stay.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from adaudit.collect.completeness import COMPLETENESS, NOT_ASKED, Contexts, missing
from adaudit.collect.source import referral
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domains
from adaudit.directory.entry import Entry
from adaudit.directory.partly import FROM_CATALOG, partly_known
from adaudit.directory.reach import Reach
from adaudit.directory.readings import Reading
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import DirectoryError

_APART = "give each forest a target of its own"


@dataclass(frozen=True, slots=True)
class _Part:
    """What one snapshot says of the forest that it is of."""

    file: Path
    source: str
    taken_at: datetime
    reach: Reach
    heads: Mapping[Dn, Entry]
    """Of the partitions that it holds: configuration and domains"""
    named: frozenset[Dn]
    """The domains that it knows of"""
    partly: Mapping[Dn, str]
    """The domains that a global catalog gave a part of, and the subjects of gaps that say so"""
    missing: frozenset[str]
    """Subjects of what is missing from it"""

    @classmethod
    def of(cls, file: Path) -> "_Part":
        """Look at a snapshot. Raises `DirectoryError` when it cannot be read."""
        with Snapshot.open(file) as snapshot:
            heads = [*snapshot.of_class("configuration"), *_domain_heads(snapshot)]
            everything = snapshot.scope == "all"
            domains = Domains.of(snapshot).all
            return cls(
                file,
                snapshot.source,
                snapshot.taken_at,
                Reach(snapshot.scope, snapshot.has_sacls),
                {head.dn: head for head in heads},
                frozenset(domain.dn for domain in domains),
                dict(partly_known(snapshot.gaps, domains)),
                frozenset(gap.subject for gap in missing(snapshot, everything=everything)),
            )

    @property
    def configuration(self) -> Dn | None:
        """The name of its configuration, None where it holds none."""
        found = (dn for dn, head in self.heads.items() if head.object_class == "configuration")
        return next(found, None)


def merged(files: Sequence[Path]) -> SnapshotWriter:
    """
    A snapshot of all that several hold, not finished yet.

    What more than one holds is as in the one that was taken last. Raises `DirectoryError` when
    one cannot be read, or they are not of one forest.
    """
    parts = sorted(map(_Part.of, files), key=lambda part: part.taken_at)
    _check_forest(parts)
    source = "; ".join(dict.fromkeys(part.source for part in parts))
    writer = SnapshotWriter(source, taken_at=parts[0].taken_at, is_large=True)
    readings = [writer.add_reading(part.file) for part in parts]
    whole = {dn for part in parts for dn in part.heads.keys() - part.partly.keys()}
    everything = all(part.reach.scope == "all" for part in parts)
    has_sacls = all(part.reach.has_sacls for part in parts)
    writer.tell(Reach("all" if everything else "exchange", has_sacls))
    for part, reading in zip(parts, readings, strict=True):
        for domain in whole & part.partly.keys():
            writer.leave_out(reading, domain)
    for part, reading in zip(parts, readings, strict=True):
        _keep_gaps(part, reading, writer, whole)
    for gap in missing(writer, everything=everything):
        writer.add_gap(gap, COMPLETENESS)
    if parts[0].taken_at != parts[-1].taken_at:
        writer.add_warning(_at_several_times(parts))
    return writer


def _keep_gaps(part: _Part, reading: Reading, writer: SnapshotWriter, whole: set[Dn]) -> None:
    """Take over the gaps of one part that another one may not have filled."""
    contexts = Contexts(writer.of_class("crossRef"))
    filled = {subject for domain, subject in part.partly.items() if domain in whole}
    for gap, step in reading.gaps:
        if gap.reason == FROM_CATALOG and gap.subject in filled:
            continue
        if step == COMPLETENESS and gap.subject in part.missing:
            continue  # it is looked for again in all that there is now
        if gap.reason == NOT_ASKED and contexts.gap(referral(gap.subject)) is None:
            continue  # what is read there is judged by its domain
        writer.add_gap(gap, step)


def _check_forest(parts: Sequence[_Part]) -> None:
    """Raise `DirectoryError` unless all are of one forest, by the GUIDs of what they share."""
    known: dict[Dn, tuple[Path, Entry]] = {}
    first = next((part for part in parts if part.configuration), None)
    for part in parts:
        if first and part.configuration not in (None, first.configuration):
            raise _apart(part.file, first.file, f"its configuration is `{part.configuration}`")
        for dn, head in part.heads.items():
            file, other = known.setdefault(dn, (part.file, head))
            if not _may_be_one(head, other):
                raise _apart(part.file, file, f"`{dn}` has another GUID or SID")
    named = frozenset[Dn]().union(*(part.named for part in parts if part.configuration))
    for part in parts:
        if part.configuration is None and not (part.heads and part.heads.keys() <= named):
            raise DirectoryError(
                f"nothing tells that `{part.file}` is of the forest of the others",
                "the configuration of the forest has to be in it, or name its domain in another",
            )


def _domain_heads(snapshot: Snapshot) -> Iterator[Entry]:
    return (head for head in snapshot.of_class("domainDNS") if head.values("objectSid"))


def _may_be_one(head: Entry, other: Entry) -> bool:
    """Whether no GUID and no SID that both have differ."""
    return all(
        head.values(name) == other.values(name) or not (head.values(name) and other.values(name))
        for name in ("objectGUID", "objectSid")
    )


def _apart(file: Path, other: Path, why: str) -> DirectoryError:
    return DirectoryError(f"`{file}` is of another forest than `{other}`: {why}", _APART)


def _at_several_times(parts: Sequence[_Part]) -> str:
    first, last = (part.taken_at.isoformat(timespec="seconds") for part in (parts[0], parts[-1]))
    return (
        f"put together from {len(parts)} snapshots, taken from {first} to {last}:"
        " what changed in between may be missed"
    )
