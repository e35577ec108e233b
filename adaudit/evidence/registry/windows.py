"""The registry of another computer, as Windows itself reads it for the current user."""

import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from queue import Empty, SimpleQueue
from threading import Thread

from adaudit.directory.entry import Gap
from adaudit.errors import EvidenceError
from adaudit.evidence.reading import Reading
from adaudit.evidence.registry.plan import PLAN, FoundValue, WantedKey
from adaudit.evidence.registry.remote import name_of, remote_reading
from adaudit.evidence.registry.values import type_name

_NOT_VERIFIED = "read by Windows, which signs such sessions only where a policy demands it"
_NO_MORE_ITEMS = 259
_HINT = "is the Remote Registry service running there, and may the current user read by it?"


def read_registry(host: str, *, timeout: float = 60) -> Reading:
    """
    Read what is wanted of the registry of a host; `timeout`, in seconds, holds for everything.

    A key or value that does not exist is a record without a value; one that may not be read is a
    gap. Raises `EvidenceError` where nothing can be read, and on other systems than Windows.
    """
    answers: SimpleQueue[Reading | EvidenceError] = SimpleQueue()
    # Windows keeps its own time: only a thread can be left behind.
    Thread(target=_answer, args=(host, answers), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout)
    except Empty:
        raise EvidenceError(f"`{host}` does not answer within {timeout:.3g} s") from None
    if isinstance(answer, EvidenceError):
        raise answer
    return answer


def _answer(host: str, answers: "SimpleQueue[Reading | EvidenceError]") -> None:
    try:
        answers.put(_read(host))
    except EvidenceError as error:
        answers.put(error)
    except OSError as error:
        answers.put(EvidenceError(f"cannot read the registry of `{host}`: {_reason(error)}", _HINT))


def _read(host: str) -> Reading:
    if sys.platform != "win32":
        raise EvidenceError("only Windows reads registries so: elsewhere they are read over RPC")
    import winreg  # noqa: PLC0415 - it is on Windows only

    found: dict[WantedKey, tuple[FoundValue, ...]] = {}
    gaps: list[Gap] = []
    with winreg.ConnectRegistry(rf"\\{host}", winreg.HKEY_LOCAL_MACHINE) as hive:
        for wanted in PLAN:
            try:
                with winreg.OpenKey(hive, wanted.path, 0, winreg.KEY_QUERY_VALUE) as key:
                    values = _values(partial(winreg.EnumValue, key))
                    found[wanted] = tuple(each for each in values if wanted.wants(each.name))
            except FileNotFoundError:
                found[wanted] = ()
            except OSError as error:
                gaps.append(Gap(rf"{name_of(host)}\{wanted.path}", _reason(error)))
    return remote_reading(host, found, gaps, _NOT_VERIFIED)


def _values(enumerated: Callable[[int], tuple[str, object, int]]) -> Iterator[FoundValue]:
    for index in count():
        try:
            name, value, number = enumerated(index)
        except OSError as error:
            if getattr(error, "winerror", None) == _NO_MORE_ITEMS:
                return
            raise
        yield FoundValue(name, type_name(number), _plain(value))


def _plain(value: object) -> int | str | tuple[str, ...]:
    """A value as records hold it, from the form that Python gives it."""
    if isinstance(value, int | str):
        return value
    if isinstance(value, list):
        return tuple(str(text) for text in value)
    return value.hex() if isinstance(value, bytes) else ""


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
