"""
All that one subject holds, for programs: the format `adaudit-rights-of`, version 1.

Fields may be added within a version. `[]` is a list, `?` may be null. `spreads` are the objects by
what is held on them and what decides; each object that can be judged is in one, or is idle.

- `format`: `adaudit-rights-of`
- `version`: 1
- `subject`: `name`, `dn?`, `sid`
- `where?`: DN of the object, or of what the objects lie under; null for all that was read
- `below`: whether all objects under it are meant too
- `checked_by[]`: the servers whose local groups count
- `beyond?`: whose rights are left out, as whoever logs on has them; null where all are told
- `complete`: whether every object could be judged, and nothing hangs on what is not known
- `spreads[].full_control`: whether it is everything, together with what is left out
- `spreads[].checked_by`: the server whose local groups count
- `spreads[].objects_total`
- `spreads[].objects[]`: their DNs
- `spreads[].sources[].sure`: false for what may be held, and hangs on what is not known
- `spreads[].sources[].through`: whom the deciding entry is for, or what else lets the subject
- `spreads[].sources[].reason`: in words
- `spreads[].sources[].evidence?`: the deciding entry on the first object, as in a report
- `spreads[].sources[].held[].kind`: `on the object as a whole`, `create children`,
  `delete children`, `read`, `read confidential`, `write`, `validated write`, `extended right`
- `spreads[].sources[].held[].what`: right, attribute, property set or class; `*` for all of them
- `spreads[].sources[].held[].but[]`: what of it is not surely held
- `operations[].operation`: if one object was asked about
- `operations[].decision`: `allowed`, `denied`, `undecided`
- `operations[].reason`: the checks that it hangs on
- `operations[].common`: whether those can too whose rights are left out
- `idle`: on how many objects nothing is held, or nothing beyond what is left out
- `unjudged[].reason`: why nothing can be said
- `unjudged[].objects_total`
- `unjudged[].objects[]`
- `notes[]`
"""

from adaudit.findings.rights_of import RightsOf, Source, Spread
from adaudit.report.json import Json, dump, evidence_fields, party_fields

FORMAT = "adaudit-rights-of"
VERSION = 1


def render(found: RightsOf) -> str:
    """The answer as JSON, indented, in the order of the field list above."""
    return dump(
        {
            "format": FORMAT,
            "version": VERSION,
            "subject": party_fields(found.subject),
            "where": found.where or None,
            "below": found.is_below,
            "checked_by": found.checked_by,
            "beyond": found.beyond,
            "complete": found.is_complete,
            "spreads": [_spread(spread) for spread in found.spreads],
            "operations": [
                {
                    "operation": ability.operation,
                    "decision": ability.decision,
                    "reason": ability.reason,
                    "common": ability.is_common,
                }
                for ability in found.abilities
            ],
            "idle": found.idle,
            "unjudged": [
                {
                    "reason": unjudged.reason,
                    "objects_total": len(unjudged.objects),
                    "objects": list(unjudged.objects),
                }
                for unjudged in found.unjudged
            ],
            "notes": found.notes,
        }
    )


def _spread(spread: Spread) -> Json:
    return {
        "full_control": spread.is_full,
        "checked_by": spread.checked_by,
        "objects_total": len(spread.objects),
        "objects": list(spread.objects),
        "sources": [_source(source) for source in spread.sources],
    }


def _source(source: Source) -> Json:
    return {
        "sure": source.is_sure,
        "through": source.through,
        "reason": source.reason,
        "evidence": evidence_fields(source.evidence) if source.evidence else None,
        "held": [{"kind": h.kind, "what": h.what, "but": h.but} for h in source.held],
    }
