"""The domains that many objects lie in, found once for all children of one object."""

from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain, Domains


class Places:
    """All children of one object lie in the same domain, but for heads of domains."""

    def __init__(self, domains: Domains) -> None:
        self._domains = domains
        self._by_parent: dict[str, Domain | None] = {}
        heads = (domain.dn.path.rpartition(",")[2] for domain in domains.all)
        self._is_head_plain = any(head.startswith("cn=") for head in heads)

    def domain(self, dn: str) -> Domain | None:
        """The domain under whose name an object lies: what `Domains.containing` finds."""
        own, _, parent = dn.partition(",")
        if not own.startswith("CN=") or "\\" in own or '"' in own or self._is_head_plain:
            return self._domains.containing(Dn(dn))
        if parent not in self._by_parent:
            self._by_parent[parent] = self._domains.containing(Dn(parent))
        return self._by_parent[parent]
