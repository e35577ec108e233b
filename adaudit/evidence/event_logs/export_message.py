"""
The inserted strings of an event, taken back out of its message in whatever language.

A message quotes what was inserted: `The remote host "ex02", responded to the SMTP command
"xexch50" with "504 …"`. The words around differ between languages, the order is taken to be that
of the English texts in KB 843106, KB 914137, KB 818530 and KB 271335.
"""

import re
from collections.abc import Sequence

from adaudit.evidence.event_logs.relevant import bounded_strings
from adaudit.exchange.transport_events import (
    MEMBERSHIP_IDS,
    RECEIVER_ID,
    SECURITY_IDS,
    SENDER_IDS,
)

LONGEST_MESSAGE = 1 << 14
PROTOCOL_IDS = SENDER_IDS | {RECEIVER_ID}

_QUOTE = re.compile('["„“”«»]')
_BEHIND_QUOTE = " \t\r\n,.;:!?)]"
_NUMBER = re.compile(r"[0-9]+")
_CODE = re.compile(r"0x[0-9A-Fa-f]{8}|(?<![0-9A-Fa-f])[89][0-9A-Fa-f]{7}(?![0-9A-Fa-f])")
_ADDRESS = re.compile(r"(?<![\w.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w.])")
_DN = re.compile(r"\bcn=[^'\"\r\n]{1,500}?(?:,\s*dc=[\w-]+)+", re.IGNORECASE)
_STRINGS_ALONE = re.compile(
    r"([0-9]+)\s([0-9]+)\s(\S*)\s([A-Z][A-Z0-9-]*)\s([0-9]{3}\b.*?)\s(\4(?:\s.*)?)",
    re.IGNORECASE | re.DOTALL,
)
"""The six strings with a blank between them, as `dumpel` writes them"""
_WORDS_ALONE = re.compile(r"(?:[0-9]+\s+[0-9]+\s+)?[\w-]+(?:\.[\w-]+)+(?:\s+\S+){0,6}")


def insertions(event_id: int, message: str) -> tuple[str, ...] | None:
    """
    Find what was inserted into the message of a relevant event.

    None where the message is missing or not understood, so that the event stays without strings.
    """
    message = message[:LONGEST_MESSAGE].strip()
    if event_id in PROTOCOL_IDS:
        found = _protocol_error(message)
    elif event_id in SECURITY_IDS:
        found = _security_failure(message)
    elif event_id in MEMBERSHIP_IDS:
        found = _first(_DN.search(message))
    else:
        found = tuple(_quoted(message)[:1]) or _first(_ADDRESS.search(message))
    return bounded_strings(found) if found else None


def split_strings(event_id: int, text: str, separator: str) -> tuple[str, ...] | None:
    """Take apart strings that stand in one column; the response of a server may hold anything."""
    parts = text[:LONGEST_MESSAGE].split(separator)
    if event_id in PROTOCOL_IDS and len(parts) > 6:
        parts[4:-1] = [separator.join(parts[4:-1])]
    return bounded_strings(parts) if text.strip() else None


def _protocol_error(message: str) -> tuple[str, ...] | None:
    """Virtual server, connection, host, command, response, full command."""
    spans = _spans(message)
    if len(spans) < 4:
        match = _STRINGS_ALONE.fullmatch(message)
        return match.groups() if match else None
    host, command = (message[start:end] for start, end in spans[:2])
    response = message[spans[2][0] : spans[-2][1]]  # it may itself hold quotes
    full_command = message[spans[-1][0] : spans[-1][1]]
    return (*_numbers_before(message, spans), host, command, response, full_command)


def _security_failure(message: str) -> tuple[str, ...] | None:
    """What is quoted, behind the numbers of virtual server and connection, and any error codes."""
    spans = _spans(message)
    if not spans:
        return tuple(message.split()) if _WORDS_ALONE.fullmatch(message) else None
    numbers = _numbers_before(message, spans)
    return (*(numbers if all(numbers) else ()), *_texts(message, spans), *_CODE.findall(message))


def _numbers_before(message: str, spans: Sequence[tuple[int, int]]) -> tuple[str, str]:
    numbers = _NUMBER.findall(message[: spans[0][0]])
    return (numbers[0], numbers[1]) if len(numbers) > 1 else ("", "")


def _quoted(message: str) -> list[str]:
    return _texts(message, _spans(message))


def _texts(message: str, spans: Sequence[tuple[int, int]]) -> list[str]:
    return [message[start:end] for start, end in spans]


def _spans(message: str) -> list[tuple[int, int]]:
    """Begin and end of each quoted text; a quote inside a word or before one ends nothing."""
    spans = []
    start = None
    for match in _QUOTE.finditer(message):
        at = match.start()
        if start is None:
            if at == 0 or not message[at - 1].isalnum():
                start = at + 1
        elif message[at + 1 : at + 2] in _BEHIND_QUOTE:
            spans.append((start, at))
            start = None
    return spans


def _first(match: re.Match[str] | None) -> tuple[str, ...] | None:
    return (match[0],) if match else None
