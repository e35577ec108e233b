"""
What of an SMTP line may be kept: nothing that authenticates, no address, no mail.

Only what is known is let through: verbs, mechanisms, host names, and answers that are plain words
or come to a command after which nothing secret could be repeated. [RFC4954], KB 812455
"""

import re

from adaudit.directory.observations import SessionEnd, SmtpExchange
from adaudit.exchange.smtp import AUTHENTICATION_VERBS, is_masked_banner, is_masked_verb

UNKNOWN_VERB = "UNKNOWN"
"""Stands for a line that begins with no known verb"""

_VERB = re.compile(
    "EHLO|HELO|MAIL|RCPT|DATA|BDAT|RSET|NOOP|QUIT|VRFY|EXPN|HELP|TURN|ATRN|ETRN|SEND|SOML|SAML|"
    "STARTTLS|AUTH|X-EXPS|X-LINK2STATE|XEXCH50|X-ANONYMOUSTLS|XRDST|XSHADOW|XPROXY"
)
_MECHANISM = re.compile(
    "GSSAPI|NTLM|LOGIN|PLAIN|CRAM-MD5|DIGEST-MD5|GSS-SPNEGO|EXCHANGEAUTH|KERBEROS_V4|EXTERNAL|"
    "ANONYMOUS|XOAUTH2|OAUTHBEARER|SCRAM-SHA-1|SCRAM-SHA-256|MSN"
)
_BEARING = AUTHENTICATION_VERBS | {"XEXCH50", "STARTTLS", "X-LINK2STATE", "X-ANONYMOUSTLS"}
_NAMING = {"": "220", "EHLO": "250", "HELO": "250"}
"""Verbs whose answers name hosts and extensions, and the code of those; none is the greeting's"""
_WEIGHED = AUTHENTICATION_VERBS | {
    *("XEXCH50", "STARTTLS", "X-ANONYMOUSTLS", "X-LINK2STATE", "NOOP", "RSET"),
    *_NAMING,
}
"""Verbs whose answers are kept where they are plain words; masked verbs are treated so too"""
_DROPS = frozenset({SessionEnd.CLOSED, SessionEnd.RESET, SessionEnd.SILENT})

_CODES = re.compile(r"\d{3}(?:[ -](?:\d\.\d{1,3}\.\d{1,3}(?= |$))?)?")
"""The code of a reply, and the enhanced one of [RFC3463]"""
_PLAIN_WORD = re.compile(r"(?:[A-Za-z]?[a-z']{0,19}|OK|E?SMTP|TLS|XEXCH50)[.,;:]?")
_NO_NAME = re.compile(r"@|[A-Za-z0-9+/=]{20}")
"""An address, or what may be base64: the longest extension has 19 letters"""
_NUMBERS = re.compile(r"\d{1,10}(?: \d{1,10})?")
_LONGEST_VERB = 32
_LONGEST_TEXT = 512
"""Characters of a reply line or an argument. [RFC5321] 4.5.3.1.5"""


def parsed(line: str) -> tuple[str, str, int]:
    """A client's line as verb, what is kept of its argument, and the bytes that it announces."""
    word, _, argument = line.strip().partition(" ")
    verb = known_verb(word)
    return verb, kept_argument(verb, argument), _announced(verb, argument)


def known_verb(word: str) -> str:
    """The verb in upper case where it is known or masked, else `UNKNOWN_VERB`."""
    verb = word.upper()
    is_known = _VERB.fullmatch(verb) or (len(verb) <= _LONGEST_VERB and is_masked_verb(verb))
    return verb if is_known else UNKNOWN_VERB


def kept_argument(verb: str, argument: str) -> str:
    """What of an argument is kept: a host name, the numbers of XEXCH50, a mechanism."""
    word = argument.strip().split(" ", 1)[0].upper()
    if verb in {"EHLO", "HELO"}:
        return argument.strip()[:_LONGEST_TEXT]
    if verb == "XEXCH50":
        return argument.strip() if _NUMBERS.fullmatch(argument.strip()) else ""
    return word if verb in AUTHENTICATION_VERBS and _MECHANISM.fullmatch(word) else ""


def told(verb: str, line: str) -> str:
    """
    What of a line that answers `verb` is kept: all, or only the codes.

    An answer that is taken for one to another command must tell no more than that one's would:
    after a hole in a capture nobody is sure which it is.
    """
    text = line.rstrip()[:_LONGEST_TEXT]
    match = _CODES.match(text)
    codes = match.group().rstrip() if match else ""
    if _NAMING.get(verb) == text[:3]:
        return codes if _NO_NAME.search(text) else text
    is_weighed = (verb in _WEIGHED or is_masked_verb(verb)) and not text.startswith("334")
    return text if is_weighed and _is_plain(text[len(codes) :]) else codes


def bears(exchanges: tuple[SmtpExchange, ...], end: SessionEnd) -> bool:
    """
    Whether a session bears on authentication between Exchange servers, or on what disturbs it.

    It holds a verb of that matter or a masked one, a masked greeting, a 5xx to EHLO, or was
    dropped.
    """
    is_disturbed = end in _DROPS or is_masked_banner(exchanges)
    return is_disturbed or any(_bears(exchange) for exchange in exchanges)


def _bears(exchange: SmtpExchange) -> bool:
    is_refused_ehlo = exchange.command == "EHLO" and (exchange.code or 0) // 100 == 5
    return exchange.command in _BEARING or is_masked_verb(exchange.command) or is_refused_ehlo


def _announced(verb: str, argument: str) -> int:
    size = argument.split(" ", 1)[0]
    is_number = size.isascii() and size.isdigit() and len(size) <= 10
    return int(size) if verb in {"XEXCH50", "BDAT"} and is_number else 0


def _is_plain(text: str) -> bool:
    """Whether there are only words in it as a sentence has them, and no base64."""
    return all(_PLAIN_WORD.fullmatch(word) for word in text.split())
