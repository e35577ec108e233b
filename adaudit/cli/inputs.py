"""What a command can be given to read: a target list, a snapshot or an export."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from adaudit.audit import read
from adaudit.cli.progress import shown
from adaudit.cli.prompt import asker
from adaudit.collect.recognition import Kind, kind_of
from adaudit.config import (
    AuditConfig,
    ExplorerTarget,
    LdifTarget,
    SnapshotTarget,
    TargetConfig,
    load,
)
from adaudit.directory.reach import Scope
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import ConfigError

_LISTS = (".yaml", ".yml")


def is_list(file: Path) -> bool:
    """Whether a file is a target list, by its name."""
    return file.suffix.lower() in _LISTS


def list_in(file: Path, *, elsewhere: bool = False) -> AuditConfig:
    """
    The target list in a file; `elsewhere` as `load` has it.

    Raises `ConfigError`, and says what reads the file where it may be no list at all.
    """
    try:
        return load(file, elsewhere=elsewhere)
    except ConfigError as error:
        if is_list(file) or error.hint or not file.is_file():
            raise
        hint = (
            f"a target list is a `.yaml` file; `adaudit check {file}` reads snapshots and exports"
        )
        raise ConfigError(error.message, hint) from error


def targets_of(file: Path, name: str | None = None) -> tuple[TargetConfig, ...]:
    """
    The targets of a list, or the one of that name.

    Raises `ConfigError` where there is none of that name.
    """
    targets = list_in(file).targets
    chosen = tuple(target for target in targets if name in (None, target.name))
    if not chosen:
        names = ", ".join(target.name for target in targets)
        raise ConfigError(f"no target `{name}` in `{file}`", f"targets: {names}")
    return chosen


def widening_of(file: Path) -> tuple[str, ...]:
    """What a target list adds to tier 0; nothing for any other file."""
    return load(file).tier_zero if is_list(file) else ()


def opener(
    file: Path, name: str | None = None, *, scope: Scope = "exchange"
) -> Callable[[], Snapshot]:
    """
    What reads a file into a snapshot, with progress where there is a terminal.

    `scope` is what is kept of an export; a target list has a scope of its own.
    Raises `ConfigError` when a list holds several targets and none of them is named.
    """
    if is_list(file):
        target = _only(targets_of(file, name), file)
    elif name is not None:
        raise ConfigError("`--target` chooses from a target list", f"`{file}` is none")
    else:
        target = _of_files([file], kind_of(file), scope=scope)
    return partial(_open, target)


def opener_of_all(files: Sequence[Path], *, scope: Scope = "exchange") -> Callable[[], Snapshot]:
    """
    What reads several files of one forest into one snapshot; `scope` is what is kept of exports.

    Raises `ConfigError` where one is there twice, or they are of different kinds.
    """
    twice = next((file for file in files if files.count(file) > 1), None)
    if twice is not None:
        raise ConfigError(f"`{twice}` is there twice")
    kinds = {kind_of(file) for file in files}
    if len(kinds) > 1:
        raise ConfigError(
            "--merge takes files of one kind: snapshots, LDIF, or snapshots of AD Explorer",
            "make snapshots of the others: `adaudit collect` with a target list that names them",
        )
    return partial(_open, _of_files(files, *kinds, scope=scope))


def _of_files(files: Sequence[Path], kind: Kind, *, scope: Scope = "exchange") -> TargetConfig:
    name, paths = files[0].name, tuple(files)
    if kind is Kind.LDIF:
        return LdifTarget.model_construct(name=name, ldif=paths, scope=scope)
    if kind is Kind.EXPLORER:
        return ExplorerTarget.model_construct(name=name, explorer=paths, scope=scope)
    return SnapshotTarget.model_construct(name=name, snapshot=paths)


def _only(targets: tuple[TargetConfig, ...], file: Path) -> TargetConfig:
    if len(targets) > 1:
        names = ", ".join(target.name for target in targets)
        raise ConfigError(f"`{file}` holds several targets", f"choose by --target: {names}")
    return targets[0]


def _open(target: TargetConfig) -> Snapshot:
    with shown() as progress:
        return read(target, asker(), progress)
