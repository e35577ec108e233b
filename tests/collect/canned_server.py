"""
A server in a process of its own that answers searches with many prepared objects, quickly.

Its messages are written as Active Directory writes them: lengths of four octets where an element
is made of others. Nothing is checked and nothing is looked up: it is there to be fast.

`python canned_server.py '{"users": 1000}'` listens on a free port of 127.0.0.1, which it prints,
and ends when its standard input does.
"""

import contextlib
import json
import os
import random
import re
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import islice

DOMAIN = "DC=contoso,DC=example"
CONFIGURATION = f"CN=Configuration,{DOMAIN}"
CROWD = f"CN=Crowd,OU=Staff,{DOMAIN}"
DOMAIN_SID = b"\1\5\0\0\0\0\0\5" + struct.pack("<4I", 21, 1, 2, 3)
Values = Mapping[str, Sequence[bytes]]
_PAGED_RESULTS = b"1.2.840.113556.1.4.319"
_BIND, _SEARCH = 0x60, 0x63
_MOST_VALUES = 1500
"""Of one attribute in one answer, the default of a domain controller"""
_header = struct.Struct(">BBI").pack


@dataclass(frozen=True)
class Canned:
    """What the server holds: a forest of one domain, with users of about 3.5 KB."""

    users: int = 20_000
    descriptors: int = 100
    """Distinct ones among the users"""
    descriptor_size: int = 2740
    """Bytes, the mean of a domain"""
    members: int = 0
    """Of one group, which is there if it has any"""

    @contextlib.contextmanager
    def running(self) -> Iterator[int]:
        """Serve in another process; gives the port."""
        command = [sys.executable, __file__, json.dumps(asdict(self))]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
            assert server.stdout
            try:
                yield int(server.stdout.readline())
            finally:
                server.terminate()

    def objects(self, base: str) -> Iterator[bytes]:
        """The encoded searchResultEntries that a search at `base` finds, without their message."""
        others = _FOREST if base else _ROOT
        yield from (encode_entry(dn, values) for dn, values in others.items() if dn == base)
        below = [held for held in _FOREST.items() if base and held[0].endswith(f",{base}")]
        yield from (
            encode_entry(dn, held) for dn, held in below if _partition(dn) == _partition(base)
        )
        if base == DOMAIN:
            yield from self.prepared
            if self.members:
                group = {"objectClass": [b"top", b"group"], "nTSecurityDescriptor": _DESCRIPTOR}
                yield encode_entry(CROWD, group | self.members_from(0))

    def members_from(self, first: int) -> Values:
        """The members from a number on, as many as a server gives at a time."""
        end = min(first + _MOST_VALUES, self.members)
        last = "*" if end == self.members else str(end - 1)
        return {f"member;range={first}-{last}": [user_name(n).encode() for n in range(first, end)]}

    @cached_property
    def prepared(self) -> list[bytes]:
        """All users, encoded; the same in every run."""
        return [encode_entry(user_name(n), self.values_of(n)) for n in range(self.users)]

    def values_of(self, number: int) -> Values:
        """The attributes of one user: 13, and the descriptor."""
        name = b"user%07d" % number
        groups = [b"CN=group%05d,OU=Groups,%b" % (n, DOMAIN.encode()) for n in range(6)]
        return {
            "objectClass": [b"top", b"person", b"organizationalPerson", b"user"],
            "cn": [name],
            "objectGUID": [number.to_bytes(16, "big")],
            "userAccountControl": [b"512"],
            "primaryGroupID": [b"513"],
            "objectSid": [DOMAIN_SID + struct.pack("<I", 1000 + number)],
            "sAMAccountName": [name],
            "memberOf": groups,
            "servicePrincipalName": [b"HOST/" + name],
            "whenCreated": [b"20060102030405.0Z"],
            "displayName": [b"User of the name " + name],
            "pwdLastSet": [b"127800000000000000"],
            "distinguishedName": [user_name(number).encode()],
            "nTSecurityDescriptor": [self._bodies[number % self.descriptors]],
        }

    @cached_property
    def _bodies(self) -> list[bytes]:
        chance = random.Random(843106)  # noqa: S311 - data for a test
        return [chance.randbytes(self.descriptor_size) for _ in range(self.descriptors)]


