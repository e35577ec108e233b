"""What was measured with, and on: versions and the machine, without names and paths."""

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    *("adaudit", "ldap3", "msgspec", "pyroaring"),
    *("impacket", "bloodhound-ce", "winacl", "python-ldap", "networkx"),
)


def versions() -> str:
    """Python, adaudit, its libraries and the peers."""
    found = [f"{platform.python_implementation()} {platform.python_version()}"]
    for name in _PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"no {name}")
    return ", ".join(found)


def machine() -> str:
    """Cores, CPU, memory, system."""
    memory = ""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        memory = f", {size / (1 << 30):.0f} GiB"
    system = f"{platform.system()} {platform.machine()}"
    return f"{os.cpu_count()} cores, {_cpu()}{memory}, {system}"


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "CPU not known"
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "CPU not known"
