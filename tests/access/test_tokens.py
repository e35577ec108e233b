"""The tokens of all subjects at once are those that are built for one subject after the other."""

from hypothesis import given
from hypothesis import strategies as st

from adaudit.access import Server, token_of
from adaudit.access.bitmap import BitMap
from adaudit.access.tokens import Tokens
from adaudit.directory.membership import Membership
from adaudit.security.sid import Sid
from tests.access.forest_strategies import Forest, damaged_forests, forests, servers
from tests.builders import World


def agrees_with_each(tokens: Tokens, server: Server, membership: Membership) -> None:
    for number, (subject, token) in enumerate(zip(tokens.subjects, tokens, strict=True)):
        assert tokens.sids_in(token, number) == token_of(subject, server, membership).sids


@given(st.one_of(forests(), damaged_forests()), st.data())
def test_tokens_of_all_accounts_hold_what_the_token_of_each_does(
    forest: Forest, data: st.DataObject
) -> None:
    membership = Membership.of(forest.world.snapshot())
    server = data.draw(servers(membership))
    agrees_with_each(Tokens(membership, server), server, membership)


@given(st.one_of(forests(), damaged_forests()), st.data())
def test_tokens_of_any_subjects_do_too(forest: Forest, data: st.DataObject) -> None:
    membership = Membership.of(forest.world.snapshot())
    server = data.draw(servers(membership))
    subjects = data.draw(st.permutations([*membership.principals, *forest.named]))
    agrees_with_each(Tokens(membership, server, subjects), server, membership)


def test_a_group_of_a_group_is_in_the_tokens_of_all_members() -> None:
    world = World()
    contoso = world.domain("CONTOSO", "DC=contoso,DC=example")
    users = [contoso.user(f"U{rid}", rid, None) for rid in range(1000, 1010)]
    inner = contoso.group("Inner", 1100, members=users)
    outer = contoso.group("Outer", 1101, members=[inner])
    membership = Membership.of(world.snapshot())
    tokens = Tokens(membership, Server("DC", membership.domains.all[0], is_domain_controller=True))
    found: list[BitMap] = list(tokens)
    assert len(found) == len(tokens) == len(users)
    for number, token in enumerate(found):
        assert {inner.sid, outer.sid} < tokens.sids_in(token, number)
        assert Sid.decode(tokens.sids[token.min()]) in tokens.sids_in(token, number)
