"""One server being asked, over as many connections as it takes to see inside TLS."""

import contextlib
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime

from adaudit.directory.observations import SmtpExchange, SmtpProbe, TlsState
from adaudit.endpoint import Endpoint, is_address
from adaudit.errors import EvidenceError
from adaudit.evidence.names import look_up
from adaudit.evidence.smtp_probe.client import Clock, DialogueError, SmtpClient, connect
from adaudit.evidence.smtp_probe.options import ProbeOptions, own_name
from adaudit.evidence.smtp_probe.tls import Handshake, enter_tls
from adaudit.exchange.smtp import extensions, verbs

_MOST_ADDRESSES = 8
_NO_COMMAND = (500, 502)
"""What EHLO is answered by a server, or by what stands before it, that knows only HELO"""


class Dialogue:
    """What one server is asked, step by step; what it said is kept wherever it ends."""

    def __init__(self, endpoint: Endpoint, options: ProbeOptions, trusting: ssl.SSLContext) -> None:
        self._endpoint = endpoint
        self._options = options
        self._trusting = trusting
        self._clock = Clock(options.timeout, options.whole)
        self._exchanges: list[SmtpExchange] = []
        self._address: str | None = None
        self._tls = Handshake(TlsState.NOT_OFFERED, "")
        self._connections = contextlib.ExitStack()

    def hold(self) -> SmtpProbe:
        """Ask all there is to ask; why that came to no end is the probe's `fault`."""
        at, fault = datetime.now(UTC), None
        with self._connections:
            try:
                self._talk()
            except DialogueError as error:
                fault = str(error)
        return SmtpProbe(
            host=self._endpoint.host,
            port=self._endpoint.port,
            seen_from=own_name(),
            at=at,
            address=self._address,
            exchanges=tuple(self._exchanges),
            tls=self._tls.state,
            tls_detail=self._tls.detail,
            fault=fault,
        )

    def _talk(self) -> None:
        first = self._connect(self._addresses(), self._exchanges)
        offered = self._introduce(first)
        client = first if offered is None else self._ask_xexch50(first)
        if offered is not None and "STARTTLS" in offered:
            client = self._start_tls(client)
        if client is not None:
            # All is known by then: whether the server says goodbye does not matter.
            with contextlib.suppress(DialogueError):
                client.ask("QUIT")

    def _addresses(self) -> Sequence[str]:
        host = self._endpoint.host
        if is_address(host):
            return (host,)
        try:
            self._clock.begin()
            addresses = look_up(host, self._clock.left())
        except EvidenceError as error:
            raise DialogueError(error.message) from None
        if not addresses:
            raise DialogueError(f"the name `{host}` is not known here")
        return addresses[:_MOST_ADDRESSES]

    def _connect(self, addresses: Sequence[str], record: list[SmtpExchange]) -> SmtpClient:
        """Connect and take the greeting."""
        sock, self._address = connect(addresses, self._endpoint.port, self._clock)
        client = SmtpClient(sock, self._clock, record, with_xexch50=self._options.xexch50)
        self._connections.callback(client.close)
        greeting = client.greeting()
        if greeting.code != 220:
            raise DialogueError(f"the greeting is `{greeting.replies[-1]}`")
        return client

    def _introduce(self, client: SmtpClient) -> frozenset[str] | None:
        """Say EHLO, and give the verbs that are offered in return; None where it is no command."""
        answer = client.ask("EHLO", self._options.ehlo_name)
        if answer.code == 250:
            return verbs(extensions([answer]) or ())
        if answer.code not in _NO_COMMAND:
            raise DialogueError(f"EHLO is answered `{answer.replies[-1]}`")
        return None

    def _ask_xexch50(self, client: SmtpClient) -> SmtpClient | None:
        """
        Ask once, if it is wanted, for two bytes of properties; None where that ends the connection.

        It needs a transaction, so an empty sender comes first. A recipient never does, and neither
        do the two bytes.
        """
        was_asked = any(exchange.command == "XEXCH50" for exchange in self._exchanges)
        if not self._options.xexch50 or was_asked or client.ask("MAIL", "FROM:<>").code != 250:
            return client
        if client.ask("XEXCH50", "2 2").code == 354:
            client.close()  # the server now waits for the bytes
            return None
        client.ask("RSET")
        return client

    def _start_tls(self, client: SmtpClient | None) -> SmtpClient | None:
        """Go inside TLS and look again; None where no connection is left."""
        if not self._options.starttls:
            self._tls = Handshake(TlsState.NOT_TRIED, "")
            return client
        client = client or self._again(self._exchanges)
        answer = client.ask("STARTTLS")
        if answer.code != 220:
            self._tls = Handshake(TlsState.REFUSED, answer.replies[-1])
            return client
        ready = [client]
        self._tls = enter_tls(
            lambda: ready.pop() if ready else self._ready_for_tls(),
            self._endpoint.host,
            self._trusting,
        )
        return self._look_inside(self._tls.client)

    def _look_inside(self, client: SmtpClient | None) -> SmtpClient | None:
        if client is None:
            return None
        client.record = self._exchanges
        self._introduce(client)
        return self._ask_xexch50(client)

    def _ready_for_tls(self) -> SmtpClient:
        """Make a further connection, as far as STARTTLS; none of it is told twice."""
        client = self._again([])
        answer = client.ask("STARTTLS")
        if answer.code != 220:
            raise DialogueError(f"STARTTLS is now answered `{answer.replies[-1]}`")
        return client

    def _again(self, record: list[SmtpExchange]) -> SmtpClient:
        """Make a further connection to the same address, as far as EHLO, told in no record."""
        client = self._connect([self._address or self._endpoint.host], [])
        self._introduce(client)
        client.record = record
        return client
