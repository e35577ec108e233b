"""The security descriptors of a real Windows Server 2019 domain, as tests use them."""

import gzip
import json
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "data" / "windows-server-2019" / "descriptors.json.gz"


@cache
def descriptors() -> dict[str, bytes]:
    """The descriptor of each object, by its distinguished name."""
    records = json.loads(gzip.decompress(_FILE.read_bytes()))
    return {record["dn"]: bytes.fromhex(record["descriptor"]) for record in records}
