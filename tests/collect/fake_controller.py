"""
A small LDAP server on a loopback port, for what a real one cannot be made to do.

What it sends is made by ldap3's ASN.1 types, and what it gets is read here, naively: nothing is
the code under test. (pyasn1 0.6 cannot read an LDAP filter of two levels.)
"""

import contextlib
import socket
import struct
import threading
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    from ldap3.protocol import rfc4511
    from ldap3.protocol.rfc2696 import RealSearchControlValue
    from ldap3.utils.asn1 import encode

Part = tuple[int, bytes]
"""A BER element: tag and value"""
Operation = Any
"""An operation of ldap3's; pyasn1 has no types to check"""

OPERATIONS = {
    0x60: "bind",
    0x42: "unbind",
    0x63: "search",
    0x66: "modify",
    0x68: "add",
    0x4A: "delete",
    0x6C: "modify DN",
    0x6E: "compare",
    0x50: "abandon",
    0x77: "extended",
}
"""[RFC4511] 4.2 and following"""

PAGED_RESULTS = "1.2.840.113556.1.4.319"
SD_FLAGS = "1.2.840.113556.1.4.801"
NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"
DOMAIN = "DC=contoso,DC=example"
CONFIGURATION = f"CN=Configuration,{DOMAIN}"


@dataclass
class Asked:
    """A search as the server got it."""

    base: str
    scope: int
    filter: Part
    attributes: list[str]
    controls: dict[str, tuple[bool, bytes]]


