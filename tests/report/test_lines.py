"""How text is laid out in lines."""

from adaudit.report.lines import WIDTH, wrap

DN = r"CN=Silva\, Ana,OU=Service Accounts,DC=tailspin,DC=example"


def test_a_dn_is_not_broken_at_the_spaces_in_it() -> None:
    text = f"{'word ' * 12}remove the entry from {DN}, or leave it"

    assert any(DN in line for line in wrap(text))


def test_what_stands_around_a_dn_is_broken_between_words() -> None:
    assert all(len(line) <= WIDTH for line in wrap(f"{'word ' * 40}{DN} {'word ' * 40}"))


def test_laying_out_changes_no_word() -> None:
    text = f"an entry of {DN}: `member` = 1, and CN=Unfinished, which is no DN"

    assert " ".join(wrap(text)) == text
