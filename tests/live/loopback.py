"""Loopback addresses of servers that run side by side, those of other processes too."""

import socket

_PORT = 1  # which no server of the tests listens on


def hold(address: str) -> bool:
    """
    Take an address until this process ends; whether no other had taken it.

    Between choosing an address and listening on it, another process could choose the same.
    """
    held = socket.socket()
    try:
        held.bind((address, _PORT))
    except OSError:
        held.close()
        return False
    held.detach()
    return True
