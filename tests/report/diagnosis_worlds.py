"""Diagnoses of a small fictional organisation, one for each thing that a reader must see."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from adaudit.directory.entry import Gap
from adaudit.findings import Finding, Outcome, Party, Severity
from adaudit.rulings import Consequences, Diagnosis, DiagnosisReport, Ruling, Step
from tests.report.worlds import TAKEN_AT, deny, group, server_dn

DENIED = r"CONTOSO\Mail Restrictions is denied Send-As, which stops 2 pairs of servers"
FOREIGN = "mail.partner.example is no Exchange server of this organisation, so 504 is expected"
LEVEL = "the diagnostics level of SMTP Protocol on EX02 is 0: event 7004 would not be logged"
CONSEQUENCES = Consequences(
    ("public folder replication", "message journaling"), ("mail to public folders",)
)

denial = Finding(
    id="3f9a52c1d0e7",
    check="send-as-denied",
    severity=Severity.HIGH,
    subject=group("Mail Restrictions", 1133),
    message=DENIED,
    evidence=(
        deny(
            group("Mail Restrictions", 1133),
            server_dn("EX01"),
            "EX02 → EX01",
            *(r"CONTOSO\EX02$", r"CONTOSO\Branch Servers", r"CONTOSO\Mail Restrictions"),
        ),
    ),
    through=(group("Branch Servers", 1120),),
    affects=("EX02 → EX01", "EX02 → EX03"),
    remedy=("take Branch Servers out of Mail Restrictions", "remove the deny where it is set"),
    look=f"adaudit explain contoso.snapshot --who EX02$ --on '{server_dn('EX01')}' --right Send-As",
)
stranger = Finding(
    id="07b349504dde",
    check="peer-scope",
    severity=Severity.INFO,
    subject=Party("mail.partner.example"),
    message=FOREIGN,
    affects=("EX01 → mail.partner.example",),
    remedy=("set SuppressExternal to 1 on the senders (KB 818222)",),
)
open_door = Finding(
    id="5d5d5d5d5d5d",
    check="exch50-auth-check",
    severity=Severity.MEDIUM,
    subject=Party("EX01"),
    message="EX01 accepts anonymous XEXCH50: Exch50AuthCheckEnabled is 0 (MS03-046)",
    affects=("EX01",),
    remedy=("delete Exch50AuthCheckEnabled on EX01",),
)

_CHECKS: Mapping[str, tuple[int, str]] = {
    "refused-exch50": (0, "XEXCH50 is refused: `504 need to authenticate first` in event 7004"),
    "peer-scope": (1, "The other side is no server of the organisation"),
    "integrated-authentication": (2, "The receiver offers no integrated Windows authentication"),
    "send-as-denied": (3, "An entry denies an Exchange server Send-As on another"),
    "send-as-not-granted": (3, "No entry grants an Exchange server Send-As on another"),
    "tls-without-authentication": (5, "A server sends XEXCH50 inside TLS without authenticating"),
    "exch50-auth-check": (12, "A server accepts XEXCH50 of whoever has not authenticated"),
}
_RULINGS: Mapping[str, Ruling] = {
    "refused-exch50": Ruling(Outcome.PASS, ("no event 7004 or 7010 in ex01.evt, level Maximum",)),
    "peer-scope": Ruling(Outcome.PASS, ("EX01 is Exchange 2003", "EX02 is Exchange 2003")),
    "integrated-authentication": Ruling(
        Outcome.PASS, ("msExchAuthenticationFlags of virtual server 1 of EX01 is 7",)
    ),
    "send-as-denied": Ruling(Outcome.PASS, ("Send-As of EX02$ on EX01: allowed",)),
    "send-as-not-granted": Ruling(Outcome.PASS, ("Send-As of EX02$ on EX01: allowed",)),
    "tls-without-authentication": Ruling(Outcome.NOT_APPLICABLE, ("no SMTP log was given",)),
    "exch50-auth-check": Ruling(Outcome.PASS, ("Exch50AuthCheckEnabled of EX01 is 1 (ex01.reg)",)),
}

UNKNOWN = Ruling(Outcome.UNKNOWN, ("no event log of EX02 among the evidence", LEVEL))
STOPPED = Ruling(Outcome.FAIL, ("deny Send-As, entry 2 of EX01",), (denial,), DENIED)
OPEN = Ruling(Outcome.WARNING, (open_door.message, "ex01.reg says 0"), (open_door,))


def diagnosis(sender: str, receiver: str, **rulings: Ruling) -> Diagnosis:
    """A sound pair, but for the rulings of the checks that are given: `peer_scope=…`."""
    given = {name.replace("_", "-"): ruling for name, ruling in rulings.items()}
    steps = (
        Step(number, check, title, given.get(check, _RULINGS[check]))
        for check, (number, title) in _CHECKS.items()
    )
    return Diagnosis(sender, receiver, tuple(steps))


def sound_pair() -> Diagnosis:
    return diagnosis("EX03", "EX01")


def unknown_pair() -> Diagnosis:
    return diagnosis("EX04", "EX01", refused_exch50=UNKNOWN, send_as_denied=UNKNOWN)


def stopped_pair(receiver: str = "EX01") -> Diagnosis:
    return diagnosis("EX02", receiver, send_as_denied=STOPPED, exch50_auth_check=OPEN)


def foreign_pair() -> Diagnosis:
    evidence = ("`mail.partner.example`: no server of the organisation has that name",)
    ruling = Ruling(Outcome.FAIL, evidence, (stranger,), FOREIGN)
    return diagnosis("EX01", "mail.partner.example", peer_scope=ruling)


def report(*diagnoses: Diagnosis) -> DiagnosisReport:
    return DiagnosisReport(
        name="contoso",
        source="LDIF contoso.ldif",
        taken_at=TAKEN_AT,
        evidence=("event log ex01.evt of EX01: 3 records; 1 record is damaged",),
        diagnoses=diagnoses,
        consequences=CONSEQUENCES if any(each.causes for each in diagnoses) else None,
    )


def stopped() -> DiagnosisReport:
    return report(stopped_pair())


def several() -> DiagnosisReport:
    """One pair of each kind, the sound one first, and one cause that stops two of them."""
    pairs = (sound_pair(), unknown_pair(), foreign_pair(), stopped_pair(), stopped_pair("EX03"))
    return report(*pairs)


def incomplete() -> DiagnosisReport:
    gaps = [Gap(f"ex{n:02}.evt", "no event log: its header is damaged") for n in range(9)]
    return replace(
        report(unknown_pair()),
        gaps=(*gaps, Gap("ex04.reg", "no such file")),
        warnings=("LDAP was read without TLS",),
    )


def failed() -> DiagnosisReport:
    return DiagnosisReport("fabrikam", "fabrikam.ldif", error="no such file: `fabrikam.ldif`")


def nothing() -> DiagnosisReport:
    return replace(report(), evidence=(), taken_at=None)


def everywhere(name: str) -> DiagnosisReport:
    """A report in which every text that comes from outside is `name`."""
    party = Party(name, name, name)
    entry = replace(denial.evidence[0], object=name, sddl=name, readable=name, trustee=party)
    entry = replace(entry, path=(name, name), origin=(), origin_note=name, overrules=(name,))
    finding = replace(
        denial,
        subject=party,
        message=name,
        evidence=(replace(entry, affects=(name,)),),
        through=(party,),
        affects=(name,),
        remedy=(name,),
        look=name,
    )
    rulings = {
        "refused_exch50": Ruling(Outcome.FAIL, (name, name), (finding,), name),
        "peer_scope": Ruling(Outcome.PASS, (name,)),
        "send_as_denied": Ruling(Outcome.UNKNOWN, (name,)),
        "tls_without_authentication": Ruling(Outcome.NOT_APPLICABLE, (name,)),
    }
    return DiagnosisReport(
        name=name,
        source=name,
        taken_at=TAKEN_AT,
        evidence=(name,),
        diagnoses=(diagnosis(name, name, **rulings), diagnosis(name, "EX01", **rulings)),
        consequences=Consequences((name,), (name,)),
        gaps=(Gap(name, name),),
        warnings=(name,),
    )


WORLDS: Mapping[str, Callable[[], DiagnosisReport]] = {
    "stopped": stopped,
    "several": several,
    "incomplete": incomplete,
    "failed": failed,
    "nothing": nothing,
}
