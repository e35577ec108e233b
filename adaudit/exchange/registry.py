r"""
Values of the servers' registries that bear on mail, as the evidence holds them.

All lie under `HKLM\SYSTEM\CurrentControlSet\Services` (KB 818222, KB 843106).
"""

from collections.abc import Callable, Iterator, Mapping

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import RegistryValue
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Peers

SERVICES = r"HKLM\SYSTEM\CurrentControlSet\Services"
XEXCH50 = rf"{SERVICES}\SMTPSVC\XEXCH50"
SUPPRESS_EXTERNAL = "SuppressExternal"
AUTH_CHECK_ENABLED = "Exch50AuthCheckEnabled"
_SAFETY: Mapping[object, int] = {0: 0, None: 1}
HOW_TO_EXPORT = r"on the server, `reg export HKLM\SYSTEM\CurrentControlSet\Services\SMTPSVC ex.reg`"
"""The key above, as one that does not exist cannot be exported"""
DIAGNOSTICS = rf"{SERVICES}\MSExchangeTransport\Diagnostics"


def registry_value(
    server: ExchangeServer, key: str, name: str, evidence: EvidenceBase, peers: Peers
) -> Observed[RegistryValue] | None:
    """
    The value of that name in a server's registry; of several that differ the least safe one.

    None where no source tells of it; a value that does not exist is a record of its own.
    """

    def is_wanted(value: RegistryValue) -> bool:
        return value.name.casefold() == name.casefold()

    return _least_safe(_values(server, key, is_wanted, evidence, peers))


def registry_value_ending(
    server: ExchangeServer, key: str, ending: str, evidence: EvidenceBase, peers: Peers
) -> Observed[RegistryValue] | None:
    """The value whose name has that ending, likewise."""

    def is_wanted(value: RegistryValue) -> bool:
        return value.name.casefold().endswith(ending.casefold())

    return _least_safe(_values(server, key, is_wanted, evidence, peers))


def shown(seen: Observed[RegistryValue]) -> str:
    """A value as evidence quotes it: `ex01.reg: SuppressExternal is 1 (REG_DWORD)`."""
    record = seen.record
    said = "absent" if record.value is None else f"{record.value} ({record.type})"
    doubt = "" if seen.source.is_verified else ", not verified on the way"
    return f"{seen.source.name}: {record.name} is {said}{doubt}"


def _values(
    server: ExchangeServer,
    key: str,
    is_wanted: Callable[[RegistryValue], bool],
    evidence: EvidenceBase,
    peers: Peers,
) -> Iterator[Observed[RegistryValue]]:
    for seen in evidence.registry:
        value = seen.record
        is_in_key = value.key.casefold() == key.casefold()
        if not is_in_key or not is_wanted(value) or not value.computer:
            continue
        if peers.find(value.computer).server is server:
            yield seen


def _least_safe(found: Iterator[Observed[RegistryValue]]) -> Observed[RegistryValue] | None:
    """A zero before an absent value, and that before any other: when each was true is not known."""
    return min(found, key=lambda seen: _SAFETY.get(seen.record.value, 2), default=None)
