"""What checks of tier 0 share: which objects they ask about, and who holds what on them."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from adaudit.access.bitmap import NONE, BitMap, union
from adaudit.access.permission import Permission
from adaudit.access.right_names import permission_of
from adaudit.checks._context import Context
from adaudit.checks.domain._finding import Claim, finding_of
from adaudit.directory.entry import Entry, Gap
from adaudit.errors import QuestionError
from adaudit.findings import Finding, NotApplicable
from adaudit.review.grants import Grant, Undecided
from adaudit.review.sources import Source, Sources
from adaudit.review.tier_zero import Asset, Kind
from adaudit.wording import counted

__all__ = ["NOT_READ", "Claim", "Said", "assets", "controllers", "granted", "named"]

NOT_READ = NotApplicable(
    "the objects of the domain were not all read or kept: that takes `scope: all`"
)

Said = Finding | Gap | NotApplicable


def assets(context: Context, *kinds: Kind) -> Iterator[tuple[Asset, Entry]]:
    """The objects of tier 0 of some kinds, or all, with what was read of them."""
    for asset in context.tier_zero.assets:
        if not kinds or asset.kind in kinds:
            yield asset, context.snapshot.at(asset.number)


def granted(
    claim: Claim,
    context: Context,
    objects: Iterable[Entry],
    spared_on: Callable[[Entry, str], BitMap] = lambda _, __: NONE,
    asked_of: Callable[[Entry, str], bool] = lambda _, __: True,
    takes: Callable[[str], Permission | None] = lambda _: None,
) -> Iterator[Said]:
    """
    What a check reports: a finding for each entry, where it was set, that lets outsiders in.

    `spared_on` are accounts that do not count on an object for one of the rights, beside those that
    control it anyway; `asked_of` says whether the right means something on the object. What a right
    `takes` is another permission on the object, without which it is nothing.
    """
    if context.snapshot.scope != "all":
        yield NOT_READ
        return
    rights = {each.name: each for each in filter(None, (named(r, context) for r in claim.rights))}
    found: dict[Source, list[Grant]] = defaultdict(list)
    unknown: dict[str, Gap] = {}
    sources = Sources(context.view, context.tier_zero)
    for entry in objects:
        known = NONE if claim.is_of_control else controllers(context, entry)
        for name, permission in rights.items():
            if asked_of(entry, name):
                without, doubtful = _without(takes(name), entry, context)
                spared = known | spared_on(entry, name) | without
                for grant in context.outsiders.grants(entry, permission, spared, doubtful):
                    if isinstance(grant, Undecided):
                        unknown.setdefault(entry.dn.path, _gap(grant))
                    else:
                        found[sources.of(grant)].append(grant)
    for source, grants in sorted(found.items(), key=lambda item: item[0].order):
        yield finding_of(claim, source, grants, context)
    yield from unknown.values()


def _without(other: Permission | None, entry: Entry, context: Context) -> tuple[BitMap, BitMap]:
    """The outsiders who surely lack another permission, and those of whom that is not known."""
    if other is None:
        return NONE, NONE
    outsiders = context.outsiders
    possible = outsiders.possible(entry, other)
    return outsiders.accounts - possible, possible - outsiders.holders(entry, other)


def _gap(undecided: Undecided) -> Gap:
    who = counted(undecided.count, "account")
    why = f"whether {undecided.permission.name} is held by {who} hangs on what is not known"
    return Gap(str(undecided.entry.dn), why)


def controllers(context: Context, entry: Entry) -> BitMap:
    """The outsiders who can give themselves every right on an object, and so hold any."""
    names = ("WriteDacl", "WriteOwner")
    permissions = filter(None, (named(name, context) for name in names))
    return union(context.outsiders.holders(entry, permission) for permission in permissions)


def named(name: str | Permission, context: Context) -> Permission | None:
    """The permission of that name, None where the schema of the forest does not have it."""
    if isinstance(name, Permission):
        return name
    try:
        return permission_of(name, context.view.schema)
    except QuestionError:
        return None
