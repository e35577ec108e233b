"""Collecting from a real domain controller: the same by every way, and clear when it fails."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from adaudit.collect.binding import Access, SimpleIdentity, open_session
from adaudit.config import LdapUrl
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import CollectError
from tests.live.controller import Controller

Target = dict[str, object]
Entries = dict[Dn, Entry]
Collecting = Callable[[Target], CompletedProcess[str]]

_CLIENT = Path(__file__).with_name("collect_target.py")
_OWNER_GROUP_DACL = "!1.2.840.113556.1.4.801=::MAMCAQc="
_PASSWORD = {"env": "ADAUDIT_TEST_PASSWORD"}
SIMPLE = {"method": "simple", "user": "auditor@example.test", "password": _PASSWORD}
NTLM = {"method": "ntlm", "user": "EXAMPLE\\auditor", "password": _PASSWORD}
KERBEROS = {"method": "kerberos", "user": "auditor@EXAMPLE.TEST", "password": _PASSWORD}


@pytest.fixture
def run(controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Collecting:
    """Collect a target into `tmp_path`/out.snapshot, in an environment with the server's names."""
    monkeypatch.setenv(_PASSWORD["env"], controller.password)

    def collecting(target: Target) -> CompletedProcess[str]:
        targets = {"version": 1, "targets": [{"name": "example", **target}]}
        file = tmp_path / "targets.yaml"
        file.write_text(json.dumps(targets), encoding="utf-8")
        return controller.run(
            [sys.executable, _CLIENT, file, tmp_path / "out.snapshot"], check=False
        )

    return collecting


@pytest.fixture
def read(run: Collecting, tmp_path: Path) -> Callable[[Target], Entries]:
    """Give the objects of a target, all of which must be readable."""

    def reading(target: Target) -> Entries:
        done = run(target)
        assert done.returncode == 0, done.stderr
        with Snapshot.open(tmp_path / "out.snapshot") as snapshot:
            assert snapshot.gaps == ()
            return {entry.dn: _sorted(entry) for entry in snapshot.entries()}

    return reading


