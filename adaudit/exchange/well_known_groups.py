"""
The groups of Exchange 2007 and later that `otherWellKnownObjects` names, whatever they are called.

The attribute stands on the Exchange container of the configuration, with values of the form
`B:32:<GUID>:<DN>`. [MS-ADTS] 3.1.1.3.1.7 has the form; the GUIDs are those of Exchange setup.
"""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.principal import Principal
from adaudit.errors import DirectoryError

EXCHANGE_SERVERS = "A7D2016C83F003458132789EEB127B84"
"""*Exchange Servers*, which holds the servers of Exchange 2007 and later"""
LEGACY_INTEROP = "9C5B963F67F14A4B936CB8EFB19C4784"
"""*ExchangeLegacyInterop*, for the servers of Exchange 2000 and 2003 beside them"""
TRUSTED_SUBSYSTEM = "EA876A58DB6DD04C9006939818F800EB"
"""*Exchange Trusted Subsystem*, as which servers of Exchange 2010 and later act"""
WINDOWS_PERMISSIONS = "4C17D0117EBE6642AFAEE03BC66D381F"
"""*Exchange Windows Permissions*, which may create and change accounts"""
ORGANIZATION_MANAGEMENT = "C262A929D691B74A9E068728F8F842EA"
"""*Organization Management*, called *Exchange Organization Administrators* in Exchange 2007"""
_FOR_MAIL = (EXCHANGE_SERVERS, LEGACY_INTEROP)
_FOR_ACCOUNTS = (TRUSTED_SUBSYSTEM, WINDOWS_PERMISSIONS, ORGANIZATION_MANAGEMENT)
_CONTAINERS = ("msExchConfigurationContainer", "msExchOrganizationContainer")


def well_known_groups(view: View) -> dict[str, Principal]:
    """The groups of servers that were read, by the GUID that they are named for."""
    return _named(_FOR_MAIL, view)


def administering_groups(view: View) -> dict[str, Principal]:
    """The groups of servers and administrators that hold rights on accounts, likewise."""
    return _named((EXCHANGE_SERVERS, *_FOR_ACCOUNTS), view)


def _named(guids: Iterable[str], view: View) -> dict[str, Principal]:
    entries = list(view.snapshot.of_class(*_CONTAINERS))
    found = ((guid, named_for(guid, entries, view)) for guid in guids)
    return {guid: group for guid, groups in found for group in groups}


def named_for(guid: str, entries: Iterable[Entry], view: View) -> Iterator[Principal]:
    """The principals that `otherWellKnownObjects` of some objects names for a GUID."""
    for entry in entries:
        for value in entry.texts("otherWellKnownObjects"):
            _, _, rest = value.partition(":32:")
            found, _, dn = rest.partition(":")
            if found.upper() == guid:
                with suppress(DirectoryError):  # what is no DN names no group
                    principal = view.membership.bearing(Dn(dn))
                    if principal is not None:
                        yield principal
