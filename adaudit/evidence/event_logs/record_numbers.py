"""What the numbers of a log's records tell of those that could not be read."""

from collections.abc import Set as AbstractSet


def lost(numbers: AbstractSet[int], expected: range, unreadable: int, most: int) -> str | None:
    """
    Say how many records are missing, None where none is.

    `numbers` are those of the records read, `expected` those that should be there, `unreadable`
    how many records or parts were seen and not understood, `most` how many the file can hold.
    """
    span = expected.stop - expected.start
    missing = span - sum(number in expected for number in numbers)
    if span > most:
        return "it cannot hold as many records as their numbers tell: some may be missing"
    if count := max(missing, unreadable):
        return f"{count} of {len(numbers) + count} records could not be read"
    return None


def span(numbers: AbstractSet[int]) -> range:
    """From the lowest to the highest number."""
    return range(min(numbers), max(numbers) + 1) if numbers else range(0)