def _partition(dn: str) -> str:
    return next((end for end in (f"CN=Schema,{CONFIGURATION}", CONFIGURATION) if end in dn), DOMAIN)


def user_name(number: int) -> str:
    """The DN of a user."""
    return f"CN=user{number:07d},OU=Staff,{DOMAIN}"


_ROOT: Mapping[str, Values] = {
    "": {
        "defaultNamingContext": [DOMAIN.encode()],
        "configurationNamingContext": [CONFIGURATION.encode()],
        "schemaNamingContext": [f"CN=Schema,{CONFIGURATION}".encode()],
        "namingContexts": [DOMAIN.encode(), CONFIGURATION.encode()],
        "supportedControl": [_PAGED_RESULTS],
    }
}
_DESCRIPTOR = [bytes.fromhex("0100048000000000000000000000000000000000")]
_FOREST: Mapping[str, Values] = {
    CONFIGURATION: {"objectClass": [b"top", b"configuration"], "nTSecurityDescriptor": _DESCRIPTOR},
    f"CN=CONTOSO,CN=Partitions,{CONFIGURATION}": {
        "objectClass": [b"top", b"crossRef"],
        "nTSecurityDescriptor": _DESCRIPTOR,
        "systemFlags": [b"3"],
        "dnsRoot": [b"contoso.example"],
        "nCName": [DOMAIN.encode()],
    },
    f"CN=Group,CN=Schema,{CONFIGURATION}": {
        "objectClass": [b"top", b"classSchema"],
        "nTSecurityDescriptor": _DESCRIPTOR,
    },
    f"CN=Member,CN=Schema,{CONFIGURATION}": {
        "objectClass": [b"top", b"attributeSchema"],
        "nTSecurityDescriptor": _DESCRIPTOR,
    },
    f"CN=Send-As,CN=Extended-Rights,{CONFIGURATION}": {
        "objectClass": [b"top", b"controlAccessRight"],
        "nTSecurityDescriptor": _DESCRIPTOR,
    },
    DOMAIN: {
        "objectClass": [b"top", b"domain", b"domainDNS"],
        "objectSid": [DOMAIN_SID],
        "nTSecurityDescriptor": _DESCRIPTOR,
    },
    f"CN=Staff,CN=Users,{DOMAIN}": {
        "objectClass": [b"top", b"group"],
        "nTSecurityDescriptor": _DESCRIPTOR,
    },
}


def encode_entry(dn: str, values: Values) -> bytes:
    """A searchResultEntry. [RFC4511] 4.5.2"""
    attributes = b"".join(
        _constructed(
            0x30,
            _octets(name.encode()) + _constructed(0x31, b"".join(map(_octets, held))),
        )
        for name, held in values.items()
    )
    return _constructed(0x64, _octets(dn.encode()) + _constructed(0x30, attributes))


def _octets(value: bytes, tag: int = 4) -> bytes:
    size = len(value)
    if size < 0x80:
        return bytes((tag, size)) + value
    octets = (size.bit_length() + 7) // 8
    return bytes((tag, 0x80 | octets)) + size.to_bytes(octets, "big") + value


def _constructed(tag: int, content: bytes) -> bytes:
    return _header(tag, 0x84, len(content)) + content


def _message(number: int, operation: bytes, controls: bytes = b"") -> bytes:
    return _constructed(0x30, _id(number) + operation + controls)


