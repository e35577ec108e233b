"""Which servers a target asks: those that no two targets should ask at the same time."""

from adaudit.config import LdapTarget, LiveConfig, TargetConfig


def servers_of(target: TargetConfig) -> frozenset[str]:
    """
    Name the hosts that reading a target connects to, in lower case.

    They are compared as they are written: a name and an address of one host are two servers.
    """
    directory = [url.host for url in target.ldap] if isinstance(target, LdapTarget) else []
    live = target.evidence.live if target.evidence else None
    return frozenset(host.lower() for host in [*directory, *_asked_live(live)])


def _asked_live(live: LiveConfig | None) -> list[str]:
    if live is None:
        return []
    return [*(server.host for server in live.smtp), *live.registry, *live.event_logs]
