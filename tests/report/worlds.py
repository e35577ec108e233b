"""Reports of small fictional organisations, one for each thing that a reader must see."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from adaudit.directory.entry import Gap
from adaudit.findings import (
    CheckResult,
    Evidence,
    Finding,
    Judgement,
    Matrix,
    Outcome,
    Pair,
    PairState,
    Party,
    Place,
    Report,
    Severity,
    TargetReport,
)

CONFIGURATION = "CN=Configuration,DC=contoso,DC=example"
ORGANISATION = f"CN=Contoso,CN=Microsoft Exchange,CN=Services,{CONFIGURATION}"
ADMIN_GROUP = f"CN=First Administrative Group,CN=Administrative Groups,{ORGANISATION}"
DOMAIN_SID = "S-1-5-21-1004336348-1177238915-682003330"
SEND_AS = "ab721a54-1e2f-11d0-9819-00aa0040529b"
TAKEN_AT = datetime(2004, 11, 24, 9, 30, tzinfo=UTC)

ALLOWED, DENIED = PairState.ALLOWED, PairState.DENIED
NOT_GRANTED, UNKNOWN = PairState.NOT_GRANTED, PairState.UNKNOWN


def server_dn(name: str) -> str:
    return f"CN={name},CN=Servers,{ADMIN_GROUP}"


def virtual_server_dn(name: str) -> str:
    return f"CN=1,CN=SMTP,CN=Protocols,{server_dn(name)}"


def group(name: str, rid: int) -> Party:
    return Party(
        rf"CONTOSO\{name}", f"CN={name},OU=Groups,DC=contoso,DC=example", f"{DOMAIN_SID}-{rid}"
    )


def matrix(
    servers: Iterable[str], state: Callable[[str, str], tuple[PairState, PairState]]
) -> Matrix:
    """`state` gives the answer on the server object and the one on its virtual server."""
    names = tuple(servers)
    pairs = [_pair(a, b, state(a, b)) for a in names for b in names if a != b]
    return Matrix("Send-As", names, names, tuple(pairs))


def _pair(sender: str, receiver: str, states: tuple[PairState, PairState]) -> Pair:
    objects = (server_dn(receiver), virtual_server_dn(receiver))
    judgements = tuple(
        Judgement(f"{sender}$", dn, state, f"{state} there")
        for dn, state in zip(objects, states, strict=True)
    )
    order = [ALLOWED, UNKNOWN, NOT_GRANTED, DENIED]
    return Pair(sender, receiver, max(states, key=order.index), judgements)


def deny(trustee: Party, object_dn: str, pair: str, *path: str) -> Evidence:
    """An inherited deny, entry 2, that was set on the administrative group."""
    servers = f"CN=Servers,{ADMIN_GROUP}"
    return Evidence(
        object=object_dn,
        position=2,
        sddl=f"(OD;CIID;CR;{SEND_AS};;{trustee.sid})",
        readable=f"deny Send-As for {trustee.name}, inherited",
        trustee=trustee,
        path=path,
        origin=(
            Place(object_dn, 2, is_explicit=False),
            Place(servers, 3, is_explicit=False),
            Place(ADMIN_GROUP, 0, is_explicit=True),
        ),
        overrules=("allow Send-As for CONTOSO\\Exchange Domain Servers, inherited (entry 5)",),
        affects=(pair,),
    )


def sound() -> Report:
    grid = matrix(["EX01", "EX02", "EX03"], lambda _s, _r: (ALLOWED, ALLOWED))
    return Report((_target(grid, CheckResult("send-as-denied", Outcome.PASS)),))


def _target(grid: Matrix, *results: CheckResult, gaps: tuple[Gap, ...] = ()) -> TargetReport:
    facts = f"{len(grid.servers)} Exchange servers", f"{len(grid.servers)} virtual servers"
    return TargetReport(
        name="contoso",
        source="LDIF contoso.ldif",
        taken_at=TAKEN_AT,
        facts=(*facts, "1 domain"),
        matrix=grid,
        results=results,
        gaps=gaps,
    )


def denied() -> Report:
    """EX02 is denied everywhere by a group; EX04 is granted nothing; EX01's SMTP differs."""
    servers = ["EX01", "EX02", "EX03", "EX04"]

    def state(sender: str, receiver: str) -> tuple[PairState, PairState]:
        if sender == "EX02":
            return DENIED, DENIED
        if sender == "EX04":
            return NOT_GRANTED, NOT_GRANTED
        return ALLOWED, DENIED if (sender, receiver) == ("EX01", "EX03") else ALLOWED

    return Report((_target(matrix(servers, state), *_denied_results()),))


