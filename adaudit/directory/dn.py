"""Distinguished names as Active Directory writes and compares them. [RFC4514]"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from adaudit.errors import DirectoryError

_RDN = re.compile(r'(?:\\.|"[^"]*"|[^,\\"])+', re.DOTALL)
_ESCAPE = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile(r'[,\\#+<>;"=\r\n\x00]')
_is_plain = re.compile('[A-Za-z0-9.-]+=(?! )[^,\\\\#+<>;"=\r\n\x00\ud800-\udfff]+(?<! )').fullmatch
"""A relative name without anything to strip, to undo or to escape: its path is its lower case"""


_set = object.__setattr__  # of a frozen object, once


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Dn:
    """
    A distinguished name: shown as it was written, compared without regard to case and escaping.

    Raises `DirectoryError` when the text is no DN, or stands for bytes that are no UTF-8.
    """

    text: str
    path: str = field(repr=False)
    """The normalised name from the root down: equal for equal names, parents before children"""

    def __init__(self, text: str) -> None:
        # a million names are made: the one that dataclasses write takes half as long again
        rdn, _, above = text.partition(",")
        if above and _is_plain(rdn) and (path := _path_above(above)):
            _set(self, "path", f"{path},{rdn.lower()}")
        else:
            _set(self, "path", _path(text))
        _set(self, "text", text)

    @property
    def rdns(self) -> tuple[str, ...]:
        """The relative names as written, the object's own first."""
        if '"' in self.text or "\\" in self.text:
            return _split(self.text)
        return tuple([rdn.strip(" ") for rdn in self.text.split(",")]) if self.text else ()

    @property
    def name(self) -> str:
        """The value of the object's own relative name, without escapes."""
        return unescape(_strip(self.rdns[0].partition("=")[2])) if self.text else ""

    @property
    def parent(self) -> "Dn | None":
        """The name of the object above, None for the root."""
        return Dn(",".join(self.rdns[1:])) if self.text else None

    def is_below(self, other: "Dn") -> bool:
        """Whether this object lies anywhere under `other`."""
        if not other.path:
            return bool(self.path)
        return self.path.startswith(other.path + ",")

    def child(self, rdn: str) -> "Dn":
        """The name of the object `rdn` (`CN=1`, escaped) directly below this one."""
        return Dn(f"{rdn},{self.text}" if self.text else rdn)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dn) and self.path == other.path

    def __hash__(self) -> int:
        return hash(self.path)

    def __str__(self) -> str:
        return self.text


def _path(text: str) -> str:
    return ",".join(map(_normalise, reversed(_split(text))))


@lru_cache(maxsize=1 << 14)
def _path_above(text: str) -> str:
    """The path of a container, which many objects have above them; empty where it is no name."""
    try:
        return _path(text)
    except DirectoryError:
        return ""


def _split(text: str) -> tuple[str, ...]:
    rdns = _RDN.findall(text)
    is_whole = sum(map(len, rdns)) + max(len(rdns) - 1, 0) == len(text)
    if not is_whole or _SURROGATE.search(text):
        raise DirectoryError(f"`{_shown(text)}` is not a distinguished name")
    return tuple(map(_strip, rdns))


def unescape(value: str) -> str:
    r"""
    Undo `\,` and `\C3\A9` in the value of a relative name. [RFC4514] 2.4

    Escaped bytes that are no UTF-8 stay escaped.
    """
    if len(value) > 1 and value.startswith('"') and value.endswith('"'):
        value = value[1:-1]
    return _ESCAPE.sub(_unescape_match, value) if "\\" in value else value


def _unescape_match(match: re.Match[str]) -> str:
    hexadecimal, plain = match.groups()
    if hexadecimal is None:
        return str(plain)
    return bytes.fromhex(hexadecimal.replace("\\", "")).decode("utf-8", "backslashreplace")


def _strip(text: str) -> str:
    """Take away the spaces around a relative name or a value, but not an escaped last one."""
    stripped = text.strip(" ")
    escapes = len(stripped) - len(stripped.rstrip("\\"))
    return f"{stripped} " if escapes % 2 and text.rstrip(" ") != text else stripped


def _shown(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()


@lru_cache(maxsize=1 << 16)
def _normalise(rdn: str) -> str:
    attribute, equals, value = rdn.partition("=")
    if not equals or not attribute.strip():
        raise DirectoryError(
            f"`{_shown(rdn)}` is not a relative distinguished name: no attribute type"
        )
    plain = unescape(_strip(value)).lower()
    safe = _SPECIAL.sub(lambda match: f"\\{ord(match.group()):02x}", plain)
    return f"{attribute.strip().lower()}={safe}"
