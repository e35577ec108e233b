import pytest

from tests.available import UnavailableError, unavailable


def test_a_missing_server_skips_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(UnavailableError, match="no server"):
        unavailable("no server")


def test_a_missing_server_fails_the_test_where_ci_promises_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CI", "true")

    with pytest.raises(pytest.fail.Exception, match="no server"):
        unavailable("no server")
