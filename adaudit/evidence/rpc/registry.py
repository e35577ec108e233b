r"""
The registry of another computer, over the pipe `winreg`. [MS-RRP]

Keys are opened to query values and for nothing else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from adaudit.directory.entry import Gap
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry.plan import PLAN, FoundValue, WantedKey
from adaudit.evidence.registry.remote import name_of, remote_reading
from adaudit.evidence.registry.values import decode
from adaudit.evidence.rpc.credentials import RpcCredentials
from adaudit.evidence.rpc.failures import (
    FILE_NOT_FOUND,
    MORE_DATA,
    NO_MORE_ITEMS,
    RefusedCallError,
    opening,
)
from adaudit.evidence.rpc.fields import number, octets, text
from adaudit.evidence.rpc.line import Limits
from adaudit.evidence.rpc.session import (
    NOT_VERIFIED,
    SMB_PORT,
    Interface,
    Message,
    Pipe,
    open_session,
)

WINREG = Interface(
    "winreg",
    "338CD001-2244-31F1-AAAA-900038001003",
    "1.0",
    # OpenLocalMachine, BaseRegCloseKey, BaseRegEnumValue, BaseRegOpenKey, BaseRegQueryValue
    frozenset({2, 5, 10, 15, 17}),
    "Remote Registry",
)
KEY_QUERY_VALUE = 1
_LARGEST_VALUE = 1 << 16
_LONGEST_NAME = 256
"""Characters; a name may have 16,383, but the wanted ones are short"""
_MOST_VALUES = 256
_SMALL = 1024
_MOST_RECEIVED = 1 << 24


@dataclass(slots=True)
class _Found:
    """What is read of the keys."""

    values: dict[WantedKey, tuple[FoundValue, ...]] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)


def read_registry(
    host: str,
    credentials: RpcCredentials,
    *,
    timeout: float = 10,
    whole: float = 60,
    port: int = SMB_PORT,
) -> Reading:
    r"""
    Read what is wanted of the registry of a host, given by name or address.

    `timeout` holds for the connection and for each answer, `whole` for everything, both in
    seconds. A key or value that does not exist is a record without a value; one that may not be
    read is a gap. Raises `EvidenceError` where nothing can be read: the Remote Registry service is
    not running (it is never started), the user may not log on, the host does not answer.
    """
    limits = Limits(timeout, whole, _MOST_RECEIVED)
    with open_session(host, credentials, limits, port) as session:
        registry = _Registry(session.open_pipe(WINREG))
        with opening(host, "the registry"):
            hive = registry.local_machine()
        found = _read_keys(registry, hive, name_of(host))
    return remote_reading(host, found.values, found.gaps, NOT_VERIFIED)


def _read_keys(registry: "_Registry", hive: object, name: str) -> _Found:
    found = _Found()
    for wanted in PLAN:
        subject = f"{name}\\{wanted.path}"
        try:
            found.values[wanted] = tuple(registry.read(hive, wanted))
        except RefusedCallError as error:
            found.gaps.append(Gap(subject, str(error)))
        except EvidenceError as error:
            found.gaps.append(Gap(subject, error.message))
            if not found.values:
                raise
            left = len(PLAN) - PLAN.index(wanted) - 1
            if left:
                found.gaps.append(Gap(name, f"{left} more keys were not read"))
            break
    return found


class _Registry:
    """The calls of the interface, with nothing but the right to query values."""

    def __init__(self, pipe: Pipe) -> None:
        self._pipe = pipe

    def local_machine(self) -> object:
        """Open the hive."""
        from impacket.dcerpc.v5 import rrp  # noqa: PLC0415 - heavy, and not on Windows

        request = rrp.OpenLocalMachine()
        request["ServerName"] = rrp.NULL
        request["samDesired"] = KEY_QUERY_VALUE
        return self._pipe.request(request)["phKey"]

    def read(self, hive: object, wanted: WantedKey) -> Iterator[FoundValue]:
        """What is wanted of a key; nothing where the key does not exist."""
        try:
            with self._key(hive, wanted.path) as key:
                for name in wanted.names:
                    yield from self._value(key, name)
                if wanted.ending:
                    yield from (each for each in self._values(key) if wanted.wants(each.name))
        except RefusedCallError as error:
            if error.code != FILE_NOT_FOUND:
                raise

    @contextmanager
    def _key(self, hive: object, path: str) -> Iterator[object]:
        from impacket.dcerpc.v5 import rrp  # noqa: PLC0415 - heavy, and not on Windows

        request = rrp.BaseRegOpenKey()
        request["hKey"] = hive
        request["lpSubKey"] = path + "\0"
        request["dwOptions"] = 0
        request["samDesired"] = KEY_QUERY_VALUE
        key = self._pipe.request(request)["phkResult"]
        yield key
        request = rrp.BaseRegCloseKey()
        request["hKey"] = key
        self._pipe.request(request)

    def _value(self, key: object, name: str) -> Iterator[FoundValue]:
        from impacket.dcerpc.v5 import rrp  # noqa: PLC0415 - heavy, and not on Windows

        request = rrp.BaseRegQueryValue()
        request["hKey"] = key
        request["lpValueName"] = name + "\0"
        try:
            answer = self._of_any_size(request)
        except RefusedCallError as error:
            if error.code == FILE_NOT_FOUND:
                return
            raise
        yield _found(name, answer)

    def _values(self, key: object) -> Iterator[FoundValue]:
        for index in range(_MOST_VALUES):
            try:
                answer = self._of_any_size(self._enumeration(key, index))
            except RefusedCallError as error:
                if error.code == NO_MORE_ITEMS:
                    return
                raise
            yield _found(text(answer, "lpValueNameOut"), answer)
        raise RefusedCallError(MORE_DATA)

    def _enumeration(self, key: object, index: int) -> Message:
        from impacket.dcerpc.v5 import rrp  # noqa: PLC0415 - heavy, and not on Windows

        request = rrp.BaseRegEnumValue()
        request["hKey"] = key
        request["dwIndex"] = index
        # Only the room that it gives is told of this text.
        name = request.fields["lpValueNameIn"].fields
        name["MaximumLength"] = _LONGEST_NAME * 2
        name["Data"].fields["Data"].fields["MaximumCount"] = _LONGEST_NAME
        enumeration: Message = request
        return enumeration

    def _of_any_size(self, request: Message) -> Message:
        """The answer with room for a small value, or for a larger one if it takes that."""
        try:
            return self._with_room(request, _SMALL)
        except RefusedCallError as error:
            if error.code != MORE_DATA:
                raise
        return self._with_room(request, _LARGEST_VALUE)

    def _with_room(self, request: Message, size: int) -> Message:
        request["lpData"] = b" " * size
        request["lpcbData"] = size
        request["lpcbLen"] = size
        return self._pipe.request(request)


def _found(name: str, answer: Message) -> FoundValue:
    size = number(answer, "lpcbLen")
    return FoundValue(name, *decode(number(answer, "lpType"), octets(answer, "lpData", size)))
