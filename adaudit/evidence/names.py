"""
Which addresses host names have: by the system's resolver, or as a hosts file says.

Events name a client by its address alone, and a sender looks for its peer by name: both need it.
"""

import socket
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from adaudit.directory.entry import Gap
from adaudit.directory.observations import EvidenceSource, ResolvedName, SourceKind
from adaudit.endpoint import is_address, is_host_name
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading

_AT_ONCE = 16
_MOST_BYTES = 1 << 24
_MOST_FAULTS = 20
_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
"""There is no such name, or it has no address; anything else says nothing about the name"""


def resolve(names: Iterable[str], timeout: float) -> Reading:
    """
    Ask the system's resolver for each name, several at the same time.

    `timeout`, in seconds, holds for each of them. A name that is not known is a record without
    addresses; one that the resolver could not say anything about is a gap.
    """
    distinct = list({name.rstrip(".").lower(): name for name in names}.values())
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        found = list(pool.map(partial(_resolve, timeout=timeout), distinct))
    source = EvidenceSource(
        SourceKind.NAMES,
        f"resolver of {socket.gethostname()}",
        datetime.now(UTC),
        socket.gethostname(),
        total=len(distinct),
        is_verified=False,
        notes=("as this computer resolves names: DNS, and its own hosts file before it",),
    )
    return Reading(
        source,
        tuple(each for each in found if isinstance(each, ResolvedName)),
        tuple(each for each in found if isinstance(each, Gap)),
    )


def look_up(name: str, timeout: float) -> tuple[str, ...]:
    """
    The addresses of a name in the order of the resolver, none where the name is not known.

    Raises `EvidenceError` where the resolver fails, or says nothing within `timeout` seconds.
    """
    answers: SimpleQueue[tuple[str, ...] | OSError] = SimpleQueue()
    # The system's resolver keeps its own time: only a thread can be left behind.
    Thread(target=_ask, args=(name, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise EvidenceError(f"cannot resolve `{name}`: no answer within {timeout:.3g} s") from None
    if not isinstance(answer, OSError):
        return answer
    if answer.errno in _UNKNOWN:
        return ()
    raise EvidenceError(f"cannot resolve `{name}`: {answer.strerror}") from answer


def read(path: Path, computer: str | None = None) -> Reading:
    """
    Read a hosts file: an address and its names a line, comments from `#` on.

    `computer` is whose view of the names it gives. A line of another form is a gap. Raises
    `EvidenceError` when the file cannot be read, or holds lines and none of that form.
    """
    addresses: dict[str, list[str]] = {}
    faults: list[Gap] = []
    for number, line in enumerate(_text(path).splitlines(), 1):
        fields = line.partition("#")[0].split()
        if _is_mapping(fields):
            for name in fields[1:]:
                addresses.setdefault(name.rstrip(".").lower(), []).append(fields[0])
        elif fields:
            faults.append(Gap(f"{path.name}, line {number}", "is not an address with its names"))
    if faults and not addresses:
        raise EvidenceError(f"`{path}` is no hosts file: no line is an address with its names")
    source = EvidenceSource(
        SourceKind.NAMES, path.name, datetime.now(UTC), computer, total=len(addresses)
    )
    records = (ResolvedName(name, tuple(dict.fromkeys(found))) for name, found in addresses.items())
    return Reading(source, tuple(records), _bounded(faults, path.name))


def _resolve(name: str, timeout: float) -> ResolvedName | Gap:
    subject = f"addresses of {name}"
    if not is_host_name(name):
        return Gap(subject, "it is no host name that DNS could know")
    try:
        return ResolvedName(name, look_up(name, timeout))
    except EvidenceError as error:
        return Gap(subject, error.message)


def _ask(name: str, answers: SimpleQueue[tuple[str, ...] | OSError]) -> None:
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError as error:
        answers.put(error)
    else:
        answers.put(tuple(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found)))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise EvidenceError(f"cannot read `{path}`: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise EvidenceError(f"`{path}` is no hosts file: it has more than {_MOST_BYTES >> 20} MB")
    # Comments may be of any code page; names that are readable at all are ASCII.
    form = "utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig"
    return data.decode(form, "replace")


def _is_mapping(fields: Sequence[str]) -> bool:
    return len(fields) > 1 and is_address(fields[0]) and all(map(is_host_name, fields[1:]))


def _bounded(faults: Sequence[Gap], subject: str) -> tuple[Gap, ...]:
    """The first faults, and how many more there are."""
    more = len(faults) - _MOST_FAULTS
    rest = (Gap(subject, f"{more} more lines are not an address with its names"),)
    return (*faults[:_MOST_FAULTS], *(rest if more > 0 else ()))
