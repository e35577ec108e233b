"""The JSON Schema says what the models say."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from adaudit.config import schema
from tests.config.lists import BAD, BEYOND_SCHEMA, GOOD, as_an_editor_reads

ROOT = Path(__file__).parents[2]


def is_valid(text: str) -> bool:
    validator = Draft202012Validator(schema(), format_checker=None)
    return validator.is_valid(as_an_editor_reads(text))


def test_the_schema_follows_its_own_standard() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_file_is_what_the_command_prints() -> None:
    stored = (ROOT / "config" / "targets.schema.json").read_text("utf-8")
    assert stored == json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("sample", GOOD, ids=lambda path: path.stem)
def test_the_schema_takes_a_good_list(sample: Path) -> None:
    assert is_valid(sample.read_text("utf-8"))


@pytest.mark.parametrize("sample", BAD, ids=lambda path: path.stem)
def test_the_schema_refuses_a_bad_list_if_it_can_tell(sample: Path) -> None:
    text = sample.read_text("utf-8")
    assert is_valid(text) == text.startswith(BEYOND_SCHEMA)


def test_every_key_but_method_is_described() -> None:
    models = [schema(), *schema()["$defs"].values()]
    keys = [item for model in models for item in model["properties"].items()]
    assert {key for key, value in keys if "description" not in value} == {"method"}
