"""The computer whose account an object belongs to: that which it lies below."""

from collections.abc import Mapping
from contextlib import suppress
from functools import cache, cached_property

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.principal import PrincipalKind
from adaudit.errors import DescriptorError
from adaudit.security.sid import Sid

_COMPUTER = "computer"
_EXCHANGE_SERVER = "msExchExchangeServer"


class Above:
    """
    The accounts of the computers that objects lie below.

    What lies below an Exchange server in the configuration belongs to the computer of its name.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._nearest = cache(self._find_nearest)

    def account(self, entry: Entry) -> Sid | None:
        """The account of the nearest computer that is the object itself or above it."""
        return self._own(entry) or self._nearest(entry.dn.parent)

    def _find_nearest(self, dn: Dn | None) -> Sid | None:
        while dn is not None and dn.text:
            entry = self._view.snapshot.entry(dn)
            found = self._own(entry) if entry else None
            if found is not None:
                return found
            dn = dn.parent
        return None

    def _own(self, entry: Entry) -> Sid | None:
        if _COMPUTER in entry.classes:
            with suppress(DescriptorError):  # is among the faults
                return entry.sid
        if _EXCHANGE_SERVER.lower() in entry.classes:
            return self._servers.get(entry.dn.name.lower())
        return None

    @cached_property
    def _servers(self) -> Mapping[str, Sid]:
        """The accounts of computers by the names of Exchange servers; none where two have one."""
        servers = {
            entry.dn.name.lower() for entry in self._view.snapshot.of_class(_EXCHANGE_SERVER)
        }
        found: dict[str, Sid | None] = {}
        for principal in self._view.membership.named(*(f"{name}$" for name in servers)):
            if principal.kind is PrincipalKind.COMPUTER:
                name = principal.name.rpartition("\\")[2].lower().removesuffix("$")
                found[name] = None if name in found else principal.sid
        return {name: sid for name, sid in found.items() if sid}
