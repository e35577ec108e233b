"""
The attributes that a review of all permissions reads, of whatever object has them.

Each one tells what an object is, what stands in the schema, or who is allowed something by another
way than a descriptor. None holds a secret: of managed passwords only who may read them, and when
they expire, which shows that there is one.
"""

_OF_ANY = (
    "objectSid",  # whom SELF means, in the configuration too: CN=WellKnown Security Principals
    *("adminCount", "isCriticalSystemObject", "systemFlags", "managedBy"),
)
_OF_POLICIES = ("gPLink", "gPOptions")
_OF_CONTEXTS = (
    *("wellKnownObjects", "otherWellKnownObjects", "ms-DS-MachineAccountQuota"),
    *("msDS-Behavior-Version", "objectVersion", "dSHeuristics"),
)
_OF_CROSS_REFERENCES = ("msDS-SDReferenceDomain", "Enabled")
_OF_SERVERS = ("dNSHostName", "serverReference")
_OF_ACCOUNTS = (
    *("msDS-AllowedToDelegateTo", "msDS-AllowedToActOnBehalfOfOtherIdentity"),
    *("msDS-GroupMSAMembership", "mS-DS-CreatorSID"),
    *("ms-Mcs-AdmPwdExpirationTime", "msLAPS-PasswordExpirationTime"),
    *("msDS-DelegatedMSAState", "msDS-ManagedAccountPrecededByLink"),
    *("msDS-SupersededManagedAccountLink", "msDS-SupersededServiceAccountState"),
    *("msDS-NeverRevealGroup", "msDS-RevealOnDemandGroup", "msDS-KrbTgtLink"),
)
_OF_TRUSTS = (
    *("securityIdentifier", "trustPartner", "flatName"),
    *("trustDirection", "trustType", "trustAttributes"),
)
_OF_SCHEMA = (
    *("defaultSecurityDescriptor", "rDNAttID", "systemOnly", "schemaFlagsEx", "isDefunct"),
    *("possSuperiors", "systemPossSuperiors", "auxiliaryClass", "systemAuxiliaryClass"),
    *("mayContain", "systemMayContain", "mustContain", "systemMustContain"),
)
_OF_CERTIFICATES = (
    *("msPKI-Certificate-Name-Flag", "msPKI-Enrollment-Flag", "msPKI-RA-Signature"),
    *("pKIExtendedKeyUsage", "msPKI-Certificate-Application-Policy", "msPKI-Certificate-Policy"),
    *("msPKI-Template-Schema-Version", "msPKI-Cert-Template-OID", "msDS-OIDToGroupLink"),
    "certificateTemplates",
)

REVIEW = (
    *(*_OF_ANY, *_OF_POLICIES, *_OF_CONTEXTS, *_OF_CROSS_REFERENCES, *_OF_SERVERS),
    *(*_OF_ACCOUNTS, *_OF_TRUSTS, *_OF_SCHEMA, *_OF_CERTIFICATES),
)
"""Names as the schema writes them."""
POLICY = ("displayName", "gPCFileSysPath")
"""What is read of group policies alone, as every account has a displayName that nobody needs."""
