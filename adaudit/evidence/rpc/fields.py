"""Fields of an RPC answer, each of the kind that it should be."""

from adaudit.errors import EvidenceError
from adaudit.evidence.rpc.session import Message


def number(answer: Message, field: str) -> int:
    """A number. Raises `EvidenceError` where the field is none."""
    value = answer[field]
    if not isinstance(value, int):
        raise _damaged(field)
    return value


def text(answer: Message, field: str) -> str:
    """A text, without the NUL at its end. Raises `EvidenceError` where the field is none."""
    value = answer[field]
    if not isinstance(value, str):
        raise _damaged(field)
    return value.partition("\0")[0]


def octets(answer: Message, field: str, size: int) -> bytes:
    """The first `size` bytes of an array. Raises `EvidenceError` where there are fewer."""
    value = answer[field]
    data = value if isinstance(value, bytes) else b""
    if isinstance(value, list):
        data = b"".join(part for part in value if isinstance(part, bytes))
    if len(data) < size:
        raise _damaged(field)
    return data[:size]


def _damaged(field: str) -> EvidenceError:
    return EvidenceError(f"`{field}` of an answer over RPC is damaged")
