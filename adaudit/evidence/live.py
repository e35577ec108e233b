"""What is asked of servers over the network while a target is collected."""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TypeAlias

from adaudit.config import KerberosAuth, LiveConfig, SealedAuth, Secret
from adaudit.endpoint import Endpoint
from adaudit.errors import EvidenceError
from adaudit.evidence import names
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry import windows
from adaudit.evidence.rpc.credentials import NtlmCredentials, RpcCredentials, TicketCredentials
from adaudit.evidence.rpc.event_log import read_event_log
from adaudit.evidence.rpc.registry import read_registry
from adaudit.evidence.smtp_probe import probe as smtp_probe
from adaudit.evidence.smtp_probe.options import ProbeOptions

_EXPORT = "export it there, `wevtutil epl Application app.evtx`, and name it under `event_logs`"
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
        yield "SMTP probes", partial(_probe, config.smtp, ProbeOptions(timeout=config.timeout))
    if sys.platform == "win32" and isinstance(config.auth, KerberosAuth):
        yield from _by_windows(config)
    elif config.registry or config.event_logs:
        yield from _over_rpc(config, _credentials(config.auth, ask))


def _probe(endpoints: tuple[Endpoint, ...], options: ProbeOptions) -> Reading:
    return smtp_probe.reading(smtp_probe.probe_all(endpoints, options))


def _by_windows(config: LiveConfig) -> Iterator[Reader]:
    """As the current user, by what the system has itself: a way to registries, and none to logs."""
    for host in config.registry:
        yield (
            f"registry of {host}",
            partial(windows.read_registry, host, timeout=6 * config.timeout),
        )
    for host in config.event_logs:
        yield f"event log of {host}", _not_by_windows


def _not_by_windows() -> Reading:
    raise EvidenceError("not read remotely on Windows", _EXPORT)


def _over_rpc(config: LiveConfig, credentials: RpcCredentials) -> Iterator[Reader]:
    for host in config.registry:
        read = partial(read_registry, host, credentials, timeout=config.timeout)
        yield f"registry of {host}", read
    for host in config.event_logs:
        read = partial(read_event_log, host, credentials, timeout=config.timeout)
        yield f"event log of {host}", read


def _credentials(auth: SealedAuth, ask: Ask | None) -> RpcCredentials:
    if isinstance(auth, KerberosAuth):
        return TicketCredentials(auth.ccache)
    domain, user = _split(auth.user)
    return NtlmCredentials(
        domain,
        user,
        password=_fetched(auth.password, ask, f"password of {auth.user}"),
        nt_hash=_fetched(auth.nt_hash, ask, f"NT hash of {auth.user}"),
    )


def _split(user: str) -> tuple[str, str]:
    r"""The domain and the name of `DOMAIN\user`; of `user@domain` the whole is the name."""
    domain, backslash, name = user.partition("\\")
    return (domain, name) if backslash else ("", user)


def _fetched(secret: Secret | None, ask: Ask | None, what: str) -> str:
    return secret.resolve(ask, what) if secret else ""