@pytest.fixture(scope="module")
def exported(controller: Controller, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The whole directory as ldapsearch writes it: root entry, configuration, schema, domain."""
    folder = tmp_path_factory.mktemp("exported")
    configuration = controller.domain.configuration
    bases = ["", configuration, f"CN=Schema,{configuration}", controller.domain.base]
    user = ["-D", f"auditor@{controller.domain.dns_name}", "-w", controller.password]
    server = ["-x", "-H", f"ldaps://{controller.domain.fqdn}", "-E", _OWNER_GROUP_DACL]
    what = ["(objectClass=*)", "*", "nTSecurityDescriptor"]
    for number, base in enumerate(bases):
        where = ["-b", base, "-s", "sub" if base else "base"]
        done = controller.run(["ldapsearch", *server, *user, *where, *what])
        (folder / f"{number}.ldif").write_text(done.stdout, encoding="utf-8")
    return [str(folder / f"{number}.ldif") for number in range(len(bases))]


def _sorted(entry: Entry) -> Entry:
    """The same object; the order of values means nothing but in objectClass."""
    values = {
        name: tuple(held) if name == "objectclass" else tuple(sorted(held))
        for name, held in entry.attributes.items()
    }
    return Entry(entry.dn, values, entry.descriptor)


def _ldaps(controller: Controller, **more: object) -> Target:
    tls = {"ca_file": str(controller.ca_file)}
    return {"ldap": f"ldaps://{controller.domain.fqdn}", "tls": tls, "auth": SIMPLE, **more}


def _sealed(controller: Controller, auth: Target, **more: object) -> Target:
    return {"ldap": f"ldap://{controller.domain.fqdn}", "auth": auth, **more}


WAYS: dict[str, Callable[[Controller], Target]] = {
    "LDAPS": _ldaps,
    "StartTLS": lambda dc: _ldaps(dc, ldap=f"ldap://{dc.address}", starttls=True),
    "NTLM sealed, small pages": lambda dc: _sealed(dc, NTLM, page_size=23),
    "Kerberos sealed, current user": lambda dc: _sealed(dc, {"method": "kerberos"}),
    "Kerberos sealed, tickets of a file": lambda dc: _sealed(
        dc, {"ccache": str(dc.root / "run" / "ccache")}
    ),
    "Kerberos sealed, password": lambda dc: _sealed(dc, KERBEROS),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_snapshot_is_the_same_live_and_from_a_file(
    controller: Controller,
    request: pytest.FixtureRequest,
    exported: list[str],
    read: Callable[[Target], Entries],
    way: str,
) -> None:
    if "Kerberos" in way:
        request.getfixturevalue("ticket")
    live, file = read(WAYS[way](controller)), read({"ldif": exported})
    assert live.keys() == file.keys()
    assert live == file
    servers = [e for e in live.values() if e.object_class == "msExchExchangeServer"]
    assert len(servers) == 13
    assert all(server.descriptor for server in servers)


FAILURES: dict[str, tuple[Callable[[Controller], Target], str]] = {
    "wrong password, simple": (
        lambda dc: _ldaps(dc, auth=SIMPLE | {"password": {"env": "PATH"}}),
        "`auditor@example.test` in: the user or the password is wrong",
    ),
    "unknown user, simple": (
        lambda dc: _ldaps(dc, auth=SIMPLE | {"user": "nobody@example.test"}),
        "`nobody@example.test` in: the user or the password is wrong",
    ),
    "wrong password, NTLM": (
        lambda dc: _sealed(dc, NTLM | {"password": {"env": "PATH"}}),
        "`EXAMPLE\\auditor` in: the user or the password is wrong",
    ),
    "unknown user, NTLM": (
        lambda dc: _sealed(dc, NTLM | {"user": "EXAMPLE\\nobody"}),
        "`EXAMPLE\\nobody` in: the user or the password is wrong",
    ),
    "unknown host": (
        lambda dc: _ldaps(dc, ldap="ldaps://dc9.example.test"),
        "cannot read `ldaps://dc9.example.test`: the host name is not known",
    ),
    "closed port": (
        lambda dc: _ldaps(dc, ldap=f"ldaps://{dc.address}:637"),
        ":637`: nothing listens on that port",
    ),
    "another authority": (
        lambda dc: _ldaps(dc, tls={"ca_file": str(dc.other_ca_file)}),
        "its certificate is not trusted",
    ),
    "the authorities of this computer": (
        lambda dc: _ldaps(dc, tls={}),
        "its certificate is not trusted",
    ),
    "another name": (
        lambda dc: _ldaps(dc, ldap=f"ldaps://{dc.domain.host}"),
        "its certificate is for another name",
    ),
    "another name, StartTLS": (
        lambda dc: _ldaps(dc, ldap=f"ldap://{dc.domain.host}", starttls=True),
        "its certificate is for another name",
    ),
    "no TLS on that port": (
        lambda dc: _ldaps(dc, ldap=f"ldaps://{dc.address}:389"),
        "cannot read `ldaps://",
    ),
    "anonymous": (
        lambda dc: _sealed(dc, {"method": "anonymous"}),
        "operationsError (1)",
    ),
}


@pytest.mark.parametrize("fault", FAILURES)
def test_a_failure_is_one_message_with_advice(
    controller: Controller, run: Collecting, fault: str
) -> None:
    target, message = FAILURES[fault]
    done = run(target(controller))
    assert done.returncode == 1
    said, hint = done.stderr.splitlines()
    assert message in said
    assert hint != "None"
    assert controller.password not in done.stderr


KERBEROS_FAILURES: dict[str, tuple[Target, str]] = {
    "wrong password": (
        KERBEROS | {"password": {"env": "PATH"}},
        "the user or the password is wrong",
    ),
    "unknown user": (KERBEROS | {"user": "nobody@EXAMPLE.TEST"}, "there is no such user"),
    "unknown realm": (KERBEROS | {"user": "auditor@OTHER.TEST"}, "no Kerberos server of the realm"),
    "no ticket": ({"method": "kerberos", "ccache": "none"}, "there is no Kerberos ticket"),
}


@pytest.mark.parametrize("fault", KERBEROS_FAILURES)
def test_a_failure_of_kerberos_is_one_message_with_advice(
    controller: Controller, run: Collecting, ticket: str, fault: str
) -> None:
    auth, message = KERBEROS_FAILURES[fault]
    done = run(_sealed(controller, auth))
    assert ticket
    assert done.returncode == 1
    said, hint = done.stderr.splitlines()
    assert message in said
    assert hint != "None"


def test_kerberos_asks_for_the_name_of_the_controller(
    controller: Controller, run: Collecting, ticket: str
) -> None:
    done = run(_sealed(controller, KERBEROS, ldap=f"ldap://{controller.address}"))
    assert ticket
    assert "the realm knows no LDAP service of that name" in done.stderr


def test_the_server_refuses_a_password_in_clear_and_the_message_says_what_to_use(
    controller: Controller,
) -> None:
    # the target list refuses this before anything is sent: here the server is asked itself
    access = Access(SimpleIdentity("auditor@example.test", controller.password), timeout=5)
    with pytest.raises(CollectError, match="asks for signing") as caught:
        open_session(LdapUrl("ldap", controller.address, 389), access)
    assert caught.value.hint
    assert "`ldaps://`" in caught.value.hint
