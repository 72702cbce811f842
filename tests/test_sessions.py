"""Log-ins: slow for guessers, over in time, ended for good; the ledger holds no token."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from wall import Wall

from station import audit
from station.accounts import Accounts, Policy
from station.lockout import LockedOut
from station.passwords import Cost, Passwords, WeakPassword
from station.sessions import LoginError, NoSession, Sessions
from station.store import Store

HERONS = "seven grey herons"
WILLOWS = "河边三棵老柳树开了花"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def sessions(tmp_path: Path, wall: Wall) -> Iterator[Sessions]:
    """With a supervisor, lijing."""
    store = Store.open(tmp_path / "ledger.db")
    accounts = Accounts(store, clock=wall, cost=Cost(1, 64, 1))
    accounts.become_first(accounts.first_code(), "lijing", "李静", HERONS)
    yield Sessions(accounts)
    store.close()


def why(sessions: Sessions, token: str) -> str:
    with pytest.raises(NoSession) as caught:
        sessions.session(token)
    return caught.value.code


def fail(sessions: Sessions, login: str, times: int) -> None:
    for _ in range(times):
        with pytest.raises(LoginError):
            sessions.log_in(login, "wrong")


def test_a_token_leads_to_who_logged_in(sessions: Sessions, wall: Wall) -> None:
    token, session = sessions.log_in(" LiJing", HERONS, device="Firefox")
    assert sessions.session(token) == session
    assert (session.member.login, session.device) == ("lijing", "Firefox")
    assert session.expires == wall.time + timedelta(hours=12)
    assert sessions.of("lijing") == [session]


def test_the_ledger_knows_no_token_and_no_password(sessions: Sessions) -> None:
    token, _ = sessions.log_in("lijing", HERONS)
    store = sessions.accounts.store
    store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = store.path.read_bytes()
    assert token.encode() not in kept
    assert HERONS.encode() not in kept


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "\ud800"])
def test_a_token_nobody_was_given_is_no_session(sessions: Sessions, token: str) -> None:
    assert why(sessions, token) == "session_unknown"


def test_a_wrong_login_and_a_wrong_password_sound_alike(sessions: Sessions) -> None:
    said = set()
    for login, password in (("lijing", "wrong"), ("nobody", HERONS), ("", "")):
        with pytest.raises(LoginError) as caught:
            sessions.log_in(login, password)
        said.add((caught.value.code, str(caught.value)))
    assert len(said) == 1


def test_after_five_wrong_tries_even_the_right_one_waits(sessions: Sessions, wall: Wall) -> None:
    fail(sessions, "lijing", 5)
    with pytest.raises(LockedOut, match="wait until 09:15") as caught:
        sessions.log_in("lijing", HERONS)
    wall.time += 10 * MINUTE
    with pytest.raises(LockedOut) as again:
        sessions.log_in("lijing", HERONS)
    assert again.value.until == caught.value.until  # trying on does not lengthen it
    wall.time = caught.value.until
    sessions.log_in("lijing", HERONS)


def test_a_login_that_does_not_exist_is_locked_just_the_same(sessions: Sessions) -> None:
    fail(sessions, "nobody", 5)
    with pytest.raises(LockedOut):
        sessions.log_in("NOBODY ", "wrong")


def test_the_fifth_try_may_be_the_right_one_and_wipes_the_slate(sessions: Sessions) -> None:
    for _ in range(2):
        fail(sessions, "lijing", 4)
        sessions.log_in("lijing", HERONS)


def test_guesses_of_the_same_moment_are_all_counted(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends: list[str] = []
    looked: list[bool] = []
    right = Passwords.right

    def slow(self: Passwords, kept: str, password: str) -> bool:
        looked.append(True)
        return right(self, kept, password)

    monkeypatch.setattr(Passwords, "right", slow)

    def guess() -> None:
        try:
            sessions.log_in("lijing", "wrong")
        except (LoginError, LockedOut) as error:
            ends.append(error.code)

    rivals = [threading.Thread(target=guess) for _ in range(20)]
    for each in rivals:
        each.start()
    for each in rivals:
        each.join()
    assert len(looked) == 5
    assert sorted(ends) == ["locked"] * 15 + ["wrong_login"] * 5


def test_a_supervisor_unlocks(sessions: Sessions) -> None:
    fail(sessions, "lijing", 5)
    assert sessions.accounts.unlock("lijing", by="shell:root")
    assert not sessions.accounts.unlock("lijing", by="shell:root")
    sessions.log_in("lijing", HERONS)


def test_a_clock_set_back_locks_nobody_out_for_long(sessions: Sessions, wall: Wall) -> None:
    fail(sessions, "lijing", 5)
    wall.time -= timedelta(days=365)
    sessions.log_in("lijing", HERONS)


def test_wrong_tries_stand_in_the_audit_without_what_was_typed(sessions: Sessions) -> None:
    fail(sessions, "lijing", 5)
    fail(sessions, HERONS, 1)  # a password typed into the wrong field
    entries = audit.entries(sessions.accounts.store)
    assert [each.what for each in entries[:5]] == ["login.locked"] + ["login.refused"] * 4
    assert HERONS not in str(entries)


def test_a_session_ends_after_twelve_hours_however_busy(sessions: Sessions, wall: Wall) -> None:
    token, _ = sessions.log_in("lijing", HERONS)
    for _ in range(23):
        wall.time += 30 * MINUTE
        sessions.session(token)
    wall.time += 30 * MINUTE
    assert why(sessions, token) == "session_expired"
    assert sessions.of("lijing") == []


def test_a_session_ends_after_an_hour_without_a_sign(sessions: Sessions, wall: Wall) -> None:
    token, _ = sessions.log_in("lijing", HERONS)
    wall.time += 59 * MINUTE
    assert sessions.session(token).member.login == "lijing"
    wall.time += 59 * MINUTE
    sessions.session(token)
    wall.time += 60 * MINUTE
    assert why(sessions, token) == "session_expired"


def test_a_clock_set_back_gives_no_session_a_second_life(sessions: Sessions, wall: Wall) -> None:
    token, _ = sessions.log_in("lijing", HERONS)
    wall.time -= timedelta(minutes=59)
    assert sessions.session(token)
    wall.time -= timedelta(minutes=2)
    assert why(sessions, token) == "session_expired"
    sessions.log_in("lijing", HERONS)


def test_looking_at_a_page_writes_at_most_once_a_minute(sessions: Sessions, wall: Wall) -> None:
    token, _ = sessions.log_in("lijing", HERONS)
    changes = sessions.accounts.store.db.conn.total_changes
    for _ in range(5):
        wall.time += timedelta(seconds=11)
        sessions.session(token)
    assert sessions.accounts.store.db.conn.total_changes == changes
    wall.time += timedelta(seconds=11)
    sessions.session(token)
    assert sessions.accounts.store.db.conn.total_changes == changes + 1


def test_whoever_logged_out_is_out_and_only_there(sessions: Sessions) -> None:
    here, _ = sessions.log_in("lijing", HERONS)
    there, _ = sessions.log_in("lijing", HERONS)
    sessions.log_out(here)
    sessions.log_out(here)
    sessions.log_out("nobody's token")
    assert why(sessions, here) == "session_ended"
    assert sessions.session(there).member.login == "lijing"


def test_a_browser_left_behind_can_be_ended_from_elsewhere(sessions: Sessions) -> None:
    left, session = sessions.log_in("lijing", HERONS)
    here, _ = sessions.log_in("lijing", HERONS)
    sessions.end(session.id, by="lijing")
    assert why(sessions, left) == "session_ended"
    assert sessions.session(here).member.login == "lijing"


def test_another_password_ends_all_sessions_and_the_old_one(sessions: Sessions) -> None:
    token, _ = sessions.log_in("lijing", HERONS)
    with pytest.raises(LoginError):
        sessions.change_password("lijing", "wrong", WILLOWS)
    with pytest.raises(WeakPassword):
        sessions.change_password("lijing", HERONS, "password123")
    with pytest.raises(WeakPassword, match="the old password"):
        sessions.change_password("lijing", HERONS, HERONS)
    sessions.change_password("lijing", HERONS, WILLOWS)
    assert why(sessions, token) == "session_ended"
    with pytest.raises(LoginError):
        sessions.log_in("lijing", HERONS)
    sessions.log_in("lijing", WILLOWS)


def test_the_old_password_cannot_be_guessed_on_the_change_page(sessions: Sessions) -> None:
    for _ in range(Policy().tries):
        with pytest.raises(LoginError):
            sessions.change_password("lijing", "wrong", WILLOWS)
    with pytest.raises(LockedOut):
        sessions.change_password("lijing", HERONS, WILLOWS)


def test_a_password_kept_at_a_lower_cost_moves_up_at_the_next_log_in(sessions: Sessions) -> None:
    accounts = sessions.accounts
    dearer = Accounts(accounts.store, clock=accounts.clock, cost=Cost(2, 128, 1))
    for _ in range(2):
        Sessions(dearer).log_in("lijing", HERONS)
    (row,) = accounts.store.read("SELECT password FROM staff")
    assert "m=128,t=2,p=1" in row["password"]


def test_a_password_changed_while_the_old_one_is_looked_at_gives_no_session(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = sessions.accounts.passwords.hash(WILLOWS)
    right = Passwords.right

    def meanwhile(self: Passwords, kept: str, password: str) -> bool:
        found = right(self, kept, password)
        with sessions.accounts.store.writing("change it elsewhere") as db:
            db.execute("UPDATE staff SET password = ?", (changed,))
        return found

    monkeypatch.setattr(Passwords, "right", meanwhile)
    with pytest.raises(LoginError, match="just changed"):
        sessions.log_in("lijing", HERONS)


def test_old_sessions_and_codes_are_erased_and_the_audit_keeps_the_log_in(
    sessions: Sessions, wall: Wall
) -> None:
    sessions.log_in("lijing", HERONS)
    wall.time += timedelta(days=40)
    token, _ = sessions.log_in("lijing", HERONS)
    assert sessions.erase(wall.time - timedelta(days=30)) == 1
    sessions.session(token)
    store = sessions.accounts.store
    assert store.read("SELECT id FROM staff_codes") == []
    assert [each.what for each in audit.entries(store)].count("login") == 2
