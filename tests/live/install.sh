#!/bin/sh
# Install what the live tests need: Samba's AD domain controller, and the headers that the Kerberos
# library is built with. Debian or Ubuntu, as root; elsewhere it says so and ends with status 1.
set -eu

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "no Samba installed: that takes root on Debian or Ubuntu; the live tests need it" >&2
    exit 1
fi

# samba-ad-provision is only recommended by samba; without samba-vfs-modules provisioning dies
# setting the ACL of sysvol; ldap-utils writes the LDIF of samples/.
packages="samba samba-ad-provision samba-dsdb-modules samba-vfs-modules python3-samba ldb-tools
    openssl ldap-utils tcpdump libnss-wrapper gcc libc6-dev libkrb5-dev python3-dev"

# shellcheck disable=SC2086  # the list is meant to be split
if dpkg-query --show --showformat='${db:Status-Status}\n' $packages 2>/dev/null |
    awk '$0 != "installed" { missing = 1 } END { exit missing || NR == 0 }' &&
    dpkg-query --show $packages >/dev/null 2>&1; then
    exit 0
fi

# The packages would start Samba on every address where an init system runs: hold that off.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod 755 $policy
fi

export DEBIAN_FRONTEND=noninteractive
wait_for_lock="-o DPkg::Lock::Timeout=300"
apt-get $wait_for_lock -qq update
# shellcheck disable=SC2086
apt-get $wait_for_lock -qq install -y --no-install-recommends $packages >/dev/null
