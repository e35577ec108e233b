"""What a server answers, decoded from the bytes of one LDAP message. [RFC4511] 4"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adaudit.collect.ber import BerError, Element, elements

_SEQUENCE = 0x30
_CONTROLS = 0xA0
_REFERRAL = 0xA3
_SASL_CREDENTIALS = 0x87
_RESPONSE_NAME = 0x8A
PAGED_RESULTS = "1.2.840.113556.1.4.319"


@dataclass(frozen=True, slots=True)
class FoundObject:
    """A search result entry; attribute names are in lower case, options included."""

    dn: str
    attributes: Mapping[str, list[bytes]]


@dataclass(frozen=True, slots=True)
class FoundReference:
    """A search result reference: URLs that lead to the same other server."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an operation."""

    code: int
    diagnostic: str
    referrals: tuple[str, ...] = ()
    credentials: bytes | None = None
    """What the server says in a SASL bind"""
    extension: str | None = None
    """The OID of an extended response"""


@dataclass(frozen=True, slots=True)
class Answer:
    """One message of the server."""

    message_id: int
    operation: FoundObject | FoundReference | Result
    controls: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def cookie(self) -> bytes:
        """What the next page is asked for with, empty when this is the last. [RFC2696]"""
        value = self.controls.get(PAGED_RESULTS)
        if value is None:
            return b""
        (control,) = elements(value)
        _, cookie = control.children()
        return cookie.value


_Operation: TypeAlias = FoundObject | FoundReference | Result


def decode_answer(data: bytes) -> Answer:
    """Decode one whole message; `BerError` when it is none, or of an unknown operation."""
    try:
        (envelope,) = elements(data)
        message_id, operation, *rest = envelope.children()
        decode = _DECODERS.get(operation.tag)
        if envelope.tag != _SEQUENCE or decode is None:
            raise BerError(f"a message with the tag 0x{operation.tag:02x}")
        controls = _controls(rest[0]) if rest and rest[0].tag == _CONTROLS else {}
        return Answer(message_id.integer(), decode(operation), controls)
    except ValueError as error:  # another number of elements than the message has
        raise BerError(f"a message of another form: {error}") from error


def _object(operation: Element) -> FoundObject:
    name, attributes = operation.children()
    found: dict[str, list[bytes]] = {}
    for attribute in attributes.children():
        description, values = attribute.children()
        found[_text(description).lower()] = [value.value for value in values.children()]
    return FoundObject(_text(name), found)


def _reference(operation: Element) -> FoundReference:
    return FoundReference(tuple(_text(url) for url in operation.children()))


def _result(operation: Element) -> Result:
    code, _, diagnostic, *rest = operation.children()
    optional = {part.tag: part for part in rest}
    referral = optional.get(_REFERRAL)
    credentials = optional.get(_SASL_CREDENTIALS)
    extension = optional.get(_RESPONSE_NAME)
    return Result(
        code.integer(),
        _text(diagnostic).rstrip("\0\n"),
        tuple(_text(url) for url in referral.children()) if referral else (),
        credentials.value if credentials else None,
        _text(extension) if extension else None,
    )


def _controls(part: Element) -> dict[str, bytes]:
    controls = {}
    for control in part.children():
        name, *rest = control.children()
        controls[_text(name)] = rest[-1].value if rest else b""
    return controls


def _text(part: Element) -> str:
    return part.value.decode("utf-8", "backslashreplace")


_DECODERS: Mapping[int, Callable[[Element], _Operation]] = {
    0x61: _result,
    0x64: _object,
    0x65: _result,
    0x73: _reference,
    0x78: _result,
}
