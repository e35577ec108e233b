"""
How much MSExchangeTransport logs on a server, as far as a registry says so.

Events 7004 and 7010 need diagnostics logging of the category SMTP Protocol at Medium, 1706 at
Maximum (KB 843106, KB 914137). Exchange System Manager writes None, Minimum, Medium and Maximum
as 0, 1, 3 and 5. The name of the value is taken to be built as those of the other services of
Exchange are, a number and the category: `7 SMTP Protocol`.
"""

from dataclasses import dataclass

from adaudit.directory.evidence import EvidenceBase
from adaudit.directory.observations import EvidenceSource
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Peers
from adaudit.exchange.registry import DIAGNOSTICS, registry_value_ending

MINIMUM, MEDIUM, MAXIMUM = 1, 3, 5
_CATEGORY = "SMTP Protocol"


@dataclass(frozen=True, slots=True)
class LoggingLevel:
    """The level of one server, and where it was read."""

    level: int
    name: str
    """Name of the registry value"""
    source: EvidenceSource

    def __str__(self) -> str:
        words = {0: "None", 1: "Minimum", 3: "Medium", 5: "Maximum"}
        level = words.get(self.level, "a level of its own")
        return (
            f"diagnostics logging `{self.name}` of MSExchangeTransport is {self.level} ({level})"
            f" in {self.source.name}"
        )


def logging_level(
    server: ExchangeServer, evidence: EvidenceBase, peers: Peers
) -> LoggingLevel | None:
    """The level of a server, None where no registry says it."""
    seen = registry_value_ending(server, DIAGNOSTICS, _CATEGORY, evidence, peers)
    if seen is None or not isinstance(seen.record.value, int):
        return None
    return LoggingLevel(seen.record.value, seen.record.name, seen.source)
