"""
A virtual server does not take integrated Windows authentication.

What it reports: each SMTP virtual server of Exchange 2000 and 2003 whose msExchAuthenticationFlags
has bit 4 clear; and, as something to look at, each whose msExchNTAuthenticationProviders names
neither GSSAPI nor NTLM, or that does not offer X-EXPS though the directory says that it should.

Why it matters: servers authenticate to each other by X-EXPS, which takes Windows credentials.
Where integrated Windows authentication is off, none can, and XEXCH50 is answered `504 need to
authenticate first` (KB 843106, step 1 of the article).

How to mend it: check Integrated Windows Authentication among the authentication settings of the
virtual server.
"""

from collections.abc import Iterator
from enum import Enum

from adaudit.checks._context import Context
from adaudit.checks.exchange._step import failed, pairs_to, passed, told, unknown, warned
from adaudit.checks.exchange._traffic import first_of, of_probe
from adaudit.checks.exchange._virtual_servers import VirtualServer, each, of_each
from adaudit.directory.entry import Gap
from adaudit.directory.observations import SmtpProbe
from adaudit.errors import DirectoryError
from adaudit.exchange.organisation import ExchangeServer
from adaudit.exchange.peers import Route
from adaudit.exchange.smtp import extensions, has_x_verbs, masked_extensions, mechanisms, verbs
from adaudit.findings import Finding, Outcome, Severity, fingerprint
from adaudit.rulings import Ruling

SEVERITY = Severity.HIGH
STEP = 2
_FLAGS = "msExchAuthenticationFlags"
_PROVIDERS = "msExchNTAuthenticationProviders"
_INTEGRATED = 4  # as MD_AUTH_NT of the IIS metabase; KB 321757 gives 7 as the default
_WINDOWS = frozenset({"GSSAPI", "NTLM"})


class _Offer(Enum):
    """What the answer to EHLO says of X-EXPS."""

    OFFERED = "X-EXPS is offered"
    WITHHELD = "X- verbs are offered, but no X-EXPS by GSSAPI or NTLM"
    HIDDEN = "no X- verb is offered: X-EXPS may be taken away on the way, see step 9"


def judge(context: Context, route: Route) -> Ruling:
    """Rule on the virtual servers of the receiver."""
    return of_each(_ruling, context, route)


def run(context: Context) -> Iterator[Finding | Gap]:
    """Rule on every virtual server; what hides X-EXPS on the way is told by step 9."""
    yield from told(each(_ruling_for_all, context))


def _ruling_for_all(context: Context, virtual: VirtualServer) -> Ruling:
    stored = _stored(context, virtual)
    ruling = _ruling(context, virtual)
    return stored if ruling.outcome is Outcome.UNKNOWN else ruling


def _ruling(context: Context, virtual: VirtualServer) -> Ruling:
    """Hold what the directory says against what probes of the server show."""
    stored = _stored(context, virtual)
    seen = list(_offers(context, virtual.server))
    offers = {offer for offer, _ in seen}
    lines = (*stored.evidence, *first_of((line for _, line in seen), "probe"))
    is_only_one = len(virtual.server.virtual_servers) == 1
    if stored.outcome is Outcome.FAIL and _Offer.OFFERED in offers and is_only_one:
        late = "the metabase of the server does not follow the directory yet, it seems"
        return failed(stored.findings[0], *lines, late, is_cause=False)
    if stored.outcome is not Outcome.PASS or not offers or _Offer.OFFERED in offers:
        return Ruling(stored.outcome, lines, stored.findings, stored.cause)
    if _Offer.WITHHELD in offers:
        return warned(_not_offered(context, virtual), *lines)
    return unknown(*lines)


def _stored(context: Context, virtual: VirtualServer) -> Ruling:
    """What the directory says alone."""
    try:
        flags = virtual.entry.integer(_FLAGS)
    except DirectoryError as error:
        return unknown(error.message)
    if flags is None:
        return unknown(f"{_FLAGS} of {virtual} is absent: {_look_at(virtual)} would tell")
    line = f"{_FLAGS} of {virtual} is {flags}: bit {_INTEGRATED} (integrated Windows"
    if not flags & _INTEGRATED:
        return failed(_off(context, virtual, flags), f"{line} authentication) is clear")
    providers = virtual.entry.text(_PROVIDERS)
    lines = (f"{line} authentication) is set", f"{_PROVIDERS} is {_quoted(providers)}")
    if providers is not None and not _WINDOWS & _listed(providers):
        return warned(_no_provider(context, virtual, providers), *lines)
    return passed(*lines)


def _listed(providers: str) -> frozenset[str]:
    return frozenset(name.strip().upper() for name in providers.split(","))


def _quoted(value: str | None) -> str:
    return "absent" if value is None else f"`{value}`"


def _offers(context: Context, server: ExchangeServer) -> Iterator[tuple[_Offer, str]]:
    for seen in context.traffic.probes(context.peers.member(server)):
        offer = _offer(seen.record)
        if offer is not None:
            yield offer, f"{of_probe(seen)}: {offer.value}"


def _offer(probe: SmtpProbe) -> _Offer | None:
    """What a probe saw before and inside TLS, None where it came to no whole answer."""
    answers = [extensions(probe.exchanges, inside_tls=inside) for inside in (False, True)]
    lines = [line for answer in answers if answer is not None for line in answer]
    if all(answer is None for answer in answers) or masked_extensions(lines):
        return None
    named = mechanisms(lines, "X-EXPS")
    if "X-EXPS" in verbs(lines) and (not named or _WINDOWS & set(named)):
        return _Offer.OFFERED
    return _Offer.WITHHELD if has_x_verbs(lines) else _Offer.HIDDEN


def _look_at(virtual: VirtualServer) -> str:
    return f"{virtual.properties} > Access > Authentication"


def _off(context: Context, virtual: VirtualServer, flags: int) -> Finding:
    return _finding(
        context,
        virtual,
        "off",
        SEVERITY,
        f"integrated Windows authentication is off on {virtual}: {_FLAGS} is {flags}",
        f"check Integrated Windows Authentication at {_look_at(virtual)}",
    )


def _no_provider(context: Context, virtual: VirtualServer, providers: str) -> Finding:
    """To be looked at only: no public page says what the SMTP service makes of the value."""
    return _finding(
        context,
        virtual,
        "providers",
        Severity.MEDIUM,
        f"{_PROVIDERS} of {virtual} is `{providers}`: it names neither GSSAPI nor NTLM",
        f"set {_PROVIDERS} to `GSSAPI,NTLM`, as setup does (KB 321757)",
    )


def _not_offered(context: Context, virtual: VirtualServer) -> Finding:
    return _finding(
        context,
        virtual,
        "not offered",
        Severity.MEDIUM,
        f"{virtual} offers no X-EXPS by GSSAPI or NTLM, though {_FLAGS} says that it does:"
        " its metabase may not follow the directory",
        "have the System Attendant copy the directory to the metabase again (DS2MB), and restart"
        " SMTPSVC",
    )


def _finding(
    context: Context,
    virtual: VirtualServer,
    kind: str,
    severity: Severity,
    message: str,
    remedy: str,
) -> Finding:
    is_broken = severity is SEVERITY
    return Finding(
        id=fingerprint("integrated-authentication", kind, virtual.identity),
        check="integrated-authentication",
        severity=severity,
        subject=virtual.party,
        message=message,
        affects=pairs_to(virtual.server, context) if is_broken else (),
        remedy=(remedy,),
    )
