"""
Event logs as Samba writes them: `eventlogadm` logs records, `net eventlog export` makes .evt files.

No server runs. All files lie in one folder.
"""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.live.controller import ControllerUnavailableError, require_samba

BEGIN = 1_089_000_000
TRANSPORT = "MSExchangeTransport"
SMB_CONF = """\
[global]
    netbios name = EX01
    server role = standalone server
    private dir = {root}
    state directory = {root}
    cache directory = {root}
    lock directory = {root}
    pid directory = {root}
    log file = {root}/log
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What Samba is told to log."""

    code: int
    """With severity and facility"""
    strings: tuple[str, ...]
    provider: str = TRANSPORT
    sid: str = ""
    data: str = ""
    computer: str = "EX01"
    at: int | None = None
    """Seconds since 1970; by default a minute after the record before"""

    def lines(self, number: int) -> str:
        """Give the record in the language of `eventlogadm`."""
        at = BEGIN + 60 * (number - 1) if self.at is None else self.at
        fields = [
            *("LEN: 0", "RS1: 1699505740", "RCN: 0", f"TMG: {at}", f"TMW: {at}"),
            *(f"EID: {self.code}", "ETP: ERROR", "ECT: 3", "RS2: 0", "CRN: 0", "USL: 0"),
            *(f"SRC: {self.provider}", f"SRN: {self.computer}"),
            *([f"SID: {self.sid}"] if self.sid else []),
            *(f"STR: {text}" for text in self.strings),
            *([f"DAT: {self.data}"] if self.data else []),
        ]
        return "\n".join(fields) + "\n\n"


class Samba:
    """Samba's tools for event logs, with all their files in one folder; no server runs."""

    def __init__(self, root: Path) -> None:
        """Raise `ControllerUnavailableError` where Samba is not installed."""
        require_samba()
        if shutil.which("eventlogadm") is None or shutil.which("net") is None:
            raise ControllerUnavailableError("Samba's eventlogadm and net are not installed")
        self.root = root
        self.settings = root / "smb.conf"
        self.settings.write_text(SMB_CONF.format(root=root))

    def export(self, name: str, records: tuple[Record, ...]) -> Path:
        """Log records and export them: `net eventlog export` writes the .evt file."""
        path = self.root / f"{name}.evt"
        text = "".join(record.lines(number) for number, record in enumerate(records, 1))
        self._run("eventlogadm", "-o", "write", name, text=text)
        self._run("net", "eventlog", "export", str(path), name)
        return path

    def _run(self, program: str, *arguments: str, text: str = "") -> None:
        command = [program, "-s", str(self.settings), *arguments]
        subprocess.run(command, input=text, check=True, capture_output=True, encoding="utf-8")
