"""The oracle itself, on cases that [MS-ADTS] 5.1.3.3.4 decides."""

import pytest

from tests.differential.conftest import OracleDs

SEND_AS = "ab721a54-1e2f-11d0-9819-00aa0040529b"
RECEIVE_AS = "ab721a56-1e2f-11d0-9819-00aa0040529b"
SOMEONE = "S-1-5-21-1-2-3-1105"

# self-relative, owner and group S-1-5-18, one ACE: (OA;;CR;<Send-As>;;S-1-5-21-1-2-3-1105)
ALLOW_SEND_AS = bytes.fromhex(
    "01000480" "14000000" "20000000" "00000000" "2c000000"
    "0101000000000005" "12000000" "0101000000000005" "12000000"
    "0400400001000000"
    "05003800" "00010000" "01000000" "541a72ab2f1ed011981900aa0040529b"
    "0105000000000005" "15000000" "01000000" "02000000" "03000000" "51040000"
)  # fmt: skip


def test_an_object_ace_grants_its_extended_right(oracle_ds: OracleDs) -> None:
    assert oracle_ds.granted(ALLOW_SEND_AS, [SOMEONE], SEND_AS)


def test_an_object_ace_grants_no_other_right(oracle_ds: OracleDs) -> None:
    assert not oracle_ds.granted(ALLOW_SEND_AS, [SOMEONE], RECEIVE_AS)


def test_a_token_without_the_trustee_is_granted_nothing(oracle_ds: OracleDs) -> None:
    assert not oracle_ds.granted(ALLOW_SEND_AS, ["S-1-5-21-1-2-3-1106"], SEND_AS)


def test_bytes_that_are_no_descriptor_raise_value_error(oracle_ds: OracleDs) -> None:
    with pytest.raises(ValueError, match=r"NT_STATUS|NDR|Buffer"):
        oracle_ds.granted(ALLOW_SEND_AS[:30], [SOMEONE], SEND_AS)
