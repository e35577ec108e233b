"""From a file to an AuditConfig: defaults, paths, and what can go wrong around the file."""

import json
import os
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from adaudit.config import (
    AnonymousAuth,
    AuditConfig,
    ChecksConfig,
    EvidenceConfig,
    EvidenceFile,
    ExplorerTarget,
    KerberosAuth,
    LdapTarget,
    LdapUrl,
    LdifTarget,
    LimitsConfig,
    LiveConfig,
    NtlmAuth,
    Secret,
    SimpleAuth,
    SnapshotTarget,
    TlsConfig,
    Waiver,
    load,
)
from adaudit.endpoint import Endpoint
from adaudit.errors import ConfigError
from tests.config.lists import BAD, GOOD

posix = pytest.mark.skipif(os.name != "posix", reason="POSIX file names and messages")


def loaded(text: str, folder: Path) -> AuditConfig:
    (folder / "targets.yaml").write_text(text, "utf-8")
    return load(folder / "targets.yaml")


def test_every_key_arrives_as_its_value(folder: Path) -> None:
    sample = next(path for path in GOOD if path.stem == "every-key")
    config = loaded(sample.read_text("utf-8"), folder)
    password = Secret(env="FABRIKAM_PASSWORD")
    assert config == AuditConfig(
        version=1,
        targets=(
            LdifTarget(
                name="one-file", site="budapest", ldif=(folder / "contoso.ldif",), scope="all"
            ),
            LdifTarget(
                name="several files",
                ldif=(folder / "contoso.ldif", folder / "fabrikam.ldif.gz"),
                evidence=every_evidence(folder),
            ),
            LdapTarget(
                name="kerberos",
                ldap=(LdapUrl("ldap", "dc1.contoso.example", 389),),
                auth=KerberosAuth(user="auditor@CONTOSO.EXAMPLE", password=Secret(prompt=True)),
                timeout=60,
                page_size=1000,
                site="Site-2.emea",
                scope="exchange",
            ),
            LdapTarget(
                name="tickets",
                ldap=(
                    LdapUrl("ldap", "dc1.contoso.example", 389),
                    LdapUrl("ldap", "dc1.emea.contoso.example", 3268),
                ),
                auth=KerberosAuth(ccache=folder / "auditor.ccache"),
                scope="all",
                sacl=True,
            ),
            LdapTarget(
                name="ntlm",
                ldap=(LdapUrl("ldap", "192.0.2.1", 389),),
                auth=NtlmAuth(method="ntlm", user="FABRIKAM\\auditor", password=password),
                evidence=EvidenceConfig(
                    live=LiveConfig(
                        smtp=(Endpoint("ex01", 25),),
                        event_logs=("ex01",),
                        auth=KerberosAuth(ccache=folder / "auditor.ccache"),
                    )
                ),
            ),
            LdapTarget(
                name="hash",
                ldap=(LdapUrl("ldap", "2001:db8::1", 389),),
                auth=NtlmAuth(
                    method="ntlm",
                    user="FABRIKAM\\auditor",
                    nt_hash=Secret(file=folder / "fabrikam.nt-hash"),
                ),
            ),
            LdapTarget(
                name="simple",
                ldap=(
                    LdapUrl("ldaps", "dc1.fabrikam.example", 6369),
                    LdapUrl("gcs", "dc1.fabrikam.example", 3269),
                ),
                tls=TlsConfig(ca_file=folder / "ca.pem", verify=True),
                auth=SimpleAuth(
                    method="simple",
                    user="CN=Auditor,DC=fabrikam,DC=example",
                    password=Secret(env="_P4"),
                ),
            ),
            LdapTarget(
                name="starttls",
                ldap=(LdapUrl("ldap", "dc1.fabrikam.example", 389),),
                starttls=True,
                tls=TlsConfig(verify=False),
                auth=AnonymousAuth(method="anonymous"),
            ),
            ExplorerTarget(
                name="explorer",
                explorer=(folder / "contoso.dat", folder / "emea.dat"),
                site="budapest",
                scope="all",
                evidence=EvidenceConfig(hosts=(folder / "hosts.txt",)),
            ),
            SnapshotTarget(
                name="last-year",
                site="2",
                snapshot=(folder / "last-year.snapshot",),
                evidence=EvidenceConfig(
                    registry=(EvidenceFile(file=folder / "ex01.reg"),), live=LiveConfig(dns=True)
                ),
            ),
            SnapshotTarget(
                name="both-halves",
                snapshot=(folder / "contoso.snapshot", folder / "emea.snapshot"),
            ),
        ),
        checks=ChecksConfig(fail_on="medium", skip=("send-as", "descriptor2")),
        tier_zero=(r"CONTOSO\Backup", "S-1-5-21-1-2-3-1133", r"OU=a\, b,DC=contoso,DC=example"),
        limits=LimitsConfig(targets=16, per_server=2),
        waivers=(
            Waiver(finding="3f9a52c1d0e7", why="migration until spring", until=date(2027, 3, 31)),
            Waiver(finding="0123456789ab", why="two lines\nof reasons\n", until=date(2028, 2, 29)),
        ),
    )


