"""
What exporting programs write between the records: ends, results, referrals.

ldapsearch (OpenLDAP) begins each page with `# LDAPv3` and ends it with `# search result`; ldbsearch
(Samba) numbers its records by `# record 4` and ends with `# returned 4 records`. A file that begins
so and does not end so was cut off, even at the end of a record.
"""

import re

_BEGIN = re.compile(r"LDAPv3$|record 1$")
_END = re.compile(r"search result$|returned \d+ records?$")
_RESULT = re.compile(r"result: (\d+) ?(.*)$")
_REFERRAL = re.compile(r"(?:ref: *)?(ldaps?://\S+|refldap://\S+)$")


class Marks:
    """Whether the search whose output a file is came to its end."""

    def __init__(self) -> None:
        self.is_open = False
        """Whether a search began and has not ended"""

    def note(self, remark: str) -> str | None:
        """Take up a comment or trailer line; the answer is what is wrong by it, or None."""
        if _BEGIN.match(remark):
            was_open, self.is_open = self.is_open, True
            return "another search begins before the end of this one" if was_open else None
        if _END.match(remark):
            self.is_open = False
            return None
        result = _RESULT.match(remark)
        if result and result.group(1) != "0":
            code, text = result.groups()
            return f"the search ended with result {code} ({text}): what comes after is missing"
        return None

    def referral(self, remark: str) -> str | None:
        """The URL of a referral, None for another remark."""
        match = _REFERRAL.match(remark)
        return match.group(1).removeprefix("ref") if match else None
