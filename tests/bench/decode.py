"""Decoding security descriptors, against impacket, BloodHound.py and winacl."""

import gc
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from itertools import islice
from statistics import median

from bloodhound.enumeration.acls import SecurityDescriptor, parse_binary_acl
from impacket.ldap.ldaptypes import SR_SECURITY_DESCRIPTOR
from winacl.dtyp.security_descriptor import SECURITY_DESCRIPTOR

from adaudit.security import ace_wire, wire
from tests.bench.descriptors import Descriptors, sharing_entries, sharing_nothing
from tests.bench.result import Options, Result, run_part, spread, times

Decode = Callable[[bytes], object]
_CHUNK = 10_000
_SLOW_SAMPLE = 100
"""Descriptors that each peer decodes in a round"""
_NOTES = f"""
- Each descriptor is decoded and the result dropped, with no garbage collection; peers decode a
  sample of {_SLOW_SAMPLE} in each round, adaudit all of them.
- adaudit checks every length and begins each round with nothing remembered: its rate includes the
  decoding of each different descriptor. impacket, BloodHound.py and winacl remember nothing.
  BloodHound.py's second row derives its edges too.
- `split only` is what finding the holders of a right takes: every length checked, entries as bytes,
  nothing remembered.
"""
_TYPES = {
    "user": "bf967aba-0de6-11d0-a285-00aa003049e2",
    "service-principal-name": "f3a64788-5306-11d1-a9c5-0000f80367c1",
}
"""What BloodHound.py reads off the schema, as far as it asks for it here"""


def _bloodhound_edges(data: bytes) -> object:
    return parse_binary_acl({"Properties": {"haslaps": False}}, "user", data, _TYPES)


PEERS: dict[str, Decode] = {
    "impacket": lambda data: SR_SECURITY_DESCRIPTOR(data=data),
    "BloodHound.py": lambda data: SecurityDescriptor(BytesIO(data)),
    "BloodHound.py, edges too": _bloodhound_edges,
    "winacl": SECURITY_DESCRIPTOR.from_bytes,
}
_WHOLE = "adaudit"
_SPLIT = "adaudit, split only"
_SPLIT_SAMPLE = 50_000


def rate(decode: Decode, data: Iterable[bytes]) -> float:
    """
    Descriptors a second.

    What is decoded is new bytes each time, so that no hash is left over from before; copying them
    is not timed. No garbage is collected meanwhile, for whomever is measured.
    """
    elapsed, count = 0.0, 0
    source = iter(data)
    gc.collect()
    gc.disable()
    while chunk := [bytes(bytearray(one)) for one in islice(source, _CHUNK)]:
        start = time.perf_counter()
        for one in chunk:
            decode(one)
        elapsed += time.perf_counter() - start
        count += len(chunk)
    gc.enable()
    return count / elapsed


def directory_like(objects: int) -> Iterator[bytes]:
    """The descriptors of all objects of a forest, in its order: few are different."""
    units = max(4, objects * 756 // 1_000_000)
    descriptors = Descriptors(units, objects // 20, objects // 2)
    classes = ("user",) * 10 + ("group",) + ("computer",) * 2 + ("contact",) * 7
    for number in range(objects):
        object_class = classes[number * len(classes) // objects]
        yield descriptors.of(number, object_class, number * 7919 % units)


def forget() -> None:
    """Begin as a new process does."""
    wire.decode.cache_clear()
    for value in vars(ace_wire).values():
        if clear := getattr(value, "cache_clear", None):
            clear()


def compare(name: str, data: Sequence[bytes], rounds: int) -> dict[str, list[float]]:
    """The rates of all decoders in each round, one after the other."""
    found: dict[str, list[float]] = {peer: [] for peer in (*PEERS, _WHOLE, _SPLIT)}
    step = max(1, len(data) // _SLOW_SAMPLE)
    for _ in range(rounds):
        for peer, decode in PEERS.items():
            found[peer].append(rate(decode, data[::step]))
        forget()
        found[_WHOLE].append(rate(wire.decode, data))
        found[_SPLIT].append(rate(wire.pieces, data[:: max(1, len(data) // _SPLIT_SAMPLE)]))
    print(name, {peer: round(median(rates)) for peer, rates in found.items()}, flush=True)
    return found


def _kinds(objects: int) -> dict[str, list[bytes]]:
    worst = max(1_000, objects // 20)
    return {
        "as in a directory": list(directory_like(objects)),
        "all different, entries shared": list(sharing_entries(worst)),
        "all different, trustees too": list(sharing_nothing(worst)),
    }


def measure(options: Options) -> Result:
    """Measure all kinds of data."""
    logging.disable(logging.CRITICAL)
    kinds = _kinds(options.objects)
    rows, shapes, figures = [], [], {}
    for kind, data in kinds.items():
        size = sum(map(len, data)) / len(data)
        shapes.append(
            f"{kind}: {len(data):,}, {len(set(data)):,} different, {size:,.0f} bytes each"
        )
        rates = compare(kind, data, options.rounds)
        middle = {name: median(each) for name, each in rates.items()}
        for name, each in rates.items():
            rows.append(
                (
                    kind,
                    name,
                    spread(each),
                    *tuple(
                        times(middle[name] / middle[peer]) for peer in ("impacket", "BloodHound.py")
                    ),
                )
            )
        figures[f"decode {kind}"] = middle[_WHOLE]
        for peer in ("impacket", "BloodHound.py"):
            figures[f"decode {kind} / {peer}"] = middle[_WHOLE] / middle[peer]
    return Result(
        "Security descriptors decoded",
        "; ".join(shapes) + ".",
        ("data", "decoder", "descriptors/s", "x impacket", "x BloodHound.py"),
        rows,
        _NOTES,
        figures,
    )


if __name__ == "__main__":
    run_part(measure)
