"""
One question a file, each answered with findings.

A check is a module of a folder here: its name is the id, its docstring the title and documentation,
`SEVERITY` the worst that it reports, `run` the work. `REASON` says why it is as severe as it is,
and `REFERENCES` who else describes the weakness, where there is more to say. Modules that begin
with an underscore are what checks share. Nothing else has to be changed to add one.

A check that is a step of KB 843106 has two things more: `STEP`, the number of the step, and
`judge`, which rules on the mail from one server to another.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter

from adaudit.checks._context import Context
from adaudit.checks.exchange._matrix import matrix_of
from adaudit.directory.entry import Gap
from adaudit.exchange.peers import Route
from adaudit.findings import CheckResult, Finding, NotApplicable, Outcome, Severity
from adaudit.rulings import Ruling

__all__ = ["Check", "Context", "catalogue", "matrix_of", "steps"]

_NO_SERVER = NotApplicable("there is no Exchange server")
_EXCHANGE = f"{__name__}.exchange."

Run = Callable[[Context], Iterator[Finding | Gap | NotApplicable]]
Judge = Callable[[Context, Route], Ruling]


@dataclass(frozen=True, slots=True)
class Check:
    """A check as the catalogue knows it."""

    id: str
    title: str
    documentation: str
    """What it reports, why it matters, how to mend it"""
    severity: Severity
    """The worst severity that it reports"""
    run: Run
    step: int | None = None
    """The step of KB 843106 that it is"""
    judge: Judge | None = None
    """Rules on one sender and receiver; only of a step"""
    reason: str = ""
    """Why it is as severe as it is"""
    references: tuple[str, ...] = ()
    """Who else describes what it reports: ANSSI, MITRE ATT&CK, Microsoft"""

    of_exchange: bool = False
    """Whether it is about the mail between Exchange servers"""

    def result(self, context: Context) -> CheckResult:
        """Run the check; what it finds weighs more than what it cannot decide."""
        said = list(self.run(context))
        findings = tuple(item for item in said if isinstance(item, Finding))
        unknown = tuple(item for item in said if isinstance(item, Gap))
        if self.of_exchange and not (findings or unknown or context.flow.servers):
            said = [_NO_SERVER]
        reasons = [item.reason for item in said if isinstance(item, NotApplicable)]
        if findings:
            outcome = Outcome.FAIL
        elif unknown:
            outcome = Outcome.UNKNOWN
        else:
            outcome = Outcome.NOT_APPLICABLE if reasons else Outcome.PASS
        return CheckResult(
            self.id, outcome, findings, unknown, "; ".join(dict.fromkeys(reasons)) or None
        )


def catalogue() -> tuple[Check, ...]:
    """All checks, by id."""
    modules = (
        module.name
        for folder in pkgutil.iter_modules(__path__, f"{__name__}.")
        if folder.ispkg
        for module in pkgutil.iter_modules(_path_of(folder.name), f"{folder.name}.")
    )
    found = (_check(name) for name in modules if not name.rpartition(".")[2].startswith("_"))
    return tuple(sorted(found, key=attrgetter("id")))


def steps() -> tuple[Check, ...]:
    """The checks that are steps of KB 843106, in the order of the article."""
    found = (check for check in catalogue() if check.step is not None)
    return tuple(sorted(found, key=lambda check: (check.step or 0, check.id)))


def _path_of(package: str) -> Sequence[str]:
    return importlib.import_module(package).__path__


def _check(name: str) -> Check:
    module = importlib.import_module(name)
    title, _, documentation = (module.__doc__ or "").strip().partition("\n\n")
    severity: Severity = module.SEVERITY
    run: Run = module.run
    step: int | None = getattr(module, "STEP", None)
    judge: Judge | None = getattr(module, "judge", None)
    reason: str = getattr(module, "REASON", "")
    references: tuple[str, ...] = getattr(module, "REFERENCES", ())
    check_id = name.rpartition(".")[2].replace("_", "-")
    return Check(
        check_id,
        title.rstrip("."),
        documentation,
        severity,
        run,
        step,
        judge,
        reason,
        references,
        name.startswith(_EXCHANGE),
    )
