"""Access masks as SDDL text. [MS-DTYP] 2.5.1.1"""

import re
from functools import lru_cache

from adaudit.errors import DescriptorError
from adaudit.security.ace import AceType
from adaudit.security.rights import AccessMask
from adaudit.security.sddl_reader import Reader
from adaudit.security.sddl_tokens import LABEL_RIGHTS, RIGHT_WORDS, RIGHTS

_NUMBER = re.compile(r"0x[0-9A-F]+|[0-9]+", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]{2}", re.IGNORECASE)
_NAMED = {int(mask): word for word, mask in RIGHTS.items()}
_LABELS = {mask: word for word, mask in LABEL_RIGHTS.items()}


def read_rights(reader: Reader) -> AccessMask:
    """Take words of two letters, or one number: hexadecimal, decimal, or octal from a 0 on."""
    with reader.placing_errors():
        number = reader.match(_NUMBER)
        if number is not None:
            return _number(number)
    mask = 0
    while word := reader.match(_WORD):
        if word.upper() not in RIGHT_WORDS:
            raise reader.error(f"`{word}` is no right", reader.position - 2)
        mask |= RIGHT_WORDS[word.upper()]
    return AccessMask(mask)


@lru_cache(maxsize=1 << 12)
def format_rights(mask: AccessMask, ace_type: AceType) -> str:
    """Write the words for `mask`, or a hexadecimal number if a bit of it has none."""
    is_label = ace_type is AceType.SYSTEM_MANDATORY_LABEL
    names = _LABELS if is_label else _NAMED
    bits = int(mask)
    words = "".join(word for bit, word in names.items() if bits & bit)
    return words if not bits & ~sum(names) else f"0x{bits:x}"


def _number(text: str) -> AccessMask:
    is_octal = text.startswith("0") and text.isdecimal()
    try:
        value = int(text, 8 if is_octal else 0)
    except ValueError as error:
        raise DescriptorError("expected an octal number") from error
    if value >> 32:
        raise DescriptorError("an access mask has 32 bits")
    return AccessMask(value)
