"""Entries of the tables with the SIDs and GUIDs of one forest."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.principal import Principal
from adaudit.directory.schema import Schema
from adaudit.errors import DirectoryError
from adaudit.review.defaults.partitions import Partition
from adaudit.review.defaults.rows import rows
from adaudit.security.ace import AnyAce
from adaudit.security.sddl import parse_ace
from adaudit.security.sddl_tokens import DOMAIN_RIDS, ROOT_DOMAIN_RIDS, SIDS
from adaudit.security.sid import Sid

_GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.IGNORECASE)
_IN_BRACES = re.compile(r"\{([^}]+)\}\)$")
_EXCHANGE_GROUPS = "OU=Microsoft Exchange Security Groups"
_EXCHANGE_CONTAINERS = ("msExchConfigurationContainer", "msExchOrganizationContainer")
_OF_EVERY_DOMAIN = frozenset({"DnsAdmins"})
"""Groups that nobody else can call his own by that name, wherever they were moved"""
_DOMAIN_ADMINS = 512
_OF_ROOT = "Root Domain Admins"
COMPUTER_ABOVE = "computer above"
"""Stands for the account of the computer that an object lies below"""


class Spelling:
    """Reads the tables for one forest; what names a thing that it lacks stands for nothing."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.entry = cache(self._entry)
        self.sid = cache(self._sid)

    def _entry(self, text: str, partition: Partition, above: Sid | None) -> AnyAce | None:
        """The entry that a text stands for, on an object below the computer `above`."""
        *words, object_type, inherited, trustee = text.strip("()").split(";")
        sid = self.sid(trustee, partition, above)
        guids = [_guid(name, self._view.schema) for name in (object_type, inherited)]
        if sid is None or None in guids:
            return None
        return parse_ace(f"({';'.join([*words, *map(str, guids), str(sid)])})")

    def _sid(self, text: str, partition: Partition, above: Sid | None) -> Sid | None:
        """The SID that an alias, a SID or a name in braces stands for."""
        if text.startswith("{"):
            return self._named(text.strip("{}"), partition, above)
        issuer, rid = partition.domain, DOMAIN_RIDS.get(text)
        if text in ROOT_DOMAIN_RIDS:
            issuer, rid = partition.root, ROOT_DOMAIN_RIDS[text]
        if rid is not None:
            return issuer.relative(rid) if issuer else None
        return SIDS.get(text) or Sid.parse(text)

    def _named(self, name: str, partition: Partition, above: Sid | None) -> Sid | None:
        if name == COMPUTER_ABOVE:
            return above
        if name == _OF_ROOT:
            return partition.root.relative(_DOMAIN_ADMINS) if partition.root else None
        for found in self._groups[name.lower()]:
            domain = found.domain
            if domain is None:
                continue
            is_of_partition = domain.sid == partition.domain
            places = [domain.dn.child("CN=Users")] if is_of_partition else []
            places.append(domain.dn.child(_EXCHANGE_GROUPS))
            is_anywhere = is_of_partition and name in _OF_EVERY_DOMAIN
            if is_anywhere or found.dn.parent in places or found.dn in self._of_exchange:
                return found.sid
        return None

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[Principal]]:
        """The groups that the tables name, wherever they are, by name in lower case."""
        texts = (_IN_BRACES.search(row.what) for row in rows())
        names = {match[1].lower() for match in texts if match}
        found: dict[str, list[Principal]] = defaultdict(list)
        for principal in self._view.membership.named(*sorted(names)):
            if principal.scope is not None:
                found[principal.name.rpartition("\\")[2].lower()].append(principal)
        return found

    @cached_property
    def _of_exchange(self) -> frozenset[Dn]:
        """The groups that `otherWellKnownObjects` of Exchange names, wherever they were moved."""
        entries = self._view.snapshot.of_class(*_EXCHANGE_CONTAINERS)
        values = (value for entry in entries for value in entry.texts("otherWellKnownObjects"))
        return frozenset(dn for value in values for dn in _dn(value))


def _dn(value: str) -> Iterator[Dn]:
    """The name in a value of the form `B:32:<GUID>:<DN>`. [MS-ADTS] 3.1.1.3.1.7"""
    *_, name = value.split(":", 3)
    try:
        yield Dn(name)
    except DirectoryError:
        return  # what is no DN names no group


def _guid(name: str, schema: Schema) -> str | None:
    """The GUID that a name stands for, empty for none; None where the schema lacks it."""
    if not name or _GUID.fullmatch(name):
        return name
    attribute = schema.attributes.get(name.lower())
    found = attribute.guid if attribute else schema.class_guid(name)
    if found is None:
        right = schema.control_right(name)
        found = right.guid if right else None
    return None if found is None else str(found)
