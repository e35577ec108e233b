"""Why a directory cannot be read, in words and with advice. No message holds a secret."""

import re
import socket
import ssl
from functools import singledispatch

from adaudit.collect.answers import Result
from adaudit.collect.channel import LostConnectionError
from adaudit.collect.operations import result_name
from adaudit.collect.sealing import NegotiationError, NoLibraryError
from adaudit.errors import CollectError

_STRONGER_AUTH_REQUIRED = 8
_INVALID_CREDENTIALS = 49
_LOGON_ERROR = re.compile(r"\bdata ([0-9a-f]{2,8})\b|\b(NT_STATUS_[A-Z_]+)")
_LOGON_ERRORS = {
    "525": "there is no such user",
    "52e": "the user or the password is wrong",
    "52f": "the account may not log on (restriction of the account)",
    "530": "the account may not log on at this time",
    "531": "the account may not log on from this computer",
    "532": "the password has expired",
    "533": "the account is disabled",
    "701": "the account has expired",
    "773": "the password must be changed first",
    "775": "the account is locked out",
    "80090346": "the server asks for channel binding",
    "NT_STATUS_NO_SUCH_USER": "there is no such user",
    "NT_STATUS_WRONG_PASSWORD": "the user or the password is wrong",
    "NT_STATUS_LOGON_FAILURE": "the user or the password is wrong",
    "NT_STATUS_ACCOUNT_DISABLED": "the account is disabled",
    "NT_STATUS_ACCOUNT_EXPIRED": "the account has expired",
    "NT_STATUS_ACCOUNT_LOCKED_OUT": "the account is locked out",
    "NT_STATUS_PASSWORD_EXPIRED": "the password has expired",
    "NT_STATUS_PASSWORD_MUST_CHANGE": "the password must be changed first",
}
"""System error codes in the answer to a bind, [MS-ERREF] 2.2; Samba gives their NT names."""

_PASSING = (OSError, LostConnectionError)
_VERIFY_EXPIRED, _VERIFY_NOT_YET_VALID = 10, 9
_VERIFY_NAME, _VERIFY_ADDRESS = 62, 64
_NAME_HINT = "use the name that the certificate is for"
_CLOCK_HINT = "set the clock of this computer, or renew the certificate"
_TRUST_HINT = "give the certificate of the authority that issued it as `tls: {ca_file: …}`"
_TLS_HINT = (
    "an old controller may know no TLS of today: `ldap://` with Kerberos or NTLM is sealed without"
)
_KERBEROS_ERRORS = (
    ("Clock skew", "the clocks differ too much", "set the clock of this computer by the domain's"),
    (
        "Server not found",
        "the realm knows no LDAP service of that name",
        "use the controller's full name, not an IP address or an alias",
    ),
    (
        "No Kerberos credentials",
        "there is no Kerberos ticket",
        "get one with `kinit`, or give `user` and `password`",
    ),
    (
        "No credentials cache",
        "there is no Kerberos ticket",
        "get one with `kinit`, or check `ccache`",
    ),
    ("expired", "the ticket has expired", "get a new one with `kinit`"),
    ("Preauthentication failed", "the user or the password is wrong", "check both"),
    ("not found in Kerberos database", "there is no such user", "write it `user@REALM`"),
    ("Cannot find KDC", "no Kerberos server of the realm is found", "check the realm, in capitals"),
    (
        "Cannot contact any KDC",
        "no Kerberos server of the realm answers",
        "check `krb5.conf` or DNS",
    ),
)


class UnreachableError(CollectError):
    """There is no connection to a server, which may be otherwise a little later."""


def unreachable(url: str, error: Exception) -> CollectError:
    """Why there is no connection to a server, or why it ended."""
    message, hint = describe(error)
    kind = UnreachableError if isinstance(error, _PASSING) else CollectError
    return kind(f"cannot read `{url}`: {message}", hint)


def bind_refused(url: str, user: str, result: Result) -> CollectError:
    """Why the server did not take who reads."""
    message, hint = _refusal(result)
    who = f"`{user}`" if user else "who asks"
    return CollectError(f"`{url}` does not let {who} in: {message}", hint)


def not_sealed(url: str) -> CollectError:
    """The server agreed to the bind and not to its protection."""
    return CollectError(
        f"`{url}` refuses signing and sealing",
        "nothing is read over an open connection: use `ldaps://` with `simple` instead",
    )


@singledispatch
def describe(error: Exception) -> tuple[str, str]:
    """What is wrong with a connection, and what can be done about it."""
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return reason, "check host, port and network"


@describe.register
def _(error: socket.gaierror) -> tuple[str, str]:
    return f"the host name is not known ({error.strerror})", "check its spelling, and DNS"


@describe.register
def _(_: ConnectionRefusedError) -> tuple[str, str]:
    return "nothing listens on that port", "check host and port, and that it is a controller"


@describe.register
def _(_: TimeoutError) -> tuple[str, str]:
    return "no answer in time", "check host, port and firewall, or raise `timeout`"


@describe.register
def _(error: ssl.SSLCertVerificationError) -> tuple[str, str]:
    if error.verify_code in (_VERIFY_NAME, _VERIFY_ADDRESS):
        return "its certificate is for another name", _NAME_HINT
    if error.verify_code == _VERIFY_EXPIRED:
        return "its certificate has expired", _CLOCK_HINT
    if error.verify_code == _VERIFY_NOT_YET_VALID:
        return "its certificate is not valid yet", _CLOCK_HINT
    return f"its certificate is not trusted ({error.verify_message})", _TRUST_HINT


@describe.register
def _(error: ssl.SSLError) -> tuple[str, str]:
    reason = (error.reason or str(error)).replace("_", " ").lower()
    return f"the TLS handshake failed ({reason})", _TLS_HINT


@describe.register
def _(error: LostConnectionError) -> tuple[str, str]:
    return str(error), "check that host and port are those of a domain controller"


@describe.register
def _(error: NoLibraryError) -> tuple[str, str]:
    return f"Kerberos is not installed ({error})", "pip install 'adaudit[kerberos]'"


@describe.register
def _(error: NegotiationError) -> tuple[str, str]:
    text = str(error)
    for sign, message, hint in _KERBEROS_ERRORS:
        if sign.lower() in text.lower():
            return message, hint
    return text, "check `auth`"


def _refusal(result: Result) -> tuple[str, str]:
    if result.code == _STRONGER_AUTH_REQUIRED:
        return (
            "it asks for signing (strongerAuthRequired)",
            "use `ldaps://` or `starttls: true`, or Kerberos or NTLM on `ldap://`",
        )
    if result.code == _INVALID_CREDENTIALS:
        match = _LOGON_ERROR.search(result.diagnostic)
        known = _LOGON_ERRORS.get((match.group(1) or match.group(2)) if match else "")
        return known or "invalid credentials", "check `user` and the password"
    return f"{result_name(result.code)}: {result.diagnostic}", "check `auth`"