def _denied_results() -> tuple[CheckResult, ...]:
    restricted = group("Mail Restrictions", 1133)
    legacy = group("Legacy Bridgeheads", 1140)
    path = tuple(
        rf"CONTOSO\{name}"
        for name in ("EX02$", "Exchange Domain Servers", "Branch Servers", "Mail Restrictions")
    )
    first = Finding(
        id="3f9a52c1d0e7",
        check="send-as-denied",
        severity=Severity.HIGH,
        subject=restricted,
        message="a deny for this group decides before the allow for Exchange Domain Servers",
        evidence=tuple(
            deny(restricted, dn, f"EX02 → {name}", *path)
            for name in ("EX01", "EX03", "EX04")
            for dn in (server_dn(name), virtual_server_dn(name))
        ),
        through=(group("Exchange Domain Servers", 1101), group("Branch Servers", 1120)),
        affects=("EX02 → EX01", "EX02 → EX03", "EX02 → EX04"),
        remedy=(
            "take Branch Servers out of Mail Restrictions",
            "remove the deny where it is set",
        ),
        look="adaudit explain contoso.snapshot --who EX02$ --on "
        f"'{server_dn('EX01')}' --right Send-As",
    )
    virtual = virtual_server_dn("EX03")
    second = Finding(
        id="77aa01b2c3d4",
        check="send-as-denied",
        severity=Severity.HIGH,
        subject=legacy,
        message="an explicit deny for this group decides",
        evidence=(
            Evidence(
                object=virtual,
                position=0,
                sddl=f"(OD;;CR;{SEND_AS};;{legacy.sid})",
                readable=f"deny Send-As for {legacy.name}",
                trustee=legacy,
                path=("EX01$", legacy.name),
                origin=(Place(virtual, 0, is_explicit=True),),
                affects=("EX01 → EX03",),
            ),
        ),
        affects=("EX01 → EX03",),
        remedy=("remove the deny",),
    )
    third = Finding(
        id="0b1c2d3e4f50",
        check="send-as-not-granted",
        severity=Severity.HIGH,
        subject=Party("EX04$", "CN=EX04,OU=Servers,DC=contoso,DC=example", f"{DOMAIN_SID}-1204"),
        message="no entry grants it: EX04$ is not in Exchange Domain Servers of its domain",
        affects=("EX04 → EX01", "EX04 → EX02", "EX04 → EX03"),
        remedy=("put EX04$ into Exchange Domain Servers",),
    )
    fourth = Finding(
        id="abcdefabcdef",
        check="non-canonical-acl",
        severity=Severity.LOW,
        subject=Party(server_dn("EX01"), server_dn("EX01")),
        message="the entries are not in canonical order: an allow stands before a deny",
    )
    return (
        CheckResult("send-as-denied", Outcome.FAIL, (first, second)),
        CheckResult("send-as-not-granted", Outcome.FAIL, (third,)),
        CheckResult("non-canonical-acl", Outcome.FAIL, (fourth,)),
        CheckResult("null-dacl", Outcome.PASS),
    )


def incomplete() -> Report:
    """Nothing is found, yet one server has no account and some objects could not be read."""
    servers = ["EX01", "EX02", "EX09"]
    reason = "no computer account matches networkAddress `ncacn_ip_tcp:ex09.contoso.example`"

    def state(sender: str, _receiver: str) -> tuple[PairState, PairState]:
        return (UNKNOWN, UNKNOWN) if sender == "EX09" else (ALLOWED, ALLOWED)

    gaps = [Gap(virtual_server_dn(f"OLD{n:02}"), "no security descriptor") for n in range(9)]
    result = CheckResult("send-as-denied", Outcome.UNKNOWN, unknown=(Gap("EX09", reason),))
    target = _target(
        matrix(servers, state),
        result,
        gaps=(*gaps, Gap("DC=child,DC=contoso,DC=example", "referral, not followed")),
    )
    return Report((target,))


