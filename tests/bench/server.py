"""
A domain controller that holds a generated forest, in a process of its own on a loopback port.

All that it sends is prepared before it says that it is ready, but for the joining of each page,
so that it keeps a client waiting as little as can be.
"""

import argparse
import contextlib
import gc
import socket
import struct
import subprocess
import sys
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

from tests.bench.forest import CONFIGURATION, ROOT, Forest, Row
from tests.bench.ldap_form import (
    PAGED_RESULTS,
    Search,
    attribute,
    condition,
    constructed,
    elements,
    page_of,
    primitive,
    search_of,
    size_of,
)

_MOST_VALUES = 1_500
"""Values of one attribute in one answer, the default of a domain controller"""
_BIND, _SEARCH = 0x60, 0x63
_BASE, _ONE_LEVEL, _SUBTREE = range(3)


@dataclass(frozen=True, slots=True)
class Held:
    """An entry without its message, and apart from it its descriptor, which others share."""

    name: bytes
    attributes: bytes
    descriptor: bytes

    def parts(self, number: bytes, *, with_descriptor: bool) -> Iterator[bytes]:
        """The message, whose id is given as an element."""
        descriptor = self.descriptor if with_descriptor else b""
        attributes = len(self.attributes) + len(descriptor)
        entry = len(self.name) + 6 + attributes
        yield struct.pack(">BBI", 0x30, 0x84, len(number) + 6 + entry) + number
        yield struct.pack(">BBI", 0x64, 0x84, entry) + self.name
        yield struct.pack(">BBI", 0x30, 0x84, attributes) + self.attributes
        yield descriptor


_shared = cache(lambda body: attribute("nTSecurityDescriptor", [body]))


def held(row: Row) -> Held:
    """Prepare an object; of many values the first ones are given."""
    parts = []
    for name, values in row.attributes.items():
        if len(values) > _MOST_VALUES:
            parts.append(attribute(f"{name};range=0-{_MOST_VALUES - 1}", values[:_MOST_VALUES]))
        else:
            parts.append(attribute(name, values))
    descriptor = _shared(row.descriptor) if row.descriptor else b""
    return Held(primitive(0x04, row.dn.encode()), b"".join(parts), descriptor)


class Store:
    """What the server holds."""

    def __init__(self, forest: Forest, *, is_detailed: bool) -> None:
        self.entries: list[Held] = []
        self._chains: dict[tuple[str, ...], array[int]] = {}
        self._by_name: dict[str, int] = {}
        self._configuration: list[tuple[str, int, tuple[str, ...]]] = []
        self._large: dict[str, dict[str, tuple[bytes, ...]]] = {}
        self._found: dict[Search, array[int]] = {}
        for row in forest.configuration():
            self._configuration.append((row.dn, len(self.entries), _chain(row)))
            self._add(row)
        for row in forest.domain():
            self._chains.setdefault(_chain(row), array("I")).append(len(self.entries))
            self._add(_detailed(row) if is_detailed else row)

    def _add(self, row: Row) -> None:
        if row.dn == ROOT or row.dn.startswith("CN=Microsoft") or row.dn.endswith(CONFIGURATION):
            self._by_name[row.dn] = len(self.entries)
        for name, values in row.attributes.items():
            if len(values) > _MOST_VALUES:
                self._large.setdefault(row.dn, {})[name.lower()] = values
        self.entries.append(held(row))

    def find(self, search: Search) -> "array[int]":
        """The numbers of the entries that a search finds."""
        known = self._found.get(search)
        if known is None:
            known = self._found[search] = array("I", self._find(search))
        return known

    def _find(self, search: Search) -> Iterator[int]:
        if search.scope == _BASE:
            if search.base in self._by_name:
                yield self._by_name[search.base]
            return
        matches = condition(search.condition)
        if search.base == ROOT and search.scope == _SUBTREE:
            runs = (each for chain, each in self._chains.items() if matches(chain))
            yield from sorted(number for run in runs for number in run)
        for dn, number, chain in self._configuration:
            is_child = dn.partition(",")[2] == search.base
            is_below = dn.endswith(search.base) and search.scope == _SUBTREE
            if (is_child or is_below) and search.base != ROOT and matches(chain):
                yield number

    def later_values(self, search: Search) -> Held | None:
        """The values of an attribute from some number on, if that is what is asked for."""
        for name, first in _ranges(search.attributes):
            values = self._large.get(search.base, {}).get(name)
            if values is not None:
                part = values[first : first + _MOST_VALUES]
                end = "*" if first + len(part) >= len(values) else str(first + len(part) - 1)
                given = attribute(f"{name};range={first}-{end}", part)
                return Held(primitive(0x04, search.base.encode()), given, b"")
        return None


