"""The forms of answers to single questions, by the name that the command line gives them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from adaudit.report import Format

if TYPE_CHECKING:  # whoever only asks for the names of the forms need not wait for the rest
    from adaudit.findings import Explanation
    from adaudit.findings.control import ControlReport
    from adaudit.findings.rights_of import RightsOf
    from adaudit.findings.who_can import WhoCan

__all__ = ["EXPLANATION_FORMATS", "PATHS_FORMATS", "RIGHTS_OF_FORMATS", "WHO_CAN_FORMATS"]


def _explanation_text(explanation: Explanation) -> str:
    from adaudit.report import explanation as forms  # noqa: PLC0415 - loaded only when asked for

    return forms.render_text(explanation)


def _explanation_json(explanation: Explanation) -> str:
    from adaudit.report import explanation as forms  # noqa: PLC0415 - loaded only when asked for

    return forms.render_json(explanation)


def _paths_text(report: ControlReport) -> str:
    from adaudit.report import control  # noqa: PLC0415 - loaded only when asked for

    return control.render_text(report)


def _paths_json(report: ControlReport) -> str:
    from adaudit.report import control  # noqa: PLC0415 - loaded only when asked for

    return control.render_json(report)


def _who_can_text(found: WhoCan) -> str:
    from adaudit.report import who_can  # noqa: PLC0415 - loaded only when asked for

    return who_can.render(found)


def _who_can_csv(found: WhoCan) -> str:
    from adaudit.report import who_can_csv  # noqa: PLC0415 - loaded only when asked for

    return who_can_csv.render(found)


def _who_can_json(found: WhoCan) -> str:
    from adaudit.report import who_can_json  # noqa: PLC0415 - loaded only when asked for

    return who_can_json.render(found)


def _rights_of_text(found: RightsOf) -> str:
    from adaudit.report import rights_of  # noqa: PLC0415 - loaded only when asked for

    return rights_of.render(found)


def _rights_of_csv(found: RightsOf) -> str:
    from adaudit.report import rights_of_csv  # noqa: PLC0415 - loaded only when asked for

    return rights_of_csv.render(found)


def _rights_of_json(found: RightsOf) -> str:
    from adaudit.report import rights_of_json  # noqa: PLC0415 - loaded only when asked for

    return rights_of_json.render(found)


EXPLANATION_FORMATS: Mapping[str, Format[Explanation]] = MappingProxyType(
    {"text": Format(_explanation_text, "utf-8"), "json": Format(_explanation_json, "utf-8")}
)
"""Of one verdict"""

PATHS_FORMATS: Mapping[str, Format[ControlReport]] = MappingProxyType(
    {"text": Format(_paths_text, "utf-8"), "json": Format(_paths_json, "utf-8")}
)
"""Of who comes to control an object"""

WHO_CAN_FORMATS: Mapping[str, Format[WhoCan]] = MappingProxyType(
    {
        "text": Format(_who_can_text, "utf-8"),
        "csv": Format(
            _who_can_csv, "utf-8-sig"
        ),  # without the mark Excel reads the local code page
        "json": Format(_who_can_json, "utf-8"),
    }
)
"""Of who holds a right"""

RIGHTS_OF_FORMATS: Mapping[str, Format[RightsOf]] = MappingProxyType(
    {
        "text": Format(_rights_of_text, "utf-8"),
        "csv": Format(_rights_of_csv, "utf-8-sig"),
        "json": Format(_rights_of_json, "utf-8"),
    }
)
"""Of what one subject holds"""
