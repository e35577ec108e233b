"""The SASL security layer: tokens as [RFC4422] 3.7 frames them, and what is refused of them."""

import struct
from types import SimpleNamespace

import pytest

from adaudit.collect.channel import LostConnectionError
from adaudit.collect.sealing import Identity, Negotiation, NegotiationError

PASSWORD = "not-to-be-seen"


class Wire:
    """What the other side sent, given in pieces, and what was sent to it."""

    def __init__(self, data: bytes = b"", piece: int = 1 << 20) -> None:
        self.data = data
        self.piece = piece
        self.sent = b""

    def sendall(self, data: bytes, /) -> None:
        """Take up."""
        self.sent += data

    def recv(self, size: int, /) -> bytes:
        """Give the next piece."""
        size = min(size, self.piece)
        piece, self.data = self.data[:size], self.data[size:]
        return piece

    def close(self) -> None:
        """Do nothing."""


class Reversing:
    """A security context that seals by turning bytes round."""

    def __init__(self, *, encrypted: bool = True) -> None:
        self.encrypted = encrypted

    def wrap(self, data: bytes, *, encrypt: bool) -> SimpleNamespace:
        """Seal."""
        assert encrypt
        return SimpleNamespace(data=data[::-1])

    def unwrap(self, data: bytes) -> SimpleNamespace:
        """Unseal."""
        return SimpleNamespace(data=data[::-1], encrypted=self.encrypted)


def sealed(wire: Wire, *, encrypted: bool = True) -> "Negotiation":
    negotiation = object.__new__(Negotiation)
    negotiation._context = Reversing(encrypted=encrypted)
    return negotiation.sealed(wire)


def frames(*plain: bytes) -> bytes:
    return b"".join(struct.pack(">I", len(part)) + part[::-1] for part in plain)


def test_what_is_sent_is_sealed_in_a_frame() -> None:
    wire = Wire()
    sealed(wire).sendall(b"abc")
    assert wire.sent == b"\0\0\0\3cba"


@pytest.mark.parametrize("piece", [1, 3, 7, 1 << 20])
def test_frames_are_put_together_whatever_pieces_they_come_in(piece: int) -> None:
    pipe = sealed(Wire(frames(b"first", b"", b"second"), piece))
    assert b"".join(iter(lambda: pipe.recv(4), b"")) == b"firstsecond"


def test_a_frame_that_is_cut_off_is_the_end() -> None:
    assert sealed(Wire(frames(b"first")[:-1])).recv(10) == b""


def test_a_frame_of_any_size_is_not_waited_for() -> None:
    with pytest.raises(LostConnectionError, match="a sealed message of"):
        sealed(Wire(b"\xff\xff\xff\xff")).recv(10)


def test_a_frame_that_is_signed_only_is_refused() -> None:
    with pytest.raises(LostConnectionError, match="in clear"):
        sealed(Wire(frames(b"first")), encrypted=False).recv(10)


def test_a_challenge_that_is_none_is_refused_without_the_password_in_the_message() -> None:
    negotiation = Negotiation(Identity("ntlm", "CONTOSO\\auditor", PASSWORD), "dc1.contoso.example")
    assert negotiation.step(None)
    with pytest.raises(NegotiationError) as caught:
        negotiation.step(b"NTLMSSP\0\2\0\0\0")
    assert PASSWORD not in str(caught.value)


def test_a_negotiation_is_not_sealed_before_its_end() -> None:
    negotiation = Negotiation(Identity("ntlm", "CONTOSO\\auditor", PASSWORD), "dc1.contoso.example")
    negotiation.step(None)
    assert not negotiation.is_sealed


def test_no_secret_is_shown_by_what_holds_it() -> None:
    shown = repr(Identity("ntlm", "CONTOSO\\auditor", PASSWORD, nt_hash=PASSWORD))
    assert PASSWORD not in shown
