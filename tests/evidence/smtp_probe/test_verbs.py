"""Only what asks may be sent."""

import pytest

from adaudit.evidence.smtp_probe.verbs import ForbiddenCommandError, require_allowed


@pytest.mark.parametrize(
    "line", [b"EHLO ex02\r\n", b"EHLO [::1]\r\n", b"STARTTLS\r\n", b"QUIT\r\n"]
)
def test_what_asks_is_allowed(line: bytes) -> None:
    assert require_allowed(line, with_xexch50=False) is None


@pytest.mark.parametrize("line", [b"MAIL FROM:<>\r\n", b"XEXCH50 2 2\r\n", b"RSET\r\n"])
def test_what_asks_about_xexch50_is_allowed_on_purpose_alone(line: bytes) -> None:
    assert require_allowed(line, with_xexch50=True) is None
    with pytest.raises(ForbiddenCommandError):
        require_allowed(line, with_xexch50=False)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"HELO ex02\r\n",
        b"RCPT TO:<a@contoso.example>\r\n",
        b"DATA\r\n",
        b"BDAT 2 LAST\r\n",
        b"MAIL FROM:<a@contoso.example>\r\n",
        b"XEXCH50 2048 2\r\n",
        b"AUTH NTLM\r\n",
        b"X-EXPS GSSAPI\r\n",
        b"VRFY administrator\r\n",
        b"EHLO ex02\r\nDATA\r\n",
        b"EHLO ex02 \r\n",
        b"EHLO ex\x0002\r\n",
        b"EHLO ex02\n",
        b"QUIT",
        b"quit\r\n",
        b"EHLO " + b"x" * 256 + b"\r\n",
    ],
)
def test_nothing_else_is_allowed(line: bytes) -> None:
    with pytest.raises(ForbiddenCommandError, match="is not allowed"):
        require_allowed(line, with_xexch50=True)
