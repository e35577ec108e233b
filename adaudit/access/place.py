"""Access checks ready to be made: whose descriptor, and what is asked of it."""

from dataclasses import dataclass

from adaudit.access.operation import AnyCheck, Check, ChildCheck, On
from adaudit.access.permission import Permission
from adaudit.access.question import ObjectFacts, Question
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from adaudit.directory.snapshot import Unreadable, descriptor_of
from adaudit.errors import DescriptorError, QuestionError
from adaudit.security.descriptor import SecurityDescriptor
from adaudit.security.rights import AccessMask
from adaudit.security.sid import Sid
from adaudit.security.wire import decode


@dataclass(frozen=True, slots=True)
class Asked:
    """One access check, ready to be made: whose descriptor, and what is asked of it."""

    name: str
    on: On
    dn: Dn
    entry: Entry | None
    """None where the object was not read"""
    question: Question

    @property
    def descriptor(self) -> SecurityDescriptor | Unreadable:
        """What is to be asked, or why it cannot be."""
        if self.entry is None:
            return Unreadable(f"{self.dn} was not read")
        return _readers(self.entry) if self.on is On.READERS else descriptor_of(self.entry)

    @property
    def owner(self) -> Sid | None:
        """The owner, None where there is none or nothing can be said."""
        found = self.descriptor
        return found.owner if isinstance(found, SecurityDescriptor) else None


@dataclass(frozen=True, slots=True)
class Place:
    """An object with what its operations look at around it."""

    entry: Entry
    view: View
    to: Dn | None = None
    """Under what it would be moved"""

    def target(self, on: On) -> tuple[Dn, Entry | None]:
        """The object that is meant; `QuestionError` where a new parent is, and none is given."""
        dn = self._dn(on)
        return dn, self.entry if dn == self.entry.dn else self.view.snapshot.entry(dn)

    def _dn(self, on: On) -> Dn:
        own = self.entry.dn
        match on:
            case On.OBJECT | On.READERS:
                return own
            case On.PARENT:
                return own.parent or own
            case On.HEAD:
                return self.view.levels(own)[-1].dn
            case On.DESTINATION:
                if self.to is None:
                    raise QuestionError("moving takes a new parent", "name it by --to")
                return self.to

    @property
    def is_head(self) -> bool:
        """Whether the object is the head of a naming context."""
        return self.view.level(self.entry.dn).is_head

    def asked(self, check: AnyCheck) -> Asked:
        """
        The check on this object.

        Raises `QuestionError` where the class of the object or its name is needed and not known.
        """
        dn, entry = self.target(check.on)
        permission = self._permission(check)
        known = ObjectFacts() if check.on is On.READERS else self.view.facts(entry or Entry(dn))
        return Asked(permission.name, check.on, dn, entry, permission.question(known))

    def _permission(self, check: AnyCheck) -> Permission:
        if isinstance(check, Check):
            return check.permission
        if isinstance(check, ChildCheck):
            child = self.view.schema.class_guid(self.entry.object_class)
            return Permission.of_child(f"{check.name}:{self.entry.object_class}", check.mask, child)
        return self._of_name(check.mask)

    def _of_name(self, mask: AccessMask) -> Permission:
        name = self.entry.dn.rdns[0].partition("=")[0] if self.entry.dn.text else ""
        attribute = self.view.schema.attributes.get(name.lower())
        if attribute is None:
            raise QuestionError(f"no attribute `{name}` in the schema that was read")
        return Permission.attribute(f"write:{attribute.name}", mask, attribute)


def _readers(entry: Entry) -> SecurityDescriptor | Unreadable:
    values = entry.values("msDS-GroupMSAMembership")
    if not values:
        return Unreadable("the directory gave no msDS-GroupMSAMembership")
    try:
        return decode(values[0])
    except DescriptorError as error:
        return Unreadable(f"msDS-GroupMSAMembership is damaged: {error.message}", is_damaged=True)
