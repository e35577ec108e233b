"""The files of samples/ are fit to be shown: small, whole, and nothing but a directory."""

import base64
import json
import re
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "samples"
LDIF = SAMPLES / "contoso.ldif"


def distinguished_names() -> set[str]:
    lines = LDIF.read_text(encoding="ascii").replace("\n ", "").splitlines()
    plain = {line[4:] for line in lines if line.startswith("dn: ")}
    encoded = {line[5:] for line in lines if line.startswith("dn:: ")}
    return plain | {base64.b64decode(text).decode() for text in encoded}


def test_the_probe_of_the_test_server_is_not_in_the_sample() -> None:
    assert not re.search("probe", LDIF.read_text(encoding="ascii"), re.IGNORECASE)


def test_the_sample_is_small_enough_for_a_demonstration() -> None:
    assert LDIF.stat().st_size < 1_000_000


def test_every_object_that_the_server_answered_for_is_in_the_sample() -> None:
    answers = json.loads((SAMPLES / "contoso.answers.json").read_text(encoding="utf-8"))
    asked = {dn for row in answers.values() for dn in row}

    assert len(asked) == 24
    assert asked <= distinguished_names()


def test_the_sample_holds_names_that_are_hostile_and_names_that_are_foreign() -> None:
    names = "\n".join(distinguished_names())

    assert "\x1b[31m" in names
    assert "\u202e" in names
    assert "Levelező kiszolgálók" in names
    assert "邮件服务器" in names
