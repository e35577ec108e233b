"""The files that a throw-away domain controller and its clients read."""

from pathlib import Path

from tests.live.domain import Domain

_SMB_CONF = """\
[global]
    netbios name = {domain.host}
    workgroup = {domain.netbios_name}
    realm = {domain.realm}
    server role = active directory domain controller
    server services = ldap, kdc, rpc
    dcerpc endpoint servers = drsuapi
    rpc server dynamic port range = 49152-49152
    interfaces = {address}/8
    bind interfaces only = yes
    ldap server require strong auth = yes
    binddns dir = {root}/bind-dns
    cache directory = {root}/cache
    lock directory = {root}
    private dir = {root}/private
    state directory = {root}/state
    pid directory = {root}/run
    ncalrpc dir = {root}/run/ncalrpc
    winbindd socket directory = {root}/run/winbindd
    ntp signd socket directory = {root}/run/ntp_signd
    log file = {root}/log/log.%m
    tls enabled = yes
    tls cafile = {root}/tls/ca.pem
    tls certfile = {root}/tls/server.pem
    tls keyfile = {root}/tls/server.key
    kdc default domain supported enctypes = aes128-cts-hmac-sha1-96 aes256-cts-hmac-sha1-96

[sysvol]
    path = {root}/state/sysvol

[netlogon]
    path = {root}/state/sysvol/{domain.dns_name}/scripts
"""

_KRB5_CONF = """\
[libdefaults]
    default_realm = {domain.realm}
    dns_lookup_realm = false
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    rdns = false
    udp_preference_limit = 1
[realms]
    {domain.realm} = {{
        kdc = {address}:88
    }}
[domain_realm]
    .{domain.dns_name} = {domain.realm}
    {domain.dns_name} = {domain.realm}
"""

_HOSTS = """\
127.0.0.1 localhost
{address} {domain.fqdn} {domain.host} {domain.dns_name}
"""


def write_settings(root: Path, domain: Domain, address: str) -> None:
    """Write `smb.conf`, `krb5.conf` and `hosts` into `root`/etc, and make the other folders."""
    for folder in ("etc", "run", "log", "tls"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    templates = {"smb.conf": _SMB_CONF, "krb5.conf": _KRB5_CONF, "hosts": _HOSTS}
    values = {"root": root, "domain": domain, "address": address}
    for name, template in templates.items():
        (root / "etc" / name).write_text(template.format_map(values), encoding="utf-8")
