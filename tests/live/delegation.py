"""The domain of `directory/delegated.py`: a snapshot of it, and connections of its accounts."""

import json
import os
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from adaudit.access.token import Token
from adaudit.access.view import View
from adaudit.collect.collector import collect, open_source
from adaudit.config import LdapTarget, load
from adaudit.directory.dn import Dn
from adaudit.directory.writer import SnapshotWriter
from adaudit.security.sid import Sid
from tests.live.controller import Controller, started
from tests.live.domain import EXAMPLE, PASSWORD
from tests.live.effective import Effective, effective, possible

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3

ADMINISTRATOR, COMPUTER = "Administrator", "WS01$"
COMPARED = ("plain", "helper", "trainee", "keeper", "owner", COMPUTER, ADMINISTRATOR)
"""Whose answers are compared on every object"""
ACCOUNTS = (*COMPARED, "syncer", "watcher")
_ADMINISTRATORS = Sid.parse("S-1-5-32-544")
_PRIVILEGES = frozenset({"SeSecurityPrivilege", "SeTakeOwnershipPrivilege"})
_SECRET = "ADAUDIT_TEST_PASSWORD"


@dataclass(frozen=True)
class Delegation:
    """A controller that runs, and what was read from it before anything was tried."""

    controller: Controller
    view: View
    possible: dict[Dn, Effective]
    """What each object can have at all, whoever asks"""
    effective: dict[str, dict[Dn, Effective]]
    """What the controller granted each of `COMPARED`"""

    def token(self, account: str) -> Token:
        """The token of an account, with the privileges that no directory holds."""
        (domain,) = self.view.domains.all
        sid = self.view.principal_named(account)
        token = self.view.token(sid, self.view.controller_of(domain))
        # user rights assignment of a new controller: both are given to BUILTIN\Administrators
        privileges = _PRIVILEGES if _ADMINISTRATORS in token.sids else frozenset()
        return replace(token, privileges=privileges)

    @contextmanager
    def bound(self, account: str) -> Iterator[ldap3.Connection]:
        """A connection of an account, over LDAPS."""
        with bound(self.controller, account) as connection:
            yield connection


@contextmanager
def delegated() -> Iterator[Delegation]:
    """Start the controller, collect all of it, and ask it what each account may do."""
    with started(EXAMPLE, "delegated") as controller, TemporaryDirectory() as folder:
        with SnapshotWriter(controller.domain.dns_name, Path(folder) / "snapshot") as writer:
            _collect(controller, Path(folder), writer)
            snapshot = writer.finish()
        with snapshot:
            heads = _heads(controller)
            with bound(controller, ADMINISTRATOR) as connection:
                all_possible = possible(connection, heads)
            answers = {}
            for account in COMPARED:
                with bound(controller, account) as connection:
                    answers[account] = effective(connection, heads)
            yield Delegation(controller, View(snapshot), all_possible, answers)


@contextmanager
def bound(controller: Controller, account: str) -> Iterator[ldap3.Connection]:
    # how ldap3 verifies a name is deprecated, and who is asked is known
    tls = ldap3.Tls(validate=ssl.CERT_NONE)
    server = ldap3.Server(controller.address, 636, use_ssl=True, tls=tls, get_info=ldap3.NONE)
    user = f"{controller.domain.netbios_name}\\{account}"
    connection = ldap3.Connection(server, user, PASSWORD, auto_bind=True)
    with connection.socket:  # which ldap3 does not close when the server is quicker
        yield connection


def _heads(controller: Controller) -> list[str]:
    configuration = controller.domain.configuration
    return [controller.domain.base, configuration, f"CN=Schema,{configuration}"]


def _collect(controller: Controller, folder: Path, writer: SnapshotWriter) -> None:
    """As an administrator, who sees every object with its descriptor."""
    settings = {
        "name": "delegated",
        "scope": "all",
        "ldap": f"ldaps://{controller.address}",
        "tls": {"ca_file": str(controller.ca_file)},
        "auth": {
            "method": "simple",
            "user": f"{ADMINISTRATOR}@{controller.domain.dns_name}",
            "password": {"env": _SECRET},
        },
    }
    file = folder / "targets.yaml"
    file.write_text(json.dumps({"version": 1, "targets": [settings]}), encoding="utf-8")
    (target,) = load(file).targets
    assert isinstance(target, LdapTarget)
    with mock.patch.dict(os.environ, {_SECRET: PASSWORD}):
        collect(open_source(target, None), writer)
