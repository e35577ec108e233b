"""Who may import what: the layers of the package, and the one place of each foreign package."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "adaudit"
FLOORS = (
    {"errors"},
    {"endpoint"},
    {"security"},
    {"directory"},
    {"access"},
    {"exchange", "review", "config", "findings"},
    {"changes", "rulings", "wording"},
    {"collect", "evidence", "checks", "report"},
    {"control", "diagnosis", "drift", "explanation", "waivers"},
    {"fleet"},
    {"audit"},
    {"cli"},
    {"__main__"},
)
"""A part imports itself and parts of lower floors; those on one floor do not know each other."""
FLOOR_OF = {part: number for number, parts in enumerate(FLOORS) for part in parts}
READERS_OF_CONFIG = {"config", "collect", "evidence", "waivers", "audit", "fleet", "cli"}
PLACES = {
    "ldap3": "collect",
    "spnego": "collect",
    "yaml": "config",
    "pydantic": "config",
    "pydantic_core": "config",
    "tabulate": "report/table.py",
    "impacket": "evidence/rpc",
    "pyevt": "evidence/event_logs/evt.py",
    "evtx": "evidence/event_logs/evtx.py",
    "dpkt": "evidence/smtp_sessions/capture.py",
    "msgspec": "directory/layout.py",
    "pyroaring": "access/bitmap.py",
    "distributed": "fleet/dask.py",
    "click": "cli",
    "rich": "cli",
}
"""The one part or file of the package that imports each foreign package."""
CONTAINERS = {"msgspec", "pyroaring"}
"""What packs values and sets of numbers, and knows nothing of directories"""


@dataclass(frozen=True)
class Import:
    """One import of a module, wherever it stands in the file."""

    file: str
    """Below the package: `collect/ldif.py`"""
    line: int
    module: str

    @property
    def part(self) -> str:
        """The part of the package that imports: `collect`."""
        return self.file.partition("/")[0].removesuffix(".py")

    @property
    def top(self) -> str:
        """The package that is imported: `yaml`."""
        return self.module.partition(".")[0]

    @property
    def imported_part(self) -> str:
        """The part of this package that is imported, empty for the package itself."""
        return self.module.partition(".")[2].partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


@cache
def trees() -> tuple[tuple[str, ast.Module], ...]:
    return tuple(
        (path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text("utf-8")))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


@cache
def imports() -> tuple[Import, ...]:
    return tuple(
        Import(file, getattr(node, "lineno", 0), module)
        for file, tree in trees()
        for node in ast.walk(tree)
        for module in modules(node)
    )


def modules(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports; of `from adaudit import x` it is `adaudit.x`."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        if node.module == "adaudit":
            yield from (f"adaudit.{alias.name}" for alias in node.names)
        else:
            yield f"{'.' * node.level}{node.module or ''}"


OWN = [found for found in imports() if found.top == "adaudit"]
FOREIGN = [
    found
    for found in imports()
    if found.top not in {"adaudit", "_typeshed"} and found.top not in sys.stdlib_module_names
]


def test_every_part_of_the_package_has_its_floor() -> None:
    parts = {file.partition("/")[0].removesuffix(".py") for file, _ in trees()} - {"__init__"}
    assert parts - FLOOR_OF.keys() == set()


def test_imports_are_absolute() -> None:
    assert [str(found) for found in imports() if found.module.startswith(".")] == []


def test_a_part_imports_only_itself_and_parts_of_lower_floors() -> None:
    def is_allowed(found: Import) -> bool:
        if found.part == "__init__":
            return False
        below = FLOOR_OF.get(found.imported_part, -1)
        return found.imported_part == found.part or below < FLOOR_OF[found.part]

    assert [str(found) for found in OWN if not is_allowed(found)] == []


def test_the_layers_are_really_looked_at() -> None:
    assert len(OWN) > 200
    assert {found.part for found in OWN} >= {"access", "checks", "collect", "cli", "report"}


def test_checks_and_reports_do_not_read_the_target_list() -> None:
    readers = [found for found in OWN if found.imported_part == "config"]
    assert [str(found) for found in readers if found.part not in READERS_OF_CONFIG] == []


@pytest.mark.parametrize("package", PLACES)
def test_a_foreign_package_is_imported_in_one_place(package: str) -> None:
    place = PLACES[package]
    found = [found for found in FOREIGN if found.top == package]
    elsewhere = [
        str(one) for one in found if one.file != place and not one.file.startswith(f"{place}/")
    ]
    assert (bool(found), elsewhere) == (True, [])


def test_no_other_foreign_package_is_imported() -> None:
    assert [str(found) for found in FOREIGN if found.top not in PLACES] == []


@pytest.mark.parametrize("part", ["security", "directory", "access", "exchange", "checks"])
def test_what_judges_is_built_on_the_standard_library_and_on_containers_alone(part: str) -> None:
    found = [one for one in FOREIGN if one.part == part and one.top not in CONTAINERS]
    assert [str(one) for one in found] == []


@pytest.mark.parametrize("module", ["socket", "ssl", "http", "urllib.request", "subprocess"])
def test_only_what_collects_can_open_a_connection(module: str) -> None:
    allowed = {"collect", "evidence"}
    found = [one for one in imports() if one.module == module and one.part not in allowed]
    assert [str(one) for one in found] == []


def test_only_commands_print_and_exit() -> None:
    found = [
        f"{file}:{node.lineno}"
        for file, tree in trees()
        if not file.startswith("cli/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call | ast.Raise) and ends_or_prints(node)
    ]
    assert found == []


def ends_or_prints(node: ast.Call | ast.Raise) -> bool:
    if isinstance(node, ast.Raise):
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return isinstance(raised, ast.Name) and raised.id == "SystemExit"
    called = ast.unparse(node.func)
    return called in {"print", "exit", "quit", "sys.exit", "os._exit", "sys.stdout.write"}


def test_only_the_outermost_function_and_what_wraps_impacket_catch_every_exception() -> None:
    """Impacket raises `Exception` itself; both places turn that into an error of ours."""
    found = [
        file
        for file, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and catches_all(node)
    ]
    assert found == [
        "cli/__init__.py",
        "evidence/rpc/credentials.py",
        "evidence/rpc/failures.py",
    ]


def catches_all(node: ast.ExceptHandler) -> bool:
    caught = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    names = {one.id for one in caught if isinstance(one, ast.Name)}
    return node.type is None or bool(names & {"Exception", "BaseException"})
