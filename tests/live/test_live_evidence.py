"""What a target list asks of servers while it is collected, against real ones."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adaudit.audit import read
from adaudit.cli.inputs import targets_of
from adaudit.directory.evidence import EvidenceBase
from adaudit.directory.observations import SourceKind
from tests.available import unavailable
from tests.live.smbd import Smbd, SmbdUnavailableError, built
from tests.live.smbd_data import DOMAIN, HOST, PASSWORD, READER, RECORDS
from tests.scenarios.reading import ldif_file
from tests.smtp_servers import serving

pytestmark = pytest.mark.live


@pytest.fixture(scope="module")
def server() -> Iterator[Smbd]:
    try:
        with built("SMB3") as built_server, built_server.running():
            yield built_server
    except SmbdUnavailableError as error:
        unavailable(str(error))


def evidence_of(folder: Path, live: str) -> EvidenceBase:
    ldif_file("sound", folder)
    file = folder / "targets.yaml"
    file.write_text(
        "version: 1\n"
        f"targets: [{{name: a, ldif: sound.ldif, evidence: {{live: {{{live}, timeout: 5}}}}}}]\n",
        encoding="utf-8",
    )
    with read(targets_of(file)[0], None, None) as snapshot:
        return snapshot.evidence


def auth(user: str) -> str:
    return f"auth: {{method: ntlm, user: '{user}', password: {{env: ADAUDIT_TEST_PASSWORD}}}}"


@pytest.mark.parametrize("user", [rf"{DOMAIN}\{READER}", READER])
def test_registry_and_event_log_are_read_by_the_account_of_the_list(
    server: Smbd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str
) -> None:
    monkeypatch.setenv("ADAUDIT_TEST_PASSWORD", PASSWORD)
    host = server.address
    found = evidence_of(tmp_path, f"registry: {host}, event_logs: {host}, {auth(user)}")
    values = {each.record.name: each.record.value for each in found.registry}
    (log,) = found.of_kind(SourceKind.EVENT_LOG)

    assert found.gaps == ()
    assert values["SuppressExternal"] == 1
    assert {each.record.computer for each in found.registry} == {HOST}
    assert log.total == len(RECORDS)
    assert not any(source.is_verified for source in found.sources)


def test_a_wrong_password_is_a_gap_that_does_not_tell_it(
    server: Smbd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADAUDIT_TEST_PASSWORD", "Not.The.Password1")
    found = evidence_of(tmp_path, f"registry: {server.address}, {auth(READER)}")

    assert [gap.subject for gap in found.gaps] == [f"registry of {server.address}"]
    assert "log-on" in found.gaps[0].reason or "log on" in found.gaps[0].reason
    assert "Not.The" not in str(found)


def test_a_mail_server_is_probed(tmp_path: Path) -> None:
    with serving() as mail_server:
        found = evidence_of(tmp_path, f"smtp: '{mail_server.endpoint}'")
    (seen,) = found.probes

    assert found.gaps == ()
    assert any("X-EXPS GSSAPI NTLM LOGIN" in r for e in seen.record.exchanges for r in e.replies)
