"""What a question is about: an object by whatever name, and the server that checks access to it."""

from collections.abc import Iterator

from adaudit.access.name_hints import meant
from adaudit.access.operation import Operation
from adaudit.access.token import Server
from adaudit.access.view import View
from adaudit.directory.dn import Dn
from adaudit.directory.domains import Domain
from adaudit.directory.entry import Entry
from adaudit.directory.known_names import bare_name
from adaudit.directory.snapshot import Unreadable
from adaudit.errors import DirectoryError, QuestionError
from adaudit.exchange.pairs import MailFlow
from adaudit.security.rights import AccessMask
from adaudit.security.sid import NULL, WELL_KNOWN_NAMES, Sid

_LONGER = 2
"""By how many letters a name may be longer or shorter that was meant"""


def object_named(text: str, view: View, flow: MailFlow) -> Entry:
    r"""
    The object of that DN, or the Exchange server, account, group or domain of that name.

    Raises `QuestionError` where there is none, or more than one.
    """
    if "=" in text:
        return object_at(text, view)
    for server in flow.servers:
        if text.lower() in (server.label.lower(), server.name.lower()):
            return server.entry
    domain = _domain_named(text, view)
    if domain is not None:
        return object_at(str(domain.dn), view)
    found = {str(principal.dn) for principal in view.membership.named(text)}
    if len(found) == 1:
        return object_at(found.pop(), view)
    if found:
        raise QuestionError(f"{len(found)} objects are called `{text}`", r"give DOMAIN\NAME or DN")
    names = [name for server in flow.servers for name in (server.label, server.name)]
    names += [n for domain in view.domains.all for n in (domain.dns_name, domain.netbios_name)]
    bare = text.rpartition("\\")[2]
    raise QuestionError(
        f"no object `{text}` in the snapshot",
        meant(bare, (*names, *_alike(bare, view)))
        or "give its DN, or the name of an account, a group, a domain or an Exchange server",
    )


def subject_named(text: str, view: View) -> Sid:
    r"""
    The SID of an account or group by name, DN or SID, or of `Everyone`, `Authenticated Users`, …

    Raises `QuestionError` where there is none, with names that are like it, or more than one.
    """
    try:
        return view.principal_named(text)
    except QuestionError as error:
        if not error.message.startswith("no principal"):
            raise
        for sid, name in WELL_KNOWN_NAMES.items():
            if name.lower() == text.lower() and sid != NULL:
                return sid
        bare = text.rpartition("\\")[2]
        raise QuestionError(error.message, meant(bare, _alike(bare, view)) or error.hint) from error


def _alike(name: str, view: View) -> Iterator[str]:
    """Names of principals that begin alike and are about as long, as there may be very many."""
    start = name[:1].lower()
    for row in view.snapshot.principal_rows():
        known = bare_name(row, is_foreign=False)
        if known[:1].lower() == start and abs(len(known) - len(name)) <= _LONGER:
            yield known


def object_at(text: str, view: View) -> Entry:
    """The object of that DN; `QuestionError` where there is none."""
    try:
        found = view.snapshot.entry(Dn(text))
    except DirectoryError as error:
        raise QuestionError(error.message) from error
    if found is None:
        raise QuestionError(f"no object `{text}` in the snapshot")
    return found


def not_judged(dn: Dn, why: Unreadable, view: View) -> DirectoryError:
    """That an object cannot be judged, and what to do where its descriptor was left out."""
    is_left_out = view.snapshot.scope != "all" and not why.is_damaged
    hint = "only what the checks of Exchange need was kept: --scope all keeps everything"
    return DirectoryError(f"`{dn}` cannot be judged: {why.reason}", hint if is_left_out else None)


def server_for(
    operation: Operation, dn: Dn, domain: str | None, view: View, flow: MailFlow
) -> Server:
    """
    The server that checks access: a controller, or an Exchange server for extended rights on it.

    `domain` is the name of the one whose controller it is, where that is a choice. Raises
    `QuestionError` where there is none of that name.
    """
    if domain is None:
        permission = operation.permission
        is_extended = permission is not None and permission.right.mask == AccessMask.CONTROL_ACCESS
        return flow.place_for(dn) if is_extended else view.controller_of(domain_of(dn, view))
    return view.controller_of(chosen(domain, view))


def chosen(domain: str, view: View) -> Domain:
    """The domain of that name; `QuestionError` where there is none."""
    try:
        return view.domains.named(domain)
    except DirectoryError as error:
        raise QuestionError(error.message, error.hint) from error


def domain_of(dn: Dn, view: View) -> Domain | None:
    """The domain whose controllers are asked first: that of the object, or the forest root's."""
    return view.domains.containing(dn) or view.domains.root


def _domain_named(text: str, view: View) -> Domain | None:
    try:
        return view.domains.named(text)
    except DirectoryError:
        return None
