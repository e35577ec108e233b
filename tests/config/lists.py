"""
Target lists of the tests, good and bad.

A bad one ends in the faults that it has, as comments, in the order of the file; its first line
may say that a JSON Schema cannot tell that it is bad.
"""

import re
from pathlib import Path

import yaml

_HERE = Path(__file__).parent
_FAULT = re.compile(r"# (\d+:\d+: .*)")
BEYOND_SCHEMA = "# the schema cannot tell\n"
GOOD = sorted((_HERE / "good").glob("*.yaml"))
BAD = sorted((_HERE / "bad").glob("*.yaml"))
FILES = (
    "contoso.ldif",
    "fabrikam.ldif.gz",
    "ca.pem",
    "last-year.snapshot",
    "contoso.snapshot",
    "emea.snapshot",
    "contoso.dat",
    "emea.dat",
    "ex01.evt",
    "ex02.csv",
    "ex041124.log",
    "trace.pcap",
    "ex01.reg",
    "probe.json",
    "hosts.txt",
)


def expected_faults(text: str) -> list[str]:
    """Read the faults that a bad list announces."""
    return [match[1] for line in text.splitlines() if (match := _FAULT.fullmatch(line))]


def as_an_editor_reads(text: str) -> object:
    """Type the values as YAML 1.2 does, which editors hold against a JSON Schema."""
    return yaml.load(text, Loader=_Yaml12)  # noqa: S506 - a child of SafeLoader


class _Yaml12(yaml.SafeLoader):
    """The core schema of YAML 1.2.2, section 10.3.2: few words are more than text."""

    yaml_implicit_resolvers = {}  # noqa: RUF012 - PyYAML's own class attribute


for tag, pattern in {
    "null": "~|null|Null|NULL|",
    "bool": "true|True|TRUE|false|False|FALSE",
    "int": "[-+]?[0-9]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}.items():
    _Yaml12.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), None)
_Yaml12.add_constructor(
    "tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node))
)
_Yaml12.add_constructor(
    "tag:yaml.org,2002:float", lambda loader, node: float(loader.construct_scalar(node))
)
