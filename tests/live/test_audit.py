"""The main job against a real domain controller, whose own answers are the expected ones."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from adaudit.access.view import View
from adaudit.directory.snapshot import Snapshot
from adaudit.exchange.pairs import MailFlow
from adaudit.findings import PairState
from adaudit.wording import state
from tests.live.controller import Controller

Answers = dict[tuple[str, str], bool]
Target = dict[str, object]
Command = Callable[..., CompletedProcess[str]]

_SECRET = "ADAUDIT_TEST_PASSWORD"
_PASSWORD = {"env": _SECRET}


def _simple(controller: Controller) -> Target:
    auth = {"method": "simple", "user": "auditor@example.test", "password": _PASSWORD}
    tls = {"ca_file": str(controller.ca_file)}
    return {"ldap": f"ldaps://{controller.domain.fqdn}", "tls": tls, "auth": auth}


def _ntlm(controller: Controller) -> Target:
    auth = {"method": "ntlm", "user": "EXAMPLE\\auditor", "password": _PASSWORD}
    return {"ldap": f"ldap://{controller.domain.fqdn}", "auth": auth}


def _kerberos(controller: Controller) -> Target:
    return {"ldap": f"ldap://{controller.domain.fqdn}", "auth": {"method": "kerberos"}}


WAYS = {"LDAPS": _simple, "NTLM, sealed": _ntlm, "Kerberos, sealed": _kerberos}


@pytest.fixture
def command(controller: Controller, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`adaudit` in an environment with the server's names and the auditor's password."""
    monkeypatch.setenv(_SECRET, controller.password)

    def run(*arguments: str | Path) -> CompletedProcess[str]:
        return controller.run([sys.executable, "-m", "adaudit", *arguments], check=False)

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a list of the targets that are given, by name."""

    def writing(**targets: Target) -> Path:
        file = tmp_path / "targets.yaml"
        named = [{"name": name, **target} for name, target in targets.items()]
        file.write_text(json.dumps({"version": 1, "targets": named}), encoding="utf-8")
        return file

    return writing


def judged(path: Path) -> dict[tuple[str, str], PairState]:
    """What a snapshot says of every sender on every object, its own included."""
    with Snapshot.open(path) as snapshot:
        flow = MailFlow(View(snapshot))
        return {
            (answer.account.name.partition("\\")[2], str(answer.object.dn)): state(answer.verdict)
            for sender in flow.servers
            for receiver in flow.servers
            for answer in flow.verdicts(sender, receiver)
        }


@pytest.mark.parametrize("way", WAYS)
def test_every_verdict_is_the_answer_of_the_server(
    controller: Controller,
    server_answers: Answers,
    command: Command,
    write: Callable[..., Path],
    request: pytest.FixtureRequest,
    way: str,
) -> None:
    if "Kerberos" in way:
        request.getfixturevalue("ticket")
    targets = write(example=WAYS[way](controller))
    path = targets.with_name("example.snapshot")
    collected = command("collect", targets, "-o", path)
    found = judged(path)

    assert collected.returncode == 0, collected.stderr
    assert collected.stderr == ""
    assert len(server_answers) == 338
    assert PairState.UNKNOWN not in found.values()
    assert {key: known is PairState.ALLOWED for key, known in found.items()} == server_answers


def test_an_audit_shows_in_its_matrix_what_the_server_answers(
    controller: Controller, server_answers: Answers, command: Command, write: Callable[..., Path]
) -> None:
    ran = command("audit", write(example=_simple(controller)), "--format", "json")
    (target,) = json.loads(ran.stdout)["targets"]
    pairs = target["matrix"]["pairs"]

    assert target["complete"]
    assert len(pairs) == 13 * 12
    for pair in pairs:
        objects = {judgement["object"] for judgement in pair["judgements"]}
        answers = {server_answers[f"{pair['sender']}$", dn] for dn in objects}
        assert len(objects) == 2
        assert (pair["state"] == "allowed") == (answers == {True})


def test_a_target_with_a_wrong_password_stops_no_other(
    controller: Controller,
    command: Command,
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ADAUDIT_WRONG_PASSWORD", "not the password")
    wrong = _simple(controller)
    wrong["auth"] = {
        "method": "simple",
        "user": "auditor@example.test",
        "password": {"env": "ADAUDIT_WRONG_PASSWORD"},
    }
    targets = write(shut=wrong, example=_simple(controller))
    ran = command("audit", targets, "--format", "json")
    alone = command("audit", write(shut=wrong))
    shut, example = json.loads(ran.stdout)["targets"]

    assert ran.stderr == alone.stderr == ""
    assert shut["error"]
    assert "not the password" not in ran.stdout + alone.stdout
    assert example["error"] is None
    assert example["findings"]
    assert ran.returncode == 1
    assert alone.returncode == 3
    assert "FAILED" in alone.stdout


def test_every_finding_is_explained_by_the_command_that_it_suggests(
    controller: Controller, command: Command, write: Callable[..., Path]
) -> None:
    targets = write(example=_simple(controller))
    (target,) = json.loads(command("audit", targets, "--format", "json").stdout)["targets"]
    for finding in target["findings"]:
        if finding["check"] == "send-as-denied":
            _, *words = shlex.split(finding["look"])
            explained = json.loads(command(*words, "--format", "json").stdout)
            assert explained["decision"] == "denied"
            assert explained["evidence"]["sddl"] == finding["evidence"][0]["sddl"]
