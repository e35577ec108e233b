"""
What newer versions of Windows, and LAPS, add to the schema of Samba, as far as a review asks.

All identifiers are the real ones but the GUIDs of LAPS, which each forest makes for itself; what
the class of Windows Server 2025 must and may contain is cut down to what there is.
"""

import base64
import uuid

import ldb
from sam import Sam, Values

_KEYS = uuid.UUID("9b026da6-0d3c-465c-8bee-5199d7165cba")  # DS-Validated-Write-Computer
_LAPS = "1.2.840.113556.1.8000.2554.50051.45980.28112.18903.35903.6685103.1224907.2"
_CONFIDENTIAL = "904"  # and kept from read-only controllers, from audit and in tombstones

_ATTRIBUTES: dict[str, dict[str, Values]] = {
    "ms-DS-Key-Credential-Link": {
        "lDAPDisplayName": "msDS-KeyCredentialLink",
        "attributeID": "1.2.840.113556.1.4.2328",
        "schemaIDGUID": uuid.UUID("5b47d60f-6090-40b2-9f37-2a4de88f3063").bytes_le,
        "attributeSecurityGUID": _KEYS.bytes_le,
        "attributeSyntax": "2.5.5.7",
        "oMSyntax": "127",
        "oMObjectClass": base64.b64decode("KoZIhvcUAQEBCw=="),
        "linkID": "2220",
        "isSingleValued": "FALSE",
    },
    "ms-Mcs-AdmPwd": {
        "lDAPDisplayName": "ms-Mcs-AdmPwd",
        "attributeID": f"{_LAPS}.1",
        "schemaIDGUID": uuid.UUID("4f7c1a58-6e1c-4a57-9d43-6c1d6a3f0b01").bytes_le,
        "attributeSyntax": "2.5.5.5",
        "oMSyntax": "19",
        "searchFlags": _CONFIDENTIAL,
        "isSingleValued": "TRUE",
    },
    "ms-Mcs-AdmPwdExpirationTime": {
        "lDAPDisplayName": "ms-Mcs-AdmPwdExpirationTime",
        "attributeID": f"{_LAPS}.2",
        "schemaIDGUID": uuid.UUID("4f7c1a58-6e1c-4a57-9d43-6c1d6a3f0b02").bytes_le,
        "attributeSyntax": "2.5.5.16",
        "oMSyntax": "65",
        "isSingleValued": "TRUE",
    },
}
_MAY_CONTAIN = {
    "User": ["msDS-KeyCredentialLink"],
    "Computer": ["msDS-KeyCredentialLink", "ms-Mcs-AdmPwd", "ms-Mcs-AdmPwdExpirationTime"],
}
_SUCCESSOR = "0feb936f-47b3-49f2-9386-1dedc2c23765"


def extend(sam: Sam) -> None:
    """Add them, and load the schema anew after each layer."""
    schema = f"CN=Schema,{sam.configuration}"
    for name, attributes in _ATTRIBUTES.items():
        sam.add(f"CN={name},{schema}", ["top", "attributeSchema"], **attributes)
    sam.database.set_schema_update_now()
    for name, attributes in _MAY_CONTAIN.items():
        sam.modify(f"CN={name},{schema}", "mayContain", attributes)
    sam.add(
        f"CN=ms-DS-Delegated-Managed-Service-Account,{schema}",
        ["top", "classSchema"],
        lDAPDisplayName="msDS-DelegatedManagedServiceAccount",
        governsID="1.2.840.113556.1.5.302",
        schemaIDGUID=uuid.UUID(_SUCCESSOR).bytes_le,
        subClassOf="computer",
        objectClassCategory="1",
        rDNAttID="cn",
        possSuperiors=["container", "organizationalUnit"],
        mayContain=["msDS-GroupMSAMembership"],
        defaultSecurityDescriptor=_default_of(sam, "ms-DS-Group-Managed-Service-Account"),
    )
    sam.database.set_schema_update_now()
    sam.add(
        f"CN=DS-Validated-Write-Computer,CN=Extended-Rights,{sam.configuration}",
        ["top", "controlAccessRight"],
        displayName="Validated write to computer attributes",
        rightsGuid=str(_KEYS),
        validAccesses="8",
        appliesTo=["bf967a86-0de6-11d0-a285-00aa003049e2"],
    )


def _default_of(sam: Sam, name: str) -> str:
    """The default descriptor of another class, which is nearly that of this one."""
    dn = f"CN={name},CN=Schema,{sam.configuration}"
    found = sam.database.search(dn, ldb.SCOPE_BASE, attrs=["defaultSecurityDescriptor"])
    return str(found[0]["defaultSecurityDescriptor"][0])
