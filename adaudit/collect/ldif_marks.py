"""
What exporting programs write between the records: ends, results, referrals.

ldapsearch (OpenLDAP) begins each page with `# LDAPv3` and ends it with `# search result`, says
whether another page follows, and counts the records of all pages; ldbsearch (Samba) numbers its
records by `# record 4` and ends with `# returned 4 records`. A file that begins so and does not
end so was cut off, even at the end of a record.
"""

import re

_BEGIN = re.compile(r"LDAPv3$|record 1$")
_END = re.compile(r"search result$|returned \d+ records?$")
_BASE = re.compile(r"base <.*> with scope \w+$")
_PAGE = re.compile(r"pagedresults: (?:estimate=\d+ )?cookie=(\S*)$")
_COUNT = re.compile(r"numEntries: (\d+)$")
_RESULT = re.compile(r"result: (\d+) ?(.*)$")
_REFERRAL = re.compile(r"(?:ref: *|ref)?(ldaps?://\S+)$")


class Marks:
    """Whether the search whose output a file is came to its end."""

    def __init__(self) -> None:
        self._is_open = False
        """Whether a page began and has not ended"""
        self._awaits_page = False
        self._base = ""
        self._records = 0
        """Of the search, as far as it came"""

    def count(self) -> None:
        """Take up that a record stands here, sound or not."""
        self._records += 1

    def note(self, remark: str) -> str | None:
        """Take up a comment or trailer line; the answer is what is wrong by it, or None."""
        if _BEGIN.match(remark):
            was_open, self._is_open = self._is_open, True
            return "another search begins before the end of this one" if was_open else None
        if _BASE.match(remark):
            return self._begin_at(remark)
        if _END.match(remark):
            self._is_open = False
        elif page := _PAGE.match(remark):
            self._awaits_page = bool(page.group(1))
        elif count := _COUNT.match(remark):
            return self._end_with(int(count.group(1)))
        elif (result := _RESULT.match(remark)) and result.group(1) != "0":
            code, text = result.groups()
            return f"the search ended with result {code} ({text}): what comes after is missing"
        return None

    def at_end(self) -> str | None:
        """What is wrong if the file ends here, or None."""
        if self._is_open:
            return "the file ends before the end of the search that it is of"
        if self._awaits_page:
            return "the file ends before the last page of the search that it is of"
        return None

    def referral(self, remark: str) -> str | None:
        """The URL of a referral, None for another remark."""
        match = _REFERRAL.match(remark)
        return match.group(1) if match else None

    def _begin_at(self, base: str) -> str | None:
        """Begin a search, or another page of the one that was there."""
        is_next_page = self._awaits_page and base == self._base
        was_left = self._awaits_page and not is_next_page
        self._base = base
        if not is_next_page:
            self._awaits_page, self._records = False, 0
        return "another search begins before the last page of this one" if was_left else None

    def _end_with(self, count: int) -> str | None:
        found, self._records = self._records, 0
        if found == count:
            return None
        return f"the search found {count} objects, of which {found} are here"
