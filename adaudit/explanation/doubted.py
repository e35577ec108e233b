"""All of whom something is not known, parted by why."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from adaudit.access.bitmap import BitMap
from adaudit.access.carriers import Carriers
from adaudit.access.doing import Place, decide
from adaudit.access.operation import Operation
from adaudit.access.token import token_of
from adaudit.access.verdict import Decision, Verdict
from adaudit.access.view import View
from adaudit.security.sid import Sid
from adaudit.wording import reason

_MOST_BLOCKS = 64
"""Of more than these the reasons are those of the first of each"""

Why = tuple[str, ...]


def by_doubt(
    undecided: BitMap,
    carriers: Carriers,
    trustees: Iterable[Sid],
    why_of: Callable[[Sid], Why],
) -> dict[Why, BitMap]:
    """
    Why each of `undecided` is so.

    Those who carry the same of `trustees`, surely and perhaps, have the same reasons, so one of
    them is asked.
    """
    found: dict[Why, list[BitMap]] = defaultdict(list)
    for block in _alike(undecided, carriers, trustees):
        found[why_of(carriers.subjects[block.min()])].append(block)
    return {why: BitMap.union(*blocks) for why, blocks in found.items()}


def reasons(
    operation: Operation, place: Place, carriers: Carriers, view: View
) -> Callable[[Sid], Why]:
    """What the checks of an operation that came out undecided say of a subject."""

    def why(sid: Sid) -> Why:
        token = token_of(sid, carriers.server, view.membership)
        answers = decide(operation, place, token).answers
        open_ones = (
            found
            for _, found in answers
            if not isinstance(found, Verdict) or found.decision is Decision.UNDECIDED
        )
        return tuple(dict.fromkeys(reason(found, view) for found in open_ones))

    return why


def _alike(subjects: BitMap, carriers: Carriers, trustees: Iterable[Sid]) -> Iterator[BitMap]:
    blocks = [subjects] if subjects else []
    for trustee in trustees:
        if len(blocks) >= _MOST_BLOCKS:
            break
        sure, doubtful = carriers.sure(trustee), carriers.doubtful(trustee)
        parts = [
            part
            for block in blocks
            for part in (block & sure, block & doubtful, block - sure - doubtful)
        ]
        blocks = [part for part in parts if part]
    yield from blocks
