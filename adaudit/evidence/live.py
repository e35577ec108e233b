"""What is asked of servers over the network while a target is collected."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeAlias

from adaudit.config import LiveConfig
from adaudit.evidence import names, smtp_probe
from adaudit.evidence.endpoint import Endpoint
from adaudit.evidence.probe_options import ProbeOptions
from adaudit.evidence.reading import Reading

Ask: TypeAlias = Callable[[str], str]
"""Puts a question on the terminal and gives the answer, which is not shown"""
Reader: TypeAlias = tuple[str, Callable[[], Reading]]
"""How a gap names a source that cannot be read, and what reads it"""


def live_readers(
    config: LiveConfig, host_names: Iterable[str], ask: Ask | None
) -> Iterator[Reader]:
    """
    What reads each source that is asked over the network; nothing is asked yet.

    `host_names` are those to resolve. Raises `ConfigError` when a secret cannot be had.
    """
    if config.dns:
        yield "name resolution", partial(names.resolve, tuple(host_names), config.timeout)
    if config.smtp:
        endpoints = tuple(Endpoint(server.host, server.port) for server in config.smtp)
        yield "SMTP probes", partial(_probe, endpoints, ProbeOptions(timeout=config.timeout))


def _probe(endpoints: tuple[Endpoint, ...], options: ProbeOptions) -> Reading:
    return smtp_probe.reading(smtp_probe.probe_all(endpoints, options))