def _ranges(attributes: Iterable[str]) -> Iterator[tuple[str, int]]:
    for each in attributes:
        name, _, option = each.partition(";range=")
        if option:
            yield name, int(option.partition("-")[0])


def _chain(row: Row) -> tuple[str, ...]:
    return tuple(value.decode().lower() for value in row.attributes["objectClass"])


def _detailed(row: Row) -> Row:
    """The object with more attributes, as those who ask for all would get it."""
    name = row.dn.partition(",")[0][3:]
    more = {
        "cn": name,
        "distinguishedName": row.dn,
        "whenCreated": "20150211110911.0Z",
        "displayName": f"{name} of the Department of Examples",
        "mail": f"{name.replace(' ', '.').lower()}@contoso.example",
    }
    kinds = {"user": "805306368", "computer": "805306369", "group": "268435456"}
    if kind := kinds.get(_chain(row)[-1]):
        more["sAMAccountType"] = kind
    given = {attribute: (value.encode(),) for attribute, value in more.items()}
    return Row(row.dn, row.attributes | given, row.descriptor)


class Connection:
    """Answers one client."""

    def __init__(self, client: socket.socket, store: Store) -> None:
        self._client = client
        self._store = store

    def serve(self) -> None:
        """Answer until the client leaves."""
        data = b""
        while received := self._client.recv(1 << 16):
            data += received
            while (size := size_of(data)) is not None and size <= len(data):
                ((_, message),) = elements(data[:size])
                data = data[size:]
                if not self._answer(message):
                    return

    def _answer(self, message: bytes) -> bool:
        """Answer one request; whether there may be more."""
        (_, identifier), (tag, operation), *rest = elements(message)
        number = primitive(0x02, identifier)
        if tag == _BIND:
            result = constructed(0x61, b"\x0a\x01\0\x04\0\x04\0")
            self._client.sendall(constructed(0x30, number, result))
        elif tag == _SEARCH:
            self._client.sendall(b"".join(self._page(number, search_of(operation), *page_of(rest))))
        return tag in (_BIND, _SEARCH)

    def _page(self, number: bytes, search: Search, size: int, start: int) -> Iterator[bytes]:
        cookie = b""
        if not search.base and search.scope == _BASE:
            yield from ROOT_DSE.parts(number, with_descriptor=False)
        elif later := self._store.later_values(search):
            yield from later.parts(number, with_descriptor=False)
        else:
            found = self._store.find(search)
            end = start + size
            for each in islice(found, start, end):
                entry = self._store.entries[each]
                yield from entry.parts(number, with_descriptor=search.with_descriptor)
            cookie = str(end).encode() if end < len(found) else b""
        result = constructed(0x65, b"\x0a\x01\0\x04\0\x04\0")
        value = constructed(0x30, b"\x02\x01\0", primitive(0x04, cookie))
        control = constructed(0x30, primitive(0x04, PAGED_RESULTS), primitive(0x04, value))
        yield constructed(0x30, number, result, constructed(0xA0, control))


ROOT_DSE = Held(
    primitive(0x04, b""),
    b"".join(
        attribute(name, [value.encode()])
        for name, value in {
            "defaultNamingContext": ROOT,
            "configurationNamingContext": CONFIGURATION,
            "schemaNamingContext": f"CN=Schema,{CONFIGURATION}",
            "rootDomainNamingContext": ROOT,
            "dnsHostName": "dc1.contoso.example",
        }.items()
    ),
    b"",
)


@contextlib.contextmanager
def running(objects: int, *, is_detailed: bool = False) -> Iterator[int]:
    """Serve a forest of `objects` on a port of 127.0.0.1, which is given, in another process."""
    command = [sys.executable, "-m", "tests.bench.server", str(objects)]
    command += ["--detailed"] if is_detailed else []
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE) as child:
        if child.stdout is None:
            raise OSError("no pipe from the server")
        try:
            yield int(child.stdout.readline())
        finally:
            child.terminate()


def main() -> None:
    """Serve one connection after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("objects", type=int)
    parser.add_argument("--detailed", action="store_true")
    given = parser.parse_args()
    gc.disable()  # what is held stays, and looking through it again and again takes minutes
    store = Store(Forest(given.objects), is_detailed=given.detailed)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client, contextlib.suppress(ConnectionError):
                Connection(client, store).serve()


if __name__ == "__main__":
    main()
