"""Security identifiers. [MS-DTYP] 2.4.2."""

import re
import struct
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from adaudit.errors import DescriptorError

_MAX_SUBAUTHORITIES = 15
_HEADER = struct.Struct(">BBHI")
_SUBAUTHORITIES = tuple(struct.Struct(f"<{count}I") for count in range(_MAX_SUBAUTHORITIES + 1))
_TEXT = re.compile(r"S-1-(0X[0-9A-F]{1,12}|[0-9]{1,15})((?:-[0-9]{1,10})*)")


@dataclass(frozen=True, slots=True, order=True)
class Sid:
    """A security identifier: revision 1, a 48-bit authority, up to 15 32-bit subauthorities."""

    authority: int
    subauthorities: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.authority < 1 << 48:
            raise DescriptorError(f"SID authority {self.authority} does not fit in 48 bits")
        parts = self.subauthorities
        if len(parts) > _MAX_SUBAUTHORITIES:
            raise DescriptorError(f"SID has {len(parts)} subauthorities, at most 15 are allowed")
        if parts and (min(parts) < 0 or max(parts) >> 32):
            raise DescriptorError("SID subauthority does not fit in 32 bits")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `S-1-5-32-544`, [MS-DTYP] 2.4.2.1; an authority of 2**32 or more is hexadecimal."""
        match = _TEXT.fullmatch(text.strip().upper())
        if match is None:
            raise DescriptorError(f"`{text}` is not a SID", "a SID looks like S-1-5-21-1-2-3-1105")
        authority, rest = match.groups()
        base = 16 if authority.startswith("0X") else 10
        return cls(int(authority, base), tuple(map(int, rest.split("-")[1:])))

    @classmethod
    def decode(cls, data: bytes) -> "Sid":
        """Read the binary form, [MS-DTYP] 2.4.2.2; every byte must belong to the SID."""
        return _decode(bytes(data))

    def encode(self) -> bytes:
        """Write the binary form, [MS-DTYP] 2.4.2.2."""
        count = len(self.subauthorities)
        authority = self.authority.to_bytes(6, "big")
        return struct.pack(f"<BB6s{count}I", 1, count, authority, *self.subauthorities)

    def __str__(self) -> str:
        authority = str(self.authority) if self.authority < 1 << 32 else f"0x{self.authority:012X}"
        return "-".join(["S-1", authority, *map(str, self.subauthorities)])

    @property
    def rid(self) -> int | None:
        """The last subauthority, None for a SID without one."""
        return self.subauthorities[-1] if self.subauthorities else None

    @property
    def domain(self) -> Self | None:
        """The domain (`S-1-5-21-x-y-z`) that issued this SID, None if no domain did."""
        parts = self.subauthorities
        is_issued = self.authority == 5 and parts[:1] == (21,) and len(parts) == 5
        return type(self)(5, parts[:4]) if is_issued else None

    def relative(self, rid: int) -> Self:
        """The SID of `rid` in the domain that this SID names."""
        return type(self)(self.authority, (*self.subauthorities, rid))


@lru_cache(maxsize=1 << 16)
def _decode(data: bytes) -> Sid:
    if len(data) < _HEADER.size:
        raise DescriptorError(f"SID of {len(data)} bytes is shorter than its header of 8")
    revision, count, high, low = _HEADER.unpack_from(data)
    if revision != 1:
        raise DescriptorError(f"SID revision is {revision}, not 1")
    if count > _MAX_SUBAUTHORITIES:
        raise DescriptorError(f"SID has {count} subauthorities, at most 15 are allowed")
    if len(data) != _HEADER.size + 4 * count:
        expected = _HEADER.size + 4 * count
        raise DescriptorError(
            f"SID with {count} subauthorities takes {expected} bytes, found {len(data)}"
        )
    return Sid(high << 32 | low, _SUBAUTHORITIES[count].unpack_from(data, _HEADER.size))


NULL = Sid(0, (0,))
EVERYONE = Sid(1, (0,))
CREATOR_OWNER = Sid(3, (0,))
CREATOR_GROUP = Sid(3, (1,))
OWNER_RIGHTS = Sid(3, (4,))
NETWORK = Sid(5, (2,))
ANONYMOUS = Sid(5, (7,))
ENTERPRISE_DOMAIN_CONTROLLERS = Sid(5, (9,))
PRINCIPAL_SELF = Sid(5, (10,))
AUTHENTICATED_USERS = Sid(5, (11,))
THIS_ORGANIZATION = Sid(5, (15,))
LOCAL_SYSTEM = Sid(5, (18,))
BUILTIN = Sid(5, (32,))
OTHER_ORGANIZATION = Sid(5, (1000,))
NTLM_AUTHENTICATION = Sid(5, (64, 10))
SCHANNEL_AUTHENTICATION = Sid(5, (64, 14))
DIGEST_AUTHENTICATION = Sid(5, (64, 21))
AUTHENTICATION_AUTHORITY_ASSERTED = Sid(18, (1,))
SERVICE_ASSERTED = Sid(18, (2,))

WELL_KNOWN_NAMES = {
    NULL: "Nobody",
    EVERYONE: "Everyone",
    Sid(2, (0,)): "Local",
    CREATOR_OWNER: "Creator Owner",
    CREATOR_GROUP: "Creator Group",
    OWNER_RIGHTS: "Owner Rights",
    Sid(5, (1,)): "Dialup",
    NETWORK: "Network",
    Sid(5, (3,)): "Batch",
    Sid(5, (4,)): "Interactive",
    Sid(5, (6,)): "Service",
    ANONYMOUS: "Anonymous",
    Sid(5, (8,)): "Proxy",
    ENTERPRISE_DOMAIN_CONTROLLERS: "Enterprise Domain Controllers",
    PRINCIPAL_SELF: "Self",
    AUTHENTICATED_USERS: "Authenticated Users",
    Sid(5, (12,)): "Restricted",
    Sid(5, (13,)): "Terminal Server User",
    Sid(5, (14,)): "Remote Interactive Logon",
    THIS_ORGANIZATION: "This Organization",
    Sid(5, (17,)): "IUSR",
    LOCAL_SYSTEM: "System",
    Sid(5, (19,)): "Local Service",
    Sid(5, (20,)): "Network Service",
    OTHER_ORGANIZATION: "Other Organization",
    NTLM_AUTHENTICATION: "NTLM Authentication",
    SCHANNEL_AUTHENTICATION: "SChannel Authentication",
    DIGEST_AUTHENTICATION: "Digest Authentication",
    AUTHENTICATION_AUTHORITY_ASSERTED: "Authentication Authority Asserted Identity",
    SERVICE_ASSERTED: "Service Asserted Identity",
    **{
        BUILTIN.relative(rid): f"BUILTIN\\{name}"
        for rid, name in {
            544: "Administrators",
            545: "Users",
            546: "Guests",
            548: "Account Operators",
            549: "Server Operators",
            550: "Print Operators",
            551: "Backup Operators",
            552: "Replicator",
            554: "Pre-Windows 2000 Compatible Access",
            555: "Remote Desktop Users",
            556: "Network Configuration Operators",
            557: "Incoming Forest Trust Builders",
            558: "Performance Monitor Users",
            559: "Performance Log Users",
            560: "Windows Authorization Access Group",
            561: "Terminal Server License Servers",
            562: "Distributed COM Users",
            568: "IIS_IUSRS",
            569: "Cryptographic Operators",
            573: "Event Log Readers",
            574: "Certificate Service DCOM Access",
            580: "Remote Management Users",
        }.items()
    },
}
"""Names of the SIDs that mean the same everywhere. [MS-DTYP] 2.4.2.4"""

DOMAIN_NAMES = {
    498: "Enterprise Read-only Domain Controllers",
    500: "Administrator",
    501: "Guest",
    502: "krbtgt",
    512: "Domain Admins",
    513: "Domain Users",
    514: "Domain Guests",
    515: "Domain Computers",
    516: "Domain Controllers",
    517: "Cert Publishers",
    518: "Schema Admins",
    519: "Enterprise Admins",
    520: "Group Policy Creator Owners",
    521: "Read-only Domain Controllers",
    522: "Cloneable Domain Controllers",
    525: "Protected Users",
    526: "Key Admins",
    527: "Enterprise Key Admins",
    553: "RAS and IAS Servers",
    571: "Allowed RODC Password Replication Group",
    572: "Denied RODC Password Replication Group",
}
"""English names of the RIDs that mean the same in every domain. [MS-DTYP] 2.4.2.4"""
