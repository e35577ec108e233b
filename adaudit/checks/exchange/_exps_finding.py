"""What is said of authentication between Exchange servers that fails, by its error code."""

from collections.abc import Sequence

from adaudit.checks.exchange._traffic import identity
from adaudit.exchange import security_status as status
from adaudit.exchange.organisation import ExchangeServer
from adaudit.findings import Finding, Party, Severity, fingerprint

_CHECK = "exchange-protocol-security"
_SPN = (
    "register SMTPSVC/ with the name of the receiver on its computer account with SETSPN, and on"
    " no other: see step 7"
)
_MEANINGS = {
    status.LOGON_DENIED: (
        "the password of its computer account or its secure channel is wrong",
        "check the secure channel with NLTEST /SC_QUERY, and reset it with NETDOM RESET",
        "reset the password of the computer account with NETDOM RESETPWD on the sender",
    ),
    status.TARGET_UNKNOWN: ("no account holds the service principal name", _SPN),
    status.WRONG_PRINCIPAL: ("another account holds the service principal name", _SPN),
    status.TIME_SKEW: (
        "the clocks of the two differ too much for Kerberos",
        "set both clocks by their domain controllers with W32TM /RESYNC",
    ),
    status.NO_AUTHENTICATING_AUTHORITY: (
        "no domain controller could be reached",
        "find out with NLTEST /DSGETDC on the sender why it reaches no domain controller",
    ),
}
_OTHER = (
    "the error code says why",
    "follow the error code; check the secure channel with NLTEST, and reset it with NETDOM",
)


def exps_failure(sender: ExchangeServer, receiver: ExchangeServer, code: int | None) -> Finding:
    """EXPS failed, with an error code where an event gives one, and mail was refused."""
    if code is None:
        meaning, *remedy = _OTHER
        what = "X-EXPS is refused"
    else:
        meaning, *remedy = _MEANINGS.get(code, _OTHER)
        what = f"{status.status_text(code)}, {meaning}"
    message = f"{sender.label} fails to authenticate to {receiver.label} by EXPS: {what}"
    return _finding(sender, receiver, Severity.HIGH, message, tuple(remedy))


def exps_alone(sender: ExchangeServer, receiver: ExchangeServer, code: int | None) -> Finding:
    """EXPS failed, and nothing says that mail was refused for it."""
    message = (
        f"{sender.label} logged that EXPS failed with {receiver.label}"
        f" ({status.status_text(code)}), but no 7004 near it"
    )
    remedy = ("look for a firewall or anti-virus program between the two: see step 9",)
    return _finding(sender, receiver, Severity.MEDIUM, message, remedy)


def _finding(
    sender: ExchangeServer,
    receiver: ExchangeServer,
    severity: Severity,
    message: str,
    remedy: tuple[str, ...],
) -> Finding:
    return Finding(
        id=fingerprint(_CHECK, severity.name, identity(sender), identity(receiver)),
        check=_CHECK,
        severity=severity,
        subject=Party(sender.label, str(sender.dn)),
        message=message,
        affects=(f"{sender.label} → {receiver.label}",),
        remedy=remedy,
    )


def sender_disabled(sender: ExchangeServer, account: str, affects: Sequence[str]) -> Finding:
    """The account of the sender cannot log on at all, so that `affects` are broken: its pairs."""
    return Finding(
        id=fingerprint(_CHECK, "disabled", identity(sender)),
        check=_CHECK,
        severity=Severity.HIGH,
        subject=Party(sender.label, str(sender.dn)),
        message=f"{account}, the account of {sender.label}, is disabled: it cannot authenticate",
        affects=affects,
        remedy=(f"enable {account}", f"remove {sender.label} from the organisation, if it is gone"),
    )