def failed() -> Report:
    """One target of three cannot be reached; another is only weakly verified."""
    unreachable = TargetReport(
        name="fabrikam",
        source="LDAP ldaps://dc1.fabrikam.example",
        error="cannot connect to `dc1.fabrikam.example`: certificate is not trusted",
    )
    weak = TargetReport(
        name="tailspin",
        source="LDAP ldaps://dc1.tailspin.example",
        facts=("0 Exchange servers", "1 domain"),
        warnings=("TLS is not verified: `tls.verify` is false",),
    )
    idle = "the waiver for 0123456789ab matches no finding (old)"
    return Report((*sound().targets, unreachable, weak), (idle,))


def forty() -> Report:
    """Forty servers; EX07 is denied everywhere, all are denied on EX31, EX12 is denied once."""
    servers = [f"EX{number:02}" for number in range(1, 41)]

    def state(sender: str, receiver: str) -> tuple[PairState, PairState]:
        if sender == "EX07" or receiver == "EX31" or (sender, receiver) == ("EX12", "EX03"):
            return DENIED, DENIED
        return ALLOWED, ALLOWED

    grid = matrix(servers, state)
    restricted = group("Mail Restrictions", 1133)
    broken = [pair for pair in grid.pairs if pair.state is DENIED]
    finding = Finding(
        id="3f9a52c1d0e7",
        check="send-as-denied",
        severity=Severity.HIGH,
        subject=restricted,
        message="a deny for this group decides before the allow for Exchange Domain Servers",
        evidence=tuple(
            deny(
                restricted, server_dn(pair.receiver), str(pair), f"{pair.sender}$", restricted.name
            )
            for pair in broken
        ),
        affects=tuple(map(str, broken)),
    )
    return Report((_target(grid, CheckResult("send-as-denied", Outcome.FAIL, (finding,))),))


def everywhere(name: str) -> Report:
    """A report with the same text in every place where a name can stand."""
    party = Party(name, name, name)
    evidence = Evidence(
        object=name,
        position=0,
        sddl=name,
        readable=name,
        trustee=party,
        path=(name, name),
        origin=(Place(name, 1, is_explicit=False), Place(name, 0, is_explicit=True)),
        origin_note=name,
        overrules=(name,),
        affects=(name,),
    )
    findings = tuple(
        Finding(
            id="3f9a52c1d0e7",
            check=check,
            severity=Severity.MEDIUM,
            subject=party,
            message=name,
            evidence=(evidence,),
            through=(party,),
            affects=(name, f"EX01 → {name}"),
            remedy=(name,),
            look=name,
        )
        for check in ("send-as-denied", "send-as-not-granted", "other")
    )
    judgements = (
        Judgement(name, name, UNKNOWN, name),
        Judgement(f"{name}$", name, DENIED, name),
    )
    target = TargetReport(
        name=name,
        source=name,
        facts=(name,),
        matrix=Matrix(
            name, ("EX01", name), ("EX01", name), (Pair("EX01", name, UNKNOWN, judgements),)
        ),
        results=(CheckResult("send-as-denied", Outcome.UNKNOWN, findings, (Gap(name, name),)),),
        gaps=(Gap(name, name),),
        warnings=(name,),
    )
    return Report((target, TargetReport(name=name, source=name, error=name)))


def chinese() -> Report:
    """Names of two columns a letter, and Hungarian ones."""
    servers = ["邮件服务器一", "EX02", "Kiszolgáló-őrség"]

    def state(sender: str, _receiver: str) -> tuple[PairState, PairState]:
        return (DENIED, DENIED) if sender == "EX02" else (ALLOWED, ALLOWED)

    restricted = group("受限制的邮件服务器", 1133)
    finding = Finding(
        id="3f9a52c1d0e7",
        check="send-as-denied",
        severity=Severity.HIGH,
        subject=restricted,
        message="a deny for this group decides",
        evidence=(
            deny(
                restricted,
                server_dn("邮件服务器一"),
                "EX02 → 邮件服务器一",
                "EX02$",
                "Tartományi kiszolgálók",
            ),
        ),
        affects=("EX02 → 邮件服务器一", "EX02 → Kiszolgáló-őrség"),
    )
    result = CheckResult("send-as-denied", Outcome.FAIL, (finding,))
    return Report((_target(matrix(servers, state), result),))


WORLDS: dict[str, Callable[[], Report]] = {
    "sound": sound,
    "denied": denied,
    "incomplete": incomplete,
    "failed": failed,
    "forty": forty,
    "hostile": lambda: everywhere("Mail\x1b[2J\u202e\u2028\r\n=cmd|'/c calc'!A0\u200b"),
    "chinese": chinese,
    "nothing": lambda: Report(()),
}
