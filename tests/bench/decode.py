"""
Decoding security descriptors, as ratios against impacket in the same run.

Run with `make bench`, or `python tests/bench/decode.py`. Rounds of all decoders alternate, and the
median counts; what is decoded is new bytes each time, so that no hash is left over from before.
"""

import gc
import random
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from statistics import median
from uuid import UUID

from impacket.ldap.ldaptypes import SR_SECURITY_DESCRIPTOR

from adaudit.security import wire
from adaudit.security.ace import Ace, AceFlags, AceType
from adaudit.security.descriptor import Acl, ControlFlags, SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.windows import descriptors

ROUNDS = 5
SAMPLE = 60
"""Descriptors that impacket decodes in a round; it is slow"""
ENTRIES = 52
DOMAIN = Sid(5, (21, 1004336348, 1177238915, 682003330))
MASKS = (0x10, 0x20, 0x30, 0x100, 0x20094, 0xF01FF, 0xF01BD, 0x3, 0x8, 0x4)


def directory_like(count: int) -> list[bytes]:
    """Descriptors as of a grown directory: 52 entries, most of them shared with other objects."""
    chance = random.Random(1)  # noqa: S311, the same data in every run is the point
    guids = _guids(chance)
    common = [_entry(chance, guids, AceFlags.INHERITED) for _ in range(400)]
    return [
        _descriptor(
            chance,
            [_entry(chance, guids, AceFlags(0)) for _ in range(4)]
            + chance.sample(common, ENTRIES - 4),
        )
        for _ in range(count)
    ]


def all_different(count: int) -> list[bytes]:
    """Descriptors of the same size, each entry for a trustee out of a million: nothing repeats."""
    chance = random.Random(2)  # noqa: S311, the same data in every run is the point
    guids = _guids(chance)
    return [
        _descriptor(chance, [_entry(chance, guids, AceFlags.INHERITED) for _ in range(ENTRIES)])
        for _ in range(count)
    ]


def _guids(chance: random.Random) -> list[UUID]:
    """As many as a schema has."""
    return [UUID(int=chance.getrandbits(128)) for _ in range(1500)]


def _entry(chance: random.Random, guids: list[UUID], flags: AceFlags) -> Ace:
    trustee = DOMAIN.relative(chance.randrange(1000, 1_000_000))
    mask = AccessMask(chance.choice(MASKS))
    if chance.random() < 0.35:
        return Ace(AceType.ACCESS_ALLOWED, flags, mask, trustee)
    inherited = chance.choice(guids) if chance.random() < 0.4 else None
    return Ace(AceType.ACCESS_ALLOWED_OBJECT, flags, mask, trustee, chance.choice(guids), inherited)


def _descriptor(chance: random.Random, entries: list[Ace]) -> bytes:
    owner = DOMAIN.relative(chance.randrange(500, 600))
    control = ControlFlags.DACL_AUTO_INHERITED | ControlFlags.SACL_AUTO_INHERITED
    return wire.encode(SecurityDescriptor(control, owner, owner, Acl(4, tuple(entries))))


def fresh(data: Iterable[bytes]) -> list[bytes]:
    """Copies whose hash has not been computed yet."""
    return [bytes(bytearray(one)) for one in data]


def seconds(decode: Callable[[bytes], object], data: list[bytes]) -> float:
    """Seconds that one descriptor takes, on average over `data`."""
    gc.collect()
    gc.disable()
    start = time.perf_counter()
    for one in data:
        decode(one)
    elapsed = time.perf_counter() - start
    gc.enable()
    return elapsed / len(data)


def impacket(data: bytes) -> object:
    """Decode with impacket."""
    return SR_SECURITY_DESCRIPTOR(data=data)


def measure(
    name: str, data: list[bytes], decode: Callable[[bytes], object], repeat: int = 1
) -> None:
    """Print how much faster than impacket `decode` is on `data`, each taken `repeat` times."""
    peer, own = [], []
    for _ in range(ROUNDS):
        peer.append(seconds(impacket, fresh(data[:: max(1, len(data) // SAMPLE)])))
        own.append(seconds(decode, fresh(data * repeat)))
    size = sum(map(len, data)) / len(data)
    print(
        f"{name:32} {len(data) * repeat:6,} descriptors of {size:5,.0f} bytes"
        f"  impacket {median(peer) * 1e6:7,.0f} us  adaudit {median(own) * 1e6:6.2f} us"
        f"  {median(peer) / median(own):8,.0f} times as fast"
    )


def main() -> None:
    """Print all ratios."""
    plain = wire.decode.__wrapped__
    windows = list(descriptors().values())
    directory = directory_like(1000)
    print(
        f"adaudit {version('adaudit')}, impacket {version('impacket')}, Python {python_version()}; "
        f"medians of {ROUNDS} rounds; plain: entries are remembered, descriptors are not"
    )
    measure("Windows 2019, plain", windows, plain)
    measure("Windows 2019, repeated", windows, wire.decode, repeat=10)
    measure("like a directory, plain", directory, plain)
    measure("like a directory, repeated", directory, wire.decode, repeat=30)
    measure("all entries different, plain", all_different(2000), plain)


if __name__ == "__main__":
    main()
