"""Random Exchange organisations: nested groups, several domains and accounts, doubts, damage."""

from hypothesis import strategies as st

from adaudit.directory.snapshot import Snapshot
from adaudit.security.rights import SEND_AS
from tests.builders import Made, MadeDomain, World

_CLASS = "01a9aa9c-a981-11d2-a9ff-00c04f8eedd8"
_SERIAL_NUMBERS = (
    "Version 6.5 (Build 7638.2: Service Pack 2)",
    "Version 6.5 (Build 7638.2: Service Pack 2)",
    "Version 6.5 (Build 7638.2: Service Pack 2)",
    "Version 8.1 (Build 30240.6)",
)
_SCOPES = ("global", "universal", "domain local")
_OTHERS = ("WD", "AU", "BA", "PS", "S-1-5-21-9-9-9-1107", "S-1-5-32-551")
_FLAGS = ("", "CI", "CIID", "CIIO", "CIIOID")
_SHAPES = (
    f"(OA;{{flags}};CR;{SEND_AS.object_type};;{{sid}})",
    f"(OA;{{flags}};CR;{SEND_AS.object_type};;{{sid}})",
    f"(OD;{{flags}};CR;{SEND_AS.object_type};;{{sid}})",
    f"(OD;{{flags}};CR;{SEND_AS.object_type};;{{sid}})",
    f"(OA;{{flags}};CR;{_CLASS};;{{sid}})",
    "(A;{flags};GA;;;{sid})",
    "(D;{flags};CR;;;{sid})",
    "(XD;{flags};CR;;;{sid};(Member_of {{SID(BA)}}))",
)


@st.composite
def organisations(draw: st.DrawFn) -> Snapshot:
    """A snapshot of two to five servers in one or two domains."""
    world = World()
    domains = [world.domain("CONTOSO", "DC=contoso,DC=example")]
    if draw(st.booleans()):
        domains.append(world.domain("EMEA", "DC=emea,DC=contoso,DC=example"))
    if draw(st.integers(0, 5)) == 0:
        world.domain("LOST", "DC=lost,DC=contoso,DC=example", is_read=False)
    world.schema_class("msExchExchangeServer", _CLASS)
    names = [f"EX{number:02}" for number in range(draw(st.integers(2, 5)))]
    accounts = [made for name in names for made in _accounts(draw, domains, name)]
    groups = _groups(draw, domains, accounts)
    sids = [str(made.sid) for made in (*groups, *groups, *accounts)] + list(_OTHERS)
    lists = draw(st.lists(_descriptor(sids), min_size=1, max_size=3))
    for name in names:
        _server(draw, world, name, lists)
    return world.snapshot()


def _accounts(draw: st.DrawFn, domains: list[MadeDomain], name: str) -> list[Made]:
    """One account, sometimes none, sometimes one of the same name in each domain."""
    kind = draw(st.sampled_from(("one", "one", "one", "one", "all", "none")))
    control = draw(st.sampled_from((0x1000, 0x1000, 0x82000)))
    where = {"one": [draw(st.sampled_from(domains))], "all": domains, "none": []}[kind]
    rid = 1100 + int(name[2:])
    return [domain.computer(name, rid, control=control) for domain in where]


def _groups(draw: st.DrawFn, domains: list[MadeDomain], accounts: list[Made]) -> list[Made]:
    groups: list[Made] = []
    for number in range(draw(st.integers(1, 5))):
        domain = draw(st.sampled_from(domains))
        scope = draw(st.sampled_from(_SCOPES))
        groups.append(domain.group(f"Group {number}", 1600 + number, scope))
    for group in groups:
        members = draw(st.lists(st.sampled_from([*accounts, *groups] or groups), max_size=5))
        group.put(member=list(dict.fromkeys(members)))
    return groups


@st.composite
def _descriptor(draw: st.DrawFn, sids: list[str]) -> str | bytes | None:
    kind = draw(st.integers(0, 15))
    if kind < 2:
        return None if kind else b"\1\0\4\0"
    protected = draw(st.sampled_from(("", "", "P")))
    entries = draw(st.lists(_entry(sids), max_size=6))
    return f"O:{draw(st.sampled_from(sids))}G:DAD:{protected}{''.join(entries)}"


@st.composite
def _entry(draw: st.DrawFn, sids: list[str]) -> str:
    shape = draw(st.sampled_from(_SHAPES))
    return shape.format(flags=draw(st.sampled_from(_FLAGS)), sid=draw(st.sampled_from(sids)))


def _server(draw: st.DrawFn, world: World, name: str, lists: list[str | bytes | None]) -> None:
    top = f"CN=Contoso,CN=Microsoft Exchange,CN=Services,{world.configuration}"
    made = world.add(
        f"CN={name},CN=Servers,CN=Head Office,CN=Administrative Groups,{top}",
        "msExchExchangeServer",
        draw(st.sampled_from(lists)),
        serialNumber=draw(st.sampled_from(_SERIAL_NUMBERS)),
        networkAddress=f"netbios:{name}",
    )
    for number in range(draw(st.integers(0, 2))):
        smtp = f"CN={number},CN=SMTP,CN=Protocols,{made.dn}"
        world.add(smtp, "protocolCfgSMTPServer", draw(st.sampled_from(lists)))
