"""Principals in words: how many of each kind, and the first of them by name."""

from collections.abc import Iterator

from adaudit.access.crowd import Crowd
from adaudit.access.roster import UNREAD, WELL_KNOWN, Named
from adaudit.directory.principal import PrincipalKind
from adaudit.report.json import Json
from adaudit.report.lines import flow, opening
from adaudit.wording import counted

NAMED = 12
"""How many principals are named before the rest is only counted"""
_LABELS = {
    str(PrincipalKind.USER): "users",
    str(PrincipalKind.COMPUTER): "computers",
    str(PrincipalKind.GROUP): "groups",
    str(PrincipalKind.FOREIGN): "foreign",
    str(PrincipalKind.OTHER): "others",
    WELL_KNOWN: "well-known",
    UNREAD: "not read",
}


def counts_in_words(crowd: Crowd) -> str:
    """`2 users (1 disabled), 3 groups`; `nobody` of an empty one."""
    words = []
    for kind, count in crowd.counts.items():
        disabled = crowd.of_kind(kind).disabled
        note = f" ({disabled} disabled)" if disabled else ""
        words.append(f"{_counted(count, kind)}{note}")
    return ", ".join(words) or "nobody"


def name_lines(crowd: Crowd) -> Iterator[str]:
    """The names of each kind behind a label; what is not named is counted, and said to be."""
    for kind, count in crowd.counts.items():
        names = [in_words(named) for named in crowd.of_kind(kind).first(NAMED)]
        yield from flow(_listed(names, count), opening(_LABELS[kind]), " ")


def first_names(crowd: Crowd, most: int) -> list[str]:
    """The first names, with commas, and how many more there are."""
    names = [in_words(named) for named in crowd.first(most)]
    more = len(crowd) - len(names)
    listed = [*names, *([f"{more:,} more"] if more else [])]
    return [*(f"{name}," for name in listed[:-1]), *listed[-1:]]


def in_words(named: Named) -> str:
    """The name, with what a reader must know of the account."""
    return f"{named.name} (disabled)" if named.is_disabled else named.name


def named_fields(named: Named) -> dict[str, Json]:
    """The fields of a principal for programs."""
    return {
        "name": named.name,
        "kind": named.kind,
        "dn": named.dn or None,
        "sid": named.sid,
        "disabled": named.is_disabled,
    }


def crowd_fields(crowd: Crowd) -> dict[str, Json]:
    """How many there are of each kind."""
    return {"total": len(crowd), "by_kind": crowd.counts, "disabled_accounts": crowd.disabled}


def _listed(names: list[str], count: int) -> Iterator[str]:
    more = count - len(names)
    *others, last = names
    yield from (f"{name}," for name in others)
    yield f"{last}," if more else last
    if more:
        yield f"and {more:,} more, each of them in the csv and json forms"


def _counted(count: int, kind: str) -> str:
    if kind in (WELL_KNOWN, UNREAD):
        return f"{count} {_LABELS[kind]}"
    return counted(count, kind)
