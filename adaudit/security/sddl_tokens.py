"""The fixed words of SDDL, both ways. [MS-DTYP] 2.5.1.1"""

from adaudit.security.ace import AceFlags, AceType
from adaudit.security.rights import AccessMask
from adaudit.security.sid import BUILTIN, Sid

ACE_TYPES = {
    "A": AceType.ACCESS_ALLOWED,
    "D": AceType.ACCESS_DENIED,
    "AU": AceType.SYSTEM_AUDIT,
    "OA": AceType.ACCESS_ALLOWED_OBJECT,
    "OD": AceType.ACCESS_DENIED_OBJECT,
    "OU": AceType.SYSTEM_AUDIT_OBJECT,
    "XA": AceType.ACCESS_ALLOWED_CALLBACK,
    "XD": AceType.ACCESS_DENIED_CALLBACK,
    "ZA": AceType.ACCESS_ALLOWED_CALLBACK_OBJECT,
    "XU": AceType.SYSTEM_AUDIT_CALLBACK,
    "ML": AceType.SYSTEM_MANDATORY_LABEL,
    "RA": AceType.SYSTEM_RESOURCE_ATTRIBUTE,
    "SP": AceType.SYSTEM_SCOPED_POLICY_ID,
}
ACE_TYPE_WORDS = {
    **{f"0x{int(member):02X}": member for member in AceType},
    **ACE_TYPES,
}
"""Also numbers: no word exists for the denying and the auditing callback object entry"""

ACE_FLAGS = {
    "OI": AceFlags.OBJECT_INHERIT,
    "CI": AceFlags.CONTAINER_INHERIT,
    "NP": AceFlags.NO_PROPAGATE_INHERIT,
    "IO": AceFlags.INHERIT_ONLY,
    "ID": AceFlags.INHERITED,
    "CR": AceFlags.CRITICAL,
    "SA": AceFlags.SUCCESSFUL_ACCESS,
    "FA": AceFlags.FAILED_ACCESS,
}

RIGHTS = {
    "CC": AccessMask.CREATE_CHILD,
    "DC": AccessMask.DELETE_CHILD,
    "LC": AccessMask.LIST_CONTENTS,
    "SW": AccessMask.SELF,
    "RP": AccessMask.READ_PROPERTY,
    "WP": AccessMask.WRITE_PROPERTY,
    "DT": AccessMask.DELETE_TREE,
    "LO": AccessMask.LIST_OBJECT,
    "CR": AccessMask.CONTROL_ACCESS,
    "SD": AccessMask.DELETE,
    "RC": AccessMask.READ_CONTROL,
    "WD": AccessMask.WRITE_DAC,
    "WO": AccessMask.WRITE_OWNER,
    "GA": AccessMask.GENERIC_ALL,
    "GX": AccessMask.GENERIC_EXECUTE,
    "GW": AccessMask.GENERIC_WRITE,
    "GR": AccessMask.GENERIC_READ,
}
"""In the order in which Windows writes them"""

_RIGHTS_OF_OTHER_OBJECTS = {
    "FA": 0x1F01FF,
    "FX": 0x1200A0,
    "FW": 0x120116,
    "FR": 0x120089,
    "KA": 0xF003F,
    "KR": 0x20019,
    "KX": 0x20019,
    "KW": 0x20006,
}
LABEL_RIGHTS = {"NW": 0x1, "NR": 0x2, "NX": 0x4}
"""What a mandatory label forbids. [MS-DTYP] 2.4.4.13"""

RIGHT_WORDS = {
    **{word: int(mask) for word, mask in RIGHTS.items()},
    **_RIGHTS_OF_OTHER_OBJECTS,
    **LABEL_RIGHTS,
}

SIDS = {
    "WD": Sid(1, (0,)),
    "CO": Sid(3, (0,)),
    "CG": Sid(3, (1,)),
    "OW": Sid(3, (4,)),
    "NU": Sid(5, (2,)),
    "IU": Sid(5, (4,)),
    "SU": Sid(5, (6,)),
    "AN": Sid(5, (7,)),
    "ED": Sid(5, (9,)),
    "PS": Sid(5, (10,)),
    "AU": Sid(5, (11,)),
    "RC": Sid(5, (12,)),
    "SY": Sid(5, (18,)),
    "LS": Sid(5, (19,)),
    "NS": Sid(5, (20,)),
    "WR": Sid(5, (33,)),
    "UD": Sid(5, (84, 0, 0, 0, 0, 0)),
    "AC": Sid(15, (2, 1)),
    "LW": Sid(16, (4096,)),
    "ME": Sid(16, (8192,)),
    "MP": Sid(16, (8448,)),
    "HI": Sid(16, (12288,)),
    "SI": Sid(16, (16384,)),
    "AS": Sid(18, (1,)),
    "SS": Sid(18, (2,)),
    **{
        word: BUILTIN.relative(rid)
        for word, rid in {
            "BA": 544,
            "BU": 545,
            "BG": 546,
            "PU": 547,
            "AO": 548,
            "SO": 549,
            "PO": 550,
            "BO": 551,
            "RE": 552,
            "RU": 554,
            "RD": 555,
            "NO": 556,
            "MU": 558,
            "LU": 559,
            "IS": 568,
            "CY": 569,
            "ER": 573,
            "CD": 574,
            "RA": 575,
            "ES": 576,
            "MS": 577,
            "HA": 578,
            "AA": 579,
            "RM": 580,
        }.items()
    },
}
"""Aliases of the SIDs that are the same everywhere"""

SID_WORDS = {sid: word for word, sid in SIDS.items()}

DOMAIN_RIDS = {
    "LA": 500,
    "LG": 501,
    "DA": 512,
    "DU": 513,
    "DG": 514,
    "DC": 515,
    "DD": 516,
    "CA": 517,
    "PA": 520,
    "CN": 522,
    "AP": 525,
    "KA": 526,
    "RS": 553,
}
"""Aliases that mean another SID in each domain"""

ROOT_DOMAIN_RIDS = {"RO": 498, "SA": 518, "EA": 519, "EK": 527}
"""Aliases that mean another SID in each forest: that of its root domain"""
