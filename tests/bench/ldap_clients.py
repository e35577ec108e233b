"""Clients that read all users of the canned server, page by page: ours and the peers."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from unittest import mock

import ldap3
from impacket.ldap import ldap as impacket_ldap
from impacket.ldap import ldapasn1
from ldap3.protocol.microsoft import security_descriptor_control

from adaudit.collect import operations
from adaudit.collect.channel import connect
from adaudit.collect.entries import Names
from adaudit.collect.search import Scope, Search
from adaudit.collect.session import Session
from adaudit.directory.dn import Dn
from tests.bench.forest import ROOT

try:
    import ldap as python_ldap
    from ldap.controls import LDAPControl, SimplePagedResultsControl
except ImportError:  # it takes a compiler and OpenLDAP's headers
    python_ldap = None

PAGE = 1_000
HOST = "127.0.0.1"
ATTRIBUTES = (
    *("sAMAccountName", "objectSid", "memberOf", "userAccountControl", "primaryGroupID"),
    *("cn", "distinguishedName", "whenCreated", "displayName", "mail", "sAMAccountType"),
)
"""Beside objectClass, objectGUID and nTSecurityDescriptor"""
USERS = Search(
    "users", Dn(ROOT), Scope.SUBTREE, ATTRIBUTES, ("user",), ("computer",), with_descriptor=True
)
_SD_FLAGS = "1.2.840.113556.1.4.801"
_SD_FLAGS_VALUE = b"\x30\x03\x02\x01\x07"

Read = Callable[[], int]
"""Reads all, and says how many entries there were"""


class EnoughError(Exception):
    """A slow client has read enough."""


@contextmanager
def adaudit(port: int) -> Iterator[Read]:
    """Our session: every entry decoded, with the attributes that are wanted."""

    def read() -> int:
        names = Names(USERS.requested)
        count, cookie = 0, b""
        while True:
            page = session.page(USERS, names, cookie)
            count += sum(map(len, page))
            cookie = page.cookie
            if not cookie:
                return count

    channel = connect(HOST, port, 30)
    channel.receive(channel.send(operations.bind_simple("", "")))
    with Session(channel, PAGE) as session:
        yield read


def through_ldap3(get_info: str) -> Callable[[int], "Iterator[Read]"]:
    """ldap3's paged search, which gives raw and decoded values."""

    @contextmanager
    def client(port: int) -> Iterator[Read]:
        server = ldap3.Server(HOST, port, get_info=get_info)
        connection = ldap3.Connection(server, auto_bind=True, auto_referrals=False)

        def read() -> int:
            found = connection.extend.standard.paged_search(
                ROOT,
                USERS.filter,
                attributes=list(USERS.requested),
                controls=security_descriptor_control(sdflags=7),
                paged_size=PAGE,
                generator=True,
            )
            return sum(len(each["raw_attributes"]) > 0 for each in found)

        yield read
        connection.unbind()

    return client


@contextmanager
def openldap(port: int) -> Iterator[Read]:
    """python-ldap, OpenLDAP's library in C: values as bytes."""
    connection = python_ldap.initialize(f"ldap://{HOST}:{port}")
    connection.simple_bind_s("", "")
    flags = LDAPControl(_SD_FLAGS, True, encodedControlValue=_SD_FLAGS_VALUE)  # noqa: FBT003

    def read() -> int:
        page = SimplePagedResultsControl(True, PAGE, "")  # noqa: FBT003, the way of its authors
        count = 0
        while True:
            request = connection.search_ext(
                ROOT,
                python_ldap.SCOPE_SUBTREE,
                USERS.filter,
                list(USERS.requested),
                serverctrls=[page, flags],
            )
            _, data, _, controls = connection.result3(request)
            count += len(data)
            page.cookie = next(c.cookie for c in controls if c.controlType == page.controlType)
            if not page.cookie:
                return count

    yield read
    connection.unbind_s()


def through_impacket(most: int) -> Callable[[int], "Iterator[Read]"]:
    """impacket, with its objects turned into dictionaries of bytes; it stops after `most`."""

    @contextmanager
    def client(port: int) -> Iterator[Read]:
        address = socket.getaddrinfo(HOST, port, 0, socket.SOCK_STREAM)
        with mock.patch("socket.getaddrinfo", return_value=address):  # it knows its own port only
            connection = impacket_ldap.LDAPConnection(f"ldap://{HOST}", ROOT, signing=False)
        connection.login("", "", authenticationChoice="simple")
        found: list[dict[str, list[bytes]]] = []

        def each(answer: ldapasn1.SearchResultEntry) -> None:
            if isinstance(answer, ldapasn1.SearchResultEntry):
                attributes = answer["attributes"]
                found.append({str(a["type"]): list(map(bytes, a["vals"])) for a in attributes})
                if len(found) >= most:
                    raise EnoughError

        def read() -> int:
            found.clear()
            page = ldapasn1.SimplePagedResultsControl(criticality=True, size=PAGE)
            with suppress(EnoughError):
                connection.search(
                    ROOT,
                    searchFilter=USERS.filter,
                    attributes=list(USERS.requested),
                    searchControls=[page],
                    perRecordCallback=each,
                )
            return len(found)

        yield read
        connection.close()

    return client


@contextmanager
def bytes_only(port: int) -> Iterator[Read]:
    """What nobody can be faster than: the bytes received, and nothing made of them."""
    sizes = _page_sizes(port)
    buffer = bytearray(1 << 18)
    with socket.create_connection((HOST, port)) as sock:

        def read() -> int:
            cookie = b""
            for number, size in enumerate(sizes, 1):
                sock.sendall(operations.search_page(USERS, PAGE, cookie)(number))
                missing = size
                while missing:
                    missing -= sock.recv_into(buffer)
                cookie = str(number * PAGE).encode()
            return 0

        yield read


def _page_sizes(port: int) -> list[int]:
    """How many bytes the answer to each request takes."""
    sizes: list[int] = []
    cookie = b""
    with socket.create_connection((HOST, port)) as sock, sock.makefile("rb") as file:
        while True:
            sock.sendall(operations.search_page(USERS, PAGE, cookie)(len(sizes) + 1))
            size, count, is_done = 0, 0, False
            while not is_done:
                head = file.read(6)
                body = file.read(int.from_bytes(head[2:], "big"))
                size += len(head) + len(body)
                is_done = body[2 + body[1]] != 0x64  # behind the id of the message
                count += not is_done
            sizes.append(size)
            cookie = str(len(sizes) * PAGE).encode()
            if count < PAGE:
                return sizes
