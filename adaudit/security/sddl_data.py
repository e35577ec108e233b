"""What follows the SID of an entry as SDDL text. [MS-DTYP] 2.5.1.1"""

from adaudit.errors import DescriptorError
from adaudit.security import claim, condition
from adaudit.security.ace import CALLBACK_TYPES, Ace, AceType
from adaudit.security.condition.text import read as read_condition
from adaudit.security.condition.values import read_octets
from adaudit.security.sddl_reader import Reader


def read_data(reader: Reader, ace_type: AceType) -> bytes:
    """Take a condition, a resource attribute, or `#` and bytes; give the application data."""
    if reader.peek("#"):
        return read_octets(reader)
    if ace_type is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
        return claim.encode(claim.read(reader))
    if ace_type in CALLBACK_TYPES:
        return condition.encode(read_condition(reader))
    raise reader.error("only conditional and resource attribute entries have a seventh field")


def format_data(ace: Ace) -> str:
    """
    Write the application data of an entry as `read_data` takes it.

    A condition is written out even if it was stored with other widths of integers than the 64 bits
    that its text stands for: they mean nothing.
    """
    data = ace.application_data
    try:
        if ace.type is AceType.SYSTEM_RESOURCE_ATTRIBUTE:
            text = claim.format(claim.decode(data))
            is_faithful = claim.encode(claim.read(Reader(text))) == data
        elif ace.is_callback:
            expression = condition.decode(data)
            text = condition.format(expression)
            is_faithful = condition.parse(text) == expression
        else:
            return f"#{data.hex()}"
    except DescriptorError:
        return f"#{data.hex()}"  # no text says what these bytes do
    return text if is_faithful else f"#{data.hex()}"
