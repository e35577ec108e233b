"""What is a weakness in samples/tailspin, and what only looks like one, as a controller says."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.available import unavailable
from tests.live.controller import (
    Controller,
    ControllerUnavailableError,
    free_address,
    require_samba,
)
from tests.live.domain import TAILSPIN

pytestmark = pytest.mark.live

HEAD = TAILSPIN.base
WRITE_DACL = 4  # of sDRightsEffective, [MS-ADTS] 3.1.1.4.5.4
POLICIES = f"CN=Policies,CN=System,{HEAD}"
PROXY_SETTINGS = f"CN={{6B1F2C52-0E1D-4E0C-9B57-3E2B7B7C1A02}},{POLICIES}"
VIRTUALIZATION = f"CN=Virtualization Administrators,OU=Groups,{HEAD}"
PAYROLL = f"CN=Payroll,OU=Groups,{HEAD}"
WRITTEN = [
    ("ohale", VIRTUALIZATION, "member", True),  # its manager
    ("barcher", VIRTUALIZATION, "member", False),  # an entry for another class
    ("barcher", f"CN=HV01,OU=Hypervisors,{HEAD}", "servicePrincipalName", False),  # a superclass
    ("kdunn", PAYROLL, "member", True),
    ("pholm", PAYROLL, "member", True),  # the deny for her stands too late
    ("rmenon", f"CN=FS01,OU=Servers,{HEAD}", "servicePrincipalName", True),  # beats the deny
    ("rmenon", f"CN=EX01,OU=Servers,{HEAD}", "servicePrincipalName", False),
    ("tokafor", f"OU=Servers,{HEAD}", "gPLink", True),
]
"""Who may write which attribute of an object"""
TAKEN_OVER = [
    ("EX01$", HEAD, True),
    ("lchen", HEAD, False),  # in a distribution group
    ("icosta", HEAD, False),  # inherit-only, for contacts
    ("svc-bi", HEAD, False),
    ("mtorres", PROXY_SETTINGS, True),  # its owner
    ("svc-deploy", f"OU=Administration,{HEAD}", True),
]
"""Who may write the DACL of an object; not asked of OWNER RIGHTS, which Samba does not know here"""


@pytest.fixture(scope="module")
def tailspin() -> Iterator[Controller]:
    """The controller that the sample comes off, with everything planted."""
    try:
        require_samba()
        with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
            found = Controller(TAILSPIN, free_address(), Path(root))
            found.provision(dns="SAMBA_INTERNAL")
            for world in ("tailspin-untouched", "tailspin"):
                found.populate(world)
            with found.running():
                yield found
    except ControllerUnavailableError as error:
        unavailable(str(error))


def says(controller: Controller, account: str, dn: str, attribute: str) -> list[str]:
    """The values of a constructed attribute, for an account that asks."""
    domain = controller.domain
    server = ["-LLL", "-x", "-o", "ldif-wrap=no", "-H", f"ldaps://{domain.fqdn}"]
    user = ["-D", f"{domain.netbios_name}\\{account}", "-w", controller.password]
    told = controller.run(["ldapsearch", *server, *user, "-b", dn, "-s", "base", attribute])
    lines = told.stdout.splitlines()
    return [line.split(": ", 1)[1] for line in lines if line.startswith(f"{attribute}: ")]


def test_who_may_write_an_attribute(tailspin: Controller) -> None:
    found = [
        (account, dn, name, name in says(tailspin, account, dn, "allowedAttributesEffective"))
        for account, dn, name, _ in WRITTEN
    ]

    assert found == WRITTEN


def test_who_may_write_the_dacl(tailspin: Controller) -> None:
    found = []
    for account, dn, _ in TAKEN_OVER:
        (rights,) = says(tailspin, account, dn, "sDRightsEffective")
        found.append((account, dn, bool(int(rights) & WRITE_DACL)))

    assert found == TAKEN_OVER


def test_who_gets_secrets_by_replication(tailspin: Controller) -> None:
    """Both rights are needed, and one of them may be denied before."""
    found = tailspin.replicate(["svc-dirsync", "svc-monitor", "svc-bi"])

    assert found == {"svc-dirsync": True, "svc-monitor": False, "svc-bi": False}
