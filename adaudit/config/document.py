"""
YAML text as plain values with the place of each, refusing what YAML allows and a list never needs.

Every scalar is text: YAML 1.1 would turn `no` into False, `0123` into 83 and `1:30` into 90.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

import yaml

from adaudit.config.faults import Fault, KeyPath, Place, holds, key_text, refusal

Tree: TypeAlias = "str | list[Tree] | dict[str, Tree] | None"
"""A value as written; None is a value left empty, which is a fault of its own."""

_NULL = "tag:yaml.org,2002:null"
_TAGS = frozenset({_NULL, *(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))})
_DEEPEST = 32
_MOST_VALUES = 200_000
"""Counted after aliases are expanded, which is what an alias bomb multiplies."""
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_TAG = "a tag `!` has no meaning here: quote a value that begins so"
_PLAINER = {
    "found character '\\t'": "a tab cannot indent: use spaces",
    "that cannot start any token": "a plain value cannot begin with this character: quote it",
    "mapping values are not allowed": "a second `:` in this place: quote a value that holds one",
    "but found another document": "a second document: a target list is one",
    "undefined alias": "an alias `*` without its anchor `&`: quote a value that begins so",
    "second occurrence": "an anchor `&` is here twice: quote a value that begins so",
    "tag handle": _TAG,
}
"""PyYAML's words and plainer ones, also for all that would repeat a word of the user's"""


@dataclass(frozen=True, slots=True)
class Document:
    """A parsed text: its values, and the place of each key and value by its path."""

    tree: Tree
    keys: dict[KeyPath, Place]
    values: dict[KeyPath, Place]
    empty: frozenset[KeyPath]
    """The paths of empty values, each of which is among `faults`"""
    faults: tuple[Fault, ...]
    """What is wrong with the document itself: duplicate keys, tags, empty values"""


def decode(data: bytes, file: str) -> str:
    """Read UTF-8; raises ConfigError, in the name of `file`, at the first byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = place_after(data[: error.start].decode("utf-8-sig"))
        text = f"byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise refusal(file, [Fault(place, "", text)]) from None


def parse(text: str, file: str) -> Document:
    """Read one YAML document; raises ConfigError, in the name of `file`, if nothing can be read."""
    root = _compose(text, file)
    if root is None:
        raise refusal(file, [Fault(Place(1, 1), "", "the file holds no document")])
    walk = _Walk()
    try:
        tree = walk.value(root, (), ())
    except _TooMuchError as stop:
        raise refusal(file, [*walk.faults, stop.fault]) from None
    return Document(tree, walk.keys, walk.values, frozenset(walk.empty), tuple(walk.faults))


def place_after(text: str) -> Place:
    """Where the character that follows `text` stands."""
    lines = re.split("\r\n|[\r\n]", text)
    return Place(len(lines), len(lines[-1]) + 1)


class _TooMuchError(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.text)
        self.fault = fault


