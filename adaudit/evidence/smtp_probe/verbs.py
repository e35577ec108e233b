"""
The SMTP commands that may be sent, looked at in the bytes themselves.

A probe asks what a server offers and goes. Whatever code above may ask for, no recipient, message
or binary data is ever sent: anything else is refused before a byte of it leaves.
"""

import re

_ALWAYS = re.compile(rb"(?:EHLO [!-~]{1,255}|STARTTLS|QUIT)\r\n")
_FOR_XEXCH50 = re.compile(rb"(?:MAIL FROM:<>|XEXCH50 2 2|RSET)\r\n")
"""An empty sender and two bytes that are never sent: what XEXCH50 needs to be answered"""


class ForbiddenCommandError(AssertionError):
    """A program error: something tried to send what is not on the list."""


def require_allowed(line: bytes, *, with_xexch50: bool) -> None:
    """
    Raise `ForbiddenCommandError` unless the bytes are exactly one command of the list.

    `with_xexch50` adds the commands that ask about XEXCH50, which a user has to want.
    """
    if _ALWAYS.fullmatch(line) or (with_xexch50 and _FOR_XEXCH50.fullmatch(line)):
        return
    raise ForbiddenCommandError(f"SMTP command {line[:40]!r} is not allowed")
