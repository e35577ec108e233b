"""Values as AD Explorer writes them, turned into those of LDAP. [MS-ADTS] 3.1.1.2.2.2"""

from collections.abc import Callable, Mapping
from struct import Struct

from adaudit.collect.explorer_bytes import Contents, DamagedError
from adaudit.collect.explorer_format import FoundObject, Property

_MOST_VALUES = 1 << 24
_MOST_BYTES = 1 << 28
"""Of all values of one attribute, as for a record of LDIF"""
_MOST_KEPT = 1 << 16
_LARGEST_KEPT = 1 << 16
_Decode = Callable[[Contents, int, int], tuple[bytes, ...]]


class Values:
    """
    The values of objects.

    Values that an earlier object has too are written once, and found there; they are kept for
    the next object that has them.
    """

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self._kept: dict[tuple[int, int], tuple[bytes, ...]] = {}

    def of(self, found: FoundObject, attribute: Property, offset: int) -> tuple[bytes, ...]:
        """All values of an attribute. Raises `DamagedError`."""
        place = found.start + offset
        if offset >= 0:
            return self._decoded(attribute.kind, place)
        key = place, attribute.kind
        known = self._kept.get(key)
        if known is None:
            known = self._decoded(attribute.kind, place)
            self._keep(key, known)
        return known

    def _keep(self, key: tuple[int, int], values: tuple[bytes, ...]) -> None:
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        if sum(map(len, values)) <= _LARGEST_KEPT:
            self._kept[key] = values

    def _decoded(self, kind: int, place: int) -> tuple[bytes, ...]:
        decode = _DECODERS.get(kind)
        if decode is None:
            raise DamagedError(f"values of type {kind} are not known")
        count = self._contents.word(place)
        if count > _MOST_VALUES:
            raise DamagedError(f"{count} values at byte {place} are too many")
        return decode(self._contents, place, count)


def _texts(contents: Contents, place: int, count: int) -> tuple[bytes, ...]:
    """Texts, each where an offset from `place` says."""
    found: list[bytes] = []
    left = _MOST_BYTES
    for offset in contents.unpack(place + 4, Struct(f"<{count}i")):
        found.append(contents.text(place + offset).encode())
        left -= len(found[-1])
        if left < 0:
            raise DamagedError(f"the values at byte {place} have over {_MOST_BYTES >> 20} MiB")
    return tuple(found)


def _octets(contents: Contents, place: int, count: int) -> tuple[bytes, ...]:
    """First all lengths, then all bytes."""
    lengths = contents.unpack(place + 4, Struct(f"<{count}I"))
    start = place + 4 + 4 * count
    data = contents.at(start, sum(lengths))
    found: list[bytes] = []
    first = 0
    for length in lengths:
        found.append(data[first : first + length])
        first += length
    return tuple(found)


def _booleans(contents: Contents, place: int, count: int) -> tuple[bytes, ...]:
    words = contents.unpack(place + 4, Struct(f"<{count}I"))
    return tuple(b"TRUE" if word else b"FALSE" for word in words)


def _integers(contents: Contents, place: int, count: int) -> tuple[bytes, ...]:
    return tuple(b"%d" % number for number in contents.unpack(place + 4, Struct(f"<{count}i")))


def _large_integers(contents: Contents, place: int, count: int) -> tuple[bytes, ...]:
    return tuple(b"%d" % number for number in contents.unpack(place + 4, Struct(f"<{count}q")))


def _times(contents: Contents, place: int, count: int) -> tuple[bytes, ...]:
    """SYSTEMTIMEs as generalized time. [MS-DTYP] 2.3.13"""
    numbers = contents.unpack(place + 4, Struct(f"<{8 * count}H"))
    found: list[bytes] = []
    for first in range(0, 8 * count, 8):
        year, month, _, day, hour, minute, second, _ = numbers[first : first + 8]
        found.append(b"%04d%02d%02d%02d%02d%02d.0Z" % (year, month, day, hour, minute, second))
    return tuple(found)


_DECODERS: Mapping[int, _Decode] = {
    **dict.fromkeys((1, 2, 3, 4, 5, 12, 28), _texts),
    6: _booleans,
    7: _integers,
    8: _octets,
    9: _times,
    10: _large_integers,
    25: _octets,
}
"""By ADSTYPE, of which the schema of Active Directory needs these"""
