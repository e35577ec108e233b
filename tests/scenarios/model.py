"""
What a scenario file may say: a small world, and what is to be expected of it.

A world is a forest with one Exchange organisation. Whatever a scenario does not name is sound:
every server has a computer account that nothing is wrong with, one SMTP virtual server, and
descriptors that hold what the objects above hand down.
"""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent
EXCHANGE_2003 = "Version 6.5 (Build 7638.2: Service Pack 2)"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Group(Part):
    scope: str = "global"
    """`global`, `universal`, `domain local` or `builtin`"""
    members: tuple[str, ...] = ()
    distribution: bool = False
    history: tuple[str, ...] = ()
    """Its sIDHistory"""


class Account(Part):
    """A computer account beside those that the servers have."""

    primary: str = "Domain Computers"
    controller: bool = False
    """Whether it is the account of a domain controller"""
    dns: str | None = None
    """dNSHostName; by default the name in the domain"""
    history: tuple[str, ...] = ()


class Server(Part):
    domain: str | None = None
    """NetBIOS name; by default the first domain"""
    group: str = "Head Office"
    """Its administrative group"""
    virtual_servers: tuple[int, ...] = Field((1,), alias="virtual servers")
    version: str | None = EXCHANGE_2003
    addresses: tuple[str, ...] | None = None
    """networkAddress; by default the NetBIOS and the DNS name of its account"""
    account: Account | None = Account()
    """None if it has none that is known"""


class Denial(Part):
    """A denying finding; names of the first domain stand without it."""

    set_on: str = Field("organisation", alias="set on")
    """Name of the object, or its DN"""
    paths: tuple[str, ...]
    """All ways from a sender to the trustee: `EX01$ → Branches → Restricted`"""
    breaks: tuple[str, ...]
    overrules: int = 0
    """How many later entries would have allowed it, at most"""
    note: str = ""
    """A part of what is said of the entry's origin"""


class Expectation(Part):
    matrix: str = ""
    """A table: `→` and the receivers, then each sender with `ok`, `DENY`, `--`, `?` and `.`"""
    denied: dict[str, tuple[Denial, ...]] = {}
    """The denying findings by the trustee"""
    findings: dict[str, tuple[str, ...]] = {}
    """The subjects of all other findings by check; a check that is not named finds nothing"""
    says: tuple[str, ...] = ()
    """Texts that appear among the messages and remedies of the findings"""
    facts: tuple[str, ...] = ()
    """Texts that appear among the facts of the report"""
    unknown: dict[str, str] = {}
    """All that is not judged: subject, and a part of the reason"""
    gaps: tuple[str, ...] = ()
    """Subjects of what was not read"""
    status: int


class Scenario(Part):
    title: str
    domains: dict[str, str] = {"CONTOSO": "DC=contoso,DC=example"}
    """The DN of each domain by its NetBIOS name, the root of the forest first"""
    unread: tuple[str, ...] = ()
    """Domains that are known to exist and were not read"""
    groups: dict[str, Group] = {}
    r"""By name, `DOMAIN\name` outside the first domain"""
    accounts: dict[str, Account] = {}
    """Further computer accounts, likewise"""
    foreign: dict[str, str] = {}
    """SIDs of foreign security principals, by a name for the scenario alone"""
    servers: dict[str, Server | None]
    set: dict[str, str] = {}
    """
    Owner and explicit entries in SDDL by object: `organisation`, the name of an administrative
    group or server, `EX01/1` for a virtual server. Names in braces stand for SIDs and GUIDs.
    """
    stored: dict[str, str] = {}
    """The whole descriptor likewise, `unreadable` if there is none, `damaged`, or hexadecimal"""
    gaps: dict[str, str] = {}
    """What could not be read: groups by name, or anything else"""
    expect: Expectation


def names() -> list[str]:
    """The names of all scenario files."""
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def load(name: str) -> Scenario:
    """Read a scenario; whatever it says that nobody reads is an error."""
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return Scenario.model_validate(yaml.safe_load(text))
