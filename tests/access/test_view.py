"""Rights by the names that people write."""

import pytest

from adaudit.access.view import View
from adaudit.errors import QuestionError
from adaudit.security.rights import SEND_AS, AccessMask
from tests.builders import World


@pytest.fixture
def view() -> View:
    return View(World().snapshot())


@pytest.mark.parametrize("name", ["WriteDac", "write-dac", "WRITE_DAC"])
def test_a_right_on_the_whole_object_is_known_by_the_name_of_its_bit(view: View, name: str) -> None:
    right = view.right_of(name)

    assert right.mask == AccessMask.WRITE_DAC
    assert right.object_type is None


@pytest.mark.parametrize("name", ["Send-As", "send-as", "ab721a54-1e2f-11d0-9819-00aa0040529b"])
def test_an_extended_right_is_known_by_name_and_guid(view: View, name: str) -> None:
    right = view.right_of(name)

    assert (right.mask, right.object_type) == (SEND_AS.mask, SEND_AS.object_type)


@pytest.mark.parametrize("name", ["WriteProperty", "ControlAccess", "GenericAll", "no-such-right"])
def test_what_needs_a_tree_of_attributes_is_no_right_by_name(view: View, name: str) -> None:
    with pytest.raises(QuestionError, match=f"no right `{name}`"):
        view.right_of(name)
