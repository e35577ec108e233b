"""Worked cases of what a token holds, each with the sentence of the specification behind it."""

import json
from pathlib import Path
from typing import Any

import pytest

from adaudit.access import Server, Token, token_of
from adaudit.directory.membership import Membership
from adaudit.security.sid import Sid
from tests.builders import Made, MadeDomain, World

CASES = json.loads((Path(__file__).parents[1] / "data/token_cases.json").read_text("utf-8"))
SCOPES = {"global": "global", "universal": "universal", "domainlocal": "domain local"}


def by_id(case: dict[str, Any]) -> str:
    return str(case["id"])


class Graph:
    """The objects of a case, made in a world of the domains A and B."""

    def __init__(self, nodes: dict[str, dict[str, Any]]) -> None:
        self.world = World()
        self.domains = {
            name: self.world.domain(name, f"DC={name.lower()},DC=example") for name in ("A", "B")
        }
        self.made: dict[str, Made] = {}
        self.sids: dict[str, Sid] = {}
        for number, (name, node) in enumerate(nodes.items(), 1100):
            self._make(name, node, node.get("rid", number))
        for name, node in nodes.items():
            for group in node.get("memberOf", ()):
                self.made[group].put(member=self.made[name])
            if "primaryGroup" in node:
                self.made[name].put(primaryGroupID=self.sids[node["primaryGroup"]].rid)

    def _make(self, name: str, node: dict[str, Any], rid: int) -> None:
        if node["domain"] not in self.domains:  # an account of another forest has no object
            self.sids[name] = Sid.parse(node["sid"])
            return
        made = self._object(self.domains[node["domain"]], name, node, rid)
        made.put(sIDHistory=[Sid.parse(old) for old in node.get("sidHistory", ())])
        self.made[name], self.sids[name] = made, made.sid

    def _object(self, domain: MadeDomain, name: str, node: dict[str, Any], rid: int) -> Made:
        if name.startswith("fsp:"):
            return domain.foreign(name.removeprefix("fsp:"))
        if "type" in node:
            return domain.group(name, rid, SCOPES[node["type"]])
        if "userAccountControl" in node:
            control = int(node["userAccountControl"], 16)
            return domain.computer(name, rid, primary=None, control=control)
        return domain.user(name, rid, primary=None)

    def token(self, principal: str, domain: str) -> Token:
        """The token that a controller of `domain` makes for the node of that name."""
        membership = Membership.of(self.world.snapshot())
        server = Server("a controller", membership.domains.named(domain), is_domain_controller=True)
        return token_of(self.sids[principal], server, membership)

    def sid(self, name: str) -> Sid:
        """The SID of a node, or the SID that `name` is."""
        return self.sids[name] if name in self.sids else Sid.parse(name)


@pytest.mark.parametrize("case", CASES, ids=by_id)
def test_a_token_holds_what_the_specification_says(case: dict[str, Any]) -> None:
    graph = Graph(case["graph"])
    token = graph.token(case["principal"], case["evaluated_on"])
    missing = [name for name in case["expect_in_token"] if graph.sid(name) not in token.sids]
    wrong = [name for name in case["expect_not_in_token"] if graph.sid(name) in token.sids]
    assert (missing, wrong) == ([], []), case["why"]
