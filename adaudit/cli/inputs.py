"""What a command can be given to read: a target list, a snapshot or an export."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from adaudit.audit import read
from adaudit.cli.progress import shown
from adaudit.cli.prompt import asker
from adaudit.collect.recognition import Kind, kind_of
from adaudit.config import ExplorerTarget, LdifTarget, SnapshotTarget, TargetConfig, load
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import ConfigError

_LISTS = (".yaml", ".yml")


def is_list(file: Path) -> bool:
    """Whether a file is a target list, by its name."""
    return file.suffix.lower() in _LISTS


def targets_of(file: Path, name: str | None = None) -> tuple[TargetConfig, ...]:
    """
    The targets of a list, or the one of that name.

    Raises `ConfigError` where there is none of that name.
    """
    targets = load(file).targets
    chosen = tuple(target for target in targets if name in (None, target.name))
    if not chosen:
        names = ", ".join(target.name for target in targets)
        raise ConfigError(f"no target `{name}` in `{file}`", f"targets: {names}")
    return chosen


def opener(file: Path, name: str | None = None) -> Callable[[], Snapshot]:
    """
    What reads a file into a snapshot, with progress where there is a terminal.

    Raises `ConfigError` when a list holds several targets and none of them is named.
    """
    if is_list(file):
        target = _only(targets_of(file, name), file)
    elif name is not None:
        raise ConfigError("`--target` chooses from a target list", f"`{file}` is none")
    else:
        target = _of_file(file)
    return partial(_open, target)


def _of_file(file: Path) -> TargetConfig:
    kind = kind_of(file)
    if kind is Kind.LDIF:
        return LdifTarget.model_construct(name=file.name, ldif=(file,))
    if kind is Kind.EXPLORER:
        return ExplorerTarget.model_construct(name=file.name, explorer=(file,))
    return SnapshotTarget.model_construct(name=file.name, snapshot=file)


def _only(targets: tuple[TargetConfig, ...], file: Path) -> TargetConfig:
    if len(targets) > 1:
        names = ", ".join(target.name for target in targets)
        raise ConfigError(f"`{file}` holds several targets", f"choose by --target: {names}")
    return targets[0]


def _open(target: TargetConfig) -> Snapshot:
    with shown() as progress:
        return read(target, asker(), progress)
