"""Whether the computer account of a server can log on at all, and how old its password is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from adaudit.checks._context import Context
from adaudit.directory.entry import Entry
from adaudit.exchange.accounts import MappingState
from adaudit.exchange.organisation import ExchangeServer

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)  # of FILETIME, [MS-DTYP] 2.3.3


def disabled_account(server: ExchangeServer, context: Context) -> str | None:
    """The account of a server, where it is surely the one and disabled."""
    mapping = context.flow.accounts[server.label]
    if mapping.state is not MappingState.MAPPED:
        return None
    principal = mapping.candidates[0].principal
    return principal.name if principal.is_disabled else None


def account_lines(server: ExchangeServer, context: Context) -> tuple[str, ...]:
    """What the directory says of each account that a server may have."""
    return tuple(_lines(server, context))


def _lines(server: ExchangeServer, context: Context) -> Iterator[str]:
    for candidate in context.flow.accounts[server.label].candidates:
        principal = candidate.principal
        state = "disabled" if principal.is_disabled else "enabled"
        entry = context.snapshot.entry(principal.dn)
        yield f"account {principal.name} is {state}, pwdLastSet {_password_set(entry)}"


def _password_set(entry: Entry | None) -> str:
    """The time of pwdLastSet, which counts 100 ns since 1601. [MS-ADA3]"""
    text = (entry.text("pwdLastSet") if entry else None) or ""
    if not text:
        return "was not read"
    is_count = text.isascii() and text.isdecimal() and len(text) < 20
    try:
        at = _EPOCH + timedelta(microseconds=int(text) // 10) if is_count else None
    except OverflowError:
        at = None
    if at is None or at == _EPOCH:
        return f"is `{text}`"
    return f"is {at:%Y-%m-%d %H:%M:%S} UTC"
