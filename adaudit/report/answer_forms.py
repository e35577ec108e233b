"""The forms of answers to single questions, by the name that the command line gives them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from adaudit.report import Format

if TYPE_CHECKING:  # whoever only asks for the names of the forms need not wait for the rest
    from adaudit.findings.rights_of import RightsOf
    from adaudit.findings.who_can import WhoCan

__all__ = ["RIGHTS_OF_FORMATS", "WHO_CAN_FORMATS"]


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