def every_evidence(folder: Path) -> EvidenceConfig:
    return EvidenceConfig(
        event_logs=(
            EvidenceFile(file=folder / "ex01.evt", computer=None),
            EvidenceFile(file=folder / "ex02.csv", computer="EX02"),
        ),
        smtp_logs=(EvidenceFile(file=folder / "ex041124.log", computer="ex01.contoso.example"),),
        captures=(folder / "trace.pcap",),
        registry=(EvidenceFile(file=folder / "ex01.reg"),),
        smtp_probes=(folder / "probe.json",),
        hosts=(folder / "hosts.txt",),
        live=LiveConfig(
            smtp=(
                Endpoint("EX01", 25),
                Endpoint("ex02.contoso.example", 2525),
                Endpoint("2001:db8::1", 25),
                Endpoint("192.0.2.1", 25),
            ),
            registry=("ex01.contoso.example", "2001:db8::1"),
            event_logs=("2001:db8::1",),
            dns=False,
            auth=NtlmAuth(
                method="ntlm", user="CONTOSO\\auditor", nt_hash=Secret(env="CONTOSO_NT_HASH")
            ),
            timeout=5,
        ),
    )


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    config = loaded("{version: 1, targets: [{name: a, ldap: ldap://dc1}]}", tmp_path)
    (target,) = config.targets
    assert isinstance(target, LdapTarget)
    assert target.auth == KerberosAuth(method="kerberos", user=None, password=None, ccache=None)
    assert target.tls == TlsConfig(ca_file=None, verify=True)
    assert (target.starttls, target.timeout, target.page_size) == (False, 30, 500)
    assert (target.scope, target.site, target.evidence) == ("exchange", None, None)
    assert config.limits == LimitsConfig(targets=4, per_server=1)
    assert config.checks == ChecksConfig(fail_on="high", skip=())
    assert config.waivers == ()


def test_unquoted_words_stay_as_they_are_written(folder: Path) -> None:
    sample = next(path for path in GOOD if path.stem == "text-that-yaml-types")
    config = loaded(sample.read_text("utf-8"), folder)
    names = [target.name for target in config.targets]
    assert names == ["0123", "1_000", "1.50", "off", "2027-03-31"]
    assert config.waivers[0].finding == "012345678901"


@pytest.mark.parametrize(
    ("target", "uses_tls"),
    [
        ("ldap: ldap://dc1", False),
        ("ldap: ldaps://dc1, auth: {method: anonymous}", True),
        ("ldap: ldap://dc1, starttls: true, auth: {method: anonymous}", True),
        ("ldap: ldap://dc1, starttls: FALSE", False),
    ],
)
def test_tls_is_ldaps_or_starttls(tmp_path: Path, target: str, uses_tls: bool) -> None:  # noqa: FBT001 - a parameter
    config = loaded(f"{{version: 1, targets: [{{name: a, {target}}}]}}", tmp_path)
    assert isinstance(config.targets[0], LdapTarget)
    assert config.targets[0].uses_tls is uses_tls


def test_paths_are_taken_from_the_folder_of_the_list(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "lists").mkdir()
    monkeypatch.chdir(folder / "folder")
    text = "{version: 1, targets: [{name: a, ldif: ../contoso.ldif}]}"
    (folder / "lists" / "targets.yaml").write_text(text, "utf-8")
    (target,) = load(Path("../lists/targets.yaml")).targets
    assert target == LdifTarget(name="a", ldif=(Path("../lists/../contoso.ldif"),))


def test_an_absolute_path_stays(folder: Path) -> None:
    text = f"{{version: 1, targets: [{{name: a, snapshot: {folder / 'last-year.snapshot'}}}]}}"
    (target,) = loaded(text, folder / "folder").targets
    assert target == SnapshotTarget(name="a", snapshot=(folder / "last-year.snapshot",))


