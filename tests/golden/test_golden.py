"""
Whole outputs of the commands on the sample, as users see them.

`ADAUDIT_ACCEPT=1` writes them anew; read the difference before it is committed.
"""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from adaudit.cli import main

FOLDER = Path(__file__).parent
SAMPLES = FOLDER.parents[1] / "samples"
ASKED = ("--right", "Send-As", "--who")
GROUPS = (
    "CN=Administrative Groups,CN=Contoso,CN=Microsoft Exchange,CN=Services,CN=Configuration,"
    "DC=contoso,DC=example"
)
BRANCH = ("--who", "EX03$", "--under", GROUPS)
HOLDERS = ("--right", "Send-As", "--on", "EX01")
COMMANDS = {
    "audit.txt": ("audit", "contoso.yaml"),
    "audit.csv": ("audit", "contoso.yaml", "--format", "csv"),
    "audit.json": ("audit", "contoso.yaml", "--format", "json"),
    "check.txt": ("check", "contoso.ldif"),
    "review.txt": ("audit", "tailspin.yaml"),
    "paths.txt": ("paths", "tailspin.yaml", "--to", "DC=tailspin,DC=example"),
    "checks.txt": ("checks",),
    "checks-send-as-denied.txt": ("checks", "send-as-denied"),
    "checks-directory-replication.txt": ("checks", "directory-replication"),
    "checks-smtp-filtering.txt": ("checks", "smtp-filtering"),
    "diagnose.txt": ("diagnose", "contoso.yaml"),
    "diagnose.json": ("diagnose", "contoso.yaml", "--format", "json"),
    "diagnose-pair.txt": ("diagnose", "contoso.ldif", "--from", "EX01", "--to", "EX02"),
    "collect.txt": ("collect", "contoso.yaml", "-o", "contoso.snapshot"),
    "explain-denied.txt": ("explain", "contoso.yaml", *ASKED, "EX03$", "--on", "EX01"),
    "explain-denied.json": (
        *("explain", "contoso.yaml", *ASKED, "EX03$", "--on", "EX01"),
        *("--format", "json"),
    ),
    "explain-allowed.txt": ("explain", "contoso.ldif", *ASKED, "EX03$", "--on", "EX02"),
    "explain-nothing-grants.txt": ("explain", "contoso.ldif", *ASKED, "EX04$", "--on", "EX01"),
    "explain-operation.txt": (
        *("explain", "contoso.ldif", "--who", "EX05$"),
        *("--on", "CONTOSO", "--right", "DCSync"),
    ),
    "who-can-send-as.txt": ("who-can", "contoso.ldif", *HOLDERS),
    "who-can-send-as.csv": ("who-can", "contoso.ldif", *HOLDERS, "--format", "csv"),
    "who-can-dcsync.txt": ("who-can", "contoso.ldif", "--right", "DCSync", "--on", "CONTOSO"),
    "who-can-dcsync.json": (
        *("who-can", "contoso.ldif", "--right", "DCSync", "--on", "CONTOSO"),
        *("--format", "json"),
    ),
    "who-can-delete.txt": ("who-can", "contoso.ldif", "--right", "Delete", "--on", "EX01"),
    "rights-of-object.txt": ("rights-of", "contoso.ldif", "--who", "EX05$", "--on", "EX01"),
    "rights-of-object.json": (
        *("rights-of", "contoso.ldif", "--who", "EX05$", "--on", "EX01"),
        *("--format", "json"),
    ),
    "rights-of-under.txt": ("rights-of", "contoso.ldif", *BRANCH),
    "rights-of-under.csv": ("rights-of", "contoso.ldif", *BRANCH, "--format", "csv"),
    "explain-hostile.txt": ("explain", "contoso.ldif", *ASKED, "EX08$", "--on", "EX12"),
}
STATUS = {"audit": 1, "check": 1, "paths": 1, "diagnose.txt": 1, "diagnose.json": 1}
STATUS["diagnose-pair.txt"] = 3
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\+00:00)?)?")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the sample, so that nothing is written beside it."""
    for file in SAMPLES.iterdir():
        shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("name", COMMANDS)
def test_the_output_is_the_one_that_was_read_and_accepted(
    name: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = COMMANDS[name]
    monkeypatch.setattr(sys, "argv", ["adaudit", *command])
    with pytest.raises(SystemExit) as end:
        main()
    out, err = capfd.readouterr()
    output = _TIME.sub("<time>", out).replace("\r\n", "\n")
    golden = FOLDER / name
    if os.environ.get("ADAUDIT_ACCEPT") == "1":
        golden.write_text(output, encoding="utf-8", newline="\n")

    assert output == golden.read_text(encoding="utf-8")
    assert err == ""
    assert end.value.code == STATUS.get(name, STATUS.get(command[0], 0))


def test_every_golden_output_belongs_to_a_command() -> None:
    kept = {path.name for path in FOLDER.iterdir() if path.suffix in {".txt", ".csv", ".json"}}

    assert kept == set(COMMANDS)
