"""Reading SDDL from left to right, with the place of every error. [MS-DTYP] 2.5.1"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from adaudit.errors import DescriptorError
from adaudit.security.sddl_tokens import DOMAIN_RIDS, ROOT_DOMAIN_RIDS, SIDS
from adaudit.security.sid import Sid

_SPACE = re.compile(r"[\t-\r ]*")
_SID = re.compile(r"S-1-(?:0x[0-9A-F]{1,12}|[0-9]+)(?:-[0-9]+)*|[A-Z]{2}", re.IGNORECASE)
_EXCERPT = 40


class _PlacedError(DescriptorError):
    """An error whose message says where in the text it is."""


@dataclass(slots=True)
class Reader:
    """
    A place in an SDDL text, and the domains whose SIDs its aliases mean.

    Every method that takes something skips the white space before it.
    """

    text: str
    domain: Sid | None = None
    root_domain: Sid | None = None
    position: int = 0

    def error(self, message: str, position: int | None = None) -> DescriptorError:
        """An error that says where in the text it is; by default at the next character."""
        where = self.position if position is None else position
        rest = self.text[where : where + _EXCERPT]
        found = f"found `{rest}`" if rest else "found the end"
        return _PlacedError(f"SDDL character {where + 1}: {message}, {found}")

    @contextmanager
    def placing_errors(self) -> Iterator[None]:
        """Errors raised within get the place of what was to be read next at the beginning."""
        self.skip_space()
        start = self.position
        try:
            yield
        except _PlacedError:
            raise
        except DescriptorError as error:
            placed = self.error(error.message, start)
            placed.hint = error.hint
            raise placed from error

    def skip_space(self) -> None:
        """Go to the next character that is no white space."""
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def peek(self, literal: str) -> bool:
        """Whether `literal` comes next."""
        self.skip_space()
        return self.text.startswith(literal, self.position)

    def take(self, literal: str) -> bool:
        """Take `literal` if it comes next."""
        if not self.peek(literal):
            return False
        self.position += len(literal)
        return True

    def expect(self, literal: str) -> None:
        """Take `literal`, which must come next."""
        if not self.take(literal):
            raise self.error(f"expected `{literal}`")

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """Take what `pattern` matches, None if it does not match here."""
        self.skip_space()
        match = pattern.match(self.text, self.position)
        if match is None:
            return None
        self.position = match.end()
        return match.group()

    def end(self, message: str = "expected the end") -> None:
        """Check that nothing but white space is left."""
        self.skip_space()
        if self.position < len(self.text):
            raise self.error(message)

    def sid(self) -> Sid:
        """Take a SID: `S-1-…` or an alias of two letters."""
        with self.placing_errors():
            word = self.match(_SID)
            if word is None:
                raise DescriptorError("expected a SID or an alias of two letters")
            if len(word) > 2:
                return Sid.parse(word)
            return SIDS.get(word.upper()) or self._relative_sid(word.upper())

    def _relative_sid(self, alias: str) -> Sid:
        if alias in DOMAIN_RIDS:
            rid, domain, which = DOMAIN_RIDS[alias], self.domain, "domain"
        elif alias in ROOT_DOMAIN_RIDS:
            rid, domain, which = ROOT_DOMAIN_RIDS[alias], self.root_domain, "root domain"
        else:
            raise DescriptorError(f"`{alias}` is no alias of a SID")
        if domain is None:
            raise DescriptorError(
                f"`{alias}` means a SID of the {which}, which is not given",
                f"write the SID out (S-1-5-21-…-{rid}), or give the {which}",
            )
        return domain.relative(rid)
