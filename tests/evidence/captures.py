"""Captures of SMTP connections, their packets written by dpkt."""

import io
from dataclasses import dataclass, field, replace
from ipaddress import ip_address

import dpkt

CLIENT, SERVER = "192.0.2.2", "192.0.2.1"
FIN, SYN, RST, ACK = 1, 2, 4, 16
GREETING = "220 ex01.contoso.example Microsoft ESMTP MAIL Service ready"
EHLO_ANSWER = (
    "250-ex01.contoso.example Hello [192.0.2.2]\r\n250-X-EXPS GSSAPI NTLM LOGIN\r\n"
    "250-X-EXPS=LOGIN\r\n250-XEXCH50\r\n250 OK"
)
REFUSAL = "504 Need to authenticate first"


@dataclass(frozen=True)
class Sent:
    """One segment of `side`, which is "client" or "server"."""

    side: str
    seq: int
    ack: int
    flags: int
    data: bytes = b""
    identification: int = 0


@dataclass
class Trace:
    """A connection that is written segment by segment."""

    client: tuple[str, int] = (CLIENT, 4711)
    server: tuple[str, int] = (SERVER, 25)
    sent: list[Sent] = field(default_factory=list)
    next_of_client: int = 0xFFFFFFF0  # wraps after a few bytes
    next_of_server: int = 5000

    def open(self) -> "Trace":
        """The three segments that open a connection."""
        self.sent.append(Sent("client", self.next_of_client, 0, SYN))
        self.next_of_client = self._after(self.next_of_client, 1)
        self.sent.append(Sent("server", self.next_of_server, self.next_of_client, SYN | ACK))
        self.next_of_server = self._after(self.next_of_server, 1)
        self.sent.append(Sent("client", self.next_of_client, self.next_of_server, ACK))
        return self

    def says(self, *lines: str | bytes) -> "Trace":
        """Lines of the client, or bytes as they are, in one segment."""
        data = _bytes(lines)
        self.sent.append(Sent("client", self.next_of_client, self.next_of_server, ACK, data))
        self.next_of_client = self._after(self.next_of_client, len(data))
        return self

    def answers(self, *lines: str | bytes) -> "Trace":
        """Lines of the server, or bytes as they are, in one segment."""
        data = _bytes(lines)
        self.sent.append(Sent("server", self.next_of_server, self.next_of_client, ACK, data))
        self.next_of_server = self._after(self.next_of_server, len(data))
        return self

    def closes(self, flags: int = FIN) -> "Trace":
        """The client ends or resets the connection, and the server acknowledges it."""
        self.sent.append(Sent("client", self.next_of_client, self.next_of_server, flags | ACK))
        if flags == FIN:
            after = self._after(self.next_of_client, 1)
            self.sent.append(Sent("server", self.next_of_server, after, FIN | ACK))
            self.sent.append(Sent("client", after, self.next_of_server + 1, ACK))
        return self

    def frames(self, link: str = "ethernet") -> list[bytes]:
        """The packets in the order of `sent`."""
        return [self._frame(each, link) for each in self.sent]

    def _frame(self, sent: Sent, link: str) -> bytes:
        source, target = (
            (self.client, self.server) if sent.side == "client" else (self.server, self.client)
        )
        tcp = dpkt.tcp.TCP(
            sport=source[1], dport=target[1], seq=sent.seq, ack=sent.ack, flags=sent.flags
        )
        tcp.data = sent.data
        from_ip, to_ip = ip_address(source[0]), ip_address(target[0])
        if from_ip.version == 4:
            ip = dpkt.ip.IP(src=from_ip.packed, dst=to_ip.packed, id=sent.identification, p=6)
            ip.data = tcp
            ip.len = 20 + len(tcp)
        else:
            ip = dpkt.ip6.IP6(src=from_ip.packed, dst=to_ip.packed, nxt=6, data=tcp)
            ip.plen = len(tcp)
        return _LINKS[link](ip, from_ip.version)

    @staticmethod
    def _after(number: int, size: int) -> int:
        return (number + size) % (1 << 32)


def dialogue() -> Trace:
    """A session as the article shows it: no authentication, and 504 to XEXCH50."""
    return (
        Trace()
        .open()
        .answers(GREETING)
        .says("EHLO ex02.contoso.example")
        .answers(EHLO_ANSWER)
        .says("MAIL FROM:<alice@contoso.example>", "RCPT TO:<bob@contoso.example>")
        .answers("250 2.1.0 alice@contoso.example....Sender OK", "250 2.1.5 bob@contoso.example")
        .says("XEXCH50 2336 3")
        .answers(REFUSAL)
        .says("QUIT")
        .answers("221 2.0.0 ex01.contoso.example")
        .closes()
    )


def without(trace: Trace, *numbers: int) -> Trace:
    """The trace without the segments at these places."""
    return replace(trace, sent=[s for n, s in enumerate(trace.sent) if n not in numbers])


def pcap(frames: list[bytes], link_type: int = 1, *, nano: bool = False) -> bytes:
    """A .pcap file, one frame a second."""
    file = io.BytesIO()
    writer = dpkt.pcap.Writer(file, linktype=link_type, nano=nano)
    for number, frame in enumerate(frames):
        writer.writepkt_time(frame, 1101290400 + number)
    return file.getvalue()


def pcapng(frames: list[bytes], link_type: int = 1) -> bytes:
    """A .pcapng file of one interface, one frame a second."""
    file = io.BytesIO()
    writer = dpkt.pcapng.Writer(file, linktype=link_type)
    for number, frame in enumerate(frames):
        writer.writepkt_time(frame, 1101290400 + number)
    return file.getvalue()


def _bytes(lines: tuple[str | bytes, ...]) -> bytes:
    return b"".join(line if isinstance(line, bytes) else line.encode() + b"\r\n" for line in lines)


def _ethertype(version: int) -> int:
    return 0x0800 if version == 4 else 0x86DD


def _tagged(ip: bytes, version: int) -> bytes:
    tag = b"\x81\x00\x00\x07" + _ethertype(version).to_bytes(2)
    return b"\x02" * 12 + tag + bytes(ip)


_LINKS = {
    "ethernet": lambda ip, v: bytes(dpkt.ethernet.Ethernet(type=_ethertype(v), data=bytes(ip))),
    "vlan": _tagged,
    "padded": lambda ip, v: bytes(dpkt.ethernet.Ethernet(type=_ethertype(v), data=bytes(ip))).ljust(
        60, b"\0"
    ),
    "sll": lambda ip, v: bytes(dpkt.sll.SLL(ethtype=_ethertype(v), hdr=b"\0" * 8, data=bytes(ip))),
    "sll2": lambda ip, v: bytes(
        dpkt.sll2.SLL2(ethtype=_ethertype(v), hdr=b"\0" * 8, data=bytes(ip))
    ),
    "null": lambda ip, v: (2 if v == 4 else 30).to_bytes(4, "little") + bytes(ip),
    "loop": lambda ip, v: (2 if v == 4 else 24).to_bytes(4, "big") + bytes(ip),
    "raw": lambda ip, _: bytes(ip),
}
