"""A proxy before a server that cuts the first connections after so many bytes of answers."""

import contextlib
import select
import socket
import threading
from collections.abc import Iterator, Sequence

_CHUNK = 1 << 16


class CuttingProxy:
    """
    Passes on to `server`, host and port, what comes to a free port of 127.0.0.1, and back.

    The connection number `n` ends, for both sides, after `limits[n]` bytes of the server; those
    after the last limit are left whole.
    """

    def __init__(self, server: tuple[str, int], limits: Sequence[int]) -> None:
        self._server = server
        self._limits = list(limits)
        self.port = 0
        self.connections = 0

    @contextlib.contextmanager
    def running(self) -> Iterator["CuttingProxy"]:
        """Serve one client after the other."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._accept, args=(listener,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                listener.shutdown(socket.SHUT_RDWR)
                thread.join(10)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            number, self.connections = self.connections, self.connections + 1
            limit = self._limits[number] if number < len(self._limits) else None
            with (
                client,
                contextlib.suppress(ConnectionError),
                socket.create_connection(self._server) as server,
            ):
                _pass_on(client, server, limit)


def _pass_on(client: socket.socket, server: socket.socket, limit: int | None) -> None:
    """Copy both ways until one side ends, or the server has said as much as it may."""
    came = 0
    while limit is None or came < limit:
        readable, _, _ = select.select([client, server], [], [])
        for sock in readable:
            data = sock.recv(_CHUNK)
            if not data:
                return
            if sock is client:
                server.sendall(data)
            else:
                client.sendall(data if limit is None else data[: limit - came])
                came += len(data)
