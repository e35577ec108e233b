"""Waivers: what is accepted for a time leaves the result, not the report."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.cli.command import Command, Ran

Make = Callable[[str], Path]
Write = Callable[..., Path]
TODAY = datetime.now(UTC).date()


def waivers(*items: tuple[str, int]) -> str:
    """Waivers for findings, each with the days from today that it holds."""
    lines = [
        f"  - {{finding: '{finding}', why: until spring, until: {TODAY + timedelta(days)}}}"
        for finding, days in items
    ]
    return "\n".join(["waivers:", *lines])


def said(ran: Ran) -> str:
    """The report without its line breaks."""
    return " ".join(ran.out.split())


def finding_of(adaudit: Command, file: Path) -> str:
    (target,) = json.loads(adaudit("check", file, "--format", "json").out)["targets"]
    (finding,) = target["findings"]
    return str(finding["id"])


def test_a_waived_finding_fails_nothing_and_is_said(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = snapshot("account-denied")
    finding = finding_of(adaudit, file)
    ran = adaudit("audit", targets(waivers((finding, 0)), one=file))

    assert ran.status == 0
    assert f"waived until {TODAY}: {finding}" in said(ran)
    assert "Offending groups" not in said(ran)


def test_a_waiver_hides_no_pair_of_the_matrix(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = snapshot("account-denied")
    finding = finding_of(adaudit, file)

    assert "DENY" in adaudit("audit", targets(waivers((finding, 9)), one=file)).out


def test_an_expired_waiver_waives_nothing_and_is_said(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = snapshot("account-denied")
    finding = finding_of(adaudit, file)
    ran = adaudit("audit", targets(waivers((finding, -1)), one=file))

    assert ran.status == 1
    assert f"the waiver for {finding} expired on {TODAY - timedelta(1)}" in said(ran)
    assert "Offending groups" in said(ran)


def test_a_waiver_for_nothing_is_said(adaudit: Command, snapshot: Make, targets: Write) -> None:
    ran = adaudit("audit", targets(waivers(("0123456789ab", 9)), one=snapshot("sound")))

    assert ran.status == 0
    assert "the waiver for 0123456789ab matches no finding" in said(ran)


def test_a_waiver_does_not_make_an_incomplete_run_complete(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    file = snapshot("incomplete-member-list")
    finding = finding_of(adaudit, file)

    assert adaudit("audit", targets(waivers((finding, 9)), one=file)).status == 3


def test_a_finding_keeps_its_id_from_run_to_run(adaudit: Command, snapshot: Make) -> None:
    assert finding_of(adaudit, snapshot("account-denied")) == finding_of(
        adaudit, snapshot("account-denied")
    )


def test_a_pattern_waives_and_is_said(adaudit: Command, snapshot: Make, targets: Write) -> None:
    pattern = f"waivers: [{{check: send-as-denied, why: old, until: {TODAY}}}]"
    ran = adaudit("audit", targets(pattern, one=snapshot("account-denied")))

    assert ran.status == 0
    assert f"waived until {TODAY} by `check: send-as-denied`: " in said(ran)


def test_a_pattern_for_a_check_that_does_not_exist_is_wrong_use(
    adaudit: Command, snapshot: Make, targets: Write
) -> None:
    pattern = f"waivers: [{{check: send-as-deny, why: old, until: {TODAY}}}]"
    ran = adaudit("audit", targets(pattern, one=snapshot("account-denied")))

    assert ran.status == 2
    assert "no check `send-as-deny` to waive" in ran.err
