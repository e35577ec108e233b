"""
An object belongs to somebody whom it should not belong to.

What it reports: objects of tier 0 whose owner is nobody any more, or a group outside tier 0 that
nobody is in; and computers that belong to accounts outside tier 0, who may change their DACL by
that. Owners of tier-0 objects who can use it are told by the check of control.

Why it matters: the owner of an object may write its DACL without any entry. Whoever joined a
computer to the domain owns it, unless it was prepared for him: he can let others act on it as
anybody (resource-based delegation), and read what is kept for it. An owner whose account is gone
can come back, by a SID history or by restoring the account.

How to mend it: make Domain Admins the owner; take the right to join computers from everybody
(ms-DS-MachineAccountQuota 0), and let an account join them that is used for nothing else. An entry
for OWNER RIGHTS, or character 29 of dSHeuristics (KB5008383), takes from owners what they need not
have.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from adaudit.access.bitmap import BitMap, union
from adaudit.access.evaluator import evaluate
from adaudit.access.permission import Permission
from adaudit.access.verdict import Decision, Reason
from adaudit.checks._context import Context
from adaudit.checks.domain._grants import NOT_READ, Said, assets
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry, Gap
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.errors import DescriptorError
from adaudit.findings import Finding, Party, Severity, fingerprint
from adaudit.review.grants import owner_of
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from adaudit.security.wire import pieces
from adaudit.wording import counted, party

SEVERITY = Severity.MEDIUM
REASON = "it takes over one computer, and what is found there"
REFERENCES = (
    "ANSSI vuln_owner",
    "MITRE ATT&CK T1222.001",
    "Microsoft KB5008383",
)
_WRITE_DACL = Permission.whole("WriteDacl", AccessMask.WRITE_DAC)
_MOST, _SHOWN = 1000, 3


def run(context: Context) -> Iterator[Said]:
    """Look at the owners of tier 0, then at those of all other computers."""
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    nobody: dict[Sid, list[Entry]] = defaultdict(list)
    for _, entry in assets(context):
        owner = owner_of(entry)
        if owner is None or context.tier_zero.is_trusted(owner):
            continue
        why = context.tier_zero.doubt(owner)
        if why is not None:
            yield Gap(str(entry.dn), f"whether its owner {owner} is of tier 0: {why}")
        elif not _carriers(owner, entry, context):
            nobody[owner].append(entry)
    for owner, objects in sorted(nobody.items()):
        yield _of_nobody(owner, objects, context)
    owned = _computers(context)
    if owned:
        yield _of_joiners(owned, context)


def _carriers(owner: Sid, entry: Entry, context: Context) -> BitMap:
    """The accounts that are the owner: what they can do by it another check tells."""
    outsiders = context.outsiders
    places = outsiders.places(entry)
    return union(outsiders.carriers(place).sure(owner) for place in places) & outsiders.accounts


def _of_nobody(owner: Sid, objects: Sequence[Entry], context: Context) -> Finding:
    who = party(owner, context.view)
    is_known = context.view.membership.population.number(owner) is not None
    what = "a group that nobody is in" if is_known else "which is nobody any more"
    names = ", ".join(entry.dn.name for entry in objects[:_SHOWN])
    more = f" and {len(objects) - _SHOWN} more" if len(objects) > _SHOWN else ""
    return Finding(
        id=fingerprint("object-ownership", str(owner)),
        check="object-ownership",
        severity=Severity.LOW,
        subject=who,
        message=f"{who}, {what}, owns of tier 0: {names}{more}",
        affects=tuple(str(entry.dn) for entry in objects),
        remedy=(f"make Domain Admins the owner instead of {who}",),
    )


def _computers(context: Context) -> Mapping[Sid, BitMap]:
    """The computers outside tier 0 that each owner outside tier 0 controls by owning them."""
    found: dict[Sid, BitMap] = {}
    alike = _by_descriptor(context)
    for descriptor, body in context.snapshot.descriptors_of(alike):
        owner = _untrusted_owner(body, context)
        objects = alike[descriptor]
        if owner is not None and _is_in_control(owner, objects[0], context):
            found[owner] = found.get(owner, BitMap()) | objects
    return found


def _by_descriptor(context: Context) -> Mapping[int, BitMap]:
    snapshot = context.snapshot
    chains = {n for n, chain in snapshot.chains.items() if chain[-1:] == ("computer",)}
    privileged = BitMap([asset.number for asset in context.tier_zero.assets])
    found: dict[int, BitMap] = defaultdict(BitMap)
    for number, chain, descriptor, _ in snapshot.object_rows():
        if chain in chains and descriptor is not None and number not in privileged:
            found[descriptor].add(number)
    return found


def _untrusted_owner(body: bytes, context: Context) -> Sid | None:
    """The owner, if it is an account or group that was read and that is not of tier 0."""
    try:
        encoded = pieces(body).owner
    except DescriptorError:
        return None  # which is told of the object by itself
    owner = None if encoded is None else Sid.decode(encoded)
    if owner is None or context.tier_zero.is_trusted(owner):
        return None
    return owner if context.view.membership.population.number(owner) is not None else None


def _is_in_control(owner: Sid, number: int, context: Context) -> bool:
    """Whether he may write the DACL because he is the owner."""
    entry = context.snapshot.at(number)
    descriptor = descriptor_of(entry)
    if isinstance(descriptor, Unreadable) or entry.sid == owner:
        return False
    token = context.view.token(owner, context.outsiders.places(entry)[0])
    verdict = evaluate(descriptor, token, _WRITE_DACL.question(context.view.facts(entry)))
    return verdict.decision is Decision.ALLOWED and verdict.reason is Reason.OWNER


def _of_joiners(owned: Mapping[Sid, BitMap], context: Context) -> Finding:
    """One finding for all: there may be as many owners as whoever joined a computer."""
    objects = union(owned.values())
    by_number = sorted(owned, key=lambda owner: (-len(owned[owner]), owner))
    names = [f"{context.view.name(owner)} ({len(owned[owner])})" for owner in by_number[:_SHOWN]]
    more = f" and {len(owned) - _SHOWN} more" if len(owned) > _SHOWN else ""
    belong = "computer belongs" if len(objects) == 1 else "computers belong"
    alone = party(by_number[0], context.view) if len(owned) == 1 else None
    listed = f", of which {_MOST} are listed" if len(objects) > _MOST else ""
    return Finding(
        id=fingerprint("object-ownership", "computers"),
        check="object-ownership",
        severity=SEVERITY,
        subject=alone or Party(counted(len(owned), "owner")),
        message=f"{len(objects)} {belong} to owners outside tier 0, who may write the DACL by that"
        f"{listed}: {', '.join(names)}{more}",
        affects=tuple(str(context.snapshot.at(number).dn) for number in objects[:_MOST]),
        remedy=("make Domain Admins the owner of the computers",),
        look=context.look(str(by_number[0]), _first(owned[by_number[0]], context), "WriteDacl"),
    )


def _first(objects: BitMap, context: Context) -> Dn:
    return context.snapshot.at(objects[0]).dn
