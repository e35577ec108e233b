"""
Operations as LDAP carries them out: each is tried, and was allowed or refused for want of rights.

[MS-ADTS] 3.1.1.5.2 to 3.1.1.5.5
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adaudit.directory.dn import Dn

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import ldap3
    from ldap3.core.results import RESULT_INSUFFICIENT_ACCESS_RIGHTS, RESULT_SUCCESS
    from ldap3.protocol.microsoft import dir_sync_control, security_descriptor_control

Attempt = Callable[[ldap3.Connection], bool]
"""Whether the server did what it was asked for"""
_CLASSES: Mapping[str, Mapping[str, object]] = {
    "user": {"userAccountControl": 514},
    "computer": {"userAccountControl": 4098},
    "group": {},
    "contact": {},
}
"""What an object of a class takes, beside its name, to be disabled"""


@dataclass(frozen=True)
class Trial:
    """An operation on an object, by its name for the tool, and how it is tried."""

    operation: str
    on: Dn
    attempt: Attempt
    to: Dn | None = None


def delete(dn: Dn) -> Trial:
    """Delete an object that has none below it."""
    return Trial("Delete", dn, lambda connection: _tried(connection, connection.delete(str(dn))))


def rename(dn: Dn) -> Trial:
    """Give an object another name where it is."""
    rdn = f"CN={dn.name} renamed"
    return Trial(
        "Rename", dn, lambda connection: _tried(connection, connection.modify_dn(str(dn), rdn))
    )


def move(dn: Dn, to: Dn, name: str) -> Trial:
    """Move an object below another one, where it is called `name`."""

    def attempt(connection: ldap3.Connection) -> bool:
        return _tried(connection, connection.modify_dn(str(dn), f"CN={name}", new_superior=str(to)))

    return Trial("Move", dn, attempt, to)


def create(kind: str, below: Dn, name: str) -> Trial:
    """Add an object of a class."""
    attributes = dict(_CLASSES[kind])
    if kind != "contact":
        attributes["sAMAccountName"] = f"{name}$" if kind == "computer" else name

    def attempt(connection: ldap3.Connection) -> bool:
        return _tried(connection, connection.add(f"CN={name},{below}", kind, attributes))

    return Trial(f"create:{kind}", below, attempt)


def reset_password(dn: Dn, password: str) -> Trial:
    """Set a password without giving the old one."""
    return _replace("ResetPassword", dn, "unicodePwd", f'"{password}"'.encode("utf-16-le"))


def write(dn: Dn, attribute: str, value: str) -> Trial:
    """Replace the values of an attribute by one."""
    return _replace(f"write:{attribute}", dn, attribute, value)


def add_service_name(dn: Dn, value: str) -> Trial:
    """Add a service principal name that the server would take from the account itself."""
    return _modify("AddServiceName", dn, "servicePrincipalName", ldap3.MODIFY_ADD, value)


def add_member(group: Dn, member: Dn, operation: str) -> Trial:
    """Add somebody to a group: oneself or another."""
    return _modify(operation, group, "member", ldap3.MODIFY_ADD, str(member))


def write_descriptor(operation: str, dn: Dn, flags: int, descriptor: bytes) -> Trial:
    """Write a part of a descriptor as it is already. [MS-ADTS] 3.1.1.3.4.1.11"""

    def attempt(connection: ldap3.Connection) -> bool:
        change = {"nTSecurityDescriptor": [(ldap3.MODIFY_REPLACE, [descriptor])]}
        control = security_descriptor_control(criticality=True, sdflags=flags)
        return _tried(connection, connection.modify(str(dn), change, controls=control))

    return Trial(operation, dn, attempt)


def read(dn: Dn, attribute: str) -> Trial:
    """Read an attribute that is known to have a value."""

    def attempt(connection: ldap3.Connection) -> bool:
        connection.search(str(dn), "(objectClass=*)", ldap3.BASE, attributes=[attribute])
        return any(answer["raw_attributes"][attribute] for answer in connection.response)

    return Trial(f"read:{attribute}", dn, attempt)


def synchronize(head: Dn) -> Trial:
    """Ask for all changes of a naming context, without secrets. [MS-ADTS] 3.1.1.3.4.1.3"""
    control = dir_sync_control(
        criticality=True,
        object_security=False,
        ancestors_first=False,
        public_data_only=False,
        incremental_values=False,
        max_length=1000,
        cookie=None,
    )

    def attempt(connection: ldap3.Connection) -> bool:
        found = connection.search(str(head), "(cn=none)", attributes=["cn"], controls=[control])
        return _tried(connection, found)

    return Trial("DS-Replication-Get-Changes", head, attempt)


def _replace(operation: str, dn: Dn, attribute: str, value: str | bytes) -> Trial:
    return _modify(operation, dn, attribute, ldap3.MODIFY_REPLACE, value)


def _modify(operation: str, dn: Dn, attribute: str, kind: str, value: str | bytes) -> Trial:
    def attempt(connection: ldap3.Connection) -> bool:
        return _tried(connection, connection.modify(str(dn), {attribute: [(kind, [value])]}))

    return Trial(operation, dn, attempt)


def _tried(connection: ldap3.Connection, _: object) -> bool:
    """Whether it was done; it must fail for nothing but rights."""
    code = connection.result["result"]
    assert code in (RESULT_SUCCESS, RESULT_INSUFFICIENT_ACCESS_RIGHTS), connection.result
    return bool(code == RESULT_SUCCESS)