class _Loader(yaml.SafeLoader):
    """Composes nodes whose scalars are text or null, to a depth that cannot exhaust the stack."""

    # the patterns of YAML 1.1 without booleans, numbers, dates, merge keys
    yaml_implicit_resolvers = {  # noqa: RUF012 - PyYAML's own class attribute
        first: [(tag, pattern) for tag, pattern in pairs if tag == _NULL]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        self.depth += 1
        if self.depth > _DEEPEST:
            place = Place(self.line + 1, self.column + 1)
            raise _TooMuchError(Fault(place, "", f"nested deeper than {_DEEPEST} levels"))
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _compose(text: str, file: str) -> yaml.Node | None:
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        return loader.get_single_node()
    except _TooMuchError as stop:
        fault = stop.fault
    except yaml.reader.ReaderError as error:
        place = place_after(text[: error.position])
        fault = Fault(place, "", f"the character U+{error.character:04X} is not allowed in YAML")
    except yaml.MarkedYAMLError as error:
        fault = _syntax_fault(error)
    except (ValueError, OverflowError):  # PyYAML hands `"\UFFFFFFFF"` and `%YAML 1.999…` to Python
        place = Place(loader.line + 1, loader.column + 1) if loader else Place(1, 1)
        fault = Fault(place, "", "not YAML: a number that is out of range")
    raise refusal(file, [fault]) from None  # the parser's own error quotes the line, secrets too


def _syntax_fault(error: yaml.MarkedYAMLError) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = _place(mark) if mark else Place(1, 1)
    problem = error.problem or "no reason given"
    for found, text in _PLAINER.items():
        if found in problem:
            return Fault(place, "", text)
    reason = ", ".join(filter(None, [error.context, problem]))
    return Fault(place, "", f"not YAML: {reason}")


def _place(mark: yaml.Mark) -> Place:
    return Place(mark.line + 1, mark.column + 1)


@dataclass(slots=True)
class _Walk:
    """Turns nodes into values and notes places and faults on the way."""

    keys: dict[KeyPath, Place] = field(default_factory=dict)
    values: dict[KeyPath, Place] = field(default_factory=dict)
    empty: set[KeyPath] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)

    def value(self, node: yaml.Node, path: KeyPath, above: tuple[yaml.Node, ...]) -> Tree:
        """Read the value of `node`, which stands at `path` inside the nodes `above`."""
        self._check(node, path, above)
        self.values[path] = _place(node.start_mark)
        inside = (*above, node)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path, inside)
        if isinstance(node, yaml.SequenceNode):
            items = enumerate(node.value)
            return [self.value(item, (*path, index), inside) for index, item in items]
        return self._scalar(node, path)

    def _check(self, node: yaml.Node, path: KeyPath, above: tuple[yaml.Node, ...]) -> None:
        if node.tag not in _TAGS:
            self._fault(node, path, _TAG)
        if any(node is parent for parent in above):
            raise self._stop(node, path, "an alias inside its own anchor never ends")
        if len(above) >= _DEEPEST:
            raise self._stop(node, path, f"nested deeper than {_DEEPEST} levels")
        if len(self.values) >= _MOST_VALUES:
            raise self._stop(node, path, f"more than {_MOST_VALUES} values, aliases expanded")

    def _mapping(
        self, node: yaml.MappingNode, path: KeyPath, inside: tuple[yaml.Node, ...]
    ) -> dict[str, Tree]:
        values: dict[str, Tree] = {}
        for key_node, value_node in node.value:
            key = self._key(key_node, path)
            if key is None:
                continue
            here = (*path, key)
            if key in values:
                first = self.keys[here].line
                self._fault(key_node, here, f"the key is here twice, first in line {first}")
                continue
            self.keys[here] = _place(key_node.start_mark)
            values[key] = self.value(value_node, here, inside)
        return values

    def _key(self, node: yaml.Node, path: KeyPath) -> str | None:
        if not isinstance(node, yaml.ScalarNode):
            self._fault(node, path, "a key must be a word, not a list or a mapping")
            return None
        if node.tag not in _TAGS:
            self._fault(node, path, _TAG)
        if node.tag == _NULL:
            self._fault(node, path, "a key is empty")
            return None
        return self._fit(node, path)

    def _scalar(self, node: yaml.Node, path: KeyPath) -> str | None:
        if node.tag == _NULL:
            self.empty.add(path)
            self._fault(node, path, "the value is empty")
            return None
        return self._fit(node, path)

    def _fit(self, node: yaml.Node, path: KeyPath) -> str:
        text = str(node.value)
        if unfit := _UNFIT.search(text):
            self._fault(node, path, holds(unfit[0]))
        return _UNFIT.sub("\ufffd", text)

    def _fault(self, node: yaml.Node, path: KeyPath, text: str) -> None:
        self.faults.append(Fault(_place(node.start_mark), key_text(path), text))

    def _stop(self, node: yaml.Node, path: KeyPath, text: str) -> _TooMuchError:
        return _TooMuchError(Fault(_place(node.start_mark), key_text(path), text))
