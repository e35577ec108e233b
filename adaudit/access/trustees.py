"""The trustees of entries as numbers, with the subjects that carry them."""

from adaudit.access.applying import NOBODY, Reach
from adaudit.access.bitmap import NONE, BitMap
from adaudit.access.carriers import Carriers
from adaudit.security.sid import Sid

NO_ONE = 0
"""A trustee that no subject carries, nor may carry"""
SELF = 1
OWNER = 2
OBSCURE = 3
"""What stands for the trustee of an entry that is not understood: anyone"""
CONDITIONAL = 4
"""What stands for the trustee of an entry under a condition, which is judged on its object"""
_FIRST = 5
_FORGET_AT = 1 << 16


class Trustees:
    """
    The trustees that someone carries, numbered as they are met.

    Those that nobody carries are not kept: they may be far more than there are subjects.
    """

    def __init__(self, carriers: Carriers) -> None:
        self._carriers = carriers
        self._numbers: dict[bytes, int] = {}
        self._no_one: set[bytes] = set()
        self._sids: list[bytes] = [b""] * _FIRST
        self.plain: list[BitMap | int | None] = [None] * _FIRST
        """
        By number: who carries it, as a set, or as the number of the one subject that does.

        None where it hangs on the object or is not known of everyone.
        """

    def number(self, sid: bytes) -> int:
        """The number of a trustee that stands for itself, `NO_ONE` where nobody carries it."""
        known = self._numbers.get(sid)
        if known is None:
            known = NO_ONE if sid in self._no_one else self._add(sid)
        return known

    def sid(self, number: int) -> Sid:
        """The SID of a trustee that stands for itself."""
        return Sid.decode(self._sids[number])

    def reach(self, number: int) -> Reach:
        """Who carries a trustee that stands for itself."""
        known = self.plain[number]
        if isinstance(known, BitMap):
            return Reach(known)
        if known is not None:
            return Reach(BitMap((known,)))
        sid = self.sid(number)
        return Reach(self._carriers.sure(sid), self._carriers.doubtful(sid))

    def _add(self, sid: bytes) -> int:
        found = self._reach(Sid.decode(sid))
        if found is NOBODY:
            if len(self._no_one) >= _FORGET_AT:
                self._no_one.clear()
            self._no_one.add(sid)
            return NO_ONE
        number = self._numbers[sid] = len(self._sids)
        self._sids.append(sid)
        if found.doubtful:
            self.plain.append(None)
        else:
            self.plain.append(found.sure.min() if len(found.sure) == 1 else found.sure)
        return number

    def _reach(self, sid: Sid) -> Reach:
        sure, doubtful = self._carriers.sure(sid), self._carriers.doubtful(sid)
        return Reach(sure, doubtful or NONE) if sure or doubtful else NOBODY
