"""From the evidence that a target names into its snapshot."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from adaudit.config import EvidenceConfig
from adaudit.directory.entry import Gap
from adaudit.directory.objects import Objects
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import EvidenceError
from adaudit.evidence import names
from adaudit.evidence.event_logs import files as event_logs
from adaudit.evidence.event_redaction import kept
from adaudit.evidence.live import Ask, live_readers
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry import files as reg_files
from adaudit.evidence.smtp_probe import files as probe_files
from adaudit.evidence.smtp_sessions import capture
from adaudit.evidence.smtp_sessions import logs as smtp_logs
from adaudit.exchange.organisation import servers_of
from adaudit.exchange.peers import FQDN

_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class _Task:
    """One source to be read."""

    subject: str
    """How a gap names it, if it cannot be read"""
    read: Callable[[], Reading]


def gather(config: EvidenceConfig, writer: SnapshotWriter, ask: Ask | None) -> None:
    """
    Read every source into a snapshot whose directory is read; several at the same time.

    A source that cannot be read is a gap of the evidence, and stops no other. Raises `ConfigError`
    when a secret cannot be had.
    """
    tasks = [*_of_files(config), *_of_servers(config, writer, ask)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for result in pool.map(_done, tasks):
            _record(result, writer)


def _done(task: _Task) -> Reading | Gap:
    try:
        return task.read()
    except EvidenceError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return Gap(task.subject, error.message + hint)


def _record(result: Reading | Gap, writer: SnapshotWriter) -> None:
    if isinstance(result, Gap):
        writer.add_evidence_gap(result)
        return
    writer.add_evidence(result.source, kept(result.records))
    for gap in result.gaps:
        writer.add_evidence_gap(gap)


def _of_files(config: EvidenceConfig) -> Iterator[_Task]:
    described = (
        (event_logs.read, "event log", config.event_logs),
        (smtp_logs.read, "SMTP log", config.smtp_logs),
        (reg_files.read, "registry export", config.registry),
    )
    for read, what, files in described:
        for each in files:
            yield _Task(f"{what} `{each.file.name}`", partial(read, each.file, each.computer))
    plain = (
        (capture.read, "packet capture", config.captures),
        (probe_files.read, "SMTP probe", config.smtp_probes),
        (names.read, "hosts file", config.hosts),
    )
    for read, what, paths in plain:
        for path in paths:
            yield _Task(f"{what} `{path.name}`", partial(read, path, None))


def _of_servers(config: EvidenceConfig, writer: SnapshotWriter, ask: Ask | None) -> Iterator[_Task]:
    if config.live is not None:
        for subject, read in live_readers(config.live, _host_names(writer), ask):
            yield _Task(subject, read)


def _host_names(objects: Objects) -> tuple[str, ...]:
    """The full names of all Exchange servers and SMTP virtual servers."""
    found: dict[str, None] = {}
    for server in servers_of(objects):
        found |= dict.fromkeys(sorted(server.dns_names))
        for virtual_server in server.virtual_servers:
            if name := (virtual_server.text(FQDN) or "").strip():
                found[name.lower()] = None
    return tuple(found)
