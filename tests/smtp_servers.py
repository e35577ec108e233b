"""
SMTP servers on loopback: as Exchange 2003 speaks, as a firewall masks it, and worse.

The well-behaved ones are aiosmtpd, which knows SMTP and TLS by itself; the others are sockets.
Each is a context manager that gives a `Server`: where it is, and all that reached it.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP

LOOPBACK = "127.0.0.1"
EXCHANGE_NAME = "ex01.contoso.example"
EXCHANGE_IDENT = (
    "Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  Wed, 24 Nov 2004 09:15:00 +0100"
)
EXCHANGE_EXTENSIONS = (
    "TURN",
    "SIZE 10485760",
    "ETRN",
    "PIPELINING",
    "DSN",
    "ENHANCEDSTATUSCODES",
    "8bitmime",
    "BINARYMIME",
    "CHUNKING",
    "VRFY",
    "X-EXPS GSSAPI NTLM LOGIN",
    "X-EXPS=LOGIN",
    "AUTH GSSAPI NTLM LOGIN",
    "AUTH=LOGIN",
    "X-LINK2STATE",
    "XEXCH50",
    "OK",
)
"""What Exchange 2000 and 2003 answer to EHLO. KB 257569"""
NEED_TO_AUTHENTICATE = "504 Need to authenticate first"
MASKED_IDENT = "*" * 37 + "2" + "*" * 21 + "0" + "*" * 5
Behaviour = Callable[[socket.socket, threading.Event], None]
"""What a bad server does with a connection, until the event says that the test is over"""


@dataclass
class Server:
    """Where a server listens, and what reached it, decrypted, in the order of arrival."""

    port: int = 0
    received: bytearray = field(default_factory=bytearray)
    connections: int = 0
    host: str = LOOPBACK

    @property
    def lines(self) -> list[str]:
        """The command lines that reached it."""
        return self.received.decode("ascii").splitlines()

    @property
    def endpoint(self) -> str:
        """As a command takes it: `127.0.0.1:2525`."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Manner:
    """How a server of `serving` speaks; as Exchange 2003 does, unless told otherwise."""

    name: str = EXCHANGE_NAME
    """In the greeting and the answer to EHLO"""
    ident: str = EXCHANGE_IDENT
    extensions: tuple[str, ...] = EXCHANGE_EXTENSIONS
    tls: ssl.SSLContext | None = None
    starttls: str | None = None
    """What STARTTLS is answered, offered without TLS behind it"""
    ehlo: str | None = None
    """What EHLO is answered instead, as one line"""
    xexch50: str = NEED_TO_AUTHENTICATE
    mail: str | None = None
    """What MAIL is answered instead, outside TLS"""


class _Exchange(SMTP):
    """aiosmtpd with the verbs of Exchange."""

    def __init__(self, loop: asyncio.AbstractEventLoop, manner: Manner, server: Server) -> None:
        super().__init__(
            handler=object(),
            hostname=manner.name,
            ident=manner.ident,
            tls_context=manner.tls,
            loop=loop,
        )
        self._manner = manner
        self._server = server
        self._smtp_methods |= {"XEXCH50": self._answer_xexch50, "X-EXPS": self._answer_exps}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._server.connections += self._tls_protocol is None
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._server.received += data
        super().data_received(data)

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802 - the name that aiosmtpd looks for
        if self._manner.ehlo is not None:
            await self.push(self._manner.ehlo)
            return
        assert self.session is not None
        self.session.host_name, self.session.extended_smtp = hostname, True
        offered = [f"{self._manner.name} Hello [{LOOPBACK}]", *self._manner.extensions]
        if self._offers_tls:
            offered[-1:-1] = ["TLS", "STARTTLS"]
        for line in offered[:-1]:
            await self.push(f"250-{line}")
        await self.push(f"250 {offered[-1]}")

    @property
    def _offers_tls(self) -> bool:
        has_tls = self._manner.tls is not None or self._manner.starttls is not None
        return has_tls and self._tls_protocol is None

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802 - the name that aiosmtpd looks for
        if self._manner.starttls is None:
            await super().smtp_STARTTLS(arg)
        else:
            await self.push(self._manner.starttls)

    async def smtp_MAIL(self, arg: str) -> None:  # noqa: N802 - the name that aiosmtpd looks for
        if self._manner.mail is not None and self._tls_protocol is None:
            await self.push(self._manner.mail)
        else:
            await super().smtp_MAIL(arg)

    async def _answer_xexch50(self, _: str) -> None:
        assert self.envelope is not None
        # Whether the real one insists on MAIL first is not known; who asks must not rely on it.
        needs_mail = self.envelope.mail_from is None
        await self.push("503 5.5.2 Need mail command" if needs_mail else self._manner.xexch50)

    async def _answer_exps(self, _: str) -> None:
        await self.push("334 GSSAPI supported")
        await self._reader.readline()
        await self.push("535 5.7.3 Authentication unsuccessful.")


