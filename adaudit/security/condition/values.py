"""Names and literals of conditions and resource attributes as SDDL text. [MS-DTYP] 2.5.1.1"""

import re

from adaudit.errors import DescriptorError
from adaudit.security.condition.expression import (
    Base,
    Composite,
    Integer,
    Literal,
    Octets,
    Sign,
    Text,
)
from adaudit.security.sddl_reader import Reader
from adaudit.security.sddl_tokens import SID_WORDS
from adaudit.security.sid import Sid

_INTEGER = re.compile(r"[+-]?(?:0x[0-9A-F]+|[0-9]+)(?![0-9A-Z_])", re.IGNORECASE)
_STRING = re.compile(r'"[^"]*"')
_OCTETS = re.compile(r"#[0-9A-F#]*", re.IGNORECASE)
_SID_CALL = re.compile(r"SID(?=[\t-\r ]*\()", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9A-F]{4})", re.IGNORECASE)
_TO_ESCAPE = re.compile(r'[^\x21-\x7e]|[!"%&()<=>|]')
_SIGNS = {"+": Sign.PLUS, "-": Sign.MINUS}
_RADIX = {Base.OCTAL: ("0", "o", 8), Base.DECIMAL: ("", "d", 10), Base.HEXADECIMAL: ("0x", "x", 16)}


def read_literal(reader: Reader) -> Literal:
    """Take a value, or a set of values in braces."""
    if not reader.take("{"):
        return read_single(reader)
    members: list[Integer | Text | Octets | Sid] = []
    while not reader.take("}"):
        if members:
            reader.expect(",")
        members.append(read_single(reader))
    return Composite(tuple(members))


def read_single(reader: Reader) -> Integer | Text | Octets | Sid:
    """Take an integer, a `"string"`, `#octets` or `SID(…)`."""
    if reader.peek('"'):
        return Text(read_string(reader))
    if reader.peek("#"):
        return Octets(read_octets(reader))
    if reader.match(_SID_CALL):
        return _read_enclosed_sid(reader)
    return read_integer(reader)


def read_string(reader: Reader) -> str:
    """Take a string in double quotes, which cannot hold a double quote."""
    word = reader.match(_STRING)
    if word is None:
        raise reader.error("expected a string in double quotes")
    return word[1:-1]


def read_octets(reader: Reader) -> bytes:
    """Take `#` and hexadecimal digits, in which a further `#` stands for 0."""
    with reader.placing_errors():
        word = reader.match(_OCTETS)
        if word is None:
            raise DescriptorError("expected `#` and hexadecimal digits")
        digits = word[1:].replace("#", "0")
        if len(digits) % 2:
            raise DescriptorError("octets need two digits each")
        return bytes.fromhex(digits)


def read_integer(reader: Reader) -> Integer:
    """Take an integer: decimal, hexadecimal (`0x1f`) or octal (`017`)."""
    with reader.placing_errors():
        word = reader.match(_INTEGER)
        if word is None:
            raise DescriptorError("expected a value")
        return _integer(word)


def _integer(word: str) -> Integer:
    sign = _SIGNS.get(word[0], Sign.NONE)
    digits = word.lstrip("+-").lower()
    base = Base.DECIMAL
    if digits.startswith("0x"):
        base = Base.HEXADECIMAL
    elif digits.startswith("0") and len(digits) > 1:
        base = Base.OCTAL
    try:
        value = int(digits, _RADIX[base][2])
    except ValueError as error:
        raise DescriptorError("expected an octal number") from error
    return Integer(-value if sign is Sign.MINUS else value, sign, base)


def format_literal(literal: Literal) -> str:
    """Write a value, or a set of values in braces."""
    if isinstance(literal, Composite):
        return "{" + ", ".join(map(format_literal, literal.members)) + "}"
    if isinstance(literal, Text):
        return f'"{literal.value}"'
    if isinstance(literal, Octets):
        return f"#{literal.value.hex()}"
    if isinstance(literal, Sid):
        return f"SID({SID_WORDS.get(literal, literal)})"
    prefix, code, _ = _RADIX[literal.base]
    sign = {Sign.PLUS: "+", Sign.MINUS: "-"}.get(literal.sign, "")
    return f"{sign}{prefix}{abs(literal.value):{code}}"


def escape_name(name: str) -> str:
    """
    Write the name of an attribute, in ASCII as Windows does.

    Other characters, and those with a meaning in SDDL, become `%` and four digits a UTF-16 unit.
    """
    return _TO_ESCAPE.sub(lambda match: _escaped(match.group()), name)


def unescape_name(text: str) -> str:
    """Read the name of an attribute; raises `DescriptorError` if an escape is cut off."""
    units = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    if "%" in _ESCAPE.sub("", text):
        raise DescriptorError("`%` in a name needs four hexadecimal digits behind it")
    if "\0" in units:
        raise DescriptorError("a name cannot hold the character 0")
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _escaped(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"%{units[at : at + 4]}" for at in range(0, len(units), 4))


def _read_enclosed_sid(reader: Reader) -> Sid:
    reader.expect("(")
    sid = reader.sid()
    reader.expect(")")
    return sid
