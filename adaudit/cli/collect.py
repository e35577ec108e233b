"""`adaudit collect`: from a directory into a snapshot file."""

from contextlib import ExitStack
from pathlib import Path

import click

from adaudit.audit import collect_into
from adaudit.cli.inputs import targets_of
from adaudit.cli.progress import shown
from adaudit.cli.prompt import asker
from adaudit.config import SnapshotTarget, SourceConfig
from adaudit.directory.partial import name_of
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import CollectError, ConfigError, DirectoryError
from adaudit.report.text import safe_text


@click.command(short_help="Read targets into snapshot files, without checking.")
@click.argument("targets", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="File of the snapshot; with several targets a folder, where each gets its own.",
)
@click.option("--target", "name", metavar="NAME", help="Only this target of the list.")
@click.option(
    "--resume",
    is_flag=True,
    help="Go on with what an interrupted or incomplete run left; files are read anew.",
)
def collect(targets: Path, output: Path, name: str | None, *, resume: bool) -> int:
    """
    Read the targets of the list TARGETS (YAML) into snapshot files.

    A snapshot holds all that the checks need, so that they can run later, elsewhere and again. What
    could be read is kept; ends with status 3 if anything could not.

    A run over servers that is interrupted leaves what it read as `.FILE.partial`; --resume reads
    the rest of it, and of a snapshot with gaps what is missing.
    """
    chosen = [t for t in targets_of(targets, name) if not isinstance(t, SnapshotTarget)]
    if not chosen:
        raise ConfigError(f"`{targets}` holds only snapshots: there is nothing to collect")
    if len(chosen) > 1 and not output.is_dir():
        raise ConfigError(f"`{output}` is no folder, and {len(chosen)} targets need one")
    complete = [_collect(target, output, resume=resume) for target in chosen]
    return 0 if all(complete) else 3


def _collect(target: SourceConfig, output: Path, *, resume: bool) -> bool:
    """Collect one target and say what came of it; whether it is complete."""
    path = output / f"{target.name}.snapshot" if output.is_dir() else output
    try:
        with _snapshot(target, path, resume=resume) as snapshot:
            _tell(target.name, path, snapshot)
            return not snapshot.gaps and not snapshot.evidence.gaps
    except (CollectError, DirectoryError, ConfigError) as error:
        hint = f" ({error.hint})" if error.hint else ""
        click.echo(f"{target.name}: error: {safe_text(error.message + hint)}", err=True)
        return False
    except KeyboardInterrupt:
        if name_of(path).exists():
            click.echo(f"{target.name}: interrupted: --resume goes on with it", err=True)
        raise


def _snapshot(target: SourceConfig, path: Path, *, resume: bool) -> Snapshot:
    is_begun = name_of(path).exists()
    if resume and path.exists() and not is_begun:
        with ExitStack() as unless_complete:
            snapshot = unless_complete.enter_context(Snapshot.open(path))
            if not snapshot.gaps:
                unless_complete.pop_all()
                return snapshot
    if is_begun and not resume:
        text = "what an interrupted run left is replaced; --resume would have gone on with it"
        click.echo(f"{target.name}: {text}", err=True)
    with shown() as progress:
        return collect_into(target, path, asker(), progress, resume=resume)


def _tell(name: str, path: Path, snapshot: Snapshot) -> None:
    click.echo(f"{name}: {len(snapshot)} objects in {path}")
    for source in snapshot.evidence.sources:
        click.echo(f"{name}: {source.kind} {safe_text(source.name)}: {source.total} records")
    for gap in (*snapshot.gaps, *snapshot.evidence.gaps):
        click.echo(f"{name}: gap: {safe_text(gap.subject)}: {safe_text(gap.reason)}", err=True)
    for warning in snapshot.warnings:
        click.echo(f"{name}: warning: {safe_text(warning)}", err=True)
