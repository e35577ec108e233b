"""
What a scenario file may say: a small world, and what is to be expected of it.

A world is a forest with one Exchange organisation. Whatever a scenario does not name is sound:
every server has a computer account that nothing is wrong with, one SMTP virtual server, and
descriptors that hold what the objects above hand down.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import yaml
from pydantic import BaseModel, ConfigDict, Field

from adaudit.directory.observations import SessionEnd, TlsState
from adaudit.findings import Outcome

NOON = datetime(2004, 11, 24, 12, 0, tzinfo=UTC)
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
    services: tuple[str, ...] | None = None
    """servicePrincipalName; by default those of an SMTP server of its two names"""
    disabled: bool = False


Value: TypeAlias = str | int | bool | tuple[str | int, ...] | None
"""What an attribute holds; none if it is to be absent"""


class Object(Part):
    """An object of the organisation beside servers: a connector."""

    object_class: str = Field(alias="class")
    above: str = "organisation"
    """The object that it lies under, by the name that `set` uses"""
    has: dict[str, Value] = {}
    """Its attributes"""


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
    smtp: dict[int, dict[str, Value]] = {}
    """Attributes of its virtual servers that are not as setup makes them, by number"""


class Event(Part):
    """One event of an event log."""

    id: int
    strings: tuple[str, ...] = ()
    computer: str = ""
    """By default that of the log"""
    at: datetime = NOON
    provider: str = "MSExchangeTransport"


class Dialogue(Part):
    """A session in a log or capture: lines that begin with `C: ` and `S: `."""

    client: str
    server: str
    lines: tuple[str, ...]
    end: SessionEnd = SessionEnd.QUIT
    retransmissions: int = 0
    whole: bool = True


class Probe(Part):
    """What a server said to EHLO."""

    host: str
    seen_from: str = Field("auditor", alias="from")
    address: str | None = None
    lines: tuple[str, ...] = ()
    tls: TlsState = TlsState.NOT_OFFERED
    detail: str = ""
    fault: str | None = None


class Evidence(Part):
    """One source of evidence, with what it holds."""

    computer: str | None = None
    total: int | None = None
    """How many records it holds, by default as many as are given"""
    first: datetime | None = None
    last: datetime | None = None
    verified: bool = True
    notes: tuple[str, ...] = ()
    events: tuple[Event, ...] | None = None
    sessions: tuple[Dialogue, ...] | None = None
    capture: tuple[Dialogue, ...] | None = None
    probes: tuple[Probe, ...] | None = None
    registry: dict[str, Value] | None = None
    r"""By key and name; `XEXCH50\SuppressExternal` and the like lie below `Services`; none for a
    value that does not exist"""
    names: dict[str, tuple[str, ...]] | None = None
    """IP addresses by host name"""


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
    steps: dict[str, dict[str, Outcome]] = {}
    """What steps of KB 843106 come to, by pair (`EX01 → EX02`) and check; not named: any"""
    causes: dict[str, tuple[str, ...]] = {}
    """Parts of the causes that a diagnosis names, by pair, all of them in their order"""
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
    well_known: dict[str, str] = Field({}, alias="well known")
    """Groups by the GUID that Exchange 2007 names them by (otherWellKnownObjects)"""
    objects: dict[str, Object] = {}
    """Further objects of the organisation by their name"""
    evidence: dict[str, Evidence] = {}
    """Sources of evidence by their name"""
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
