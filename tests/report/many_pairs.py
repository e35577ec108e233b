"""A report of an organisation with more broken pairs than anybody wants to read one by one."""

from adaudit.access.bitmap import BitMap
from adaudit.findings import (
    Answer,
    Block,
    CheckResult,
    Column,
    Evidence,
    Finding,
    Judged,
    Matrix,
    Outcome,
    Pairs,
    PairState,
    Party,
    Place,
    Report,
    Severity,
    TargetReport,
)

RESTRICTED = Party(
    r"CONTOSO\Mail Restrictions", "CN=Mail Restrictions,DC=contoso", "S-1-5-21-1-1133"
)


def many(servers: int = 200, denied: int = 100) -> Report:
    """The first `denied` servers are denied on all by one group; all else is sound."""
    names = tuple(f"EX{number:04}" for number in range(servers))
    accounts = tuple((number, f"{name}$") for number, name in enumerate(names))
    broken, everyone = BitMap(range(denied)), BitMap(range(servers))
    answers = (
        Answer(PairState.DENIED, "deny Send-As", broken),
        Answer(PairState.ALLOWED, "allow Send-As", everyone - broken),
    )
    objects = [f"CN={name},DC=contoso" for name in names]
    columns = tuple(Column(number, ((dn, answers),)) for number, dn in enumerate(objects))
    finding = Finding(
        id="3f9a52c1d0e7",
        check="send-as-denied",
        severity=Severity.HIGH,
        subject=RESTRICTED,
        message="a deny for this group decides",
        evidence=tuple(
            Evidence(
                object=dn,
                position=0,
                sddl="(OD;;CR;;;WD)",
                readable="deny Send-As",
                trustee=RESTRICTED,
                path=("EX0000$", RESTRICTED.name),
                origin=(Place(dn, 0, is_explicit=False), Place("DC=contoso", 0, is_explicit=True)),
                affects=Pairs(names, (Block(broken, BitMap((number,))),)),
                subjects=tuple(f"{names[n]}$" for n in broken if n != number),
            )
            for number, dn in enumerate(objects)
        ),
        affects=Pairs(names, (Block(broken, everyone),)),
    )
    matrix = Matrix("Send-As", names, names, Judged(names, accounts, columns))
    result = CheckResult("send-as-denied", Outcome.FAIL, (finding,))
    return Report((TargetReport("contoso", "LDIF contoso.ldif", matrix=matrix, results=(result,)),))
