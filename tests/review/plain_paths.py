"""Paths of control the slow way: one principal, object and right after the other."""

from collections.abc import Iterator

from adaudit.access.evaluator import evaluate
from adaudit.access.permission import Permission
from adaudit.access.right_names import permission_of
from adaudit.access.token import token_of
from adaudit.access.verdict import Decision
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.review.tier_zero.policies import parse_links
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from adaudit.security.wire import decode

TAKE_OVER = ("WriteDacl", "WriteOwner")
ALL_CHANGES = "DS-Replication-Get-Changes-All"
READERS = "msDS-GroupMSAMembership"
ACTING = "msDS-AllowedToActOnBehalfOfOtherIdentity"
STORED = {
    READERS: Permission.whole("", AccessMask.READ_PROPERTY),
    ACTING: Permission.whole("", AccessMask.CONTROL_ACCESS),
}
PASSWORDS = ("ms-Mcs-AdmPwd", "msLAPS-Password")


class PlainPaths:
    """How far everybody is from a target, in rights that have to be held one after the other."""

    def __init__(self, view: View) -> None:
        self.view = view
        entries = list(view.snapshot.entries())
        self.entries = {entry.dn: entry for entry in entries}
        population = view.membership.population
        self.principals = {
            population.sid(number): population.principal(number).dn
            for number in range(len(population.numbers))
            if number >= population.account_count or population.sid(number).domain is not None
        }

    def distances(self, target: Dn) -> dict[Sid, int]:
        """By SID; that the target controls itself is no path."""
        found = {sid: 0 for sid, dn in self.principals.items() if dn == target}
        level, depth = [target], 0
        while level:
            depth += 1
            new = [
                sid
                for sid in self.principals
                if sid not in found and any(self._controls(sid, dn) for dn in level)
            ]
            found |= dict.fromkeys(new, depth)
            level = [self.principals[sid] for sid in new if not self._is_foreign(sid)]
        return {sid: distance for sid, distance in found.items() if distance}

    def _is_foreign(self, sid: Sid) -> bool:
        return "foreignsecurityprincipal" in self.entries[self.principals[sid]].classes

    def _controls(self, sid: Sid, dn: Dn) -> bool:
        return any(
            all(self._holds(sid, self.entries[on], name) for name in names)
            for on, names in self._ways(dn)
            if on in self.entries
        )

    def _ways(self, dn: Dn) -> Iterator[tuple[Dn, tuple[str, ...]]]:
        """Every object with rights on it that together control `dn`."""
        entry = self.entries[dn]
        yield from ((dn, (name,)) for name in TAKE_OVER)
        classes = entry.classes
        if "group" in classes:
            yield dn, ("write:member",)
            yield dn, ("Self-Membership",)
        if "user" in classes:
            yield dn, ("ResetPassword",)
            yield dn, ("write:msDS-KeyCredentialLink",)
            yield dn, ("write:altSecurityIdentities",)
            yield from self._ways_to_user(dn)
        yield from self._ways_to_computer(entry)
        if "groupPolicyContainer".lower() in classes:
            yield dn, ("write:gPCFileSysPath",)
        if classes & {"organizationalunit", "domaindns"}:
            yield dn, ("write:gPLink",)
        if dn in {domain.dn for domain in self.view.domains.all}:
            yield dn, ("DS-Replication-Get-Changes", ALL_CHANGES)
        above, is_open = dn, True
        while is_open and not self._is_head(above):
            is_open = not self._is_protected(self.entries[above])
            above = above.parent or above
            if is_open and above in self.entries:
                yield from ((above, (name,)) for name in TAKE_OVER)
            is_open = is_open and above in self.entries

    def _ways_to_computer(self, entry: Entry) -> Iterator[tuple[Dn, tuple[str, ...]]]:
        dn = entry.dn
        if "computer" in entry.classes:
            yield dn, (f"write:{ACTING}",)
            yield dn, (f"in:{ACTING}",)
        if entry.object_class == "msDS-GroupManagedServiceAccount":
            yield dn, (f"write:{READERS}",)
            yield dn, (f"in:{READERS}",)
        if entry.object_class == "computer":
            yield from ((dn, (f"read:{name}", f"use:{name}")) for name in PASSWORDS)

    def _ways_to_user(self, dn: Dn) -> Iterator[tuple[Dn, tuple[str, ...]]]:
        above = dn
        while not self._is_head(above):
            above = above.parent or above
            if above not in self.entries:
                continue
            yield above, ("write:gPLink",)
            for link in parse_links(self.entries[above].text("gPLink") or ""):
                if link.is_enabled:
                    names = (*TAKE_OVER, "write:gPCFileSysPath")
                    yield from ((Dn(link.policy), (name,)) for name in names)
        yield above, ("DS-Replication-Get-Changes", ALL_CHANGES)
        yield from ((above, (name,)) for name in TAKE_OVER)

    def _holds(self, sid: Sid, entry: Entry, name: str) -> bool:
        kind, _, attribute = name.partition(":")
        descriptor = self._stored(entry, attribute) if kind == "in" else descriptor_of(entry)
        if isinstance(descriptor, Unreadable | None):
            return False
        question = self._permission(name).question(self.view.facts(entry))
        for domain in self._domains(entry.dn):
            place = self.view.controller_of(domain)
            verdict = evaluate(descriptor, token_of(sid, place, self.view.membership), question)
            if verdict.decision is Decision.ALLOWED:
                return True
        return False

    def _stored(self, entry: Entry, attribute: str) -> SecurityDescriptor | None:
        values = entry.values(attribute)
        return decode(values[0]) if values else None

    def _permission(self, name: str) -> Permission:
        kind, _, attribute = name.partition(":")
        if kind == "in":
            return STORED[attribute]
        if kind == "use":
            known = self.view.schema.attributes[attribute.lower()]
            # [MS-ADTS] 3.1.1.4.4: what is confidential takes CONTROL_ACCESS beside READ_PROPERTY
            mask = AccessMask.CONTROL_ACCESS if known.is_confidential else AccessMask.READ_PROPERTY
            return Permission.attribute(name, mask, known)
        return permission_of(name, self.view.schema)

    def _domains(self, dn: Dn) -> list[Domain]:
        known = self.view.domains.containing(dn)
        return [known] if known else list(self.view.domains.all)

    def _is_head(self, dn: Dn) -> bool:
        return dn in self.view.heads

    def _is_protected(self, entry: Entry) -> bool:
        known = descriptor_of(entry)
        return isinstance(known, SecurityDescriptor) and known.is_dacl_protected
