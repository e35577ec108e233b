"""Names of error codes, as winerror.h has them."""

import pytest

from adaudit.exchange.security_status import status_text


@pytest.mark.parametrize(
    ("code", "text"),
    [
        (0x8009030C, "0x8009030C SEC_E_LOGON_DENIED"),
        (0x80090303, "0x80090303 SEC_E_TARGET_UNKNOWN"),
        (0x80090322, "0x80090322 SEC_E_WRONG_PRINCIPAL"),
        (0x80090324, "0x80090324 SEC_E_TIME_SKEW"),
        (0x80090311, "0x80090311 SEC_E_NO_AUTHENTICATING_AUTHORITY"),
        (0x80070005, "0x80070005 E_ACCESSDENIED"),
        (0x80090399, "0x80090399"),
        (None, "no error code"),
    ],
)
def test_a_code_is_shown_with_its_name_where_it_has_one(code: int | None, text: str) -> None:
    assert status_text(code) == text
