"""
Rights and operations by the names that people give them.

What takes one access check has its name from `permission_names`; here stands what takes several:
`DCSync`, `Delete`, `Move`, `read:member`.
"""

from collections.abc import Callable, Mapping

from adaudit.access.name_hints import folded
from adaudit.access.operation import (
    AllOf,
    AnyOf,
    Check,
    ChildCheck,
    IsHead,
    NameCheck,
    Need,
    On,
    Operation,
)
from adaudit.access.permission import Permission
from adaudit.access.permission_names import attribute_named, permission_of
from adaudit.access.view import View
from adaudit.errors import QuestionError
from adaudit.security.rights import AccessMask

__all__ = ["OPERATIONS", "operation_of", "permission_of"]

_LAPS = ("ms-Mcs-AdmPwd", "msLAPS-Password", "msLAPS-EncryptedPassword")
_SECRETS = frozenset(
    {
        *("currentvalue", "dbcspwd", "initialauthincoming", "initialauthoutgoing"),
        *("lmpwdhistory", "ntpwdhistory", "priorvalue", "supplementalcredentials"),
        *("trustauthincoming", "trustauthoutgoing", "unicodepwd"),
    }
)
"""Attributes whose values a controller gives to nobody over LDAP. [MS-ADTS] 3.1.1.4.4"""
_NOTES = {
    "create:computer": (
        "whoever may add workstations to the domain (by default all Authenticated Users) can "
        "create as many computers as ms-DS-MachineAccountQuota says, without this right"
    ),
    "write:msds-allowedtodelegateto": (
        "it takes the privilege SeEnableDelegationPrivilege too, which policies assign"
    ),
    "write:sidhistory": "controllers refuse it to nearly everyone, whatever the entries say",
    "writeowner": (
        "one can make oneself the owner, or a group that the token has as a possible owner"
    ),
}
"""What no access check tells, by the name in lower case"""


def operation_of(name: str, view: View) -> Operation:
    """
    What `name` asks for: a permission on the object, or all the checks that an operation takes.

    Raises `QuestionError` where the name means nothing, or a class or attribute is not defined.
    """
    plain = folded(name)
    for known, need_of in OPERATIONS.items():
        if folded(known) == plain:
            return Operation(known, need_of(view))
    kind, _, what = name.partition(":")
    if kind.lower() == "read" and what:
        return Operation(name, _reading(name, what, view))
    if kind.lower() == "write" and what:
        return Operation(name, _writing(name, what, view), _notes(name))
    permission = permission_of(name, view.schema, OPERATIONS)
    return Operation(permission.name, Check(permission), _notes(name))


def _notes(name: str) -> tuple[str, ...]:
    note = _NOTES.get(name.lower())
    return (note,) if note else ()


def _reading(name: str, what: str, view: View) -> Need:
    """To read takes that the object is seen; a confidential value takes CONTROL_ACCESS as well."""
    seen = _seeing(view)
    plain = what.lower()
    if plain == "ntsecuritydescriptor":
        return AllOf((seen, Check(Permission.whole("ReadControl", AccessMask.READ_CONTROL))))
    if plain == "msds-managedpassword":
        return _managed_password(view)
    if plain in _SECRETS:
        raise QuestionError(
            f"`{what}` is given to nobody over LDAP", "ask for `DCSync`: who may replicate it"
        )
    needs: list[Need] = [seen, Check(permission_of(name, view.schema))]
    attribute = attribute_named(what, view.schema)
    if attribute is not None and attribute.is_confidential:
        use = Permission.attribute(f"use:{what}", AccessMask.CONTROL_ACCESS, attribute)
        needs.append(Check(use))
    return AllOf(tuple(needs))


def _writing(name: str, what: str, view: View) -> Need:
    if what.lower() == "ntsecuritydescriptor":
        return Check(Permission.whole("WriteDac", AccessMask.WRITE_DAC))
    if what.lower() == "unicodepwd":
        raise QuestionError(
            "no entry for `unicodePwd` is looked at when a password is written",
            "ask for `ResetPassword` or `ChangePassword`",
        )
    return Check(permission_of(name, view.schema))


def _seeing(view: View) -> Need:
    """To know that the object exists. [MS-ADTS] 5.1.3.3.6"""
    list_object = Permission.whole("ListObject", AccessMask.LIST_OBJECT)
    contents = Check(Permission.whole("ListContents", AccessMask.LIST_CONTENTS), On.PARENT)
    if not view.lists_objects:
        return AnyOf((IsHead(), contents))
    by_object = AllOf((Check(list_object, On.PARENT), Check(list_object)))
    return AnyOf((IsHead(), contents, by_object))


def _deletion(_: View) -> Need:
    """Two checks that know nothing of each other. [MS-ADTS] 3.1.1.5.5.4"""
    of_parent = ChildCheck("delete", AccessMask.DELETE_CHILD, On.PARENT)
    return AnyOf((Check(Permission.whole("Delete", AccessMask.DELETE)), of_parent))


def _renaming(view: View) -> Need:
    """Controllers look at `name` and at the attribute that names objects of the class."""
    own = NameCheck(AccessMask.WRITE_PROPERTY)
    return AllOf((Check(permission_of("write:name", view.schema)), own))


def _moving(view: View) -> Need:
    """[MS-ADTS] 3.1.1.5.4.1"""
    create = ChildCheck("create", AccessMask.CREATE_CHILD, On.DESTINATION)
    return AllOf((Check(permission_of("write:name", view.schema)), _deletion(view), create))


def _replicating(view: View) -> Need:
    """Both rights on the head of the naming context, secrets included. [MS-DRSR] 4.1.10.5.2"""
    names = ("DS-Replication-Get-Changes", "DS-Replication-Get-Changes-All")
    return AllOf(tuple(Check(permission_of(name, view.schema), On.HEAD) for name in names))


def _adding(view: View) -> Need:
    return Check(permission_of("write:member", view.schema))


def _joining(view: View) -> Need:
    """To add oneself takes less than to add others. [MS-ADTS] 3.1.1.5.3.1.1.4"""
    return AnyOf((_adding(view), Check(permission_of("Self-Membership", view.schema))))


def _local_passwords(view: View) -> Need:
    """The passwords of local administrators, in whichever attributes the schema has for them."""
    known = [name for name in _LAPS if attribute_named(name, view.schema)]
    if not known:
        raise QuestionError(
            "the schema has no attribute for passwords of LAPS", f"looked for {', '.join(_LAPS)}"
        )
    return AnyOf(tuple(_reading(f"read:{name}", name, view) for name in known))


def _managed_password(view: View) -> Need:
    """Whoever the account itself lists; the DACL of the object does not count for it."""
    allowed = Permission.whole("ReadProperty", AccessMask.READ_PROPERTY)
    return AllOf((_seeing(view), Check(allowed, On.READERS)))


OPERATIONS: Mapping[str, Callable[[View], Need]] = {
    "See": _seeing,
    "Delete": _deletion,
    "Rename": _renaming,
    "Move": _moving,
    "DCSync": _replicating,
    "AddMember": _adding,
    "AddSelf": _joining,
    "ReadLAPSPassword": _local_passwords,
    "ReadGMSAPassword": _managed_password,
}
"""What takes several checks, or has a name of its own, by that name"""
