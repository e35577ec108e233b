"""
SMTP sessions in a packet capture. KB 843106: what a network trace shows of steps 3 and 5.

The blocks of the file formats are decoded by dpkt, the optional extra `captures`, but found here:
its own readers know of one interface only, and do not tell where a file is cut off.
[draft-ietf-opsawg-pcap], [draft-ietf-opsawg-pcapng]
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, SourceKind
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.smtp_sessions.connections import SmtpConnections
from adaudit.evidence.smtp_sessions.frames import is_known_link, segment_of

_SWAPPED_MAGICS = frozenset({0xD4C3B2A1, 0x4D3CB2A1, 0x34CDB2A1})
_PCAP_MAGICS = _SWAPPED_MAGICS | {0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34}
_NANOSECOND_MAGICS = frozenset({0xA1B23C4D, 0x4D3CB2A1})
_PCAPNG_SECTION = 0x0A0D0D0A
_BYTE_ORDER_MARK = 0x1A2B3C4D
_INTERFACE, _OLD_PACKET, _SIMPLE_PACKET, _PACKET = 1, 2, 3, 6
_MOST_INTERFACES = 4096
_TIME_RESOLUTION, _TIME_OFFSET = 9, 14
_LARGEST_BLOCK = 1 << 24
_MOST_BYTES = 1 << 31
_MOST_FRAMES = 10_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Order: TypeAlias = Literal["little", "big"]


class Frame(NamedTuple):
    """A frame as it was captured."""

    link_type: int
    """By the numbers of https://www.tcpdump.org/linktypes.html: 1 is Ethernet"""
    at: datetime | None
    """When, aware; None where the file does not say"""
    data: bytes


@dataclass(frozen=True, slots=True)
class _Interface:
    """A network interface of a pcapng file."""

    link_type: int
    ticks: int
    """Of its clock, a second"""
    offset: int
    """Seconds to add to its times"""


class _CutError(Exception):
    """The file ends too early, or goes on with what cannot be read."""


class Frames:
    """The frames of a capture, in its order."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._size = 0
        self.cut: str | None = None
        """Why it ended too early, once all frames were given"""
        self.damaged = 0
        """How many blocks could not be decoded"""

    def __iter__(self) -> Iterator[Frame]:
        """Give the frames; `EvidenceError` where it is no capture, or dpkt is not there."""
        magic = int.from_bytes(self._stream.read(4), "big")
        self._stream.seek(0)
        if magic not in _PCAP_MAGICS and magic != _PCAPNG_SECTION:
            raise EvidenceError("not a packet capture", "files in .pcap and .pcapng form are read")
        frames = self._pcapng() if magic == _PCAPNG_SECTION else self._pcap(magic)
        try:
            yield from frames
        except _CutError as error:
            self.cut = str(error)

    def _pcap(self, magic: int) -> Iterator[Frame]:
        pcap = _dpkt().pcap
        head = self._whole(pcap.FileHdr.__hdr_len__)
        header = pcap.LEFileHdr(head) if magic in _SWAPPED_MAGICS else pcap.FileHdr(head)
        link_type = int(header.linktype) & 0xFFFF  # above stands how long a frame's checksum is
        record = pcap.MAGIC_TO_PKT_HDR[magic]
        ticks = 1_000_000_000 if magic in _NANOSECOND_MAGICS else 1_000_000
        while head := self._next(record.__hdr_len__):
            packet = record(head)
            at = _moment(packet.tv_sec * ticks + packet.tv_usec, ticks)
            yield Frame(link_type, at, self._whole(packet.caplen))

    def _pcapng(self) -> Iterator[Frame]:
        dpkt = _dpkt()
        order: _Order = "little"
        interfaces: list[_Interface] = []
        while head := self._next(8):
            if int.from_bytes(head[:4], "big") == _PCAPNG_SECTION:
                head += self._whole(4)
                order, interfaces = _byte_order(head[8:]), []
            block = head + self._whole(_block_size(head, order) - len(head))
            kind = int.from_bytes(block[:4], order)
            try:
                if kind == _INTERFACE and len(interfaces) < _MOST_INTERFACES:
                    interfaces.append(_interface(dpkt.pcapng, block, order))
                elif kind == _SIMPLE_PACKET:
                    yield _simple_frame(block, order, interfaces)
                elif kind in {_PACKET, _OLD_PACKET}:
                    yield _frame(dpkt.pcapng, block, order, interfaces)
            except (dpkt.UnpackError, UnicodeDecodeError, IndexError):
                self.damaged += 1

    def _next(self, size: int) -> bytes:
        """The head of what comes next; empty at the end of the file."""
        data = self._stream.read(size)
        self._size += len(data)
        if 0 < len(data) < size:
            raise _CutError("it ends in the middle of a header")
        return data

    def _whole(self, size: int) -> bytes:
        if size > _LARGEST_BLOCK or self._size + size > _MOST_BYTES:
            raise _CutError(f"{size} bytes at offset {self._size} are more than is read")
        data = self._stream.read(size)
        self._size += len(data)
        if len(data) < size:
            raise _CutError("it ends in the middle of a packet")
        return data


def read(path: Path, computer: str | None) -> Reading:
    """
    Read the SMTP sessions in the capture at `path`, taken on or near `computer`.

    Those are kept that bear on authentication between Exchange servers, or were dropped;
    `source.total` counts all. Raises `EvidenceError` where it is no capture.
    """
    sessions = _Sessions(path)
    try:
        with path.open("rb") as stream:
            sessions.take(Frames(stream))
    except OSError as error:
        raise EvidenceError(f"`{path}` cannot be read: {error.strerror or error}") from error
    except EvidenceError as error:
        raise EvidenceError(f"`{path}` cannot be read: {error.message}", error.hint) from error
    return Reading(
        sessions.source(computer), sessions.connections.sessions.kept, tuple(sessions.gaps())
    )


class _Sessions:
    """What the frames of one file come to."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.connections = SmtpConnections()
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._unread: Counter[int] = Counter()
        self._cut: str | None = None
        self._damaged = 0

    def take(self, frames: Frames) -> None:
        """Take all frames, as far as the file goes."""
        each = iter(frames)
        for frame in islice(each, _MOST_FRAMES):
            self._first = self._first or frame.at
            self._last = frame.at or self._last
            if not is_known_link(frame.link_type):
                self._unread[frame.link_type] += 1
            elif segment := segment_of(frame.link_type, frame.data):
                self.connections.take(segment, frame.at)
        self._cut, self._damaged = frames.cut, frames.damaged
        if next(each, None) is not None:
            self._cut = f"only its first {_MOST_FRAMES} frames are read"
        self.connections.end()

    def source(self, computer: str | None) -> EvidenceSource:
        encrypted = self.connections.encrypted
        notes = list(self.connections.sessions.notes)
        if encrypted:
            notes.append(f"{encrypted} sessions went on inside TLS, which a capture does not show")
        return EvidenceSource(
            kind=SourceKind.CAPTURE,
            name=self._path.name,
            taken_at=datetime.now(UTC),
            computer=computer,
            total=self.connections.sessions.total,
            first=self._first,
            last=self._last,
            notes=tuple(notes),
        )

    def gaps(self) -> Iterator[Gap]:
        if self._cut:
            yield Gap(self._path.name, f"read only in part: {self._cut}")
        if self._damaged:
            yield Gap(self._path.name, f"{self._damaged} blocks are damaged")
        for link_type, count in sorted(self._unread.items()):
            reason = f"{count} frames have the link type {link_type}, which is not read"
            yield Gap(self._path.name, reason)
        left_out = self.connections.ignored + self.connections.sessions.left_out
        if left_out:
            reason = f"{left_out} connections are left out: there are too many"
            yield Gap(self._path.name, reason)


