"""
A controller and the tool answer alike what seven accounts may do to every object.

The server's own answers are those of `effective.py`: all attributes that an object can have, all
classes of children, and its descriptor, in the domain, the configuration and the schema.
"""

from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from adaudit.access.verdict import Decision
from adaudit.directory.dn import Dn
from adaudit.directory.entry import Entry
from tests.live.delegation import ADMINISTRATOR, COMPARED, Delegation
from tests.live.effective import SEE
from tests.live.judging import Judge
from tests.live.samba_access import Way, difference

Where = tuple[str, str]
"""The name of an object, and a question"""

# what SELF may write on the object of a well-known principal, by the default of its class
_OF_SELF = ("write:url", "write:wWWHomePage")
THIS_ORGANIZATION = {("This Organization", name) for name in _OF_SELF}
BY_LOGON = {
    (f"{package} Authentication", name)
    for package in ("NTLM", "SChannel", "Digest")
    for name in _OF_SELF
}
"""Who is in these hangs on how one logs on, of which the directory tells nothing"""
_PRIVATE = (
    *("write:msPKIAccountCredentials", "write:msPKIDPAPIMasterKeys"),
    *("write:msPKIRoamingTimeStamp", "write:msPKI-CredentialRoamingTokens"),
)
_READERS = {(name, attribute) for name in ("Fred", "Gina") for attribute in _PRIVATE}
_DESK = _READERS | {("PC2", "write:msTPM-OwnerInformation")}
_KEEPERS = {("Hugo", "write:telephoneNumber")}
BY_CONTROL_ACCESS = {"helper": _DESK, "trainee": _DESK, "keeper": _KEEPERS, "WS01$": _KEEPERS}
"""What Samba lets those write who may read confidential attributes"""


@dataclass
class Comparison:
    """What came of comparing all answers for one account."""

    equal: int = 0
    wrong: list[str] = field(default_factory=list)
    explained: dict[Way, set[Where]] = field(default_factory=lambda: defaultdict(set))
    undecided: set[Where] = field(default_factory=set)


@pytest.fixture(scope="module", params=COMPARED)
def compared(request: pytest.FixtureRequest, delegation: Delegation) -> tuple[str, Comparison]:
    account: str = request.param
    judge = Judge(delegation.view, delegation.token(account))
    found = Comparison()
    for entry in delegation.view.snapshot.entries():
        if entry.dn.text:  # the rootDSE is no object
            _compare(entry, account, judge, delegation, found)
    return account, found


def _compare(
    entry: Entry, account: str, judge: Judge, delegation: Delegation, found: Comparison
) -> None:
    granted = delegation.effective[account].get(entry.dn, frozenset())
    sight = judge.sees(entry)
    decisions = {SEE: sight}
    if sight is not Decision.DENIED:
        decisions |= judge.decisions(entry, delegation.possible[entry.dn])
    held = {name for name, decision in decisions.items() if decision is Decision.ALLOWED}
    undecided = {name for name, decision in decisions.items() if decision is Decision.UNDECIDED}
    found.undecided |= {(str(entry.dn.name), name) for name in undecided}
    differing = (held ^ granted) - undecided
    found.equal += len(decisions) - len(undecided) - len(differing)
    for name in differing:
        _explain(
            entry, name, judge, Decision.ALLOWED if name in granted else Decision.DENIED, found
        )


def _explain(entry: Entry, name: str, judge: Judge, answer: Decision, found: Comparison) -> None:
    """Put a difference where it belongs: to a way in which Samba differs, or to what is wrong."""
    way = None
    if name != SEE and judge.sees(entry) is Decision.ALLOWED:
        way = difference(judge.descriptor(entry), judge.token, judge.question(entry, name), answer)
    if way is None:
        found.wrong.append(f"{name} on {entry.dn}: the server says {answer.value}")
    else:
        found.explained[way].add((str(entry.dn.name), name))


def test_the_answers_are_those_of_the_controller(compared: tuple[str, Comparison]) -> None:
    account, found = compared
    assert not found.wrong
    assert found.equal > 210_000, account


def test_all_that_samba_does_otherwise_is_known(compared: tuple[str, Comparison]) -> None:
    account, found = compared
    expected = {
        Way.CONTROL_ACCESS: BY_CONTROL_ACCESS.get(account, set()),
        Way.OWNER_RIGHTS: {("With OWNER RIGHTS", "WriteDacl")} if account == "owner" else set(),
        Way.THIS_ORGANIZATION: set() if account == ADMINISTRATOR else THIS_ORGANIZATION,
    }
    assert found.explained == {way: where for way, where in expected.items() if where}


def test_undecided_is_only_what_hangs_on_how_one_logs_on(compared: tuple[str, Comparison]) -> None:
    account, found = compared
    assert found.undecided == (set() if account == ADMINISTRATOR else BY_LOGON)


def test_what_the_desk_may_do_is_taken_from_trainees(delegation: Delegation) -> None:
    anna = Dn(f"CN=Anna,OU=Staff,OU=Delegated,{delegation.controller.domain.base}")
    held = {
        account: delegation.effective[account][anna] for account in ("plain", "helper", "trainee")
    }
    assert held["helper"] - held["trainee"] == {"write:telephoneNumber"}
    assert held["trainee"] > held["plain"]


def test_what_is_hidden_is_seen_by_the_desk_alone(delegation: Delegation) -> None:
    kept = Dn(f"CN=Kept,OU=Hidden,OU=Delegated,{delegation.controller.domain.base}")
    seeing = {account for account in COMPARED if kept in delegation.effective[account]}
    assert seeing == {"helper", "trainee", ADMINISTRATOR}
