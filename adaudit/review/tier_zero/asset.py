"""An object of tier 0, and all of them that were found."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from adaudit.directory.dn import Dn
from adaudit.directory.entry import Gap
from adaudit.directory.snapshot import Snapshot


class Kind(StrEnum):
    """What an object of tier 0 is; in the order in which assets are listed."""

    DOMAIN_HEAD = "head of a domain"
    ADMIN_SD_HOLDER = "AdminSDHolder"
    CONTROLLER = "domain controller"
    CONTROLLERS_UNIT = "unit of domain controllers"
    GROUP = "privileged group"
    ACCOUNT = "privileged account"
    CONTAINER = "container above privileged objects"
    POLICY = "group policy"
    SECRET = "key"  # noqa: S105 - no password
    TRUST = "trust"
    SYSTEM = "system object"
    CONFIGURATION = "configuration"
    SCHEMA = "schema"
    SITE = "site"
    PKI = "certificate services"
    TEMPLATE = "certificate template"
    DNS = "DNS"
    NAMED = "named in the target list"


_ORDER = {kind: number for number, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Asset:
    """One object of tier 0; `snapshot.at(number)` is the object itself."""

    number: int
    """The number that the snapshot has for it"""
    dn: Dn
    kind: Kind
    why: str
    r"""Why it is one, in words: `linked to DC=contoso,DC=example`, `in CONTOSO\Domain Admins`"""


class Finds:
    """Assets and gaps while they are found; what an object was found to be first, it is."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._assets: dict[str, Asset] = {}
        self._gaps: dict[Gap, None] = {}

    def add(self, dn: Dn, kind: Kind, why: str) -> bool:
        """Take up an object; False where it was not read."""
        if dn.path in self._assets:
            return True
        number = self.snapshot.number(dn)
        if number is not None:
            self._assets[dn.path] = Asset(number, dn, kind, why)
        return number is not None

    def demand(self, dn: Dn, kind: Kind, why: str) -> bool:
        """The same for an object that there always is: that it was not read is a gap."""
        is_read = self.add(dn, kind, why)
        if not is_read:
            self.miss(str(dn), "was not read: who controls it is not known")
        return is_read

    def miss(self, subject: str, reason: str) -> None:
        """Note what of tier 0 was not read."""
        self._gaps[Gap(subject, reason)] = None

    def of_kind(self, *kinds: Kind) -> Iterator[Asset]:
        """What was found so far."""
        return (asset for asset in self._assets.values() if asset.kind in kinds)

    def by_path(self) -> dict[str, Asset]:
        """All assets by their path, in the order of kinds and paths."""
        found = sorted(self._assets.values(), key=lambda each: (_ORDER[each.kind], each.dn.path))
        return {asset.dn.path: asset for asset in found}

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not read, each once, in the order in which it was missed."""
        return tuple(self._gaps)
