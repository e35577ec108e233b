"""What checks look at: a snapshot, what is derived from it, and the mail flow in it."""

import shlex
from dataclasses import dataclass
from functools import cached_property

from adaudit.access.view import View
from adaudit.directory.domains import Domain
from adaudit.directory.snapshot import Snapshot
from adaudit.exchange.groups import ServersGroup, servers_groups
from adaudit.exchange.pairs import MailFlow
from adaudit.findings import Party
from adaudit.security.sid import Sid


@dataclass(frozen=True)
class Context:
    """One target, ready to be asked."""

    snapshot: Snapshot
    file: str
    """What `adaudit explain` can be given to look at the same data"""

    @cached_property
    def view(self) -> View:
        """Schema, memberships and tokens."""
        return View(self.snapshot)

    @cached_property
    def flow(self) -> MailFlow:
        """Exchange servers and what each may do to the others."""
        return MailFlow(self.view)

    @cached_property
    def servers_groups(self) -> dict[Domain, ServersGroup | None]:
        """The *Exchange Domain Servers* of each domain that has Exchange servers."""
        return servers_groups(self.flow)

    def party(self, sid: Sid) -> Party:
        """A principal as a finding names it."""
        known = self.view.membership.principals.get(sid)
        return Party(self.view.name(sid), str(known.dn) if known else None, str(sid))

    def look(self, who: str, on: str, right: str) -> str:
        """The command that shows a verdict with its whole reason."""
        words = ("adaudit", "explain", self.file, "--who", who, "--on", on, "--right", right)
        return shlex.join(words)
