"""
One question a file, each answered with findings.

A check is a module here: its name is the id, its docstring the title and documentation, `SEVERITY`
the worst that it reports, `run` the work. Modules that begin with an underscore are what checks
share. Nothing else has to be changed to add one.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from adaudit.checks._context import Context
from adaudit.checks._matrix import matrix_of
from adaudit.directory.entry import Gap
from adaudit.findings import CheckResult, Finding, Outcome, Severity

__all__ = ["Check", "Context", "catalogue", "matrix_of"]

Run = Callable[[Context], Iterator[Finding | Gap]]


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

    def result(self, context: Context) -> CheckResult:
        """Run the check; what it finds weighs more than what it cannot decide."""
        said = list(self.run(context))
        findings = tuple(item for item in said if isinstance(item, Finding))
        unknown = tuple(item for item in said if isinstance(item, Gap))
        outcome = Outcome.FAIL if findings else Outcome.UNKNOWN if unknown else Outcome.PASS
        return CheckResult(self.id, outcome, findings, unknown)


def catalogue() -> tuple[Check, ...]:
    """All checks, by id."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(_check(name) for name in sorted(names) if not name.startswith("_"))


def _check(name: str) -> Check:
    module = importlib.import_module(f"{__name__}.{name}")
    title, _, documentation = (module.__doc__ or "").strip().partition("\n\n")
    severity: Severity = module.SEVERITY
    run: Run = module.run
    return Check(name.replace("_", "-"), title.rstrip("."), documentation, severity, run)
