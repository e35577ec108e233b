"""
Ask SMTP servers what they offer, from where this computer stands, and leave.

Greeting, EHLO, STARTTLS and EHLO again, QUIT; XEXCH50 only where it is asked about on purpose.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, SmtpProbe, SourceKind
from adaudit.endpoint import SMTP_PORT, Endpoint
from adaudit.evidence.reading import Reading
from adaudit.evidence.smtp_probe.dialogue import Dialogue
from adaudit.evidence.smtp_probe.options import ProbeOptions, own_name
from adaudit.evidence.smtp_probe.tls import verifying

_AT_ONCE = 16


def probe(host: str, port: int = SMTP_PORT, options: ProbeOptions | None = None) -> SmtpProbe:
    """
    Ask one server. What goes wrong on the way is the probe's `fault`.

    Raises `AddressError` for a host or port that there cannot be, `EvidenceError` for a CA file
    that cannot be used.
    """
    (answer,) = probe_all([Endpoint(host, port)], options)
    return answer


def probe_all(
    endpoints: Iterable[Endpoint], options: ProbeOptions | None = None
) -> tuple[SmtpProbe, ...]:
    """
    Ask several servers at the same time; the probes come in the order of the endpoints.

    None waits for one that hangs. Raises `EvidenceError` for a CA file that cannot be used.
    """
    chosen = options or ProbeOptions()
    trusting = verifying(chosen.ca_file)

    def ask(endpoint: Endpoint) -> SmtpProbe:
        return Dialogue(endpoint, chosen, trusting).hold()

    pool = ThreadPoolExecutor(max_workers=_AT_ONCE)
    try:
        return tuple(pool.map(ask, endpoints))
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt waits for what runs, and no longer


def reading(probes: Sequence[SmtpProbe]) -> Reading:
    """Probes just made as evidence; one that came to no end is a record and a gap."""
    times = [each.at for each in probes]
    computer = own_name()
    source = EvidenceSource(
        SourceKind.PROBE,
        f"SMTP probes from {computer}",
        datetime.now(UTC),
        computer,
        total=len(probes),
        first=min(times, default=None),
        last=max(times, default=None),
        is_verified=False,  # most of it comes in the clear
    )
    return Reading(source, tuple(probes), unfinished(probes))


def unfinished(probes: Iterable[SmtpProbe]) -> tuple[Gap, ...]:
    """The dialogues that came to no end, and why."""
    return tuple(
        Gap(f"SMTP probe of {each.host}, port {each.port}", each.fault)
        for each in probes
        if each.fault is not None
    )
