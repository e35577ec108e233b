#!/bin/sh
# Install what python-ldap is compiled with: OpenLDAP's and SASL's headers and a compiler. Debian or
# Ubuntu, as root; elsewhere it says so and ends with status 1, and that peer is left out.
set -eu

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "python-ldap is left out: its headers take root on Debian or Ubuntu" >&2
    exit 1
fi

packages="libldap2-dev libsasl2-dev gcc libc6-dev python3-dev"

# shellcheck disable=SC2086  # the list is meant to be split
if dpkg-query --show $packages >/dev/null 2>&1; then
    exit 0
fi

export DEBIAN_FRONTEND=noninteractive
wait_for_lock="-o DPkg::Lock::Timeout=300"
apt-get $wait_for_lock -qq update
# shellcheck disable=SC2086
apt-get $wait_for_lock -qq install -y --no-install-recommends $packages >/dev/null
