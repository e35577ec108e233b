"""The domain controller of the live tests is what those tests take it for."""

import sys

from tests.live.conftest import SENDERS
from tests.live.controller import Controller

Answers = dict[tuple[str, str], bool]


def test_the_server_answers_for_every_sender_and_object(server_answers: Answers) -> None:
    assert len(server_answers) == len(SENDERS) * 26 == 338


def test_a_server_outside_exchange_domain_servers_is_granted_only_itself(
    server_answers: Answers,
) -> None:
    granted = {dn for (sender, dn), ok in server_answers.items() if sender == "EXCH06$" and ok}

    assert len(granted) == 2
    assert all("CN=EXCH06," in dn for dn in granted)


def test_the_name_of_the_server_resolves_for_a_client(controller: Controller) -> None:
    code = f"import socket; print(socket.gethostbyname('{controller.domain.fqdn}'))"

    assert controller.run([sys.executable, "-c", code]).stdout.strip() == controller.address


def test_the_server_demands_signing(controller: Controller) -> None:
    credentials = ["-D", f"auditor@{controller.domain.dns_name}", "-w", controller.password]
    url = f"ldap://{controller.address}"

    answer = controller.run(["ldapsearch", "-x", "-H", url, *credentials], check=False)

    assert "Strong(er) authentication required" in answer.stderr


def test_the_authority_verifies_the_server_by_name_and_by_address(controller: Controller) -> None:
    code = """
import socket, ssl, sys
address, name, ca_file = sys.argv[1:]
context = ssl.create_default_context(cafile=ca_file)
for expected in name, address:
    with socket.create_connection((address, 636)) as plain:
        context.wrap_socket(plain, server_hostname=expected).close()
"""
    client = [sys.executable, "-c", code, controller.address, controller.domain.fqdn]

    assert controller.run([*client, controller.ca_file]).returncode == 0
    assert controller.run([*client, controller.other_ca_file], check=False).returncode == 1


def test_the_realm_gives_a_ticket(controller: Controller, ticket: str) -> None:
    assert ticket == f"auditor@{controller.domain.realm}"
    assert (controller.root / "run" / "ccache").read_bytes()[:2] == b"\x05\x04"
