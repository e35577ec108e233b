"""`adaudit collect`: from a directory into a snapshot file."""

from pathlib import Path

import click

from adaudit.audit import collect_into
from adaudit.cli.inputs import targets_of
from adaudit.cli.progress import shown
from adaudit.cli.prompt import asker
from adaudit.config import LdapTarget, LdifTarget, SnapshotTarget
from adaudit.directory.snapshot import Snapshot
from adaudit.errors import CollectError, ConfigError, DirectoryError
from adaudit.report.text import safe_text


@click.command()
@click.argument("targets", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="File of the snapshot; with several targets a folder, where each gets its own.",
)
@click.option("--target", "name", help="Collect only this target of the list.")
def collect(targets: Path, output: Path, name: str | None) -> int:
    """
    Read the targets of the list TARGETS (YAML) into snapshot files.

    A snapshot holds all that the checks need, so that they can run later, elsewhere and again. What
    could be read is kept; ends with status 3 if anything could not.
    """
    chosen = [t for t in targets_of(targets, name) if not isinstance(t, SnapshotTarget)]
    if not chosen:
        raise ConfigError(f"`{targets}` holds only snapshots: there is nothing to collect")
    if len(chosen) > 1 and not output.is_dir():
        raise ConfigError(f"`{output}` is no folder, and {len(chosen)} targets need one")
    complete = [_collect(target, output) for target in chosen]
    return 0 if all(complete) else 3


def _collect(target: LdapTarget | LdifTarget, output: Path) -> bool:
    """Collect one target and say what came of it; whether it is complete."""
    path = output / f"{target.name}.snapshot" if output.is_dir() else output
    try:
        with shown() as progress, collect_into(target, path, asker(), progress) as snapshot:
            _tell(target.name, path, snapshot)
            return not snapshot.gaps and not snapshot.evidence.gaps
    except (CollectError, DirectoryError, ConfigError) as error:
        hint = f" ({error.hint})" if error.hint else ""
        click.echo(f"{target.name}: error: {safe_text(error.message + hint)}", err=True)
        return False


def _tell(name: str, path: Path, snapshot: Snapshot) -> None:
    click.echo(f"{name}: {len(snapshot)} objects in {path}")
    for source in snapshot.evidence.sources:
        click.echo(f"{name}: {source.kind} {safe_text(source.name)}: {source.total} records")
    for gap in (*snapshot.gaps, *snapshot.evidence.gaps):
        click.echo(f"{name}: gap: {safe_text(gap.subject)}: {safe_text(gap.reason)}", err=True)
    for warning in snapshot.warnings:
        click.echo(f"{name}: warning: {safe_text(warning)}", err=True)
