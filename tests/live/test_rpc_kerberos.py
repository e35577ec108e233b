"""
The registry read by Kerberos: tickets of Samba's KDC, a file server with a keytab from it.

The file server knows no domain: its tickets carry no PAC, and it takes the user for its own.
"""

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.available import unavailable
from tests.live.controller import (
    Controller,
    ControllerUnavailableError,
    free_address,
    require_samba,
)
from tests.live.domain import EXAMPLE
from tests.live.smbd import PORT, Smbd, SmbdUnavailableError, built
from tests.live.smbd_data import READER

pytestmark = pytest.mark.live

FILES = "files.example.test"
SERVICE_ACCOUNT = "files"
NO_AUTH_DATA_REQUIRED = 0x2000000
"""userAccountControl: tickets for this account have no PAC. [MS-ADTS] 2.2.16"""
NORMAL_ACCOUNT = 0x200
_KINIT = Path(__file__).with_name("kinit.py")
_SETTINGS = """\
    realm = {realm}
    kerberos method = dedicated keytab
    dedicated keytab file = FILE:{keytab}
"""
_CLIENT = f"""
import json, sys
from adaudit.errors import EvidenceError
from adaudit.evidence.rpc.credentials import TicketCredentials
from adaudit.evidence.rpc.registry import read_registry
try:
    reading = read_registry({FILES!r}, TicketCredentials(), port={PORT})
    print(json.dumps({{each.name: each.value for each in reading.records}}))
except EvidenceError as error:
    print(json.dumps([error.message, error.hint]))
"""
_TICKET = f"""
import gssapi
name = gssapi.Name("cifs@{FILES}", gssapi.NameType.hostbased_service)
gssapi.SecurityContext(name=name, usage="initiate").step()
"""


@dataclass(frozen=True)
class Realm:
    """A KDC, and a file server that it gives tickets for."""

    controller: Controller
    files: Smbd

    def read(self) -> object:
        """What a client reads of the registry: values, or message and hint of the error."""
        done = self.controller.run([sys.executable, "-c", _CLIENT])
        return json.loads(done.stdout)


def accounts(controller: Controller, keytab: Path) -> None:
    """Make the reader and the account of the file server, whose keys go into `keytab`."""
    conf = f"--configfile={controller.smb_conf}"
    environment = os.environ | {"KRB5_CONFIG": str(controller.krb5_config)}
    tools = (
        ("user", "create", READER, controller.password),
        ("user", "create", SERVICE_ACCOUNT, controller.password),
        ("spn", "add", f"cifs/{FILES}", SERVICE_ACCOUNT),
    )
    for command in tools:
        subprocess.run(
            ["samba-tool", *command, conf], check=True, capture_output=True, env=environment
        )
    database = controller.root / "private" / "sam.ldb"
    change = (
        f"dn: CN={SERVICE_ACCOUNT},CN=Users,DC=example,DC=test\nchangetype: modify\n"
        "replace: userAccountControl\n"
        f"userAccountControl: {NORMAL_ACCOUNT | NO_AUTH_DATA_REQUIRED}\n"
    )
    subprocess.run(
        ["ldbmodify", "-H", database], input=change, text=True, check=True, capture_output=True
    )
    export = ("domain", "exportkeytab", str(keytab), f"--principal=cifs/{FILES}")
    subprocess.run(["samba-tool", *export, conf], check=True, capture_output=True, env=environment)


@pytest.fixture(scope="module")
def realm() -> Iterator[Realm]:
    if importlib.util.find_spec("gssapi") is None:
        unavailable("no Kerberos: the extra `kerberos` is not installed (locks/kerberos.txt)")
    try:
        require_samba()
        with tempfile.TemporaryDirectory(prefix="adaudit-dc-") as root:
            controller = Controller(EXAMPLE, free_address(), Path(root))
            controller.provision()
            keytab = controller.root / "files.keytab"
            accounts(controller, keytab)
            settings = _SETTINGS.format(realm=EXAMPLE.realm, keytab=keytab)
            with (
                controller.running(),
                built(settings=settings) as files,
                files.running(),
            ):
                hosts = controller.root / "etc" / "hosts"
                names = hosts.read_text(encoding="utf-8") + f"{files.address} {FILES}\n"
                hosts.write_text(names, encoding="utf-8")
                yield Realm(controller, files)
    except (ControllerUnavailableError, SmbdUnavailableError) as error:
        unavailable(str(error))


def log_on(realm: Realm) -> None:
    principal = f"{READER}@{realm.controller.domain.realm}"
    realm.controller.run([sys.executable, _KINIT, principal], text=realm.controller.password)


def test_a_ticket_for_the_server_in_the_file_is_used(realm: Realm) -> None:
    log_on(realm)
    realm.controller.run([sys.executable, "-c", _TICKET])
    found = realm.read()
    assert isinstance(found, dict)
    assert (found["SuppressExternal"], found["7 SMTP Protocol"]) == (1, 3)


def test_a_ticket_that_is_not_given_is_told(realm: Realm) -> None:
    log_on(realm)
    # Samba's KDC, unlike that of Windows, refuses impacket's requests: they have no checksum.
    message, hint = realm.read()
    assert "no ticket for cifs/files.example.test: " in message
    assert hint == "`kvno cifs/files.example.test` gets one into the file of tickets"
