"""What reading the registry of another computer gives, by whatever way it was read."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, SourceKind
from adaudit.endpoint import is_address
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry.plan import (
    FoundValue,
    WantedKey,
    is_same_computer,
    own_name,
    records_of,
)


def name_of(host: str) -> str:
    r"""What the registry of a host is called: `\\ex01.contoso.example\HKLM`."""
    return f"\\\\{host}\\HKLM"


def remote_reading(
    host: str,
    found: Mapping[WantedKey, Sequence[FoundValue]],
    gaps: Sequence[Gap],
    limits: str,
) -> Reading:
    """
    The reading of the registry of `host`; `limits` says why it is not verified.

    `found` holds the keys that were read, or do not exist.
    """
    computer, notes = _owner(host, own_name(found))
    records = tuple(
        record
        for wanted, values in found.items()
        for record in records_of(wanted, values, computer)
    )
    source = EvidenceSource(
        SourceKind.REGISTRY,
        name_of(host),
        datetime.now(UTC),
        computer,
        total=sum(map(len, found.values())),
        is_verified=False,
        notes=(limits, *notes),
    )
    return Reading(source, records, tuple(gaps))


def _owner(host: str, own: str | None) -> tuple[str, tuple[str, ...]]:
    """Whose registry it is: what was asked by an alias or address tells its own name."""
    if own is None or is_same_computer(own, host):
        return host, ()
    notes = () if is_address(host) else (f"{host} calls itself {own}",)
    return own, notes