@dataclass
class FakeController:
    """What the server holds and how it behaves; tests change it before they connect."""

    objects: dict[str, dict[str, list[bytes]]]
    bind_result: tuple[int, str] = (0, "")
    extended_result: int = 0
    after_extended: bytes = b""
    most_values: int = 1500
    """Values of one attribute in one answer"""
    gives_sacls: bool = True
    """Whether who asks for SACLs gets descriptors; else none, as from a real one"""
    empty_follow_ups: bool = False
    """Whether requests for later values find none"""
    results: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Result code and diagnostic of the searches below a base"""
    references: dict[str, list[str]] = field(default_factory=dict)
    """URLs that a search below a base gives beside its objects"""
    ends: dict[str, bytes | None] = field(default_factory=dict)
    """What the server sends in place of the result, then it ends; None: it falls silent"""
    passing: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    """The same, each once, before the search is answered"""
    cuts: dict[str, list[int]] = field(default_factory=dict)
    """After how many objects of the searches below a base the connection breaks, each once"""
    circles: dict[str, str] = field(default_factory=dict)
    """Bases whose first page comes again and again, with the cookie `same`, or one that `counts`"""
    shortest: int | None = None
    """Objects in a page, whatever is asked for"""
    foreign_cookies: str = "taken"
    """What becomes of cookies of another connection: `taken`, `refused`, `empty`, `fatal`"""
    operations: list[str] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0
    _connections: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def running(self) -> Iterator["FakeController"]:
        """Serve on a free port of 127.0.0.1."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            thread.start()
            yield self
            self._stop.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"ldap://127.0.0.1:{self.port}"

    def _accept(self, listener: socket.socket) -> None:
        while not self._stop.is_set():
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self._connections += 1
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with client, contextlib.suppress(ConnectionError):
                self._serve(client)

    def _serve(self, client: socket.socket) -> None:
        data = b""
        while got := client.recv(65536):
            data += got
            while message := _first_message(data):
                data = data[len(message) :]
                (number, operation, *rest) = parts(parts(message)[0][1])
                if not self._answer(client, int.from_bytes(number[1], "big"), operation, rest):
                    return

    def _answer(
        self, client: socket.socket, number: int, operation: Part, rest: list[Part]
    ) -> bool:
        """Answer a request; whether the connection goes on."""
        kind = OPERATIONS[operation[0]]
        self.operations.append(kind)
        if kind == "bind":
            code, text = self.bind_result
            client.sendall(_result("bindResponse", rfc4511.BindResponse(), number, code, text))
        elif kind == "extended":
            response = rfc4511.ExtendedResponse()
            answer = _result("extendedResp", response, number, self.extended_result, "")
            client.sendall(answer + self.after_extended)
        elif kind == "search":
            return self._search(client, number, _asked(operation, rest))
        return kind != "unbind"

    def _search(self, client: socket.socket, number: int, asked: Asked) -> bool:
        self.asked.append(asked)
        found = [
            (dn, values)
            for dn, values in self.objects.items()
            if _reaches(asked, dn)
            and self._context(dn) == self._context(asked.base)
            and _matches(asked.filter, values)
        ]
        size, start, connection = self._place(asked)
        if connection != self._connections and self.foreign_cookies == "fatal":
            return False
        refusal = self._refusal(asked, connection)
        if refusal is not None:
            self._end(client, number, *refusal)
            return True
        if not self._send(client, number, asked, found[start : start + size]):
            return False
        if asked.base in self.ends:
            last = self.ends[asked.base]
            if last is None:
                self._stop.wait(10)
            client.sendall(last or b"")
            return False
        code, text = self.results.get(asked.base, (0, ""))
        rest = self._cookie(asked, start + size, len(found))
        self._end(client, number, code, text, rest)
        return True

    def _context(self, dn: str) -> str:
        """The partition that holds an object, among those that the root entry lists."""
        listed = self.objects.get("", {}).get("namingContexts", [])
        around = [each for each in map(bytes.decode, listed) if f",{dn}".endswith(f",{each}")]
        return max(around, key=len, default="")

    def _place(self, asked: Asked) -> tuple[int, int, int]:
        """Size and start of the page, and the connection that its cookie is of."""
        size, cookie = _page(asked)
        connection, _, start = (cookie or b"%d/0" % self._connections).decode().partition("/")
        is_circle = asked.base in self.circles
        return self.shortest or size, 0 if is_circle else int(start), int(connection)

    def _refusal(self, asked: Asked, connection: int) -> tuple[int, str] | None:
        """What the search is answered with in place of its objects."""
        if self.passing.get(asked.base):
            return self.passing[asked.base].pop(0)
        if connection != self._connections and self.foreign_cookies != "taken":
            return (53, "") if self.foreign_cookies == "refused" else (0, "")
        return None

    def _send(
        self,
        client: socket.socket,
        number: int,
        asked: Asked,
        found: list[tuple[str, dict[str, list[bytes]]]],
    ) -> bool:
        """Send what is found; whether the connection goes on."""
        cuts = self.cuts.get(asked.base)
        cut = cuts.pop(0) if cuts else len(found)
        for dn, values in found[:cut]:
            client.sendall(_entry(number, dn, self._selected(asked, values)))
        for dn, values in found[cut : cut + 1]:
            entry = _entry(number, dn, self._selected(asked, values))
            client.sendall(entry[: len(entry) // 2])
            return False
        for url in self.references.get(asked.base, []):
            client.sendall(_reference(number, url))
        return True

    def _cookie(self, asked: Asked, end: int, count: int) -> bytes:
        if asked.base in self.circles:
            end = len(self.asked) if self.circles[asked.base] == "counts" else 1
        elif end >= count:
            return b""
        return f"{self._connections}/{end}".encode()

    @staticmethod
    def _end(client: socket.socket, number: int, code: int, text: str, cookie: bytes = b"") -> None:
        done = rfc4511.SearchResultDone()
        client.sendall(_result("searchResDone", done, number, code, text, cookie))

    def _selected(self, asked: Asked, values: dict[str, list[bytes]]) -> dict[str, list[bytes]]:
        """The attributes that were asked for, in parts where there are too many values."""
        selected: dict[str, list[bytes]] = {}
        for wish in asked.attributes:
            name, _, option = wish.partition(";range=")
            if name == "nTSecurityDescriptor" and not self.gives_sacls and _with_sacl(asked):
                continue
            held = next((v for key, v in values.items() if key.lower() == name.lower()), None)
            if held is None:
                continue
            first = int(option.partition("-")[0]) if option else 0
            if not option and len(held) <= self.most_values:
                selected[name] = held
                continue
            if option and self.empty_follow_ups:
                continue
            part = held[first : first + self.most_values]
            last = "*" if first + len(part) >= len(held) else str(first + len(part) - 1)
            if part:
                selected |= {f"{name};range={first}-{last}": part}
        return selected


def notice_of_disconnection(reason: str) -> bytes:
    """The message with which a server ends a connection on its own. [RFC4511] 4.4.1"""
    response = rfc4511.ExtendedResponse()
    response["responseName"] = NOTICE_OF_DISCONNECTION
    return _result("extendedResp", response, 0, 52, reason)


def contoso(**groups: list[str]) -> FakeController:
    """A forest of one domain with what every forest has, and groups with their members."""
    root = {
        "defaultNamingContext": [DOMAIN.encode()],
        "configurationNamingContext": [CONFIGURATION.encode()],
    }
    flags = {"systemFlags": [b"3"], "dnsRoot": [b"contoso.example"], "nCName": [DOMAIN.encode()]}
    sid = struct.pack("<BB6s4I", 1, 4, b"\0\0\0\0\0\5", 21, 1, 2, 3)
    objects = {
        "": root,
        CONFIGURATION: _of("configuration", nTSecurityDescriptor=[b"sd"]),
        f"CN=CONTOSO,CN=Partitions,{CONFIGURATION}": _of("crossRef", **flags),
        f"CN=Group,CN=Schema,{CONFIGURATION}": _of("classSchema"),
        f"CN=Services,{CONFIGURATION}": _of("container", nTSecurityDescriptor=[b"sd"]),
        DOMAIN: _of("domainDNS", objectSid=[sid], nTSecurityDescriptor=[b"sd"]),
    }
    for name, members in groups.items():
        dn = f"CN={name},CN=Users,{DOMAIN}"
        objects[dn] = _of("group", member=[member.encode() for member in members])
    return FakeController(objects)


def _of(object_class: str, **values: list[bytes]) -> dict[str, list[bytes]]:
    return {"objectClass": [b"top", object_class.encode()], **values}


def parts(data: bytes) -> list[Part]:
    """The BER elements in a row that `data` consists of."""
    found = []
    while data:
        length, start = data[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(data[2:start], "big")
        found.append((data[0], data[start : start + length]))
        data = data[start + length :]
    return found


def _first_message(data: bytes) -> bytes | None:
    if len(data) < 6:
        return None
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    length = int.from_bytes(data[2:start], "big") if start > 2 else data[1]
    return data[: start + length] if len(data) >= start + length else None


def _asked(operation: Part, rest: list[Part]) -> Asked:
    base, scope, _, _, _, _, condition, attributes = parts(operation[1])
    names = [value.decode() for _, value in parts(attributes[1])]
    controls = {}
    for _, control in parts(rest[0][1]) if rest else []:
        name, criticality, value = parts(control)
        controls[name[1].decode()] = (criticality[1] == b"\xff", value[1])
    return Asked(base[1].decode(), scope[1][0], condition, names, controls)


def _reaches(asked: Asked, dn: str) -> bool:
    if asked.scope == 0:
        return dn == asked.base
    if asked.scope == 1:
        return dn.partition(",")[2] == asked.base and dn != ""
    return dn == asked.base or dn.endswith("," + asked.base)


def _matches(condition: Part, values: dict[str, list[bytes]]) -> bool:
    """Whether an object fits a filter: and, or, not, objectClass=x, objectClass=*."""
    tag, value = condition
    if tag == 0xA0:
        return all(_matches(each, values) for each in parts(value))
    if tag == 0xA1:
        return any(_matches(each, values) for each in parts(value))
    if tag == 0xA2:
        return not _matches(parts(value)[0], values)
    if tag == 0x87:
        return True
    return parts(value)[1][1] in values.get("objectClass", [])


def _with_sacl(asked: Asked) -> bool:
    """Whether a search asks for SACLs: for them too, or by no control. [MS-ADTS] 3.1.1.3.4.1.11"""
    if SD_FLAGS not in asked.controls:
        return True
    (control,) = parts(asked.controls[SD_FLAGS][1])
    ((_, flags),) = parts(control[1])
    return bool(flags[-1] & 0x8)


def _page(asked: Asked) -> tuple[int, bytes]:
    if PAGED_RESULTS not in asked.controls:
        return 1000, b""
    (control,) = parts(asked.controls[PAGED_RESULTS][1])
    size, cookie = parts(control[1])
    return int.from_bytes(size[1], "big"), cookie[1]


def _entry(number: int, dn: str, values: dict[str, list[bytes]]) -> bytes:
    entry = rfc4511.SearchResultEntry()
    entry["object"] = rfc4511.LDAPDN(dn)
    attributes = rfc4511.PartialAttributeList()
    for name, held in values.items():
        attribute = rfc4511.PartialAttribute()
        attribute["type"] = rfc4511.AttributeDescription(name)
        attribute["vals"] = rfc4511.Vals()
        attribute["vals"].extend(map(rfc4511.AttributeValue, held))
        attributes.append(attribute)
    entry["attributes"] = attributes
    return _message("searchResEntry", entry, number)


def _reference(number: int, url: str) -> bytes:
    reference = rfc4511.SearchResultReference()
    reference.append(rfc4511.URI(url))
    return _message("searchResRef", reference, number)


def _result(
    kind: str, response: Operation, number: int, code: int, diagnostic: str, cookie: bytes = b""
) -> bytes:
    response["resultCode"] = rfc4511.ResultCode(code)
    response["matchedDN"] = rfc4511.LDAPDN("")
    response["diagnosticMessage"] = rfc4511.LDAPString(diagnostic)
    return _message(kind, response, number, cookie)


def _message(kind: str, operation: Operation, number: int, cookie: bytes = b"") -> bytes:
    message = rfc4511.LDAPMessage()
    message["messageID"] = rfc4511.MessageID(number)
    message["protocolOp"] = rfc4511.ProtocolOp().setComponentByName(kind, operation)
    if kind == "searchResDone":
        value = RealSearchControlValue()
        value["size"], value["cookie"] = 0, cookie
        control = rfc4511.Control()
        control["controlType"] = PAGED_RESULTS
        control["controlValue"] = encode(value)
        message["controls"] = rfc4511.Controls()
        message["controls"].append(control)
    return bytes(encode(message))
