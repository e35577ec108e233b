"""From findings into a form that people or programs read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic, TypeVar

from adaudit.errors import ReportError

if TYPE_CHECKING:  # whoever only asks for the names of the forms need not wait for the rest
    from collections.abc import Sequence

    from adaudit.changes import Drift
    from adaudit.findings import Report
    from adaudit.report.delegation_lines import DelegationReport
    from adaudit.rulings import DiagnosisReport

__all__ = [
    "DELEGATION_FORMATS",
    "DIAGNOSIS_FORMATS",
    "DRIFT_FORMATS",
    "FORMATS",
    "Format",
    "write",
    "write_text",
]

_Told = TypeVar("_Told")


@dataclass(frozen=True, slots=True)
class Format(Generic[_Told]):
    """A form that a report, or whatever else is told, can have."""

    render: Callable[[_Told], str]
    encoding: str
    """Of a file; on a stream the stream decides"""


def _table(report: Report) -> str:
    from adaudit.report import table  # noqa: PLC0415 - tabulate is loaded only to draw a table

    return table.render(report)


def _csv(report: Report) -> str:
    from adaudit.report import csv  # noqa: PLC0415 - loaded only when asked for

    return csv.render(report)


def _json(report: Report) -> str:
    from adaudit.report import json  # noqa: PLC0415 - loaded only when asked for

    return json.render(report)


def _diagnosis_text(reports: Sequence[DiagnosisReport]) -> str:
    from adaudit.report import diagnosis  # noqa: PLC0415 - loaded only when asked for

    return diagnosis.render(reports)


def _diagnosis_json(reports: Sequence[DiagnosisReport]) -> str:
    from adaudit.report import diagnosis_json  # noqa: PLC0415 - loaded only when asked for

    return diagnosis_json.render(reports)


def _delegations_text(report: DelegationReport) -> str:
    from adaudit.report import delegations  # noqa: PLC0415 - loaded only when asked for

    return delegations.render(report)


def _delegations_csv(report: DelegationReport) -> str:
    from adaudit.report import delegations_csv  # noqa: PLC0415 - loaded only when asked for

    return delegations_csv.render(report)


def _delegations_json(report: DelegationReport) -> str:
    from adaudit.report import delegations_json  # noqa: PLC0415 - loaded only when asked for

    return delegations_json.render(report)


def _drift_text(drift: Drift) -> str:
    from adaudit.report import drift as text  # noqa: PLC0415 - loaded only when asked for

    return text.render(drift)


def _drift_csv(drift: Drift) -> str:
    from adaudit.report import drift_csv  # noqa: PLC0415 - loaded only when asked for

    return drift_csv.render(drift)


def _drift_json(drift: Drift) -> str:
    from adaudit.report import drift_json  # noqa: PLC0415 - loaded only when asked for

    return drift_json.render(drift)


FORMATS: Mapping[str, Format[Report]] = MappingProxyType(
    {
        "table": Format(_table, "utf-8"),
        "csv": Format(_csv, "utf-8-sig"),  # without the mark Excel reads the local code page
        "json": Format(_json, "utf-8"),
    }
)
"""The forms by the name that the command line gives them"""


DIAGNOSIS_FORMATS: Mapping[str, Format[Sequence[DiagnosisReport]]] = MappingProxyType(
    {"text": Format(_diagnosis_text, "utf-8"), "json": Format(_diagnosis_json, "utf-8")}
)
"""Likewise the forms of diagnoses"""

DELEGATION_FORMATS: Mapping[str, Format[DelegationReport]] = MappingProxyType(
    {
        "text": Format(_delegations_text, "utf-8"),
        "csv": Format(_delegations_csv, "utf-8-sig"),
        "json": Format(_delegations_json, "utf-8"),
    }
)
"""And the forms of delegations"""


DRIFT_FORMATS: Mapping[str, Format[Drift]] = MappingProxyType(
    {
        "text": Format(_drift_text, "utf-8"),
        "csv": Format(_drift_csv, "utf-8-sig"),
        "json": Format(_drift_json, "utf-8"),
    }
)
"""And those of what changed between two snapshots"""


def write(told: _Told, form: Format[_Told], path: Path) -> None:
    """
    Write a report into a file: all of it, in place of what was there, or nothing.

    Raises `ReportError` when it cannot be written.
    """
    write_text(form.render(told), path, form.encoding)


def write_text(text: str, path: Path, encoding: str = "utf-8") -> None:
    """Write text into a file likewise."""
    data = text.encode(encoding)
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a pipe or a device, which nothing can take the place of
        else:
            _replace(path.resolve(), data)
    except OSError as error:
        raise ReportError(f"cannot write `{path}`: {error.strerror}") from error


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        with beside.open("xb") as file:
            file.write(data)
        beside.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            beside.unlink()
