"""
What an SMTP dialogue shows of names, extensions, masks, and the way to XEXCH50.

Pure functions over the exchanges of one session or probe, in their order. KB 843106, KB 812455,
KB 257569 and KB 320027.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from adaudit.directory.observations import SmtpExchange

AUTHENTICATION_VERBS = frozenset({"AUTH", "X-EXPS"})
X_VERBS = frozenset({"X-EXPS", "X-LINK2STATE", "XEXCH50"})
"""The extensions that event sinks of Exchange add to the SMTP service. KB 812455"""

_MASKED_VERB = re.compile(r"X{3,}", re.IGNORECASE)
_MASKED_EXTENSION = re.compile(r"X{3,}[A-Z]?", re.IGNORECASE)
_MASKED_TEXT = re.compile(r"[*20 ]*\*{3}[*20 ]*")
_OLD_MASK = "SMTP/cmap"
_REPLY = re.compile(r"\d{3}([ -]?)(.*)", re.DOTALL)
_HOST_NAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?|\[[0-9A-Za-z:.]+\]")


class Authentication(StrEnum):
    """What came of AUTH and X-EXPS before a command."""

    HELD = "succeeded"
    REFUSED = "was refused"
    UNANSWERED = "was begun, and no answer was seen"
    FORGOTTEN = "succeeded before STARTTLS, which ends it"
    """[RFC3207] 4.2: the server discards what it knew of the client"""
    NOT_TRIED = "was not tried"


@dataclass(frozen=True, slots=True)
class Exch50:
    """One XEXCH50 command, and what authenticated the client before it."""

    exchange: SmtpExchange
    authentication: Authentication
    attempt: SmtpExchange | None
    """The AUTH or X-EXPS that `authentication` speaks of"""
    is_inside_tls: bool
    """Whether STARTTLS was answered 220 before it"""

    @property
    def is_refused(self) -> bool:
        """Answered `504 Need to authenticate first`, or 505 as Exchange 5.5 does."""
        return self.exchange.code in {504, 505}

    @property
    def is_accepted(self) -> bool:
        """Answered `354 Send binary data`, whatever came after the data."""
        return any(line.startswith(("354", "2")) for line in self.exchange.replies)

    @property
    def is_unauthenticated(self) -> bool:
        """Whether the client surely had not authenticated; not so where an answer is missing."""
        return self.authentication in {
            Authentication.REFUSED,
            Authentication.FORGOTTEN,
            Authentication.NOT_TRIED,
        }


def greeting_name(exchanges: Sequence[SmtpExchange]) -> str | None:
    """The host name in the 220 greeting; None where none was seen, or it is masked."""
    greeting = _greeting(exchanges)
    if greeting is None or greeting.code != 220 or _is_masked(greeting.replies):
        return None
    return _first_name(greeting.replies)


def is_masked_banner(exchanges: Sequence[SmtpExchange]) -> bool:
    """Whether the greeting is `220 ****2***…0**` or `220 SMTP/cmap_…`. KB 320027"""
    greeting = _greeting(exchanges)
    return greeting is not None and _is_masked(greeting.replies)


def client_name(exchanges: Sequence[SmtpExchange]) -> str | None:
    """The name that the client gave of itself in its last EHLO or HELO."""
    names = [e.argument.strip() for e in exchanges if e.command in {"EHLO", "HELO"}]
    return (names[-1] or None) if names else None


def ehlo_name(exchanges: Sequence[SmtpExchange]) -> str | None:
    """The name in the last 250 answer to EHLO or HELO; None where the answer's text is not kept."""
    answers = [e.replies for e in exchanges if e.command in {"EHLO", "HELO"} and e.code == 250]
    return _first_name(answers[-1]) if answers else None


def extensions(
    exchanges: Sequence[SmtpExchange], *, inside_tls: bool | None = None
) -> tuple[str, ...] | None:
    """
    The extension lines of the last EHLO answered 250, without codes: `X-EXPS GSSAPI NTLM LOGIN`.

    `inside_tls` looks only after (True) or before (False) STARTTLS. None where no such EHLO was
    seen, or its answer was not kept whole, as a W3C log keeps only the code.
    """
    found = None
    for exchange, is_inside in _with_tls(exchanges):
        is_sought = inside_tls is None or inside_tls is is_inside
        if is_sought and exchange.command == "EHLO" and exchange.code == 250:
            found = _extension_lines(exchange.replies)
    return found


def verbs(lines: Sequence[str]) -> frozenset[str]:
    """The verbs of extension lines in upper case: `AUTH` of both `AUTH NTLM` and `AUTH=LOGIN`."""
    return frozenset(_verb(line) for line in lines) - {""}


def mechanisms(lines: Sequence[str], verb: str) -> tuple[str, ...]:
    """
    The mechanisms that extension lines name for `verb`, in their order and upper case.

    `X-EXPS GSSAPI NTLM` and `X-EXPS=LOGIN` together give all three. Empty where there is no such
    line, and where it names none; `verbs` tells the two apart.
    """
    words = (word for line in lines if _verb(line) == verb for word in _words(line)[1:])
    return tuple(dict.fromkeys(word.upper() for word in words))


