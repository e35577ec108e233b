"""The access check of Samba's LDAP server, for tests that compare evaluators."""

import base64
import json
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.available import (
    pytest_runtest_makereport,  # noqa: F401 - a hook, found by its name
    unavailable,
)
from tests.live.controller import SYSTEM_PYTHON

_PROGRAM = Path(__file__).with_name("oracle_ds.py")


@dataclass(frozen=True, slots=True)
class OracleDs:
    """`sec_access_check_ds` in a process of its own."""

    process: subprocess.Popen[str]

    def granted(
        self, descriptor: bytes, sids: Iterable[str], right: str, mask: int = 0x100
    ) -> bool:
        """
        Whether the token `sids` is granted `mask` for the extended right or property `right`.

        `descriptor` is self-relative, `sids` are `S-1-…` texts, `right` is a GUID as text.
        Generic bits in an ACE are not mapped: give it ACEs as a directory stores them.
        """
        sd = base64.b64encode(descriptor).decode("ascii")
        question = {"sd": sd, "sids": list(sids), "right": right, "mask": mask}
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise ValueError(answer["error"])
        return bool(answer["granted"])


@pytest.fixture(scope="session")
def oracle_ds() -> Iterator[OracleDs]:
    """Samba's access check with object types; takes python3-samba, but no server and no root."""
    python = Path(SYSTEM_PYTHON)
    command = [SYSTEM_PYTHON, "-c", "import samba.dcerpc.security"]
    if not python.exists() or subprocess.run(command, check=False, capture_output=True).returncode:
        unavailable("no Samba access check: python3-samba is not installed (tests/live/install.sh)")
    with subprocess.Popen(
        [SYSTEM_PYTHON, "-B", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="ascii",
    ) as process:
        yield OracleDs(process)
