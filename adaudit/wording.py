"""Entries and verdicts in words."""

from datetime import UTC, datetime

from adaudit.access.holding import Part
from adaudit.access.origin import Origin
from adaudit.access.token import Token
from adaudit.access.verdict import Deciding, Decision, Reason, Verdict
from adaudit.access.view import View
from adaudit.directory.entry import Entry
from adaudit.directory.schema import Schema
from adaudit.directory.snapshot import Unreadable
from adaudit.findings import Evidence, PairState, Party, Place
from adaudit.security.ace import Ace, AnyAce, OpaqueAce
from adaudit.security.rights import FULL_CONTROL, AccessMask
from adaudit.security.sddl import format_ace
from adaudit.security.sid import Sid

_MANY = 4


def readable(ace: AnyAce, view: View) -> str:
    r"""An entry in words: `deny Send-As for CONTOSO\Restricted, inherited`."""
    if isinstance(ace, OpaqueAce):
        return f"an entry of type 0x{ace.type_code:02X} that is not understood: {ace.reason}"
    kind = "allow" if ace.allows else "deny" if ace.denies else ace.type.name.lower()
    words = f"{kind} {_rights(ace, view.schema)} for {view.name(ace.trustee)}"
    notes = [
        note
        for holds, note in (
            (ace.is_callback, "under a condition"),
            (ace.is_inherited, "inherited"),
            (ace.is_inherit_only, "on objects below only"),
        )
        if holds
    ]
    if ace.inherited_object_type:
        name = view.schema.name(ace.inherited_object_type) or ace.inherited_object_type
        notes.append(f"for objects of class {name}")
    return ", ".join([words, *notes])


def party(sid: Sid, view: View) -> Party:
    """A principal as a finding names it."""
    known = view.membership.principals.get(sid)
    return Party(view.name(sid), str(known.dn) if known else None, str(sid))


def called(entry: Entry) -> str:
    """What people know an object by: of a group policy, whose name is a GUID, its display name."""
    known = entry.text("displayName") if "grouppolicycontainer" in entry.classes else None
    return known or entry.dn.name


def _rights(ace: Ace, schema: Schema) -> str:
    if ace.object_type:
        name = schema.name(ace.object_type) or str(ace.object_type)
        return name if ace.mask == AccessMask.CONTROL_ACCESS else f"{_mask(ace.mask)} of {name}"
    if ace.mask == AccessMask.CONTROL_ACCESS:
        return "all extended rights"
    return _mask(ace.mask)


def _mask(mask: AccessMask) -> str:
    if mask & FULL_CONTROL == FULL_CONTROL:
        return "full control"
    known = [bit.name for bit in AccessMask if bit & mask and bit.name]
    if len(known) > _MANY:
        extended = ", all extended rights among them" if mask & AccessMask.CONTROL_ACCESS else ""
        return f"{len(known)} rights{extended}"
    rest = int(mask) & ~sum(AccessMask)
    words = [name.replace("_", " ").lower() for name in known]
    return ", ".join([*words, f"0x{rest:X}"] if rest else words) or "nothing"


def path_names(sid: Sid, token: Token, view: View) -> tuple[str, ...]:
    """The shortest membership path from the subject to `sid`, in names."""
    return tuple(map(view.name, token.path_sids(sid)))


def evidence(
    entry: Entry, deciding: Deciding, verdict: Verdict, token: Token, view: View
) -> Evidence:
    """The entry that decided a verdict, with the way to it and where it was set."""
    origin = view.origin(entry.dn, deciding.position)
    return Evidence(
        object=str(entry.dn),
        position=deciding.position,
        sddl=format_ace(deciding.ace),
        readable=readable(deciding.ace, view),
        trustee=party(deciding.ace.trustee, view),
        path=path_names(deciding.sid, token, view),
        origin=places(origin),
        origin_note=origin.note,
        overrules=tuple(_with_position(other, view) for other in verdict.overruled),
    )


def evidence_in(
    attribute: str, entry: Entry, deciding: Deciding, token: Token, view: View
) -> Evidence:
    """The same of an entry of a descriptor that an attribute holds, which inherits nothing."""
    dn = str(entry.dn)
    return Evidence(
        object=dn,
        position=deciding.position,
        sddl=format_ace(deciding.ace),
        readable=readable(deciding.ace, view),
        trustee=party(deciding.ace.trustee, view),
        path=path_names(deciding.sid, token, view),
        origin=(Place(dn, deciding.position, is_explicit=True),),
        origin_note=f"in {attribute}",
    )


def places(origin: Origin) -> tuple[Place, ...]:
    """The way of an entry from the object up to where it was set."""
    return tuple(
        Place(str(found.dn), found.position, not found.ace.is_inherited) for found in origin.way
    )


def _with_position(deciding: Deciding, view: View) -> str:
    return f"{readable(deciding.ace, view)} (entry {deciding.position})"


def state(verdict: Verdict | Part | Unreadable) -> PairState:
    """What a verdict means for the pair."""
    if isinstance(verdict, Unreadable) or verdict.decision is Decision.UNDECIDED:
        return PairState.UNKNOWN
    if verdict.decision is Decision.ALLOWED:
        return PairState.ALLOWED
    return PairState.DENIED if verdict.reason is Reason.ENTRY else PairState.NOT_GRANTED


def reason(verdict: Verdict | Part | Unreadable, view: View) -> str:
    """Why a verdict came out as it did, in one line; a set of subjects does not tell its doubts."""
    if isinstance(verdict, Unreadable):
        return verdict.reason
    if isinstance(verdict, Verdict) and verdict.doubts:
        return "; ".join(
            dict.fromkeys(
                f"{readable(doubt.entry, view)} (entry {doubt.position}): {doubt.why}"
                if doubt.entry
                else doubt.why
                for doubt in verdict.doubts
            )
        )
    if verdict.deciding:
        return _with_position(verdict.deciding, view)
    return str(verdict.reason)


def moment(at: datetime | None) -> str:
    """A time as evidence names it: `2004-11-24 12:00:00 UTC`."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if at else "unknown time"


def counted(number: int, noun: str) -> str:
    """`1 pair`, `3 pairs`, `2 registries`."""
    if number == 1:
        return f"1 {noun}"
    is_like_registry = noun.endswith("y") and noun[-2:-1] not in set("aeiou")
    return f"{number} {f'{noun[:-1]}ies' if is_like_registry else f'{noun}s'}"
