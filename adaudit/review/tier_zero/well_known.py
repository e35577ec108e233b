r"""
The principals that are tier 0 wherever they are, by SID and RID: names can be changed.

First those that Microsoft protects itself, [MS-ADTS] 3.1.1.6.1.2. That dSHeuristics can exclude
operators from AdminSDHolder (dwAdminSDExMask, 3.1.1.6.1.4) takes no power from them. The protected
group 521, Read-only Domain Controllers, is not among them, nor 498: what these replicate lacks the
secrets that they may not cache, so that they hold neither the domain nor its administrators. The
objects of such controllers are tier 0 all the same: who controls one logs on as it, and says in its
msDS-RevealOnDemandGroup and msDS-NeverRevealGroup whose secrets it may cache.

Beside them stand groups that the directory lets become them:

- 526, 527 Key Admins: write `msDS-KeyCredentialLink` below the head of the domain, which on a
  controller's object means to log on as the controller.
- 517 Cert Publishers: holds the accounts of the enterprise authorities, each of which can sign a
  certificate for whoever it likes. Microsoft keeps it from read-only controllers together with
  Domain Admins (Denied RODC Password Replication Group).
- 557 Incoming Forest Trust Builders: makes trusts to the root of the forest, with delegation of
  the tickets of whoever comes over them.

Not among them, though powerful in other ways: 520 Group Policy Creator Owners (own the policies
that they make, and linking one is another right), 522 Cloneable Domain Controllers (takes effect
on controllers alone), and all that has no fixed RID: DnsAdmins and the groups of Exchange, whose
rights on tier 0 are to be seen.
"""

from collections.abc import Iterator

from adaudit.directory.domains import Domains
from adaudit.security import sid as sids
from adaudit.security.sid import BUILTIN, Sid

ALWAYS_TRUSTED = frozenset({sids.LOCAL_SYSTEM, sids.ENTERPRISE_DOMAIN_CONTROLLERS})
"""What acts on the controllers themselves"""
_PROTECTED = "a group that the directory protects"
BUILTIN_GROUPS = {
    544: "it administers the domain controllers",
    548: _PROTECTED,
    549: _PROTECTED,
    550: _PROTECTED,
    551: _PROTECTED,
    552: _PROTECTED,
    557: "it may make trusts to the forest",
}
"""RIDs of CN=Builtin, and why each is tier 0"""
DOMAIN_GROUPS = {
    512: "it administers the domain",
    516: "it holds the domain controllers",
    517: "it holds the certification authorities",
    526: "it may write key credentials in the whole domain",
}
"""RIDs of every domain, and why each is tier 0"""
ROOT_GROUPS = {
    518: "it may change the schema",
    519: "it administers the forest",
    527: "it may write key credentials in the whole forest",
}
"""RIDs of the root of the forest, and why each is tier 0"""
ACCOUNTS = {
    500: "it is the built-in administrator",
    502: "its key signs all tickets of the domain",
}
"""RIDs of accounts, and why each is tier 0"""
ALWAYS_THERE = frozenset({544, 548, 549, 550, 551, 552, 500, 502, 512, 516, 518, 519})
"""What every domain, or the root, has since Windows 2000: that it was not read is a gap"""

OPEN_TO_ANYONE = frozenset({501, 513, 514, 515, *(545, 546, 554)})
"""RIDs of what anyone is in or can get into: Users, Computers and Guests, here and in BUILTIN"""


def well_known(domains: Domains) -> Iterator[tuple[Sid, str]]:
    """The principals that are tier 0 in every forest, as far as their SIDs are known, and why."""
    for rid, why in BUILTIN_GROUPS.items():
        yield BUILTIN.relative(rid), why
    for domain in domains.all:
        rids = DOMAIN_GROUPS | ACCOUNTS | (ROOT_GROUPS if domain == domains.root else {})
        if domain.sid is not None:
            yield from ((domain.sid.relative(rid), why) for rid, why in rids.items())


def is_open_to_anyone(sid: Sid) -> bool:
    """
    Whether a SID is held by anyone: what stands in a tier-0 group with it opens that group.

    Tier 0 ends there. To trust all who hold it would be to trust everybody, and find nothing.
    """
    is_of_group = sid.domain is not None or sid.subauthorities[:1] == BUILTIN.subauthorities
    return sid.rid in OPEN_TO_ANYONE if is_of_group else sid not in ALWAYS_TRUSTED
