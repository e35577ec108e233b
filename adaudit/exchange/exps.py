"""What event logs say of EXPS, the authentication between Exchange servers, by pair."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from adaudit.directory.evidence import EvidenceBase, Observed
from adaudit.directory.observations import LogEvent
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Peers
from adaudit.exchange.smtp import AUTHENTICATION_VERBS
from adaudit.exchange.transport_events import ProtocolError, SecurityFailure, decode

WINDOW = timedelta(minutes=15)
"""How near an event has to be to a 7004 to belong to it"""


@dataclass(frozen=True, slots=True)
class Logged:
    """One event that bears on EXPS."""

    seen: Observed[LogEvent]
    meaning: ProtocolError | SecurityFailure

    @property
    def at(self) -> datetime | None:
        """When it was logged."""
        return self.seen.record.at

    @property
    def code(self) -> int | None:
        """The HRESULT of a failure."""
        return self.meaning.error_code if isinstance(self.meaning, SecurityFailure) else None


@dataclass(frozen=True, slots=True)
class ExpsEvents:
    """What was logged of EXPS from one server to another."""

    with_refusal: tuple[Logged, ...]
    """1704, 1706 and 7006 near a refused XEXCH50 or X-EXPS, and X-EXPS answered 535"""
    alone: tuple[Logged, ...]
    """1704, 1706 and 7006 with nothing near them"""
    refusals: tuple[Logged, ...]
    """7004, 7002 and 7010 that have no failure near them"""


@dataclass(frozen=True)
class ExpsLog:
    """Failures of EXPS and refused commands, by the labels of sender and receiver."""

    failures: Mapping[tuple[str, str], Sequence[Logged]]
    """The receiver is empty where the event names none"""
    refusals: Mapping[tuple[str, str], Sequence[Logged]]
    denials: Mapping[tuple[str, str], Sequence[Logged]]
    """AUTH or X-EXPS answered 535"""

    @classmethod
    def of(cls, peers: Peers, evidence: EvidenceBase) -> Self:
        """Sort the events of all servers."""
        failures: dict[tuple[str, str], list[Logged]] = defaultdict(list)
        refusals: dict[tuple[str, str], list[Logged]] = defaultdict(list)
        denials: dict[tuple[str, str], list[Logged]] = defaultdict(list)
        for seen in evidence.events:
            logger = peers.find(seen.record.computer or seen.source.computer or "").server
            meaning = decode(seen.record)
            if logger is None:
                continue
            if isinstance(meaning, SecurityFailure):
                for host in _host(meaning, peers):
                    failures[logger.label, host].append(Logged(seen, meaning))
            elif isinstance(meaning, ProtocolError) and _bears_on_exps(meaning):
                other = peers.find(meaning.peer).server
                for pair in _pair(logger, other, meaning):
                    where = denials if _is_denial(meaning) else refusals
                    where[pair].append(Logged(seen, meaning))
        return cls(failures, refusals, denials)

    def between(self, sender: ExchangeServer, receiver: ExchangeServer) -> ExpsEvents:
        """Put failures and refusals of one pair together, by their times."""
        pair = sender.label, receiver.label
        refusals, denials = self.refusals.get(pair, ()), self.denials.get(pair, ())
        named = self.failures.get(pair, ())
        times = _times((*refusals, *denials))
        unnamed = [f for f in self.failures.get((sender.label, ""), ()) if _is_near(f, times)]
        failures = [*named, *unnamed]
        failed_at = _times(failures)
        return ExpsEvents(
            (*(f for f in failures if _is_near(f, times)), *denials),
            tuple(failure for failure in named if not _is_near(failure, times)),
            tuple(refusal for refusal in refusals if not _is_near(refusal, failed_at)),
        )


def _host(failure: SecurityFailure, peers: Peers) -> Iterator[str]:
    """The label of the server that a failure names; empty if it names none, nothing if another."""
    server = peers.find(failure.host).server
    if server is not None:
        yield server.label
    elif not failure.host:
        yield ""


def _pair(
    logger: ExchangeServer, other: ExchangeServer | None, error: ProtocolError
) -> Iterator[tuple[str, str]]:
    if other is not None and other is not logger:
        sides = logger.label, other.label
        yield sides if error.is_logged_by_sender else sides[::-1]


def _bears_on_exps(error: ProtocolError) -> bool:
    return error.is_exch50_refusal or (
        error.verb in AUTHENTICATION_VERBS and error.response.startswith("5")
    )


def _is_denial(error: ProtocolError) -> bool:
    return error.verb in AUTHENTICATION_VERBS and error.response.startswith("535")


def _times(events: Sequence[Logged]) -> list[datetime]:
    return sorted(event.at for event in events if event.at is not None)


def _is_near(event: Logged, times: Sequence[datetime]) -> bool:
    if event.at is None:
        return False
    after = bisect_left(times, event.at)
    return any(abs(time - event.at) <= WINDOW for time in times[max(after - 1, 0) : after + 1])
