"""What kind of file it is that holds a directory, by what it begins with."""

import gzip
import re
import zlib
from enum import Enum
from pathlib import Path

from adaudit.collect.ldif_encoding import utf_16_of

_HEAD = 1 << 14
_GZIP = b"\x1f\x8b"
_SNAPSHOT = b"SQLite format 3\0"
_EXPLORER = b"win-ad-ob\0"
_LDIF = re.compile(
    rb"^(?:\xef\xbb\xbf)?(?:dn::? *\S|version: *1\s*$|# extended LDIF|# LDAPv3)", re.MULTILINE
)


class Kind(Enum):
    """What a directory can be read from."""

    SNAPSHOT = "snapshot"
    LDIF = "ldif"
    EXPLORER = "explorer"


_ENDINGS = {
    (".ldif", ".ldf", ".ldif.gz", ".ldf.gz"): Kind.LDIF,
    (".dat",): Kind.EXPLORER,
}


def kind_of(file: Path) -> Kind:
    """
    The kind of a file, whatever it is called: exports go by `.txt` and `.out` as well.

    What cannot be told by its content is told by its name, and is a snapshot else.
    """
    head = _head(file)
    if head.startswith(_SNAPSHOT):
        return Kind.SNAPSHOT
    if head.startswith(_EXPLORER):
        return Kind.EXPLORER
    encoding = utf_16_of(head)
    text = head.decode(encoding, "replace").encode() if encoding else head
    if _LDIF.search(text.replace(b"\r\n", b"\n")):
        return Kind.LDIF
    name = file.name.lower()
    kinds = (kind for endings, kind in _ENDINGS.items() if name.endswith(endings))
    return next(kinds, Kind.SNAPSHOT)


def _head(file: Path) -> bytes:
    """The first bytes of a file, unpacked; none where it cannot be read, as its reader says."""
    try:
        with file.open("rb") as stream:
            head = stream.read(_HEAD)
        if not head.startswith(_GZIP):
            return head
        with gzip.open(file) as unpacked:
            return unpacked.read(_HEAD)
    except (OSError, EOFError, zlib.error):
        return b""
