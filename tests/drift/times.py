r"""
One small forest at two times: whatever a test changes, it changes in the second one.

    CONTOSO: OU=Staff with user1 to user4; groups Helpdesk (user1, user2), Tier1, Empty, Domain
    Admins (user4), BUILTIN\Administrators (Domain Admins)
"""

from collections.abc import Callable
from uuid import UUID

from adaudit.changes import Drift
from adaudit.directory.snapshot import Snapshot
from adaudit.drift import compare
from tests.builders import Made, MadeDomain, World

DOMAIN = "S-1-5-21-1-1-1"
HELPDESK, TIER1, EMPTY = (f"{DOMAIN}-{rid}" for rid in (1301, 1302, 1303))
STAFF = "OU=Staff,DC=contoso,DC=example"
FULL = "CCDCLCSWRPWPDTLOCRSDRCWDWO"
OWNED = "O:SYG:SYD:"
PASSWORD = "00299570-246d-11d0-a768-00aa006e0529"
"""User-Force-Change-Password"""


class Town(World):
    """The forest at one time."""

    def __init__(self) -> None:
        super().__init__()
        self.contoso: MadeDomain = self.domain("CONTOSO", "DC=contoso,DC=example")
        self.staff = self.add(STAFF, "organizationalUnit", OWNED)
        self.users = [self._user(number) for number in range(1, 5)]
        one, two, _, four = self.users
        self.helpdesk = self._group("Helpdesk", 1301, one, two)
        self.tier1 = self._group("Tier1", 1302)
        self.empty = self._group("Empty", 1303)
        self.admins = self._group("Domain Admins", 512, four)
        self.builtin = self.contoso.builtin("Administrators", 544, [self.admins])
        for number, made in enumerate(self.objects, 1):
            made.put(objectGUID=UUID(int=number))

    def describe(self, made: Made, entries: str, head: str = OWNED) -> None:
        """Give an object another DACL."""
        made.descriptor = self._bytes(head + entries)

    def describe_staff(self, entries: str) -> None:
        """Give the unit explicit entries, and all users in it what they inherit of them."""
        self.describe(self.staff, entries)
        for user in self.users:
            self.describe(user, entries.replace(";CI;", ";CIID;"))

    def hire(self, name: str = "new", rid: int = 1400) -> Made:
        """Add a user."""
        return self.contoso.user(name, rid, primary=None).put(objectGUID=UUID(int=rid))

    def _user(self, number: int) -> Made:
        return self.add(
            f"CN=User {number},{STAFF}",
            "user",
            OWNED,
            objectSid=self.contoso.sid.relative(1200 + number),
            sAMAccountName=f"user{number}",
        )

    def _group(self, name: str, rid: int, *members: Made) -> Made:
        made = self.contoso.group(name, rid, members=members)
        self.describe(made, "")
        return made


Change = Callable[[Town], object]


def times(change: Change, before: Change = lambda _: None) -> tuple[Snapshot, Snapshot]:
    """The forest with what `before` makes of it, and then what `change` does."""
    old, new = Town(), Town()
    before(old)
    before(new)
    change(new)
    return old.snapshot(), new.snapshot()


def drift(change: Change, before: Change = lambda _: None) -> Drift:
    """What is told of that."""
    return compare(*times(change, before))
