"""`adaudit config`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from jsonschema import Draft202012Validator

from adaudit.cli.config import config
from adaudit.config import example
from adaudit.errors import ConfigError

GOOD = "{version: 1, targets: [{name: a, ldap: ldap://dc1}]}\n"


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(config, arguments)


def refusal(*arguments: str) -> ConfigError:
    error = run(*arguments).exception
    assert isinstance(error, ConfigError)
    return error


def test_validate_prints_a_line_for_each_good_list() -> None:
    Path("one.yaml").write_text(GOOD)
    two = "{version: 1, targets: [{name: a, ldap: ldap://dc1}, {name: b, ldap: ldap://dc2}]}"
    Path("two.yaml").write_text(two)
    result = run("validate", "one.yaml", "two.yaml")
    assert result.output == "one.yaml: valid, 1 target\ntwo.yaml: valid, 2 targets\n"
    assert result.exit_code == 0


def test_validate_tells_the_faults_of_every_list() -> None:
    Path("good.yaml").write_text(GOOD)
    Path("bad.yaml").write_text("version: 2\n")
    result = run("validate", "bad.yaml", "missing.yaml", "good.yaml")
    assert result.stdout == "good.yaml: valid, 1 target\n"
    assert isinstance(result.exception, ConfigError)
    assert result.exception.message.splitlines() == [
        "bad.yaml:1:1: targets: is required",
        "bad.yaml:1:10: version: `2` is not `1`",
        "cannot read `missing.yaml`: No such file or directory",
    ]


def test_validate_needs_a_file() -> None:
    assert run("validate").exit_code == 2


def test_schema_prints_json_schema() -> None:
    result = run("schema")
    Draft202012Validator.check_schema(json.loads(result.stdout))
    assert result.exit_code == 0


def test_init_writes_a_list_that_is_valid() -> None:
    assert run("init").output == "targets.yaml: written\n"
    assert Path("targets.yaml").read_bytes() == example().encode()
    assert run("validate", "targets.yaml").exit_code == 0


def test_init_writes_the_named_file() -> None:
    run("init", "contoso.yaml")
    assert Path("contoso.yaml").read_text("utf-8") == example()


def test_init_keeps_what_is_there() -> None:
    Path("targets.yaml").write_text("mine")
    error = refusal("init")
    assert error.message == "`targets.yaml` exists already"
    assert error.hint == "give the name of a new file"
    assert Path("targets.yaml").read_text("utf-8") == "mine"


def test_init_tells_why_it_cannot_write() -> None:
    told = refusal("init", "missing/targets.yaml").message
    assert told == "cannot write `missing/targets.yaml`: No such file or directory"


def test_importing_the_commands_loads_neither_pydantic_nor_yaml() -> None:
    program = "import sys, adaudit.cli.config; print(sorted({'pydantic', 'yaml'} & {*sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout == b"[]\n"
