"""What is told of the computer account of a server."""

import pytest

from adaudit.checks import Context
from adaudit.checks.exchange._account_state import account_lines, disabled_account
from tests.exchange.conftest import Organisation


def told(*, control: int = 0x1000, **attributes: object) -> tuple[tuple[str, ...], str | None]:
    organisation = Organisation()
    organisation.server("EX01", "netbios:EX01")
    organisation.contoso.computer("EX01", 1105, control=control, **attributes)
    with organisation.world.snapshot() as snapshot:
        context = Context(snapshot, ())
        (server,) = context.flow.servers
        return account_lines(server, context), disabled_account(server, context)


def test_an_account_is_enabled_unless_its_bit_says_otherwise() -> None:
    lines, disabled = told()

    assert lines == (r"account CONTOSO\EX01$ is enabled, pwdLastSet was not read",)
    assert disabled is None


def test_a_disabled_account_is_named() -> None:
    lines, disabled = told(control=0x1002)

    assert disabled == r"CONTOSO\EX01$"
    assert "is disabled" in lines[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (127456128000000000, "is 2004-11-22 16:00:00 UTC"),  # as `date -ud @1101139200` says
        (0, "is `0`"),
        (9223372036854775807, "is `9223372036854775807`"),
        ("soon", "is `soon`"),
        (-1, "is `-1`"),
    ],
)
def test_the_time_of_the_password_is_read_where_it_is_one(value: int | str, text: str) -> None:
    lines, _ = told(pwdLastSet=value)

    assert lines[0].endswith(f"pwdLastSet {text}")