def has_x_verbs(lines: Sequence[str]) -> bool:
    """Whether any of X-EXPS, X-LINK2STATE and XEXCH50 is offered. KB 257569"""
    return not X_VERBS.isdisjoint(verbs(lines))


def masked_extensions(lines: Sequence[str]) -> tuple[str, ...]:
    """The extension lines that a firewall wrote over: `XXXXXXXA`."""
    return tuple(line for line in lines if _MASKED_EXTENSION.fullmatch(_verb(line)))


def is_masked_verb(command: str) -> bool:
    """Whether a firewall wrote over a command: `XXXX`. KB 320027"""
    return _MASKED_VERB.fullmatch(command) is not None


def masked_commands(exchanges: Sequence[SmtpExchange]) -> tuple[SmtpExchange, ...]:
    """The exchanges whose command a firewall wrote over."""
    return tuple(exchange for exchange in exchanges if is_masked_verb(exchange.command))


def refused_ehlo(exchanges: Sequence[SmtpExchange]) -> SmtpExchange | None:
    """The first EHLO that was answered 500 or 502, as though it were no command."""
    refused = (e for e in exchanges if e.command == "EHLO" and e.code in {500, 502})
    return next(refused, None)


def uses_tls(exchanges: Sequence[SmtpExchange]) -> bool:
    """Whether STARTTLS was answered 220."""
    return any(_starts_tls(exchange) for exchange in exchanges)


def exch50_commands(exchanges: Sequence[SmtpExchange]) -> tuple[Exch50, ...]:
    """Every XEXCH50 of a session with what authenticated the client before it."""
    return tuple(_exch50_commands(exchanges))


def exch50_without_authentication(exchanges: Sequence[SmtpExchange]) -> Exch50 | None:
    """
    The XEXCH50 that came from a client which had not authenticated; one refused, if there is one.

    Inside TLS it is the third step of KB 843106: STARTTLS, and no AUTH between. Where nothing was
    tried at all it is what the article shows for a name that is not of the organisation. Whoever
    concludes so has to know that the session is whole.
    """
    found = [each for each in exch50_commands(exchanges) if each.is_unauthenticated]
    return min(found, key=lambda each: not each.is_refused, default=None)


def _exch50_commands(exchanges: Sequence[SmtpExchange]) -> Iterator[Exch50]:
    state = Authentication.NOT_TRIED
    attempt: SmtpExchange | None = None
    for exchange, is_inside in _with_tls(exchanges):
        if exchange.command == "XEXCH50":
            yield Exch50(exchange, state, attempt, is_inside)
        elif exchange.command in AUTHENTICATION_VERBS and state is not Authentication.HELD:
            state, attempt = _outcome(exchange), exchange
        elif _starts_tls(exchange) and state is Authentication.HELD:
            state = Authentication.FORGOTTEN


def _outcome(attempt: SmtpExchange) -> Authentication:
    if attempt.code is None or attempt.code == 334:
        return Authentication.UNANSWERED
    return Authentication.HELD if attempt.code // 100 == 2 else Authentication.REFUSED


def _with_tls(exchanges: Sequence[SmtpExchange]) -> Iterator[tuple[SmtpExchange, bool]]:
    """Each exchange, and whether it stands inside TLS."""
    is_inside = False
    for exchange in exchanges:
        yield exchange, is_inside
        is_inside = is_inside or _starts_tls(exchange)


def _starts_tls(exchange: SmtpExchange) -> bool:
    return exchange.command == "STARTTLS" and exchange.code == 220


def _greeting(exchanges: Sequence[SmtpExchange]) -> SmtpExchange | None:
    return exchanges[0] if exchanges and not exchanges[0].command else None


def _is_masked(replies: Sequence[str]) -> bool:
    text = _text(replies[0]) if replies else ""
    return text.startswith(_OLD_MASK) or _MASKED_TEXT.fullmatch(text) is not None


def _extension_lines(replies: Sequence[str]) -> tuple[str, ...] | None:
    """The lines after the name; None where the last line is not there, or there is no text."""
    last = _REPLY.fullmatch(replies[-1])
    if last is None or last[1] == "-" or not any(_text(line) for line in replies):
        return None
    texts = (_text(line) for line in replies[1:])
    return tuple(text for text in texts if text and text.upper() != "OK")


def _first_name(replies: Sequence[str]) -> str | None:
    words = _text(replies[0]).split()
    is_name = bool(words) and words[0].upper() != "OK" and _HOST_NAME.fullmatch(words[0])
    return words[0] if is_name else None


def _text(line: str) -> str:
    """What follows the code of a reply line."""
    match = _REPLY.fullmatch(line)
    return match[2].strip() if match else line.strip()


def _verb(line: str) -> str:
    words = _words(line)
    return words[0].upper() if words else ""


def _words(line: str) -> list[str]:
    return line.replace("=", " ", 1).split()
