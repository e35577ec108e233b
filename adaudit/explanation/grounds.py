"""The entry that decides a check, with all that is needed to find it in the directory."""

from collections.abc import Iterable

from adaudit.access.operation import On
from adaudit.access.verdict import Deciding
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.findings import Evidence
from adaudit.security.sddl import format_ace
from adaudit.wording import party, places, readable


def entry_evidence(
    dn: Dn,
    deciding: Deciding,
    path: tuple[str, ...],
    view: View,
    overruled: Iterable[Deciding] = (),
    on: On = On.OBJECT,
) -> Evidence:
    """
    The deciding entry of an object; `path` are the names from a subject up to its trustee.

    The list of a managed account is inherited from nowhere.
    """
    origin = view.origin(dn, deciding.position) if on is not On.READERS else None
    return Evidence(
        object=str(dn),
        position=deciding.position,
        sddl=format_ace(deciding.ace),
        readable=readable(deciding.ace, view),
        trustee=party(deciding.ace.trustee, view),
        path=path,
        origin=places(origin) if origin else (),
        origin_note=origin.note if origin else None,
        overrules=tuple(
            f"{readable(each.ace, view)} (entry {each.position})" for each in overruled
        ),
    )
