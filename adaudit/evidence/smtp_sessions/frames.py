"""
The TCP segment in a captured frame.

Link types by their numbers at https://www.tcpdump.org/linktypes.html; [RFC791], [RFC8200],
[RFC9293]. Read here and not by a library, whose decoders look into every protocol that a frame may
hold, and so fail in more ways than can be named.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from struct import unpack_from
from typing import NamedTuple

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10
"""Control bits of TCP. [RFC9293] 3.1"""

_TCP = 6
_ETHERTYPE_IPV4 = 0x0800
_ETHERTYPE_IPV6 = 0x86DD
_VLAN_TAGS = frozenset({0x8100, 0x88A8, 0x9100})
_AUTHENTICATION_HEADER = 51
_EXTENSION_HEADERS = frozenset({0, 43, 60, _AUTHENTICATION_HEADER})
_FRAGMENT_HEADER = 44
_MOST_TAGS = 4
_MOST_EXTENSION_HEADERS = 8


class Endpoint(NamedTuple):
    """One side of a TCP connection."""

    address: str
    port: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment as far as it was captured."""

    source: Endpoint
    destination: Endpoint
    sequence: int
    acknowledgement: int
    flags: int
    """`SYN`, `ACK`, …"""
    data: bytes
    missing: int = 0
    """How many bytes at its end were not captured"""
    identification: int = 0
    """Of its packet; two copies of one packet have the same. 0 where there is none"""


class _Packet(NamedTuple):
    """What an IP packet carries."""

    source: str
    destination: str
    data: bytes
    missing: int
    identification: int = 0


def segment_of(link_type: int, frame: bytes) -> Segment | None:
    """The TCP segment in `frame`; None where it holds none, or too little of one."""
    strip = _LINKS.get(link_type)
    ip = strip(frame) if strip else None
    if not ip:
        return None
    packet = _ipv4(ip) if ip[0] >> 4 == 4 else _ipv6(ip)
    return _tcp(packet) if packet else None


def is_known_link(link_type: int) -> bool:
    """Whether frames of this link type can be read."""
    return link_type in _LINKS


def _ethernet(frame: bytes) -> bytes | None:
    return _tagged(frame, 12)


def _cooked(frame: bytes) -> bytes | None:
    return _tagged(frame, 14)


def _cooked_2(frame: bytes) -> bytes | None:
    """LINKTYPE_LINUX_SLL2: the protocol stands first."""
    return frame[20:] if _is_ip(frame, 0) else None


def _loopback(frame: bytes) -> bytes | None:
    """The family has the byte order of a machine that is not known; IP tells its version itself."""
    return _raw(frame[4:])


def _raw(frame: bytes) -> bytes | None:
    return frame if frame and frame[0] >> 4 in {4, 6} else None


_LINKS: dict[int, Callable[[bytes], bytes | None]] = {
    0: _loopback,  # NULL
    1: _ethernet,
    12: _raw,  # DLT_RAW as some systems write it
    14: _raw,
    101: _raw,
    108: _loopback,  # LOOP
    113: _cooked,  # LINUX_SLL
    228: _raw,  # IPV4
    229: _raw,  # IPV6
    276: _cooked_2,  # LINUX_SLL2
}


def _tagged(frame: bytes, at: int) -> bytes | None:
    """What follows the EtherType at `at`, behind tags of [IEEE 802.1Q]."""
    for _ in range(_MOST_TAGS):
        if len(frame) >= at + 2 and int.from_bytes(frame[at : at + 2]) in _VLAN_TAGS:
            at += 4
    return frame[at + 2 :] if _is_ip(frame, at) else None


def _is_ip(frame: bytes, at: int) -> bool:
    return int.from_bytes(frame[at : at + 2]) in {_ETHERTYPE_IPV4, _ETHERTYPE_IPV6}


def _ipv4(ip: bytes) -> _Packet | None:
    if len(ip) < 20 or ip[9] != _TCP:
        return None
    header = (ip[0] & 0x0F) * 4
    total, identification, fragment = unpack_from(">HHH", ip, 2)
    if header < 20 or fragment & 0x1FFF:
        return None
    total = total or len(ip)  # an adapter that segments itself leaves it to be filled in
    data = ip[header:total]
    source, destination = _address(ip[12:16]), _address(ip[16:20])
    return _Packet(source, destination, data, total - header - len(data), identification)


def _ipv6(ip: bytes) -> _Packet | None:
    if len(ip) < 40 or ip[0] >> 4 != 6:
        return None
    end = 40 + (int.from_bytes(ip[4:6]) or len(ip) - 40)
    at = _upper_layer(ip)
    if at is None or at > end:
        return None
    data = ip[at:end]
    return _Packet(_address(ip[8:24]), _address(ip[24:40]), data, end - at - len(data))


@lru_cache(maxsize=4096)
def _address(octets: bytes) -> str:
    return str(ip_address(octets))


def _upper_layer(ip: bytes) -> int | None:
    """Where TCP begins behind the extension headers of [RFC8200] 4; None if it does not."""
    following, at = ip[6], 40
    for _ in range(_MOST_EXTENSION_HEADERS):
        if following == _TCP:
            return at
        header = ip[at : at + 8]
        if len(header) < 8:
            return None
        if following == _FRAGMENT_HEADER and not int.from_bytes(header[2:4]) & 0xFFF8:
            at += 8
        elif following in _EXTENSION_HEADERS:
            is_short = following == _AUTHENTICATION_HEADER
            at += (header[1] + 2) * 4 if is_short else (header[1] + 1) * 8
        else:
            return None
        following = header[0]
    return None


def _tcp(packet: _Packet) -> Segment | None:
    tcp = packet.data
    if len(tcp) < 20:
        return None
    source, destination, sequence, acknowledgement, offset, flags = unpack_from(">HHIIBB", tcp)
    header = (offset >> 4) * 4
    data = tcp[header:]
    missing = len(tcp) + packet.missing - header - len(data)
    if header < 20 or missing < 0:
        return None
    return Segment(
        source=Endpoint(packet.source, source),
        destination=Endpoint(packet.destination, destination),
        sequence=sequence,
        acknowledgement=acknowledgement,
        flags=flags,
        data=data,
        missing=missing,
        identification=packet.identification,
    )
