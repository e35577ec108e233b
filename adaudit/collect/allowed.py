"""
The operations that may go on the wire, looked at in the bytes themselves.

Whatever code above may ask for, a directory is never written: a message of any other operation
is refused before a byte of it is sent, sealed or not. [RFC4511] 4.1.1
"""

from adaudit.collect.ber import BerError, Element, elements

_SEQUENCE = 0x30
_EXTENDED = 0x77
_REQUEST_NAME = 0x80
START_TLS = b"1.3.6.1.4.1.1466.20037"
WHO_AM_I = b"1.3.6.1.4.1.4203.1.11.3"
ALLOWED_OPERATIONS = {
    0x60: "bind",
    0x42: "unbind",
    0x63: "search",
    0x50: "abandon",
    _EXTENDED: "extended",
}
"""By the tag of the protocolOp; an extended operation must be one of the following too"""
ALLOWED_EXTENSIONS = {START_TLS: "StartTLS", WHO_AM_I: "WhoAmI"}


class ForbiddenOperationError(AssertionError):
    """A program error: something tried to send what is not on the list."""


def require_allowed(message: bytes) -> str:
    """
    Name the operation of exactly one LDAP message.

    Raises `ForbiddenOperationError` when it is not on the list, or the bytes are anything but
    one whole message.
    """
    operation = _operation(message)
    name = ALLOWED_OPERATIONS.get(operation.tag)
    if operation.tag == _EXTENDED:
        name = _extension(operation)
    if name is None:
        raise ForbiddenOperationError(f"LDAP operation 0x{operation.tag:02x} is not allowed")
    return name


def _operation(message: bytes) -> Element:
    try:
        (envelope,) = elements(message)
        _, operation, *_ = envelope.children()
    except (BerError, ValueError):
        raise ForbiddenOperationError("the bytes are not one whole LDAP message") from None
    if envelope.tag != _SEQUENCE:
        raise ForbiddenOperationError("the bytes are not an LDAP message")
    return operation


def _extension(operation: Element) -> str | None:
    names = [part.value for part in operation.children() if part.tag == _REQUEST_NAME]
    return ALLOWED_EXTENSIONS.get(names[0]) if len(names) == 1 else None
