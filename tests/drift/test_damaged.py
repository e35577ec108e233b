"""Damaged objects: the comparison goes on, tells of them, and is in no form without them."""

from hypothesis import given, settings

from adaudit.drift import compare
from adaudit.report import DRIFT_FORMATS
from tests.drift.drift_strategies import Worlds, damaged_worlds
from tests.drift.times import STAFF, Town, drift


@settings(max_examples=25)
@given(damaged_worlds())
def test_every_form_of_any_comparison_can_be_made(given_worlds: Worlds) -> None:
    found = compare(given_worlds.old, given_worlds.new)
    for form in DRIFT_FORMATS.values():
        assert form.render(found)


def test_an_object_whose_sid_is_damaged_is_compared_nevertheless() -> None:
    def before(town: Town) -> None:
        town.users[2].attributes["objectsid"] = [b"damaged"]

    def change(town: Town) -> None:
        town.describe(town.users[2], "(A;;WD;;;WD)")

    found = drift(change, before)
    assert [effect.rights for effect in found.effects] == [("WriteDac",)]
    assert [gap.subject for gap in found.gaps] == [
        f"{name}: CN=User 3,{STAFF}" for name in ("OLD", "NEW")
    ]


def test_a_damaged_descriptor_is_told_and_not_compared() -> None:
    def change(town: Town) -> None:
        town.users[2].descriptor = b"\x01\x00\x04\x80 and no more"

    found = drift(change)
    assert not found.effects
    assert [gap.reason[:60] for gap in found.gaps] == [
        "cannot be compared: the security descriptor is damaged: desc"
    ]
