"""
A switch of the directory (dSHeuristics) weakens it.

What it reports: each character of dSHeuristics that opens the directory to anonymous users, takes
operators out of the protection by AdminSDHolder, turns off what updates of 2021 brought, lets
names be used twice, or lets confidential values be sent in clear.

Why it matters: the attribute is one for the whole forest, and few look at it. Each of these was
once set for a program that is often gone.

How to mend it: set the character to 0 and leave all others as they are; without any left, remove
the attribute. Before anonymous access is closed, find out who uses it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said
from adaudit.directory.entry import Entry, Gap
from adaudit.findings import Finding, Party, Severity, fingerprint

SEVERITY = Severity.HIGH
REASON = "the worst of them lets anyone read the directory who reaches a controller"
REFERENCES = (
    "ANSSI vuln_dsheuristics_bad",
    "Microsoft [MS-ADTS] 6.1.1.2.4.1.2, KB5008383, KB5008382",
)
_OPERATORS = ("Account Operators", "Server Operators", "Print Operators", "Backup Operators")
"""By the bits of dwAdminSDExMask, the lowest first. [MS-ADTS] 3.1.1.6.1.4"""
_UNIQUE = ("userPrincipalName", "servicePrincipalName", "aliases of servicePrincipalName")
_IN_CLEAR = ("read", "changed", "given to new objects")
_ADDED = "what new computers are given is not held against the rights of who creates them"
_OWNED = "whoever owns a computer may change its DACL, as no update limits it"


@dataclass(frozen=True, slots=True)
class _Switch:
    """A character of the value."""

    name: str
    severity: Severity
    means: str
    """What it does, in words; what its bits stand for comes in the place of `{}`"""
    values: str = ""
    """The characters that are meant; empty for all but 0"""
    bits: tuple[str, ...] = ()


_SWITCHES: Mapping[int, _Switch] = {
    3: _Switch("fDoListObject", Severity.INFO, "LIST_OBJECT counts for who sees an object", "1"),
    7: _Switch("fLDAPBlockAnonOps", Severity.HIGH, "anonymous users may use LDAP", "2"),
    8: _Switch("fAllowAnonNSPI", Severity.HIGH, "anonymous users may use the address book (NSPI)"),
    16: _Switch(
        "dwAdminSDExMask", Severity.MEDIUM, "AdminSDHolder does not protect {}", bits=_OPERATORS
    ),
    21: _Switch(
        "DoNotVerifyUPNAndOrSPNUniqueness", Severity.MEDIUM, "{} may be used twice", bits=_UNIQUE
    ),
    28: _Switch("AttributeAuthorizationOnLDAPAdd", Severity.MEDIUM, _ADDED, "2"),
    29: _Switch("BlockOwnerImplicitRights", Severity.MEDIUM, _OWNED, "2"),
    31: _Switch(
        "DisableConfidentialAttributeEncryptionRequirements",
        Severity.MEDIUM,
        "confidential values may be {} in clear",
        bits=_IN_CLEAR,
    ),
}
"""By the number of the character, from 1. [MS-ADTS] 6.1.1.2.4.1.2"""


def run(context: Context) -> Iterator[Said]:
    """Look at each character that means something."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    entry = next(context.snapshot.of_class("nTDSService"), None)
    if entry is None:
        yield Gap("dSHeuristics", "the object that holds it was not read")
        return
    value = entry.text("dSHeuristics") or ""
    for number, switch in _SWITCHES.items():
        character = value[number - 1 : number] or "0"
        if character in switch.values or (not switch.values and character != "0"):
            yield _finding(entry, number, character, switch)


def _finding(entry: Entry, number: int, character: str, switch: _Switch) -> Finding:
    means = switch.means.format(", ".join(_named(character, switch)))
    return Finding(
        id=fingerprint("directory-heuristics", str(number), character),
        check="directory-heuristics",
        severity=switch.severity,
        subject=Party(switch.name, str(entry.dn)),
        message=f"character {number} of dSHeuristics ({switch.name}) is `{character}`: {means}",
        remedy=(f"set character {number} of dSHeuristics to 0 and leave the others as they are",),
    )


def _named(character: str, switch: _Switch) -> Iterator[str]:
    """What the bits of a hexadecimal digit stand for; of anything else, all that there is."""
    try:
        bits = int(character, 16)
    except ValueError:
        bits = -1
    return (name for place, name in enumerate(switch.bits) if bits >> place & 1)
