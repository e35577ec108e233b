"""
An SMB session with a server, and the pipes of its RPC interfaces. [MS-SMB], [MS-SMB2], [MS-RPCE]

SMB 1 to 3.1.1, whichever the server speaks: Windows 2003 knows only SMB 1.
"""

import logging
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from adaudit.errors import EvidenceError
from adaudit.evidence.names import look_up
from adaudit.evidence.rpc.credentials import RpcCredentials, log_on
from adaudit.evidence.rpc.failures import opening, translated
from adaudit.evidence.rpc.line import Limits, Line

if TYPE_CHECKING:
    from impacket.dcerpc.v5.rpcrt import DCERPC_v5
    from impacket.smb import SMB
    from impacket.smb3 import SMB3
    from impacket.smbconnection import SMBConnection

SMB_PORT = 445
_MOST_ADDRESSES = 4
"""Addresses of one name that are tried; only one may be within reach"""
NOT_VERIFIED = "read over RPC, and not verified: it could have been altered on the way unnoticed"
_DIALECTS = "\x02NT LM 0.12\x00\x02SMB 2.002\x00\x02SMB 2.???\x00"
_SMB2 = b"\xfeSMB"


class Message(Protocol):
    """A request or an answer of an RPC call, as impacket builds it."""

    opnum: int

    def __getitem__(self, field: str, /) -> object: ...
    def __setitem__(self, field: str, value: object, /) -> None: ...


@dataclass(frozen=True, slots=True)
class Interface:
    """An RPC interface behind a pipe, and the calls of it that may be sent."""

    pipe: str
    uuid: str
    version: str
    calls: frozenset[int]
    """Their opnums; each of them only reads"""
    service: str
    """The service that answers"""


class Pipe:
    """An interface of a server, bound."""

    def __init__(self, host: str, line: Line, interface: Interface, rpc: "DCERPC_v5") -> None:
        self._host = host
        self._line = line
        self._interface = interface
        self._rpc = rpc

    def request(self, request: Message) -> Message:
        """
        Send a call and give its answer.

        Raises `RefusedCallError` where the answer is an error code, `EvidenceError` where none
        comes, and `ValueError` for a call that is not among those allowed.
        """
        if request.opnum not in self._interface.calls:
            raise ValueError(f"call {request.opnum} of {self._interface.pipe} is not allowed")
        with translated(self._host, self._line):
            answer: Message = self._rpc.request(request)
            return answer


class Session:
    """A session of a user who has logged on."""

    def __init__(self, host: str, line: Line, connection: "SMBConnection") -> None:
        self._host = host
        self._line = line
        self._connection = connection

    def open_pipe(self, interface: Interface) -> Pipe:
        """
        Open the pipe of an interface; a service that is not running is not started.

        Raises `EvidenceError`.
        """
        from impacket.dcerpc.v5.transport import SMBTransport  # noqa: PLC0415 - heavy
        from impacket.uuid import uuidtup_to_bin  # noqa: PLC0415 - the same

        line, service = self._line, interface.service
        with opening(self._host, f"the {service} service", service), translated(self._host, line):
            transport = SMBTransport(
                self._host, filename=rf"\{interface.pipe}", smb_connection=self._connection
            )
            rpc = transport.get_dce_rpc()
            rpc.connect()
            rpc.bind(uuidtup_to_bin((interface.uuid, interface.version)))
        return Pipe(self._host, line, interface, rpc)


@contextmanager
def open_session(
    host: str, credentials: RpcCredentials, limits: Limits, port: int = SMB_PORT
) -> Iterator[Session]:
    """
    Connect to a host by name or address, and log on; the connection ends with the `with` block.

    Raises `EvidenceError` where that fails, and where impacket is not installed.
    """
    _require_impacket(host)
    with closing(_connected(host, port, limits)) as line:
        with opening(host, "the log-on"), translated(host, line):
            connection = _negotiated(host, line, limits)
        with opening(host, "the log-on"), translated(host, line):
            log_on(connection, host, credentials, limits.answer)
        yield Session(host, line, connection)


def _require_impacket(host: str) -> None:
    try:
        import impacket  # noqa: F401, PLC0415 - heavy, and not on Windows
    except ImportError as error:
        raise EvidenceError(
            f"`{host}` cannot be read over RPC: impacket is not installed",
            "pip install impacket, or give the exported files: .reg, .evt, .evtx",
        ) from error
    # At level DEBUG it logs what could be tried passwords on.
    logging.getLogger("impacket").propagate = False


def _connected(host: str, port: int, limits: Limits) -> Line:
    addresses = look_up(host, limits.answer)
    if not addresses:
        raise EvidenceError(f"`{host}` has no address: its name is not known")
    faults: dict[str, OSError] = {}
    for address in addresses[:_MOST_ADDRESSES]:
        try:
            return Line(socket.create_connection((address, port), limits.answer), limits)
        except OSError as error:
            faults[error.strerror or f"no answer within {limits.answer:.3g} s"] = error
    reasons, (*_, last) = "; ".join(faults), faults.values()
    raise EvidenceError(f"cannot connect to `{host}` port {port}: {reasons}") from last


def _negotiated(host: str, line: Line, limits: Limits) -> "SMBConnection":
    """What impacket does in connecting, on a connection of our own."""
    from impacket import nmb, smb, smb3, smb3structs  # noqa: PLC0415 - heavy, not on Windows
    from impacket.smbconnection import SMBConnection  # noqa: PLC0415 - the same

    flags = smb.SMB.FLAGS2_EXTENDED_SECURITY | smb.SMB.FLAGS2_NT_STATUS
    flags |= smb.SMB.FLAGS2_LONG_NAMES | smb.SMB.FLAGS2_UNICODE
    session = nmb.NetBIOSTCPSession("", host, host, sess_port=SMB_PORT, sock=line)
    packet = smb.NewSMBPacket()
    packet["Flags1"] = smb.SMB.FLAGS1_PATHCASELESS | smb.SMB.FLAGS1_CANONICALIZED_PATHS
    packet["Flags2"] = flags
    command = smb.SMBCommand(smb.SMB.SMB_COM_NEGOTIATE)
    command["Data"] = _DIALECTS
    packet.addCommand(command)
    session.send_packet(packet.getData())
    answer = session.recv_packet(limits.answer).get_trailer()
    server: SMB | SMB3
    if answer.startswith(_SMB2):
        server = smb3.SMB3(
            host,
            host,
            timeout=limits.answer,
            session=session,
            negSessionResponse=smb3structs.SMB2Packet(answer),
        )
    else:
        server = smb.SMB(host, host, timeout=limits.answer, session=session, negPacket=answer)
        # From the answer on it knows whether the server speaks Unicode.
        unicode = server.get_flags()[1] & smb.SMB.FLAGS2_UNICODE
        server.set_flags(flags2=flags & ~smb.SMB.FLAGS2_UNICODE | unicode)
    return SMBConnection(existingConnection=server)
