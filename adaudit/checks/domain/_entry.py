"""An entry as evidence: where it stands, and where it was set."""

from collections.abc import Sequence

from adaudit.checks._context import Context
from adaudit.directory.dn import Dn
from adaudit.findings import Evidence
from adaudit.security.ace import Ace
from adaudit.security.sddl import format_ace
from adaudit.wording import party, places, readable


def evidence_of(
    dn: Dn, position: int, ace: Ace, context: Context, affects: Sequence[str] = ()
) -> Evidence:
    """The entry at a position of an object's DACL; nobody in particular comes in by it."""
    origin, trustee = context.view.origin(dn, position), party(ace.trustee, context.view)
    return Evidence(
        object=str(dn),
        position=position,
        sddl=format_ace(ace),
        readable=readable(ace, context.view),
        trustee=trustee,
        path=(trustee.name,),
        origin=places(origin),
        origin_note=origin.note,
        affects=affects,
    )
