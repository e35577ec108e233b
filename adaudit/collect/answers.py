"""What a server answers, decoded from the bytes of one LDAP message. [RFC4511] 4"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from adaudit.collect.ber import OCTET_STRING, BerError, Element, elements
from adaudit.collect.entries import FoundObject, Names

__all__ = ["PAGED_RESULTS", "Answer", "FoundObject", "FoundReference", "Result", "decode_answer"]

_SEQUENCE, _SET = 0x30, 0x31
_INTEGER, _ENUMERATED = 0x02, 0x0A
_CONTROLS = 0xA0
_REFERRAL = 0xA3
_SASL_CREDENTIALS = 0x87
_RESPONSE_NAME = 0x8A
PAGED_RESULTS = "1.2.840.113556.1.4.319"


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
        """
        What the next page is asked for with, empty when this is the last. [RFC2696]

        Raises `BerError`.
        """
        value = self.controls.get(PAGED_RESULTS)
        if value is None:
            return b""
        try:
            (control,) = elements(value)
            size, cookie = _of(control, _SEQUENCE).children()
        except ValueError as error:
            raise BerError(f"a control of another form: {error}") from error
        _of(size, _INTEGER)
        return _of(cookie, OCTET_STRING).value


_Operation: TypeAlias = FoundObject | FoundReference | Result


def decode_answer(data: bytes, names: Names | None = None) -> Answer:
    """Decode one whole message; `BerError` when it is none, or of an unknown operation."""
    try:
        (envelope,) = elements(data)
        message_id, operation, *rest = _of(envelope, _SEQUENCE).children()
        controls = _controls(rest[0]) if rest and rest[0].tag == _CONTROLS else {}
        number = _of(message_id, _INTEGER).integer()
        if operation.tag == _FOUND_OBJECT:
            return Answer(number, _object(operation, Names() if names is None else names), controls)
        decode = _DECODERS.get(operation.tag)
        if decode is None:
            raise BerError(f"a message with the tag 0x{operation.tag:02x}")
        return Answer(number, decode(operation), controls)
    except ValueError as error:  # another number of elements than the message has
        raise BerError(f"a message of another form: {error}") from error


def _object(operation: Element, names: Names) -> FoundObject:
    name, attributes = operation.children()
    found: dict[str, tuple[bytes, ...]] = {}
    for attribute in _of(attributes, _SEQUENCE).children():
        description, values = _of(attribute, _SEQUENCE).children()
        held = _of(values, _SET).octet_strings()
        known = names[_of(description, OCTET_STRING).value]
        if known in found:
            raise BerError(f"the attribute `{known}` twice")
        if known:
            found[known] = held
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
        _of(code, _ENUMERATED).integer(),
        _text(diagnostic).rstrip("\0\n"),
        tuple(_text(url) for url in referral.children()) if referral else (),
        credentials.value if credentials else None,
        _text(extension, _RESPONSE_NAME) if extension else None,
    )


def _controls(part: Element) -> dict[str, bytes]:
    controls = {}
    for control in part.children():
        name, *rest = _of(control, _SEQUENCE).children()
        controls[_text(name)] = rest[-1].value if rest else b""
    return controls


def _text(part: Element, tag: int = OCTET_STRING) -> str:
    return _of(part, tag).value.decode("utf-8", "backslashreplace")


def _of(part: Element, tag: int) -> Element:
    if part.tag != tag:
        raise BerError(f"the tag 0x{part.tag:02x} in the place of 0x{tag:02x}")
    return part


_FOUND_OBJECT = 0x64
_DECODERS: Mapping[int, Callable[[Element], _Operation]] = {
    0x61: _result,
    0x65: _result,
    0x73: _reference,
    0x78: _result,
}
