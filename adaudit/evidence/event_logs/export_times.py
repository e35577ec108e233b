"""Times as exports of event logs write them: local, as is usual in some country, without a zone."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

_LONGEST = 80
_DATE = re.compile(r"(?<!\d)(\d{1,4})\s*([./-])\s*(\d{1,2})\s*\2\s*(\d{2,4})(?!\d)", re.ASCII)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?(?!\d)", re.ASCII)
_AFTERNOON = re.compile(r"\b(?:p\.?\s?m|du)\b", re.IGNORECASE)
_MORNING = re.compile(r"\b(?:a\.?\s?m|de)\b", re.IGNORECASE)


class DateOrder(StrEnum):
    """The order in which dates that do not begin with the year are written."""

    MONTH_FIRST = "month first"
    DAY_FIRST = "day first"
    EITHER = "day first or month first"
    """Nothing tells; they are read with the month first"""


def date_order(texts: Iterable[str]) -> DateOrder:
    """Find the order from all dates of an export: a number over 12 is a day, a point means days."""
    is_open = False
    for text in texts:
        match = _DATE.search(text[:_LONGEST])
        if match is None or len(match[1]) == 4:
            continue
        if match[2] == "." or int(match[1]) > 12:
            return DateOrder.DAY_FIRST
        if int(match[3]) > 12:
            return DateOrder.MONTH_FIRST
        is_open = is_open or match[1] != match[3]
    return DateOrder.EITHER if is_open else DateOrder.MONTH_FIRST


def parse_time(text: str, order: DateOrder) -> datetime | None:
    """
    Read a date and time; None where there is none.

    Aware: in the zone that it names, which hardly an export does, or else in UTC.
    """
    text = text[:_LONGEST].strip()
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _parse_local(text, order)
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def has_zone(text: str) -> bool:
    """Whether a time says its offset from UTC, as those of `wevtutil` may."""
    try:
        return datetime.fromisoformat(text[:_LONGEST].strip()).tzinfo is not None
    except ValueError:
        return False


def is_date(text: str) -> bool:
    """Whether a text begins with a date."""
    return _DATE.match(text[:_LONGEST].strip()) is not None


def is_time(text: str) -> bool:
    """Whether a text begins with a time of day."""
    return _TIME.match(text[:_LONGEST].strip()) is not None


def _parse_local(text: str, order: DateOrder) -> datetime | None:
    date, time = _DATE.search(text), _TIME.search(text)
    if date is None or time is None:
        return None
    one, two, three = int(date[1]), int(date[3]), int(date[4])
    if len(date[1]) == 4:
        year, month, day = one, two, three
    elif order is DateOrder.DAY_FIRST:
        year, month, day = three, two, one
    else:
        year, month, day = three, one, two
    hour = _hour(int(time[1]), text[time.start() :])
    try:
        at = (year + 2000 * (year < 100), month, day, hour, int(time[2]), int(time[3] or 0))
        return datetime(*at, tzinfo=UTC)
    except ValueError:
        return None


def _hour(hour: int, text: str) -> int:
    if _AFTERNOON.search(text):
        return hour % 12 + 12
    return hour % 12 if _MORNING.search(text) else hour
