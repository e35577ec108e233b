"""Files are known by what they begin with, and by their names where that tells nothing."""

import gzip
from pathlib import Path

import pytest

from adaudit.collect.recognition import Kind, kind_of
from tests.builders import World
from tests.collect.explorer_builder import explorer_file
from tests.collect.test_ldif import (
    LDAPSEARCH,
    LDAPSEARCH_BY_KERBEROS,
    LDAPSEARCH_IN_PAGES,
    LDBSEARCH,
    LDIFDE,
)


@pytest.mark.parametrize("name", ["contoso.txt", "contoso.out", "contoso", "contoso.snapshot"])
@pytest.mark.parametrize(
    "export",
    [
        *(LDAPSEARCH, LDAPSEARCH_BY_KERBEROS, LDAPSEARCH_IN_PAGES, LDBSEARCH, LDIFDE),
        LDIFDE.decode().encode("utf-16"),
        LDIFDE.decode().encode("utf-8-sig"),
        gzip.compress(LDIFDE),
        b"version: 1\n\ndn: DC=x\n\n",
    ],
)
def test_an_export_is_one_by_any_name(tmp_path: Path, name: str, export: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(export)
    assert kind_of(file) is Kind.LDIF


@pytest.mark.parametrize("name", ["contoso.dat", "contoso.txt", "contoso.ldif"])
def test_a_snapshot_of_ad_explorer_is_one_by_any_name(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(explorer_file([]))
    assert kind_of(file) is Kind.EXPLORER


@pytest.mark.parametrize("name", ["contoso.dat", "contoso.snapshot", "contoso.ldif"])
def test_a_snapshot_is_one_by_any_name(tmp_path: Path, name: str) -> None:
    World().snapshot(tmp_path / name)
    assert kind_of(tmp_path / name) is Kind.SNAPSHOT


@pytest.mark.parametrize("content", [b"", b"\0\0\0\0", b"\x1f\x8bno gzip", b"Hello, dn: nothing\n"])
@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("contoso.LDF", Kind.LDIF),
        ("contoso.ldif.gz", Kind.LDIF),
        ("contoso.dat", Kind.EXPLORER),
        ("contoso.snapshot", Kind.SNAPSHOT),
        ("contoso.txt", Kind.SNAPSHOT),
    ],
)
def test_anything_else_goes_by_its_name(
    tmp_path: Path, name: str, kind: Kind, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    assert kind_of(tmp_path / name) is kind


def test_a_file_that_is_not_there_goes_by_its_name(tmp_path: Path) -> None:
    assert kind_of(tmp_path / "contoso.ldif") is Kind.LDIF
