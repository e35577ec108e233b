"""
Who holds a right on an object or can carry an operation out, for people.

The forms for programs are `adaudit.report.who_can_json` and `adaudit.report.who_can_csv`.
"""

from collections.abc import Iterator

from adaudit.findings.who_can import Doubted, Ground, Lot, Passed, WhoCan
from adaudit.report.crowds import counts_in_words, first_names, name_lines
from adaudit.report.lines import flow, labelled, labelled_entry, labelled_text, opening
from adaudit.report.table_findings import on_object, origin_lines
from adaudit.report.text import safe_text

_AT_A_GLANCE = 4
_PATHS = 100
"""How many ways are shown before the rest is only counted"""


def render(found: WhoCan) -> str:
    """The answer as text; directory text in it is inert."""
    return "\n".join(map(safe_text, _lines(found))) + "\n"


def _lines(found: WhoCan) -> Iterator[str]:
    yield f"{found.right}: {counts_in_words(found.holders)}"
    yield from labelled("on", found.object)
    if found.takes:
        yield from labelled_text("takes", found.takes)
    if found.everyone:
        words = f"{found.everyone} hold it: whoever logs on, but for those whom an entry denies it"
        yield from labelled_text("everyone", words)
    if found.undecided:
        yield from labelled_text("not known", f"of {counts_in_words(found.undecided)}")
    yield from labelled("checked by", found.checked_by)
    yield from (line for note in found.notes for line in labelled_text("note", note))
    if len(found.lots) > 1:
        yield from _glance(found)
    for number, lot in enumerate(found.lots, 1):
        yield ""
        yield from _lot_lines(number, lot, is_one_of_several=bool(found.takes))
    for doubted in found.doubted:
        yield ""
        yield from _doubted_lines(doubted)
    if found.checks:
        yield ""
        yield "Each check by itself"
        for check in found.checks:
            yield from _check_lines(check)


def _glance(found: WhoCan) -> Iterator[str]:
    yield ""
    yield "Held through"
    for number, lot in enumerate(found.lots, 1):
        title = [f"{_title(lot)},", f"by {counts_in_words(lot.crowd)}:"]
        yield from flow([*title, *first_names(lot.crowd, _AT_A_GLANCE)], f"{number:>4}  ", " ")


def _title(lot: Lot) -> str:
    """Through whom they hold it, each name once."""
    names = dict.fromkeys(ground.through for ground in lot.grounds)
    return " and ".join(names) or "no right is needed"


def _lot_lines(number: int, lot: Lot, *, is_one_of_several: bool) -> Iterator[str]:
    yield from flow([_title(lot), counts_in_words(lot.crowd)], f"{number:<3}")
    yield from name_lines(lot.crowd)
    for ground in lot.grounds:
        if is_one_of_several:
            yield from labelled_text("by", f"{ground.check} on {ground.asked_of}")
        yield from _ground_lines(ground, is_example=not lot.paths)
    yield from _path_lines(lot)


def _ground_lines(ground: Ground, *, is_example: bool) -> Iterator[str]:
    evidence = ground.evidence
    if evidence is None:
        yield from labelled_text("because", ground.reason)
        return
    yield from labelled_entry("entry", ground.reason, evidence.sddl)
    yield from origin_lines(evidence)
    if len(evidence.origin) > 1:
        yield from labelled("on", *on_object(evidence))
    if is_example and len(evidence.path) > 1:
        yield from _way(evidence.path, "reached")


def _path_lines(lot: Lot) -> Iterator[str]:
    """Every way, where they were asked for."""
    ways = dict.fromkeys(path for paths in lot.paths.values() for path in paths if len(path) > 1)
    for number, way in enumerate(ways):
        if number == _PATHS:
            more = f"and {len(ways) - number:,} more, each of them in the csv and json forms"
            yield from labelled_text("", more)
            return
        yield from _way(way, "" if number else "reached")


def _way(path: tuple[str, ...], label: str) -> list[str]:
    return flow([path[0], *(f"→ {name}" for name in path[1:])], opening(label), " ")


def _doubted_lines(doubted: Doubted) -> Iterator[str]:
    yield from flow(["May hold it", counts_in_words(doubted.crowd)], "?  ")
    yield from name_lines(doubted.crowd)
    for number, why in enumerate(doubted.why):
        yield from labelled_text("" if number else "because", why)


def _check_lines(check: Passed) -> Iterator[str]:
    yield f"   {check.check} on {check.asked_of}"
    yield from labelled("of", check.object)
    if check.unreadable:
        yield from labelled_text("not judged", check.unreadable)
        return
    yield from labelled_text("passed by", counts_in_words(check.passed))
    if check.undecided:
        yield from labelled_text("not known", f"of {counts_in_words(check.undecided)}")