@contextlib.contextmanager
def serving(manner: Manner | None = None) -> Iterator[Server]:
    """Serve with aiosmtpd, by default as Exchange 2003 without a certificate does."""
    chosen, server = manner or Manner(), Server()
    loop = asyncio.new_event_loop()
    protocols: list[_Exchange] = []

    def accept() -> _Exchange:
        protocols.append(_Exchange(loop, chosen, server))
        return protocols[-1]

    listener = loop.run_until_complete(loop.create_server(accept, LOOPBACK, 0))
    server.port = listener.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_stop(listener, protocols), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _stop(listener: asyncio.Server, protocols: list[_Exchange]) -> None:
    listener.close()
    for protocol in protocols:
        for transport in (protocol.transport, protocol._original_transport):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)  # for transports to be told that they are closed


def masked_pix() -> contextlib.AbstractContextManager[Server]:
    """Exchange behind `fixup protocol smtp` of a PIX: the server sees `XXXX`. KB 320027"""
    return serving(Manner(name="*" * 20, ident=MASKED_IDENT, ehlo="500 5.3.3 Unrecognized command"))


def broken_sinks() -> contextlib.AbstractContextManager[Server]:
    """Exchange whose event sinks are not loaded: AUTH is there, and no X- verb. KB 257569"""
    kept = tuple(line for line in EXCHANGE_EXTENSIONS if not line.startswith("X"))
    return serving(Manner(extensions=kept))


@contextlib.contextmanager
def misbehaving(behave: Behaviour) -> Iterator[Server]:
    """Serve each connection by a function on its socket."""
    server, over = Server(), threading.Event()
    workers: list[threading.Thread] = []

    def work(connection: socket.socket) -> None:
        # A client that has had enough closes first.
        with connection, contextlib.suppress(OSError):
            behave(connection, over)

    def accept(listener: socket.socket) -> None:
        while not over.is_set():
            connection, _ = listener.accept()
            server.connections += 1
            connection.settimeout(10)
            workers.append(threading.Thread(target=work, args=(connection,)))
            workers[-1].start()

    with socket.create_server((LOOPBACK, 0)) as listener:
        server.port = listener.getsockname()[1]
        acceptor = threading.Thread(target=accept, args=(listener,))
        acceptor.start()
        try:
            yield server
        finally:
            over.set()
            with socket.create_connection((LOOPBACK, server.port)):  # so that it looks at `over`
                acceptor.join()
            for worker in workers:
                worker.join()


def hang(_: socket.socket, over: threading.Event) -> None:
    """Say nothing at all."""
    over.wait(10)


def close_at_once(connection: socket.socket, _: threading.Event) -> None:
    """Close without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def sending(data: bytes) -> Behaviour:
    """Send these bytes instead of a greeting, and then nothing."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        connection.sendall(data)
        over.wait(10)

    return behave


def sending_endlessly(data: bytes) -> Behaviour:
    """Send these bytes again and again, as fast as they are taken."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        while not over.is_set():
            connection.sendall(data * 64)

    return behave


def trickling(data: bytes, seconds: float) -> Behaviour:
    """Send one byte, wait, send the next, in a circle."""

    def behave(connection: socket.socket, over: threading.Event) -> None:
        while not over.is_set():
            for byte in data:
                connection.sendall(bytes([byte]))
                over.wait(seconds)

    return behave


def closing_after(data: bytes) -> Behaviour:
    """Send these bytes and close."""

    def behave(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass

    return behave


def scripted(*answers: bytes, then: Behaviour = hang, delay: float = 0) -> Behaviour:
    """
    Send the first answer at once and one after each line that comes; then behave so.

    `delay`, in seconds, comes before each answer.
    """

    def behave(connection: socket.socket, over: threading.Event) -> None:
        for number, answer in enumerate(answers):
            if number and not _takes_line(connection):
                return
            over.wait(delay)
            connection.sendall(answer)
        then(connection, over)

    return behave


def _takes_line(connection: socket.socket) -> bool:
    """Receive up to the end of a line; False where the client closes before."""
    data = b"?"
    while data and not data.endswith(b"\n"):
        data = connection.recv(4096)
    return bool(data)
