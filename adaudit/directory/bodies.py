"""Each distinct security descriptor once, in bounded memory."""

from collections.abc import Iterable
from hashlib import sha256

BUDGET = 256 * 1024 * 1024
"""Bytes of descriptors that are held to compare others with"""

_OVERHEAD = 160  # of a key in a dictionary, beside its own bytes


class Bodies:
    """
    Numbers for descriptors: equal bytes, equal number.

    They are compared byte by byte, since who writes a descriptor must not be able to pass it for
    another one. Once `budget` bytes are held, new ones are known by their SHA-256 alone.
    """

    def __init__(self, budget: int = BUDGET) -> None:
        self._left = budget
        self._held: dict[bytes, int] = {}
        self._digests: dict[bytes, int] = {}
        self._count = 0

    def number(self, body: bytes) -> tuple[int, bool]:
        """The number of a descriptor, and whether it is a new one."""
        known = self._held.get(body)
        if known is not None:
            return known, False
        if self._digests or self._left < len(body):
            known = self._digests.get(sha256(body).digest())
            if known is not None:
                return known, False
        self._count += 1
        self._learn(body, self._count)
        return self._count, True

    def restore(self, rows: Iterable[tuple[int, bytes]]) -> None:
        """Take up the descriptors that a file holds already."""
        for number, body in rows:
            self._learn(body, number)
            self._count = max(self._count, number)

    def _learn(self, body: bytes, number: int) -> None:
        if self._left >= len(body):
            self._left -= len(body) + _OVERHEAD
            self._held[body] = number
        else:
            self._digests[sha256(body).digest()] = number
