"""What would hold after a change: a token without a group, a descriptor without an entry."""

from collections import deque
from dataclasses import replace

from adaudit.access.token import Link, Token
from adaudit.security.descriptor import Acl, SecurityDescriptor
from adaudit.security.sid import Sid


def without_group(token: Token, group: Sid) -> Token:
    """The token of the same subject if nothing of what is in it were in `group`."""
    above: dict[Sid, list[Sid]] = {}
    for sid, links in token.links.items():
        for link in links:
            if link.below is not None and sid != group:
                above.setdefault(link.below, []).append(sid)
    kept = {token.subject}
    queue = deque(kept)
    while queue:
        for sid in above.get(queue.popleft(), ()):
            if sid not in kept:
                kept.add(sid)
                queue.append(sid)
    return replace(
        token,
        sids=frozenset(kept),
        links={sid: _within(token, sid, kept) for sid in kept},
    )


def without_entry(descriptor: SecurityDescriptor, position: int) -> SecurityDescriptor:
    """The descriptor with one entry taken out of its DACL."""
    dacl = descriptor.dacl
    if not isinstance(dacl, Acl):
        raise TypeError("the descriptor has no DACL to take an entry from")
    entries = dacl.entries[:position] + dacl.entries[position + 1 :]
    return replace(descriptor, dacl=replace(dacl, entries=entries))


def _within(token: Token, sid: Sid, kept: set[Sid]) -> tuple[Link, ...]:
    return tuple(link for link in token.links[sid] if link.below is None or link.below in kept)
