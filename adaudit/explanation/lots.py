"""All who hold something, parted by what decides for them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adaudit.access.bitmap import BitMap, union
from adaudit.access.crowd import Cast, Crowd
from adaudit.access.doing import Asked, Doers
from adaudit.access.holding import Holding, Part
from adaudit.access.token import Server
from adaudit.access.verdict import Decision, Reason
from adaudit.access.view import View
from adaudit.explanation.grounds import entry_evidence
from adaudit.findings.who_can import Ground, Lot
from adaudit.security.sid import Sid
from adaudit.wording import path_names, reason

_Step = tuple[int, Reason, int | None]
"""The number of a check, and what lets somebody pass it"""
_Key = tuple[_Step, ...]
_LAST = 1 << 32


@dataclass(frozen=True)
class Lots:
    """The holders of one thing, accounts and others, of a cast."""

    cast: Cast
    accounts: Doers
    others: Doers
    common: BitMap
    """Numbers of accounts that are none, as they stand for well-known SIDs"""
    view: View
    server: Server

    @property
    def holders(self) -> Crowd:
        """Everybody who surely holds it."""
        return self._crowd(self.accounts.allowed, self.others.allowed)

    @property
    def undecided(self) -> Crowd:
        """Everybody of whom it is not known."""
        return self._crowd(self.accounts.undecided, self.others.undecided)

    def passed(self, number: int, decision: Decision) -> Crowd:
        """Of whom a check, by its number, says that."""
        of_accounts, of_others = (found.answers[number][1] for found in self._both)
        if not isinstance(of_accounts, Holding) or not isinstance(of_others, Holding):
            return self._crowd(BitMap(), BitMap())
        if decision is Decision.ALLOWED:
            return self._crowd(of_accounts.allowed, of_others.allowed)
        return self._crowd(of_accounts.undecided, of_others.undecided)

    def all(self, *, with_paths: bool) -> Iterator[Lot]:
        """The lots in the order of the entries that decide for them."""
        accounts, others = (_parted(found) for found in self._both)
        for key in sorted({*accounts, *others}, key=_in_order):
            crowd = self._crowd(accounts.get(key, BitMap()), others.get(key, BitMap()))
            if not crowd:
                continue
            grounds = tuple(self._ground(step, crowd.example) for step in key)
            paths = {str(sid): self._paths(sid, key) for sid in crowd.sids()} if with_paths else {}
            yield Lot(crowd, grounds, paths)

    @property
    def _both(self) -> tuple[Doers, Doers]:
        return self.accounts, self.others

    def _crowd(self, accounts: BitMap, others: BitMap) -> Crowd:
        return Crowd(self.cast, accounts - self.common, others)

    def _ground(self, step: _Step, example: Sid | None) -> Ground:
        asked, part = self._part(step)
        path = self._path(example, part) if example else ()
        evidence = None
        if part.deciding:
            evidence = entry_evidence(asked.dn, part.deciding, path, self.view, on=asked.on)
        words = through = reason(part, self.view)
        if part.deciding:
            through = self.view.name(part.deciding.ace.trustee)
        elif part.reason is Reason.OWNER and asked.owner:
            through = f"{self.view.name(asked.owner)} (owner)"
        return Ground(asked.name, asked.on, str(asked.dn), through, words, evidence)

    def _paths(self, sid: Sid, key: _Key) -> tuple[tuple[str, ...], ...]:
        return tuple(self._path(sid, self._part(step)[1]) for step in key)

    def _path(self, sid: Sid, part: Part) -> tuple[str, ...]:
        token = self.view.token(sid, self.server)
        return path_names(part.deciding.sid, token, self.view) if part.deciding else ()

    def _part(self, step: _Step) -> tuple[Asked, Part]:
        number, *same = step
        for found in self._both:
            asked, holding = found.answers[number]
            if isinstance(holding, Holding):
                for part in _granted(holding):
                    if [part.reason, _position(part)] == same:
                        return asked, part
        raise KeyError(step)


def _parted(found: Doers) -> Mapping[_Key, BitMap]:
    """Who carries it out, by the parts of all the checks that they pass."""
    blocks: dict[_Key, BitMap] = {(): found.allowed} if found.allowed else {}
    for number, (_, holding) in enumerate(found.answers):
        if isinstance(holding, Holding):
            blocks = _split(blocks, number, list(_granted(holding)))
    return blocks


def _split(blocks: Mapping[_Key, BitMap], number: int, parts: Sequence[Part]) -> dict[_Key, BitMap]:
    split: dict[_Key, list[BitMap]] = defaultdict(list)
    for key, subjects in blocks.items():
        rest = subjects
        for part in parts:
            if not rest:
                break
            common = rest & part.subjects
            if common:
                split[*key, (number, part.reason, _position(part))].append(common)
                rest = rest - common
        if rest:
            split[key].append(rest)
    return {key: union(sets) for key, sets in split.items()}


def _granted(holding: Holding) -> Iterator[Part]:
    return (part for part in holding.parts if part.decision is Decision.ALLOWED)


def _position(part: Part) -> int | None:
    return part.deciding.position if part.deciding else None


def _in_order(key: _Key) -> list[tuple[int, int, str]]:
    """By the numbers of the checks and the positions of the entries; what is no entry is last."""
    return [(number, _LAST if position is None else position, why) for number, why, position in key]
