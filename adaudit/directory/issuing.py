"""Which domain issued a SID, told from its bytes. [MS-DTYP] 2.4.2.2"""

from adaudit.security.sid import Sid

HEAD = bytes((1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0))
"""How the SIDs of what is in a domain begin: S-1-5-21-x-y-z-rid"""
SIZE = 28
"""How many bytes they have"""


def is_issued(sid: bytes) -> bool:
    """Whether a domain issued a SID."""
    return len(sid) == SIZE and sid.startswith(HEAD)


def domain_of(sid: bytes) -> bytes | None:
    """What tells the domain that issued a SID from others, None if none did."""
    return sid[:24] if len(sid) == SIZE and sid.startswith(HEAD) else None


def issuing(domain: Sid) -> bytes:
    """The same of a domain, by its own SID."""
    return domain.relative(0).encode()[:24]


def issued(domain: bytes, rid: int) -> bytes:
    """The SID that a domain issued with a RID; `OverflowError` where that has over 32 bits."""
    return domain + rid.to_bytes(4, "little")
