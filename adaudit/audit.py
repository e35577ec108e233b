"""The pipeline: a target list in, a report out."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from adaudit.checks import Check, Context, catalogue, matrix_of
from adaudit.collect.collector import Ask, Progress, collect, open_source
from adaudit.collect.merging import merged
from adaudit.config import (
    AuditConfig,
    EvidenceConfig,
    SnapshotTarget,
    SourceConfig,
    TargetConfig,
)
from adaudit.directory.snapshot import Snapshot
from adaudit.directory.writer import SnapshotWriter
from adaudit.errors import AdauditError, ConfigError
from adaudit.findings import Report, TargetReport
from adaudit.fleet.executor import Executor
from adaudit.fleet.threads import Threads
from adaudit.waivers import check_names, waive


def run(
    config: AuditConfig, executor: Executor | None = None, file: str = "TARGETS.yaml"
) -> Report:
    """
    Collect and check every target; one that fails is told in its place and stops no other.

    Without an `executor` on threads, and no secret is asked. `file` is the list that `config` was
    read from, for the commands that the report suggests. Raises `ConfigError` when the list names
    checks that do not exist, and what the executor raises when it cannot begin.
    """
    choose(config.checks.skip)
    check_names(config.waivers, {each.id for each in catalogue()})
    several = len(config.targets) > 1
    audit = Audit(file, config.checks.skip, several=several, tier_zero=config.tier_zero)
    outcomes = (executor or Threads()).run(audit, config.targets, config.limits)
    targets = tuple(
        _failed(target.name, audit.words(target), outcome)
        if isinstance(outcome, AdauditError)
        else outcome
        for target, outcome in zip(config.targets, outcomes, strict=True)
    )
    report = waive(Report(targets), config.waivers, datetime.now(UTC).date())
    return replace(report, warnings=(*report.warnings, *_matching_nothing(targets)))


def _matching_nothing(targets: Sequence[TargetReport]) -> Iterator[str]:
    """What the list adds to tier 0 and none of the targets has that were read."""
    unmatched = [target.unmatched for target in targets if target.error is None]
    for name in unmatched[0] if unmatched else ():
        if all(name in others for others in unmatched):
            yield f"`{name}` of `tier_zero` matches nothing that was read"


@dataclass(frozen=True, slots=True)
class Audit:
    """What is done with each target, wherever that is: it travels, and values come back."""

    file: str
    """The target list"""
    skip: tuple[str, ...]
    """Ids of checks not to run"""
    several: bool
    """Whether the list has more than one target"""
    tier_zero: tuple[str, ...] = ()
    """What the list adds to tier 0"""

    def __call__(
        self, target: TargetConfig, ask: Ask | None = None, progress: Progress | None = None
    ) -> TargetReport:
        """Collect and check one target."""
        source = partial(read, target, ask, progress)
        return report_on(target.name, source, self.words(target), choose(self.skip), self.tier_zero)

    def words(self, target: TargetConfig) -> tuple[str, ...]:
        """What chooses the target on the command line."""
        return (self.file, "--target", target.name) if self.several else (self.file,)


def read(target: TargetConfig, ask: Ask | None, progress: Progress | None) -> Snapshot:
    """
    Open the snapshot of a target, or collect one into memory.

    Raises `CollectError` or `DirectoryError` when nothing can be read.
    """
    if isinstance(target, SnapshotTarget):
        return _with_evidence(target, ask)
    return collect_into(target, None, ask, progress)


def collect_into(
    target: SourceConfig,
    path: Path | None,
    ask: Ask | None,
    progress: Progress | None,
    *,
    resume: bool = False,
) -> Snapshot:
    """
    Collect a target into a snapshot file, or into memory without `path`.

    `resume` goes on with what an interrupted or incomplete collection left at `path`, where there
    is something and the target is one of servers; files are read anew.

    Raises `CollectError` when nothing can be read, `DirectoryError` when the file cannot be
    written, or gone on with; what stood there before is kept then.
    """
    source = open_source(target, ask)
    resume &= source.can_go_on
    with SnapshotWriter(source.description, path, resume=resume, key=source.key) as writer:
        collect(source, writer, progress)
        for warning in source.warnings:
            writer.add_warning(warning)
        _gather(target.evidence, writer, ask)
        return writer.finish()


def _gather(config: EvidenceConfig | None, writer: SnapshotWriter, ask: Ask | None) -> None:
    if config is not None:
        # its many readers take a tenth of a second to import, which other targets need not wait for
        from adaudit.evidence.gather import gather  # noqa: PLC0415  # see above

        gather(config, writer, ask)


def _with_evidence(target: SnapshotTarget, ask: Ask | None) -> Snapshot:
    """Open snapshots; evidence that the target list adds is read into a copy of them."""
    if len(target.snapshot) > 1:
        with merged(target.snapshot) as writer:
            _gather(target.evidence, writer, ask)
            return writer.finish()
    snapshot = Snapshot.open(*target.snapshot)
    if target.evidence is None:
        return snapshot
    with snapshot, SnapshotWriter.onto(snapshot) as writer:
        _gather(target.evidence, writer, ask)
        return writer.finish()


def report_on(
    name: str,
    source: Callable[[], Snapshot],
    file: tuple[str, ...],
    checks: Sequence[Check],
    tier_zero: tuple[str, ...] = (),
) -> TargetReport:
    """
    Read one target and run the checks on it; that nothing could be read is a report as well.

    `file` is what `adaudit explain` can be given to look at the same data, `tier_zero` what the
    target list adds to tier 0.
    """
    try:
        with source() as snapshot:
            return _check(name, Context(snapshot, file, tier_zero), checks)
    except AdauditError as error:
        return _failed(name, file, error)


def _failed(name: str, file: tuple[str, ...], error: AdauditError) -> TargetReport:
    hint = f" ({error.hint})" if error.hint else ""
    return TargetReport(name, source=" ".join(file), error=error.message + hint)


def choose(skip: Sequence[str] = ()) -> tuple[Check, ...]:
    """All checks but those to skip; `ConfigError` for one that does not exist."""
    checks = catalogue()
    known = {each.id for each in checks}
    unknown = [name for name in skip if name not in known]
    if unknown:
        raise ConfigError(f"no check `{unknown[0]}` to skip", f"checks: {', '.join(sorted(known))}")
    return tuple(each for each in checks if each.id not in skip)


def _check(name: str, context: Context, checks: Sequence[Check]) -> TargetReport:
    snapshot = context.snapshot
    return TargetReport(
        name=name,
        source=snapshot.source,
        taken_at=snapshot.taken_at,
        facts=context.facts,
        matrix=matrix_of(context),
        results=tuple(check.result(context) for check in checks),
        gaps=(*snapshot.gaps, *context.evidence.gaps, *context.faults),
        warnings=(*snapshot.warnings, *context.warnings),
        unmatched=context.tier_zero.unmatched if context.widened else (),
    )
