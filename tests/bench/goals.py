"""The figures that are to be reached with a million objects, on two cores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Goal:
    """A bound for a figure."""

    what: str
    figure: str
    """The name that a part gives it"""
    bound: float
    unit: str
    is_least: bool = False
    """Whether more is better"""
    digits: int = 0

    def row(self, figures: Mapping[str, float]) -> tuple[str, ...]:
        """What is to be reached and what was."""
        sign = "≥" if self.is_least else "≤"
        wanted = f"{sign} {self.bound:,.{self._digits_of(self.bound)}f} {self.unit}".rstrip()
        value = figures.get(self.figure)
        if value is None:
            return self.what, wanted, "not measured", ""
        is_met = value >= self.bound if self.is_least else value <= self.bound
        measured = f"{value:,.{self.digits}f} {self.unit}".rstrip()
        return self.what, wanted, measured, "yes" if is_met else "NO"

    def _digits_of(self, value: float) -> int:
        return 0 if value == int(value) else self.digits


_LIKE = "decode as in a directory"
GOALS: Sequence[Goal] = (
    Goal("descriptors decoded, repeated as in a directory", _LIKE, 800_000, "/s", is_least=True),
    Goal("… against impacket", f"{_LIKE} / impacket", 4_500, "x", is_least=True),
    Goal("… against BloodHound.py", f"{_LIKE} / BloodHound.py", 900, "x", is_least=True),
    Goal(
        "… all different, entries shared",
        "decode all different, entries shared",
        85_000,
        "/s",
        is_least=True,
    ),
    Goal(
        "… all different, trustees too",
        "decode all different, trustees too",
        35_000,
        "/s",
        is_least=True,
    ),
    Goal("LDAP entries over a socket", "ldap entries", 90_000, "/s", is_least=True),
    Goal("… against ldap3 as it comes", "ldap entries / ldap3", 11, "x", is_least=True, digits=1),
    Goal("… against python-ldap", "ldap entries / python-ldap", 1, "x", is_least=True, digits=2),
    Goal("members of all groups", "member sets", 1, "s", digits=2),
    Goal("tokens of all users", "tokens", 3, "s", digits=2),
    Goal("… memory", "tokens MB", 400, "MB"),
    Goal("one right, all users, all objects", "one right", 0.4, "s", digits=2),
    Goal("all of it, four rights", "all", 15, "s", digits=1),
    Goal("… memory at the peak", "all MB", 1_100, "MB"),
    Goal("… per object against BloodHound.py", "all / BloodHound.py", 75, "x", is_least=True),
    Goal("snapshot written", "snapshot written", 10, "s", digits=1),
    Goal("snapshot opened for analysis", "snapshot opened", 5, "s", digits=1),
    Goal("Send-As matrix of 1,000 servers", "send-as", 2, "s", digits=2),
    Goal("growth with the number of objects, exponent", "exponent", 1.05, "", digits=2),
)
