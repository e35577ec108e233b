"""What impacket raises, in words: it has six kinds of exceptions, and codes of three sorts."""

from collections.abc import Iterator
from contextlib import contextmanager

from adaudit.errors import AdauditError, EvidenceError
from adaudit.evidence.rpc.line import Line

FILE_NOT_FOUND = 2
ACCESS_DENIED = 5
MORE_DATA = 234
NO_MORE_ITEMS = 259
END_OF_FILE = 0xC0000011
BUFFER_TOO_SMALL = 0xC0000023
LOG_CHANGED = 0xC0000197
_NO_PIPE = {0xC0000034, 0xC00000AC, 0xC00000AB, 0xC0000236}
"""No such pipe, no free instance of it, nobody behind it"""
_WORDS = {
    FILE_NOT_FOUND: "it does not exist",
    ACCESS_DENIED: "access denied",
    MORE_DATA: "it holds more than is read",
    END_OF_FILE: "there is no more",
    LOG_CHANGED: "it was cleared or overwritten meanwhile",
    0xC0000022: "access denied",
    0xC0000039: "there is no such log",
    0xC000005E: "the server reaches no domain controller",
    0xC0000064: "no such user",
    0xC000006A: "wrong password",
    0xC000006D: "user or password is wrong",
    0xC000006E: "the account is restricted",
    0xC000006F: "not at this time of day",
    0xC0000070: "not from this computer",
    0xC0000071: "the password has expired",
    0xC0000072: "the account is disabled",
    0xC00000BB: "the server does not support it",
    0xC00000CC: "the server has no share `IPC$`",
    0xC0000133: "the clocks differ too much",
    0xC000015B: "the account may not log on over the network",
    0xC000018B: "the server has no account in the domain",
    0xC000018D: "the server has no trust with the domain",
    0xC0000193: "the account has expired",
    0xC0000224: "the password must be changed",
    0xC0000234: "the account is locked out",
}
"""Win32 codes of the registry, NTSTATUS of all else. [MS-ERREF] 2.2, 2.3.1"""


class RefusedCallError(Exception):
    """The server answered with an error code; the connection goes on."""

    def __init__(self, code: int) -> None:
        super().__init__(words(code))
        self.code = code


def words(code: int) -> str:
    """What a code says: `access denied (0xC0000022)`, `access denied (error 5)`."""
    from impacket import nt_errors, system_errors  # noqa: PLC0415 - heavy, and not on Windows

    is_status = code > 0xFFFF
    names = nt_errors.ERROR_MESSAGES if is_status else system_errors.ERROR_MESSAGES
    number = f"0x{code:X}" if is_status else f"error {code}"
    name: str = names.get(code, ("an unknown error",))[0]
    return f"{_WORDS.get(code, name)} ({number})"


@contextmanager
def translated(host: str, line: Line) -> Iterator[None]:
    """Raise what impacket raises inside as `EvidenceError`, or `RefusedCallError` for a code."""
    try:
        yield
    except AdauditError:
        raise
    except Exception as error:  # impacket raises Exception itself, its parsers whatever comes
        raise _failure(error, host, line) from error


@contextmanager
def opening(host: str, what: str, service: str | None = None) -> Iterator[None]:
    """Raise a code that `what` is answered with as `EvidenceError`; `service` is behind a pipe."""
    try:
        yield
    except RefusedCallError as error:
        if error.code in _NO_PIPE and service:
            raise EvidenceError(
                f"`{host}` cannot be asked: its {service} service is not running, and is not"
                " started by adaudit",
            ) from error
        raise EvidenceError(f"`{host}` refuses {what}: {error}") from error


def _failure(error: Exception, host: str, line: Line) -> EvidenceError | RefusedCallError:
    from impacket.nmb import NetBIOSError, NetBIOSTimeout  # noqa: PLC0415 - heavy, and not on Windows

    if line.fault:
        return EvidenceError(f"`{host}` was given up: {line.fault}")
    if isinstance(error, NetBIOSTimeout | TimeoutError):
        return EvidenceError(f"`{host}` does not answer within {line.patience:.3g} s")
    if isinstance(error, NetBIOSError | OSError):
        return EvidenceError(f"`{host}` has closed the connection")
    code = _code(error)
    if code is not None:
        return RefusedCallError(code)
    return _without_code(error, host)


def _without_code(error: Exception, host: str) -> EvidenceError | RefusedCallError:
    from impacket.dcerpc.v5.rpcrt import DCERPCException  # noqa: PLC0415 - the same

    if not isinstance(error, DCERPCException):
        kind = type(error).__name__
        return EvidenceError(f"`{host}` answers what cannot be understood ({kind})")
    # A fault of RPC has its name for all that tells it.
    if "access_denied" in str(error):
        return RefusedCallError(ACCESS_DENIED)
    return EvidenceError(f"`{host}` refuses the call: {error}")


def _code(error: Exception) -> int | None:
    """The code of whatever impacket raises, None for a fault of RPC and for all else."""
    for name in ("getErrorCode", "get_error_code"):
        ask = getattr(error, name, None)
        if callable(ask) and isinstance(code := ask(), int):
            return code
    return None
