"""The entry that decides a check, with all that is needed to find it in the directory."""

from collections.abc import Iterable

from adaudit.access.doing import Asked
from adaudit.access.operation import On
from adaudit.access.verdict import Deciding
from adaudit.access.view import View
from adaudit.findings import Evidence
from adaudit.security.sddl import format_ace
from adaudit.wording import party, places, readable


def entry_evidence(
    asked: Asked,
    deciding: Deciding,
    path: tuple[str, ...],
    view: View,
    overruled: Iterable[Deciding] = (),
) -> Evidence:
    """
    The deciding entry of a check; `path` are the names from a subject up to its trustee.

    The list of a managed account is inherited from nowhere.
    """
    is_dacl = asked.on is not On.READERS
    origin = view.origin(asked.dn, deciding.position) if is_dacl else None
    return Evidence(
        object=str(asked.dn),
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
