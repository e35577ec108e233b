"""One object as the directory gave it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from uuid import UUID

from adaudit.directory.dn import Dn
from adaudit.errors import DirectoryError
from adaudit.security.sid import Sid


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that could not be read, and why: it is part of every result."""

    subject: str
    """What is missing: a DN, a domain, a file"""
    reason: str


@dataclass(frozen=True, slots=True)
class Entry:
    """
    An object with the attributes that were asked for; values are the bytes of the wire.

    Attribute names are in lower case and without options. The security descriptor stands apart:
    it is None where the directory gave none.
    """

    dn: Dn
    attributes: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)
    descriptor: bytes | None = None

    def values(self, attribute: str) -> tuple[bytes, ...]:
        """All values of `attribute` as bytes, empty where it has none."""
        return self.attributes.get(attribute.lower(), ())

    def texts(self, attribute: str) -> tuple[str, ...]:
        """All values of `attribute` as text; bytes that are no UTF-8 come as surrogates."""
        return tuple(value.decode("utf-8", "surrogateescape") for value in self.values(attribute))

    def text(self, attribute: str) -> str | None:
        """The first value of `attribute` as text, None where it has none."""
        values = self.values(attribute)
        return values[0].decode("utf-8", "surrogateescape") if values else None

    def integer(self, attribute: str) -> int | None:
        """The value of `attribute` as a number; `DirectoryError` where it is none."""
        text = self.text(attribute)
        if text is None:
            return None
        try:
            return int(text)
        except ValueError:
            raise DirectoryError(f"`{attribute}` of {self.dn} is `{text}`, not a number") from None

    @property
    def guid(self) -> UUID | None:
        """The objectGUID; `DirectoryError` where it is damaged."""
        return guid_of(self, "objectguid")

    @property
    def sid(self) -> Sid | None:
        """The objectSid; `DescriptorError` where it is damaged."""
        values = self.values("objectsid")
        return Sid.decode(values[0]) if values else None

    @property
    def sid_history(self) -> tuple[Sid, ...]:
        """The sIDHistory; `DescriptorError` where a value is damaged."""
        return tuple(Sid.decode(value) for value in self.values("sidhistory"))

    @property
    def classes(self) -> frozenset[str]:
        """The names of all classes of the object, in lower case."""
        return _classes(self.values("objectclass"))

    @property
    def object_class(self) -> str | None:
        """The most specific structural class: the last value that a controller gives."""
        names = self.texts("objectclass")
        return names[-1] if names else None


@lru_cache(maxsize=1 << 12)
def _classes(values: tuple[bytes, ...]) -> frozenset[str]:
    """One set for all objects of the same classes, of which there are few kinds."""
    return frozenset(value.decode("utf-8", "surrogateescape").lower() for value in values)


def guid_of(entry: Entry, attribute: str) -> UUID | None:
    """The value of `attribute` as a GUID in the byte order of [MS-DTYP] 2.3.4.2, or None."""
    values = entry.values(attribute)
    if not values:
        return None
    if len(values[0]) != 16:
        raise DirectoryError(f"`{attribute}` of {entry.dn} has {len(values[0])} bytes, not 16")
    return UUID(bytes_le=values[0])