def test_the_files_of_a_list_for_other_computers_are_not_looked_for_here(
    folder: Path,
) -> None:
    Path("targets.yaml").write_text(
        "version: 1\ntargets: [{name: a, ldif: there.ldif, evidence: {registry: /there/ex01.reg}}]"
    )
    (target,) = load(Path("targets.yaml"), elsewhere=True).targets
    assert isinstance(target, LdifTarget)
    assert target.ldif == (folder / "there.ldif",)
    assert target.evidence is not None
    assert target.evidence.registry[0].file == Path("/there/ex01.reg")
    with pytest.raises(ConfigError, match="does not exist"):
        load(Path("targets.yaml"))


def test_a_config_cannot_be_changed(tmp_path: Path) -> None:
    config = loaded("{version: 1, targets: [{name: a, ldap: ldap://dc1}]}", tmp_path)
    with pytest.raises(ValidationError, match="frozen"):
        config.version = 1


def test_names_are_unique_in_a_config_made_by_a_program_too() -> None:
    target = LdapTarget(name="a", ldap=(LdapUrl("ldap", "dc1", 389),))
    with pytest.raises(ValidationError, match="is the same as in targets"):
        AuditConfig(version=1, targets=(target, target))


@posix
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path, reason in {
        tmp_path / "missing.yaml": "No such file or directory",
        tmp_path: "Is a directory",
    }.items():
        with pytest.raises(ConfigError) as caught:
            load(path)
        assert caught.value.message == f"cannot read `{path}`: {reason}"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "targets.yaml"
    path.write_bytes(b"#" * (1 << 20) + b"\n")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.message == f"`{path}` is larger than 1 MiB, so it is no target list"


@posix
def test_a_file_name_cannot_forge_lines_of_the_message(tmp_path: Path) -> None:
    path = tmp_path / "a\nb\x1b[2J.yaml"
    path.write_text("- x")
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.message == (
        f"{tmp_path}/a\\nb\\x1b[2J.yaml:1:1: expected a mapping of keys, found a list"
    )


WORDS = st.sampled_from(
    [
        "version",
        "targets",
        "name",
        "ldap",
        "ldif",
        "snapshot",
        "auth",
        "method",
        "tls",
        "starttls",
        "verify",
        "ca_file",
        "user",
        "password",
        "nt_hash",
        "env",
        "file",
        "prompt",
        "checks",
        "fail_on",
        "skip",
        "waivers",
        "finding",
        "why",
        "until",
        "timeout",
        "page_size",
        "1",
        "a",
        "ldap://dc1",
        "ldaps://dc1",
        "kerberos",
        "ntlm",
        "simple",
        "true",
        "false",
        "high",
        "contoso.ldif",
        "evidence",
        "event_logs",
        "registry",
        "captures",
        "computer",
        "live",
        "smtp",
        "dns",
        "ex01:25",
        "~",
    ]
)
TREES = st.recursive(
    WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6),
    max_leaves=20,
)


def is_read_or_refused(text: str, folder: Path) -> bool:
    path = folder / "fuzz.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        return isinstance(load(path), AuditConfig)
    except ConfigError as error:
        return error.message.startswith(f"{path}:")


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


@given(st.text(st.characters(codec=None) | st.sampled_from("{}[]:,-?&*!|>'\"%@#\n\t \\")))
def test_any_text_is_read_or_refused_at_a_place(scratch: Path, text: str) -> None:
    assert is_read_or_refused(text, scratch)


@given(TREES)
def test_any_tree_of_known_words_is_read_or_refused_at_a_place(scratch: Path, tree: object) -> None:
    assert is_read_or_refused(json.dumps(tree), scratch)


@given(st.sampled_from(GOOD + BAD), st.randoms(use_true_random=False))
def test_any_damaged_list_is_read_or_refused_at_a_place(
    scratch: Path, sample: Path, chance: random.Random
) -> None:
    lines = sample.read_text("utf-8").splitlines(keepends=True)
    for _ in range(chance.randrange(1, 4)):
        line = chance.randrange(len(lines))
        cut = chance.randrange(len(lines[line]) + 1)
        lines[line] = chance.choice(
            [lines[line][:cut], lines[line][cut:], lines[line] * 2, chance.choice(lines)]
        )
    assert is_read_or_refused("".join(lines), scratch)