def _id(number: int) -> bytes:
    return _octets(number.to_bytes(number.bit_length() // 8 + 1, "big"), 2)


def _result(number: int, tag: int, cookie: bytes | None = None) -> bytes:
    operation = _constructed(tag, bytes.fromhex("0a0100 0400 0400"))
    if cookie is None:
        return _message(number, operation)
    value = _constructed(0x30, b"\2\1\0" + _octets(cookie))
    control = _constructed(0x30, _octets(_PAGED_RESULTS) + _octets(value))
    return _message(number, operation, _constructed(0xA0, control))


class _Client:
    """One connection. The page that is likely asked for next is prepared before it is."""

    def __init__(self, canned: Canned, client: socket.socket) -> None:
        self._canned = canned
        self._client = client
        self._searches: dict[bytes, Iterator[bytes]] = {}
        self._ready: dict[tuple[int, bytes], bytes] = {}

    def serve(self) -> None:
        """Answer until the client ends the connection."""
        data = b""
        while got := self._client.recv(65536):
            data += got
            while (length := _length(data)) and len(data) >= length:
                message, data = data[:length], data[length:]
                (number, operation, *controls) = list(_parts(next(_parts(message))[1]))
                self._answer(int.from_bytes(number[1], "big"), operation, controls)

    def _answer(
        self, number: int, operation: tuple[int, bytes], controls: list[tuple[int, bytes]]
    ) -> None:
        if operation[0] == _BIND:
            self._client.sendall(_result(number, 0x61))
        elif operation[0] == _SEARCH:
            base, *_, attributes = (part for _, part in _parts(operation[1]))
            first = _first_of_range(attributes)
            if first is not None:
                entry = encode_entry(base.decode(), self._canned.members_from(first))
                self._client.sendall(_message(number, entry) + _result(number, 0x65))
                return
            size, cookie = _page(controls)
            if not cookie:
                cookie = b"%d" % len(self._searches)
                self._searches[cookie] = self._canned.objects(base.decode())
            page = self._ready.pop((number, cookie), None)
            self._client.sendall(page or self._made(number, cookie, size))
            if cookie in self._searches:
                self._ready = {(number + 1, cookie): self._made(number + 1, cookie, size)}

    def _made(self, number: int, cookie: bytes, size: int) -> bytes:
        found = list(islice(self._searches[cookie], size))
        if len(found) < size:
            self._searches.pop(cookie)
            cookie = b""
        begin = _id(number)
        parts: list[bytes] = []
        for entry in found:  # one copy of each, for the time of the server is that of its client
            parts += (_header(0x30, 0x84, len(begin) + len(entry)), begin, entry)
        return b"".join([*parts, _result(number, 0x65, cookie)])


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        length, start = data[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[2:start], "big")
        yield data[0], data[start : start + length]
        data = data[start + length :]


def _first_of_range(attributes: bytes) -> int | None:
    """What `member;range=1500-*` begins with, None where no part of a value is asked for."""
    found = re.search(rb"member;range=(\d+)-\*", attributes)
    return int(found.group(1)) if found else None


def _length(data: bytes) -> int:
    if len(data) < 6:
        return 0
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    return start + (int.from_bytes(data[2:start], "big") if start > 2 else data[1])


def _page(controls: list[tuple[int, bytes]]) -> tuple[int, bytes]:
    for _, control in _parts(controls[0][1]) if controls else ():
        name, *_, value = [part for _, part in _parts(control)]
        if name == _PAGED_RESULTS:
            size, cookie = _parts(next(_parts(value))[1])
            return int.from_bytes(size[1], "big"), cookie[1]
    return sys.maxsize, b""


def serve(canned: Canned, ready: Callable[[int], None]) -> None:
    """Serve on a free port of 127.0.0.1, each client on a thread, as long as the process lives."""
    assert len(canned.prepared) == canned.users  # all is made before a client waits for it
    with socket.create_server(("127.0.0.1", 0)) as listener:
        ready(listener.getsockname()[1])
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve_one, args=(canned, client), daemon=True).start()


def _serve_one(canned: Canned, client: socket.socket) -> None:
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with client, contextlib.suppress(ConnectionError):
        _Client(canned, client).serve()


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    serve(Canned(**json.loads(sys.argv[1])), lambda port: print(port, flush=True))
