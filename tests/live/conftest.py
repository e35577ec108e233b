"""A real domain controller for the tests of this folder, and what it answers itself."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.available import (
    pytest_runtest_makereport,  # noqa: F401 - a hook, found by its name
    unavailable,
)
from tests.live.controller import Controller, ControllerUnavailableError, started
from tests.live.delegation import Delegation, delegated
from tests.live.domain import EXAMPLE

_KINIT = Path(__file__).with_name("kinit.py")
SENDERS = tuple(f"EXCH{number:02}$" for number in range(1, 14))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test that takes the server, so that `-m "not live"` leaves them out."""
    for item in items:
        servers = {"controller", "delegation"}
        if isinstance(item, pytest.Function) and servers & set(item.fixturenames):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def controller() -> Iterator[Controller]:
    """
    The domain controller of `EXAMPLE.TEST`, an Exchange 2003 organisation of 13 servers in it.

    It demands signing, as Samba does by default, and holds an `auditor` who may only read.
    Tests leave its directory as it is.
    """
    try:
        with started(EXAMPLE, "example") as controller:
            yield controller
    except ControllerUnavailableError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def delegation() -> Iterator[Delegation]:
    """
    Another controller of `EXAMPLE.TEST`, in which rights were delegated by hand.

    Tests change its directory, each of them objects that no other looks at.
    """
    try:
        with delegated() as found:
            yield found
    except ControllerUnavailableError as error:
        unavailable(str(error))


@pytest.fixture(scope="session")
def server_answers(controller: Controller) -> dict[tuple[str, str], bool]:
    """
    Whether the server grants Send-As: {(sAMAccountName of the sender, DN of the object): granted}.

    Asked on the wire, bound as each sender, of all 13 server objects and all 13 SMTP virtual
    servers; the server builds the token and makes the access check.
    """
    answers = controller.ask(SENDERS)
    return {(sender, dn): ok for sender, row in answers.items() for dn, ok in row.items()}


@pytest.fixture(scope="session")
def ticket(controller: Controller) -> str:
    """The Kerberos principal whose ticket lies in the credential cache of `controller.run`."""
    if importlib.util.find_spec("gssapi") is None:
        unavailable("no Kerberos: the extra `kerberos` is not installed (locks/kerberos.txt)")
    principal = f"auditor@{controller.domain.realm}"
    controller.run([sys.executable, _KINIT, principal], text=controller.password)
    return principal
