"""
Make samples/tailspin*.ldif.gz anew, from a real domain controller: `make samples`.

The same domain is read twice with the searches of `adaudit` itself, by its administrator through
`ldapsearch`: as `directory/tailspin.py` sets it up, and after `directory/tailspin_weaknesses.py`.
"""

import gzip
import tempfile
from collections.abc import Iterator
from pathlib import Path

from adaudit.collect.plan import domain_searches, forest_searches, partition_search
from adaudit.collect.search import Search
from adaudit.directory.dn import Dn
from tests.live.controller import Controller, free_address, require_samba
from tests.live.domain import TAILSPIN
from tests.live.export_sample import ALL_PARTS, found

SAMPLES = Path(__file__).parents[2] / "samples"
_READER = "Administrator"  # a plain account is not shown the keys that DPAPI is backed up with
_PARTITIONS = ("DomainDnsZones", "ForestDnsZones")


def _searches() -> Iterator[Search]:
    yield from forest_searches(Dn(TAILSPIN.configuration), everything=True)
    yield from domain_searches(Dn(TAILSPIN.base), everything=True)
    for name in _PARTITIONS:
        yield partition_search(Dn(f"DC={name},{TAILSPIN.base}"))


def export(controller: Controller, file: Path) -> None:
    """Write all that there is; the file depends on nothing else, not on the time either."""
    with controller.running():
        parts = [
            f"# {search.what}\n\n{found(controller, search, _READER, parts=ALL_PARTS)}"
            for search in _searches()
        ]
    text = "version: 1\n\n" + "".join(parts)
    file.write_bytes(gzip.compress(text.encode("ascii"), mtime=0))


def main() -> None:
    """Write both files."""
    require_samba()
    with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
        controller = Controller(TAILSPIN, free_address(), Path(root))
        controller.provision(dns="SAMBA_INTERNAL")
        for world in ("tailspin-untouched", "tailspin"):
            controller.populate(world)
            export(controller, SAMPLES / f"{world}.ldif.gz")


if __name__ == "__main__":
    main()