def _dpkt() -> ModuleType:
    try:
        import dpkt.pcap  # noqa: PLC0415 - an optional extra
        import dpkt.pcapng  # noqa: PLC0415 - the same
    except ImportError as error:
        hint = "pip install 'adaudit[captures]'"
        raise EvidenceError("captures are read with dpkt, which is not installed", hint) from error
    module: ModuleType = dpkt
    return module


def _byte_order(mark: bytes) -> _Order:
    if int.from_bytes(mark, "little") == _BYTE_ORDER_MARK:
        return "little"
    if int.from_bytes(mark, "big") == _BYTE_ORDER_MARK:
        return "big"
    raise _CutError("a section has no byte order")


def _block_size(head: bytes, order: _Order) -> int:
    size = int.from_bytes(head[4:8], order)
    if size < max(12, len(head)) or size % 4:
        raise _CutError(f"a block cannot have {size} bytes")
    return size


def _interface(pcapng: ModuleType, block: bytes, order: _Order) -> _Interface:
    """Decode an Interface Description Block. [draft-ietf-opsawg-pcapng] 4.2"""
    is_little = order == "little"
    kind = pcapng.InterfaceDescriptionBlockLE if is_little else pcapng.InterfaceDescriptionBlock
    found = kind(block)
    options = {int(option.code): bytes(option.data) for option in found.opts}
    resolution = int.from_bytes(options.get(_TIME_RESOLUTION, b"\x06")[:1], order)
    ticks = (2 if resolution & 0x80 else 10) ** (resolution & 0x7F)
    offset = int.from_bytes(options.get(_TIME_OFFSET, b"")[:8], order, signed=True)
    return _Interface(int(found.linktype), ticks, offset)


def _frame(pcapng: ModuleType, block: bytes, order: _Order, interfaces: list[_Interface]) -> Frame:
    """Decode an Enhanced Packet Block, or the older Packet Block. 4.3, appendix A"""
    is_old = int.from_bytes(block[:4], order) == _OLD_PACKET
    name = "PacketBlock" if is_old else "EnhancedPacketBlock"
    kind = getattr(pcapng, f"{name}LE" if order == "little" else name)
    found = kind(block)
    interface = interfaces[found.iface_id]
    at = _moment((found.ts_high << 32) | found.ts_low, interface.ticks, interface.offset)
    return Frame(interface.link_type, at, bytes(found.pkt_data))


def _simple_frame(block: bytes, order: _Order, interfaces: list[_Interface]) -> Frame:
    """Decode a Simple Packet Block, which dpkt does not know: it has no time. 4.4"""
    size = int.from_bytes(block[8:12], order)
    return Frame(interfaces[0].link_type, None, block[12:-4][:size])


def _moment(ticks: int, resolution: int, offset: int = 0) -> datetime | None:
    """A time since 1970; None where it is beyond what a calendar holds."""
    try:
        return (
            _EPOCH
            + timedelta(seconds=offset + ticks // resolution)
            + timedelta(seconds=ticks % resolution / resolution)
        )
    except OverflowError:
        return None
