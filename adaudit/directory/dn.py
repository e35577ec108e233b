"""Distinguished names as Active Directory writes and compares them. [RFC4514]"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from adaudit.errors import DirectoryError

_RDN = re.compile(r'(?:\\.|"[^"]*"|[^,\\"])+', re.DOTALL)
_ESCAPE = re.compile(r"((?:\\[0-9A-Fa-f]{2})+)|\\(.)", re.DOTALL)
_SURROGATE = re.compile("[\ud800-\udfff]")
_SPECIAL = re.compile(r'[,\\#+<>;"=\r\n\x00]')


@dataclass(frozen=True, slots=True, eq=False)
class Dn:
    """
    A distinguished name: shown as it was written, compared without regard to case and escaping.

    Raises `DirectoryError` when the text is no DN, or stands for bytes that are no UTF-8.
    """

    text: str
    rdns: tuple[str, ...] = field(init=False, repr=False)
    """The relative names as written, the object's own first"""
    path: str = field(init=False, repr=False)
    """The normalised name from the root down: equal for equal names, parents before children"""

    def __post_init__(self) -> None:
        rdns = _RDN.findall(self.text)
        is_whole = sum(map(len, rdns)) + max(len(rdns) - 1, 0) == len(self.text)
        if not is_whole or _SURROGATE.search(self.text):
            raise DirectoryError(f"`{_shown(self.text)}` is not a distinguished name")
        rdns = [_strip(rdn) for rdn in rdns]
        object.__setattr__(self, "rdns", tuple(rdns))
        object.__setattr__(self, "path", ",".join(map(_normalise, reversed(rdns))))

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
