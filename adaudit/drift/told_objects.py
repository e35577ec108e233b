"""Objects that came, went or are others, in words: of whole trees the top alone."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from adaudit.changes import ObjectChange, ObjectKind
from adaudit.directory.schema import Schema
from adaudit.directory.snapshot import Snapshot
from adaudit.drift.joining import MEMBERSHIPS, Joined, Lone, Met
from adaudit.drift.naming import dn_of


def object_changes(joined: Joined, schema: Schema) -> Iterator[ObjectChange]:
    """What came, went, moved, and has other attributes."""
    yield from _lone(ObjectKind.ADDED, joined.added, joined.new, schema)
    yield from _lone(ObjectKind.REMOVED, joined.removed, joined.old, schema)
    yield from _moved(joined)
    for met in joined.met:
        names = met.attributes - MEMBERSHIPS
        if names:
            written = tuple(sorted(_written(name, schema) for name in names))
            dn = dn_of(joined.new, met.new)
            yield ObjectChange(ObjectKind.CHANGED, dn, attributes=written)


def _lone(
    kind: ObjectKind, alone: Sequence[Lone], snapshot: Snapshot, schema: Schema
) -> Iterator[ObjectChange]:
    tops = _Tops(each.path for each in alone)
    for each in alone:
        if tops.is_top(each.path):
            chain = snapshot.chains[each.chain]
            yield ObjectChange(
                kind,
                dn_of(snapshot, each.number),
                object_class=_class(chain[-1], schema) if chain else None,
                below=tops.below[each.path],
            )


def _moved(joined: Joined) -> Iterator[ObjectChange]:
    """Whatever has another name, but for what is called otherwise because its parent is."""
    moved = [met for met in joined.met if met.old_path != met.new_path]
    by_path = {met.old_path: met.new_path for met in moved}
    below: Counter[str] = Counter()
    tops: list[Met] = []
    for met in moved:
        top = met.old_path
        while _went_along(top, by_path):
            top = _above(top)
        if top == met.old_path:
            tops.append(met)
        else:
            below[top] += 1
    for met in tops:
        is_renamed = _above(met.new_path) == by_path.get(_above(met.old_path), _above(met.old_path))
        yield ObjectChange(
            ObjectKind.RENAMED if is_renamed else ObjectKind.MOVED,
            dn_of(joined.new, met.new),
            dn_of(joined.old, met.old),
            below=below[met.old_path],
        )


def _went_along(path: str, by_path: dict[str, str]) -> bool:
    parent, name = path.rpartition(",")[::2]
    new_parent, new_name = by_path[path].rpartition(",")[::2]
    return parent in by_path and by_path[parent] == new_parent and name == new_name


class _Tops:
    """Of some paths those that are below none of the others, with how many are below each."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = set(paths)
        self.below: Counter[str] = Counter()
        for path in self._paths:
            top = path
            while _above(top) in self._paths:
                top = _above(top)
            if top != path:
                self.below[top] += 1

    def is_top(self, path: str) -> bool:
        """Whether what is above it is none of them."""
        return _above(path) not in self._paths


def _above(path: str) -> str:
    return path.rpartition(",")[0]


def _written(name: str, schema: Schema) -> str:
    known = schema.attributes.get(name)
    return known.name if known else name


def _class(name: str, schema: Schema) -> str:
    known = schema.classes.get(name)
    return known.name if known else name
