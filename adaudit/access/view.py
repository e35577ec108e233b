"""One snapshot, and what access checks derive from it, each thing once."""

from functools import cache, cached_property

from adaudit.access.origin import Level, Origin, trace
from adaudit.access.question import ObjectFacts, Question
from adaudit.access.token import Server, Token, token_of
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.faults import Fault, understood
from adaudit.directory.membership import Membership
from adaudit.directory.schema import Schema
from adaudit.directory.snapshot import Snapshot, descriptor_of
from adaudit.errors import DirectoryError, QuestionError
from adaudit.security.rights import WHOLE_OBJECT_RIGHTS, Right
from adaudit.security.sid import Sid

_LIST_OBJECT_MODE = 2  # character 3 of dSHeuristics, [MS-ADTS] 5.1.3.3.6
_BLOCK_OWNER_IMPLICIT_RIGHTS = 28  # character 29 of dSHeuristics, [MS-ADTS] 6.1.1.2.4.1.2
_DOMAIN_ADMINS_RID = 512
_ENTERPRISE_ADMINS_RID = 519


class View:
    """A snapshot with its schema, memberships, tokens and the way up from each object."""

    def __init__(self, snapshot: Snapshot, membership: Membership | None = None) -> None:
        """`membership` is that of another snapshot whose principals are known to be the same."""
        self.snapshot = snapshot
        self.schema = Schema.of(snapshot)
        self.membership = membership or Membership.of(snapshot)
        self.domains = self.membership.domains
        self.token = cache(self._token)
        self.level = cache(self._level)
        self.levels = cache(self._levels)
        self.origin = cache(self._origin)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The objects that could not be understood, and so count nowhere."""
        return (*self.membership.faults, *self.schema.faults)

    def name(self, sid: Sid) -> str:
        """The name that a reader knows a SID by."""
        return self.membership.name(sid)

    def right_of(self, name: str) -> Right:
        """
        The right of that name: an extended one (`Send-As`, or its GUID), or `WriteDac`, `Delete`, …

        Raises `QuestionError` where there is none.
        """
        plain = name.lower().replace("-", "").replace("_", "")
        for right in WHOLE_OBJECT_RIGHTS:
            if right.name.lower() == plain:
                return right
        extended = self.schema.right(name)
        if extended is None:
            names = [right.name for right in WHOLE_OBJECT_RIGHTS]
            names += sorted(r.name for r in self.schema.rights.values() if r.is_extended)
            raise QuestionError(f"no right `{name}`", f"rights: {', '.join(names)}")
        return extended

    def facts(self, entry: Entry) -> ObjectFacts:
        """What an access check needs to know of an object beside its descriptor."""
        object_class = entry.object_class
        is_computer = self.schema.is_derived(object_class, "computer")
        return ObjectFacts(
            entry.sid,
            self.schema.class_guid(object_class),
            self._blocks_owner and is_computer,
            self._administrators,
        )

    def question(self, right: Right, entry: Entry) -> Question:
        """Ask for a right on an object."""
        facts = self.facts(entry)
        if right.object_type is None:
            return Question.whole_object(right, facts)
        return Question.extended_right(right, facts)

    def controller_of(self, domain: Domain | None) -> Server:
        """A domain controller of `domain`, which is where directory access is checked."""
        name = f"a controller of {domain.dns_name}" if domain else "a controller"
        return Server(name, domain, is_domain_controller=True)

    def principal_named(self, text: str) -> Sid:
        r"""
        The SID of `EX01$`, `CONTOSO\EX01$`, a DN or a SID.

        Raises `QuestionError` when there is none or more than one.
        """
        if text.upper().startswith("S-1-"):
            return Sid.parse(text)
        dn = _dn(text)
        bearing = None if dn is None else self.membership.bearing(dn)
        found = {principal.sid for principal in self.membership.named(text)}
        if bearing is not None:
            found.add(bearing.sid)
        if len(found) != 1:
            which = "no principal" if not found else f"{len(found)} principals"
            raise QuestionError(
                f"{which} `{text}` in the snapshot", r"give DOMAIN\NAME, the DN or the SID"
            )
        return found.pop()

    @property
    def lists_objects(self) -> bool:
        """Whether LIST_OBJECT counts: the list object mode of the forest. [MS-ADTS] 5.1.3.3.6"""
        return self.heuristics[_LIST_OBJECT_MODE:][:1] == "1"

    @cached_property
    def heuristics(self) -> str:
        """The value of dSHeuristics, empty where it is not set. [MS-ADTS] 6.1.1.2.4.1.2"""
        for entry in self.snapshot.of_class("nTDSService"):
            return entry.text("dSHeuristics") or ""
        return ""

    @property
    def _blocks_owner(self) -> bool:
        return self.heuristics[_BLOCK_OWNER_IMPLICIT_RIGHTS:][:1] == "1"

    @cached_property
    def _administrators(self) -> frozenset[Sid]:
        domains = self.domains.by_sid
        rids = (_DOMAIN_ADMINS_RID, _ENTERPRISE_ADMINS_RID)
        return frozenset(sid.relative(rid) for sid in domains for rid in rids)

    def _token(self, subject: Sid, server: Server) -> Token:
        return token_of(subject, server, self.membership)

    def _origin(self, dn: Dn, position: int) -> Origin:
        """Where an entry of an object's DACL was set."""
        return trace(self.levels(dn), position)

    def _levels(self, dn: Dn) -> tuple[Level, ...]:
        """The object and all above it up to the head of its naming context."""
        found = [self.level(dn)]
        while not found[-1].is_head and (parent := found[-1].dn.parent) and parent.text:
            found.append(self.level(parent))
        return tuple(found)

    def _level(self, dn: Dn) -> Level:
        entry = self.snapshot.entry(dn)
        class_guid = self.schema.class_guid(entry.object_class) if entry else None
        descriptor = descriptor_of(entry) if entry else None
        return Level(dn, class_guid, descriptor, self._is_head(dn))

    def _is_head(self, dn: Dn) -> bool:
        first = dn.path.rpartition(",")[2]
        is_configuration = first in ("cn=configuration", "cn=schema") and (
            dn.parent is not None and self._is_domain_or_configuration(dn.parent)
        )
        return is_configuration or dn in self._heads

    @property
    def heads(self) -> frozenset[Dn]:
        """The heads of all naming contexts, those of the configuration and the schema too."""
        above = {domain.dn.child("CN=Configuration") for domain in self.domains.all}
        return self._heads | above | {each.child("CN=Schema") for each in above}

    @cached_property
    def _heads(self) -> frozenset[Dn]:
        """The heads of domains and application partitions. [MS-ADTS] 6.1.1.2.1.1"""
        references = self.snapshot.of_class("crossRef")
        named = {dn for _, dn in understood(references, _naming_context, [])}
        return frozenset(named | {domain.dn for domain in self.domains.all})

    def _is_domain_or_configuration(self, dn: Dn) -> bool:
        return dn.path.rpartition(",")[2].startswith(("dc=", "cn=configuration"))


def _naming_context(reference: Entry) -> Dn | None:
    name = reference.text("nCName")
    return Dn(name) if name else None


def _dn(text: str) -> Dn | None:
    try:
        return Dn(text)
    except DirectoryError:
        return None
