from adaudit.directory.observations import SmtpExchange, SmtpSession
from adaudit.evidence.smtp_sessions.keeper import SessionKeeper

TRIED = (SmtpExchange("EHLO", "ex02"), SmtpExchange("XEXCH50", "2 2", ("504",)))


def keeper(*sessions: SmtpSession) -> SessionKeeper:
    found = SessionKeeper()
    found.take(sessions)
    return found


def test_all_are_counted_and_those_that_bear_on_the_matter_are_kept() -> None:
    plain, tried = SmtpSession("a", "b", TRIED[:1]), SmtpSession("a", "b", TRIED)
    found = keeper(plain, tried, plain)
    assert (found.total, found.kept, list(found.notes)) == (3, (tried,), [])


def test_of_one_pair_the_newest_are_kept_and_the_rest_is_noted() -> None:
    sessions = [SmtpSession("a", "b", TRIED, retransmissions=n) for n in range(103)]
    rare = SmtpSession("c", "b", TRIED)
    found = keeper(rare, *sessions)
    assert found.kept == (rare, *sessions[3:])
    assert [note.split()[0] for note in found.notes] == ["3"]


def test_pairs_beyond_what_can_be_kept_are_told() -> None:
    found = keeper(*(SmtpSession(f"client{n}", "b", TRIED) for n in range(2005)))
    assert (len(found.kept), found.left_out, found.total) == (2000, 5, 2005)
