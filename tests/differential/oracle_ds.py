"""
Samba's own access check with object types, as a program for tests to ask.

The check of Samba's LDAP server, `sec_access_check_ds`, is exported by a private library and has
no Python binding; ctypes reaches it, and samba's Python objects carry the pointers that it takes.
(`samba.security.access_check` has no object types, and so is wrong about extended rights.)

Run by the interpreter that python3-samba belongs to. One JSON object a line in, one out:

    {"sd": base64 of the self-relative descriptor, "sids": [...], "right": GUID, "mask": 256}
    {"granted": true}

`sids` is the whole token, well-known SIDs included. A descriptor that Samba cannot read gives
`{"error": ...}`.
"""

import base64
import ctypes
import json
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from samba.dcerpc import security
from samba.ndr import ndr_unpack

_LIBRARY_NAMES = (  # 4.17 and 4.22
    "libsamba-security-samba4.so*",
    "libsamba-security-private-samba.so*",
)
_Guid = ctypes.c_ubyte * 16


def main() -> None:
    """Answer until the questions end."""
    library, talloc = _load_library(), ctypes.CDLL("libtalloc.so.2")
    talloc._talloc_free.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    for line in sys.stdin:
        question = json.loads(line)
        try:
            answer: dict[str, bool | str] = {"granted": _granted(library, talloc, question)}
        except RuntimeError as error:  # what samba raises for bytes that are no descriptor
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


def _load_library() -> ctypes.CDLL:
    paths = (path for name in _LIBRARY_NAMES for path in Path("/usr/lib").glob(f"*/samba/{name}"))
    library = ctypes.CDLL(str(next(paths)))
    pointer, number = ctypes.c_void_p, ctypes.c_uint32
    library.insert_in_object_tree.restype = ctypes.c_bool
    library.insert_in_object_tree.argtypes = [pointer, pointer, number, pointer, pointer]
    library.sec_access_check_ds.restype = number
    library.sec_access_check_ds.argtypes = [pointer, pointer, number, pointer, pointer, pointer]
    return library


def _granted(library: ctypes.CDLL, talloc: ctypes.CDLL, question: dict[str, Any]) -> bool:
    descriptor = ndr_unpack(security.descriptor, base64.b64decode(question["sd"]))
    token = security.token()
    token.sids = [security.dom_sid(sid) for sid in question["sids"]]
    token.num_sids = len(question["sids"])
    mask, granted = question["mask"], ctypes.c_uint32()
    with _object_tree(library, talloc, question["right"], mask) as tree:
        status = library.sec_access_check_ds(
            _pointer(descriptor), _pointer(token), mask, ctypes.byref(granted), tree, None
        )
    return bool(status == 0)


@contextmanager
def _object_tree(
    library: ctypes.CDLL, talloc: ctypes.CDLL, right: str, mask: int
) -> Iterator[ctypes.c_void_p]:
    """A tree of one node; the check uses up the access that is noted in it, so it serves once."""
    guid = _Guid.from_buffer_copy(uuid.UUID(right).bytes_le)
    tree = ctypes.c_void_p()
    if not library.insert_in_object_tree(None, ctypes.byref(guid), mask, None, ctypes.byref(tree)):
        raise MemoryError
    try:
        yield tree
    finally:
        talloc._talloc_free(tree, b"oracle_ds")


def _pointer(samba_object: object) -> int | None:
    """The C structure of a pytalloc object, which is: PyObject_HEAD, talloc context, pointer."""
    offset = object.__basicsize__ + ctypes.sizeof(ctypes.c_void_p)
    return ctypes.c_void_p.from_address(id(samba_object) + offset).value


if __name__ == "__main__":
    main()
