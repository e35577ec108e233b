"""SMTP probes as text for people: what each server said, and what is odd about it."""

from collections.abc import Iterable, Iterator, Sequence

from adaudit.directory.observations import SmtpExchange, SmtpProbe, TlsState
from adaudit.exchange.smtp import (
    X_VERBS,
    ehlo_name,
    exch50_commands,
    extensions,
    greeting_name,
    has_x_verbs,
    is_masked_banner,
    masked_extensions,
    mechanisms,
    refused_ehlo,
    verbs,
)
from adaudit.report.text import safe_text

_WITH_MECHANISMS = ("X-EXPS", "AUTH")
_WITHOUT = ("X-LINK2STATE", "XEXCH50")
_TLS_VERBS = frozenset({"STARTTLS", "TLS"})
_MOST_LINES = 5
_LONGEST = 300
"""Characters of one value: whoever wants all takes the other form"""
_WIDTH = max(map(len, X_VERBS))


def render(probes: Iterable[SmtpProbe]) -> str:
    """One block a probe, an empty line between them; safe to print."""
    return "\n".join("".join(f"{safe_text(line)}\n" for line in _block(each)) for each in probes)


def _block(probe: SmtpProbe) -> Iterator[str]:
    address = f"   {probe.address}" if probe.address not in (None, probe.host) else ""
    host = f"[{probe.host}]" if ":" in probe.host else probe.host
    yield f"{host}:{probe.port}{address}   asked from {probe.seen_from}"
    for label, value in (*_said(probe.exchanges), *_tls(probe)):
        yield f"  {label:{_WIDTH}}  {_cut(value)}"
    for remark in _remarks(probe):
        yield f"  {'remark':{_WIDTH}}  {remark}"
    if probe.fault is not None:
        yield f"  {'not ended':{_WIDTH}}  {probe.fault}"


def _said(exchanges: Sequence[SmtpExchange]) -> Iterator[tuple[str, str]]:
    greeting = exchanges[0].replies if exchanges else ()
    for line in greeting[:_MOST_LINES]:
        yield "greeting", line
    if len(greeting) > _MOST_LINES:
        yield "greeting", f"… {len(greeting) - _MOST_LINES} more lines"
    lines = extensions(exchanges)
    if lines is None:
        return
    yield "EHLO name", ehlo_name(exchanges) or "none"
    offered = verbs(lines)
    for verb in _WITH_MECHANISMS:
        named = " ".join(mechanisms(lines, verb)) or "offered, without mechanisms"
        yield verb, named if verb in offered else "not offered"
    for verb in _WITHOUT:
        yield verb, "offered" if verb in offered else "not offered"
    others = [line for line in lines if verbs([line]).isdisjoint(_WITH_MECHANISMS + _WITHOUT)]
    yield "others", ", ".join(others) or "none"


def _tls(probe: SmtpProbe) -> Iterator[tuple[str, str]]:
    if extensions(probe.exchanges) is None:
        return
    yield "TLS", f"{probe.tls}: {probe.tls_detail}" if probe.tls_detail else str(probe.tls)
    outside = extensions(probe.exchanges, inside_tls=False)
    inside = extensions(probe.exchanges, inside_tls=True)
    if probe.tls is not TlsState.ESTABLISHED or outside is None or inside is None:
        return
    if added := [line for line in inside if line not in outside]:
        yield "only in TLS", ", ".join(added)
    lost = [line for line in outside if line not in inside and verbs([line]).isdisjoint(_TLS_VERBS)]
    if lost:
        yield "not in TLS", ", ".join(lost)


def _remarks(probe: SmtpProbe) -> Iterator[str]:
    exchanges = probe.exchanges
    if is_masked_banner(exchanges):
        yield "the greeting is masked: a firewall inspects SMTP (KB 320027)"
    if (refused := refused_ehlo(exchanges)) is not None:
        yield f"EHLO is answered {refused.code}: a firewall inspects SMTP, or this is no ESMTP"
    lines = extensions(exchanges) or ()
    if masked := masked_extensions(lines):
        yield f"extensions are masked: {', '.join(masked)}"
    if "AUTH" in verbs(lines) and not has_x_verbs(lines):
        yield (
            "no X- verbs although AUTH is offered: if this is Exchange 2000 or 2003, its event "
            "sinks are not loaded, or an SMTP proxy stands before it"
        )
    yield from _remarks_on_names(exchanges)
    yield from _remarks_on_xexch50(exchanges)


def _remarks_on_names(exchanges: Sequence[SmtpExchange]) -> Iterator[str]:
    greeted, said = greeting_name(exchanges), ehlo_name(exchanges)
    if greeted is not None and said is not None and greeted.lower() != said.lower():
        yield f"greeting and EHLO give different names: {greeted}, {said}"


def _remarks_on_xexch50(exchanges: Sequence[SmtpExchange]) -> Iterator[str]:
    for asked in exch50_commands(exchanges):
        if asked.is_refused:
            yield "XEXCH50 is refused to whoever has not authenticated, as it should be"
        elif asked.is_accepted:
            yield "XEXCH50 is accepted from whoever has not authenticated (MS03-046)"
        elif asked.exchange.replies:
            yield f"XEXCH50 is answered: {asked.exchange.replies[-1]}"


def _cut(value: str) -> str:
    return value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
