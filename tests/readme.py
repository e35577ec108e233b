"""The table of all checks in README.md, from the code: `make readme` writes it anew."""

from collections.abc import Iterator
from pathlib import Path

from adaudit.checks import Check, catalogue

README = Path(__file__).parents[1] / "README.md"
_BEGIN = "<!-- checks: written by `make readme` -->\n"
_END = "<!-- end of checks -->\n"
_TITLES = {
    False: "Of the domain: who controls what matters most, and what is wrong with descriptors",
    True: "Of the mail between Exchange servers",
}


def table() -> str:
    """Two tables in Markdown: the checks of the domain, and those of Exchange."""
    return "\n".join(line for of_exchange in _TITLES for line in _table(of_exchange)) + "\n"


def _table(of_exchange: bool) -> Iterator[str]:  # noqa: FBT001 - a key of the titles
    yield f"\n{_TITLES[of_exchange]}:\n"
    yield "| check | worst | what it finds |\n|---|---|---|"
    for check in catalogue():
        if check.of_exchange is of_exchange:
            yield _row(check)


def _row(check: Check) -> str:
    title = check.title.replace("\n", " ").replace("|", "\\|")
    return f"| `{check.id}` | {check.severity} | {title} |"


def renewed(text: str) -> str:
    """README.md with the table of now."""
    before, begin, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"README.md lacks `{_BEGIN.strip()}` or `{_END.strip()}`")
    return f"{before}{begin}{table()}\n{end}{after}"


def main() -> None:
    """Write it."""
    README.write_text(renewed(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
