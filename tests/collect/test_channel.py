"""Messages out of a stream of bytes, whichever way it is cut, and what is refused of it."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator, Sequence
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adaudit.collect.answers import Answer, FoundObject, Result
from adaudit.collect.channel import LARGEST_MESSAGE, Channel, LostConnectionError, NoLdapError
from adaudit.collect.entries import Entries, Names
from adaudit.collect.sealing import Negotiation
from tests.collect.test_entries import NUMBER, element, message

DONE = element(0x30, b"\2\1%c" % NUMBER + bytes.fromhex("65070a010004000400"))
Found = list[FoundObject]


class Pieces:
    """A socket that gives what it was given, piece by piece, and then the end."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = iter(pieces)

    def gettimeout(self) -> None:
        """Wait for ever."""

    def recv(self, _: int) -> bytes:
        """The next piece."""
        return next(self._pieces, b"")


def given_in(pieces: Sequence[bytes]) -> Channel:
    """A channel that receives these and then the end."""
    return Channel(Pieces(pieces))  # type: ignore[arg-type]  # what is needed of a socket


@contextlib.contextmanager
def serving(*pieces: bytes) -> Iterator[Channel]:
    """A channel to a server that sends these, then waits for the client to end."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)

    def serve() -> None:
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                theirs.sendall(piece)
            theirs.recv(1)

    thread = threading.Thread(target=serve)
    with theirs:
        with ours:
            thread.start()
            yield Channel(ours)
        thread.join()


def all_of(channel: Channel) -> tuple[Found, Result]:
    """What a search finds, and its result."""
    entries = Entries(NUMBER, Names())
    objects: Found = []
    while True:
        found = channel.receive_found(NUMBER, entries)
        if not isinstance(found, Answer):
            objects += found
        elif isinstance(found.operation, Result):
            return objects, found.operation
        else:
            assert isinstance(found.operation, FoundObject)
            objects.append(found.operation)


def objects(count: int, *forms: int) -> tuple[Found, list[bytes]]:
    """Objects, and messages with them whose lengths are of these forms in turn."""
    found = [FoundObject(f"CN={n}", {"cn": (b"%d" % n,) * (n + 1)}) for n in range(count)]
    return found, [
        message(dn, list(attributes.items()), forms[number % len(forms)])
        for number, (dn, attributes) in enumerate(found)
    ]


@given(st.lists(st.sampled_from([0, 4]), min_size=1, max_size=5), st.data())
def test_wherever_the_stream_is_cut_all_objects_come_in_order(
    forms: list[int], data: st.DataObject
) -> None:
    expected, messages = objects(5, *forms)
    stream = b"".join([*messages, DONE])
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream) - 1), max_size=30)))
    pieces = [stream[start:end] for start, end in pairwise([0, *cuts, len(stream)])]
    assert all_of(given_in(pieces)) == (expected, Result(0, ""))


def test_a_byte_at_a_time_gives_the_same() -> None:
    expected, messages = objects(3, 4)
    stream = b"".join([*messages, DONE])
    channel = given_in([stream[i : i + 1] for i in range(len(stream))])
    assert all_of(channel) == (expected, Result(0, ""))


def test_objects_come_in_batches_of_what_is_there() -> None:
    expected, messages = objects(4, 4)
    channel = given_in([b"".join(messages[:3]) + messages[3][:9], messages[3][9:], DONE])
    entries = Entries(NUMBER, Names())
    assert channel.receive_found(NUMBER, entries) == expected[:3]
    assert channel.receive_found(NUMBER, entries) == expected[3:]


def test_a_connection_that_ends_in_the_middle_of_an_object_gives_those_before_it() -> None:
    expected, messages = objects(3, 4)
    channel = given_in([b"".join(messages)[:-1]])
    entries = Entries(NUMBER, Names())
    assert channel.receive_found(NUMBER, entries) == expected[:2]
    with pytest.raises(LostConnectionError, match="the server closed the connection"):
        channel.receive_found(NUMBER, entries)


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("30 85 01 40000000", id="five gigabytes"),
        pytest.param("30 84 ffffffff", id="four gigabytes"),
        pytest.param("30 84 04000000", id="a little more than what is the most"),
    ],
)
def test_a_message_that_is_announced_too_large_is_refused_before_it_comes(header: str) -> None:
    # the server sends no more than this, so whoever waits for the rest waits until the timeout
    with serving(bytes.fromhex(header)) as channel, pytest.raises(NoLdapError):
        all_of(channel)


@pytest.mark.parametrize("octets", ["84 ffffffff", "85 0140000000"])
def test_a_value_that_is_announced_larger_than_its_message_is_refused(octets: str) -> None:
    value = bytes.fromhex("04" + octets) + bytes(100)
    attribute = element(0x30, element(4, b"photo") + element(0x31, value, 4), 4)
    entry = element(4, b"CN=a") + element(0x30, attribute, 4)
    data = element(0x30, b"\2\1%c" % NUMBER + element(0x64, entry, 4), 4)
    with serving(data) as channel, pytest.raises(NoLdapError, match="does not speak LDAP"):
        all_of(channel)


def test_a_value_of_many_megabytes_is_read() -> None:
    value = bytes(1 << 20) * 40
    assert len(value) < LARGEST_MESSAGE
    with serving(message("CN=a", [("photo", [value])]), DONE) as channel:
        ((found,), _) = all_of(channel)
    assert found.attributes["photo"] == (value,)


def test_an_object_behind_what_is_no_ldap_is_not_read() -> None:
    _, (first, second) = objects(2, 4)
    with serving(first + b"\x31" + second[1:]) as channel:
        entries = Entries(NUMBER, Names())
        assert len(channel.receive_found(NUMBER, entries)) == 1
        with pytest.raises(NoLdapError, match="a message that starts with 0x31"):
            channel.receive_found(NUMBER, entries)


class _Clear:
    """A security context that leaves bytes as they are."""

    def unwrap(self, data: bytes) -> SimpleNamespace:
        """Unseal."""
        return SimpleNamespace(data=data, encrypted=True)


def test_inside_a_seal_a_byte_at_a_time_is_given_up_as_well() -> None:
    negotiation = object.__new__(Negotiation)
    negotiation._context = _Clear()
    ours, theirs = socket.socketpair()
    ours.settimeout(0.05)
    stop = threading.Event()

    def drip() -> None:
        theirs.sendall(struct.pack(">I", 1 << 20))
        while not stop.wait(0.01):
            theirs.sendall(b"a")

    with ours, theirs:
        channel = Channel(ours)
        channel.seal(negotiation.sealed)
        thread = threading.Thread(target=drip)
        thread.start()
        try:
            with pytest.raises(TimeoutError):
                channel.receive(NUMBER)
        finally:
            stop.set()
            thread.join()
