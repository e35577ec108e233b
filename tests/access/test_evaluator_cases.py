"""Worked cases, each with the sentence of the specification that decides it."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from adaudit.access import Decision, ObjectFacts, Question, Token, Verdict, evaluate
from adaudit.access.question import TypeNode
from adaudit.security import sddl
from adaudit.security.rights import AccessMask, Right
from adaudit.security.sid import Sid
from tests import reference

CASES = json.loads((Path(__file__).parents[1] / "data/access_cases.json").read_text("utf-8"))
DOMAIN = Sid.parse("S-1-5-21-1-2-3")
COMPUTER = "bf967a86-0de6-11d0-a285-00aa003049e2"


def by_id(case: dict[str, Any]) -> str:
    return str(case["id"])


def sids(case: dict[str, Any], name: str) -> frozenset[Sid]:
    return frozenset(map(Sid.parse, case[name]))


def verdict(case: dict[str, Any]) -> Verdict:
    tokens = sids(case, "token_sids")
    token = Token(
        next(iter(tokens)),
        tokens,
        deny_only=sids(case, "deny_only_sids"),
        privileges=frozenset(case["privileges"]),
        knows_claims=True,
    )
    facts = ObjectFacts(
        sid=Sid.parse(case["self_sid"]) if case["self_sid"] else None,
        class_guid=UUID(case["object_class_guid"]),
        blocks_owner=case["dsheuristics_char29"] == "1" and case["object_class_guid"] == COMPUTER,
        owner_exempt=frozenset({DOMAIN.relative(512), DOMAIN.relative(519)}),
    )
    type_list = tuple(TypeNode(level, UUID(guid)) for level, guid in case["type_list"])
    right = Right(case["desired"]["label"] or "", AccessMask(int(case["desired"]["mask"], 16)))
    question = Question(right, type_list, case["node"], facts)
    return evaluate(sddl.parse(case["sddl"], DOMAIN, DOMAIN), token, question)


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_a_case_is_decided_as_the_specification_says(case: dict[str, Any]) -> None:
    expected = Decision.ALLOWED if case["expected"]["granted"] else Decision.DENIED
    assert verdict(case).decision is expected, case["why"]


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_the_entry_that_decides_a_case_is_named(case: dict[str, Any]) -> None:
    deciding = verdict(case).deciding
    position = deciding.position if deciding else None
    assert position == case["deciding_ace_index"], case["why"]


@pytest.mark.parametrize(
    "case", [case for case in CASES if "max_mask" in case["expected"]], ids=by_id
)
def test_the_maximum_of_a_case_is_granted(case: dict[str, Any]) -> None:
    assert verdict(case).granted == int(case["expected"]["max_mask"], 16), case["why"]


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_the_naive_reference_decides_a_case_alike(case: dict[str, Any]) -> None:
    tokens = sids(case, "token_sids")
    blocks = case["dsheuristics_char29"] == "1" and case["object_class_guid"] == COMPUTER
    asked = reference.Asked(
        tokens,
        int(case["desired"]["mask"], 16) & ~AccessMask.MAXIMUM_ALLOWED,
        tuple((level, UUID(guid)) for level, guid in case["type_list"]),
        case["node"],
        sids(case, "deny_only_sids"),
        frozenset(case["privileges"]),
        Sid.parse(case["self_sid"]) if case["self_sid"] else None,
        blocks_owner=blocks and not tokens & {DOMAIN.relative(512), DOMAIN.relative(519)},
    )
    answer = reference.check(sddl.parse(case["sddl"], DOMAIN, DOMAIN), asked)
    assert answer.granted == case["expected"]["granted"], case["why"]
