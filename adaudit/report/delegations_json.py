"""
What was set by hand, for programs: the format `adaudit-delegations`, version 1.

Text is as in the report of findings. `[]` is a list, `?` may be null.

- `format`: `adaudit-delegations`
- `version`: 1
- `source`: where it came from: a file, a server
- `complete`: whether everything could be judged
- `by`: `place` or `trustee`, the order of the delegations
- `described`: how many objects were judged
- `delegations[].kind`: `allow`, `deny`, `other entry`, `owner`, `blocked inheritance`
- `delegations[].place`: DN of the object, or of the parent where it was set alike on several
- `delegations[].objects`: on how many objects it was set
- `delegations[].example`: DN of the first of them
- `delegations[].class`: their class
- `delegations[].readable`: it in words
- `delegations[].sddl?`
- `delegations[].position?`: index of the entry in the stored DACL of the example, from 0
- `delegations[].trustee?.name`
- `delegations[].trustee?.dn?`
- `delegations[].trustee?.sid?`
- `delegations[].standing`: `known`, or what is known of a SID that nobody has: `deleted`, `of the
  past`, `of a trusted domain`, `of no domain that is known`, `not told`
- `delegations[].standing_note`: why
- `delegations[].reach?`: how many objects below have it in effect, or that owner; null where it is
  not known
- `delegations[].copies`: of an entry on AdminSDHolder: how many protected objects have it
- `delegations[].idle?`: `overruled` or `repeated`: why it decides nothing on the object itself
- `delegations[].earlier[].position`: of the entries that decide in its place
- `delegations[].earlier[].readable`
- `delegations[].earlier[].sddl`
- `defaults[].origin`: what explains explicit entries that are not listed
- `defaults[].entries`: how many they are
- `notes[]`: what weakens the result without hiding anything
- `gaps[].subject`: what could not be judged
- `gaps[].reason`
"""

from adaudit.report.delegation_lines import DelegationLine, DelegationReport
from adaudit.report.json import Json, dump, party_fields


def render(report: DelegationReport) -> str:
    """The report for programs."""
    fields: dict[str, Json] = {
        "format": "adaudit-delegations",
        "version": 1,
        "source": report.source,
        "complete": report.is_complete,
        "by": report.by,
        "described": report.described,
        "delegations": [_fields(line) for line in report.lines],
        "defaults": [{"origin": origin, "entries": count} for origin, count in report.defaults],
        "notes": report.notes,
        "gaps": [{"subject": gap.subject, "reason": gap.reason} for gap in report.gaps],
    }
    return dump(fields)


def _fields(line: DelegationLine) -> Json:
    idle = "overruled" if line.is_overruled else "repeated"
    return {
        "kind": line.kind,
        "place": line.place,
        "objects": line.objects,
        "example": line.example,
        "class": line.object_class,
        "readable": line.readable,
        "sddl": line.sddl,
        "position": line.position,
        "trustee": party_fields(line.trustee) if line.trustee else None,
        "standing": line.standing,
        "standing_note": line.standing_note,
        "reach": line.reach,
        "copies": line.copies,
        "idle": idle if line.earlier else None,
        "earlier": [
            {"position": each.position, "readable": each.readable, "sddl": each.sddl}
            for each in line.earlier
        ],
    }
