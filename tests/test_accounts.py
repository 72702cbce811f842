"""Staff accounts: the first by a printed code, the others by a supervisor's, none by default."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from wall import Wall

from linli.limits import limits
from station import audit
from station.accounts import Accounts, Policy
from station.lockout import LockedOut
from station.members import AccountError
from station.passwords import Cost, WeakPassword
from station.sessions import LoginError, NoSession, Sessions
from station.store import Store

CHEAP = Cost(1, 64, 1)
HERONS = "seven grey herons"
WILLOWS = "河边三棵老柳树开了花"


@pytest.fixture
def accounts(tmp_path: Path, wall: Wall) -> Iterator[Accounts]:
    store = Store.open(tmp_path / "ledger.db")
    yield Accounts(store, clock=wall, cost=CHEAP)
    store.close()


@pytest.fixture
def staffed(accounts: Accounts) -> Accounts:
    """With a supervisor, lijing."""
    accounts.become_first(accounts.first_code(), "LiJing ", "李静", HERONS)
    return accounts


def told(accounts: Accounts) -> list[str]:
    return [each.what for each in reversed(audit.entries(accounts.store))]


def code_of(error: pytest.ExceptionInfo[AccountError]) -> str:
    return error.value.code


def test_the_policy_is_the_one_among_the_numbers_that_bind() -> None:
    assert Policy.of(limits()["accounts"]) == Policy()


def test_a_new_station_has_no_account_and_nobody_can_log_in(accounts: Accounts) -> None:
    assert accounts.nobody_yet()
    assert accounts.members() == []
    for login in ("admin", "root", "linli"):
        with pytest.raises(LoginError):
            Sessions(accounts).log_in(login, login)


def test_the_printed_code_makes_the_first_supervisor_once(accounts: Accounts) -> None:
    code = accounts.first_code()
    member = accounts.become_first(code.lower().replace("-", " "), "LiJing ", " 李静", HERONS)
    assert (member.login, member.name, member.role) == ("lijing", "李静", "supervisor")
    assert not accounts.nobody_yet()
    with pytest.raises(AccountError) as caught:
        accounts.become_first(code, "zhang", "张伟", WILLOWS)
    assert code_of(caught) == "code_used"
    with pytest.raises(AccountError) as caught:
        accounts.first_code()
    assert code_of(caught) == "not_first"
    assert told(accounts) == ["staff.first_code", "staff.first"]


def test_a_code_cannot_be_guessed_nor_read_in_the_ledger(accounts: Accounts) -> None:
    code = accounts.first_code()
    assert len(set(code) - {"-"}) > 4
    accounts.store.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert code.replace("-", "").encode() not in accounts.store.path.read_bytes()


def test_only_the_newest_printed_code_is_good(accounts: Accounts) -> None:
    old, new = accounts.first_code(), accounts.first_code()
    with pytest.raises(AccountError) as caught:
        accounts.become_first(old, "lijing", "李静", HERONS)
    assert code_of(caught) == "code_used"
    accounts.become_first(new, "lijing", "李静", HERONS)


def test_a_code_runs_out_and_is_not_good_before_its_time_either(
    accounts: Accounts, wall: Wall
) -> None:
    code, given = accounts.first_code(), wall.time
    for moment in (given + timedelta(minutes=60), given - timedelta(days=1)):
        wall.time = moment
        with pytest.raises(AccountError) as caught:
            accounts.become_first(code, "lijing", "李静", HERONS)
        assert code_of(caught) == "code_expired"
    wall.time = given + timedelta(minutes=59)
    accounts.become_first(code, "lijing", "李静", HERONS)


def test_a_mistake_on_the_first_page_does_not_use_the_code_up(accounts: Accounts) -> None:
    code = accounts.first_code()
    with pytest.raises(WeakPassword):
        accounts.become_first(code, "lijing", "李静", "12345678")
    with pytest.raises(AccountError, match="'l i' is no login"):
        accounts.become_first(code, "l i", "李静", HERONS)
    with pytest.raises(AccountError, match="is no name"):
        accounts.become_first(code, "lijing", "  ", HERONS)
    accounts.become_first(code, "lijing", "李静", HERONS)


def test_codes_cannot_be_tried_without_end(accounts: Accounts, wall: Wall) -> None:
    code = accounts.first_code()
    for _ in range(Policy().tries * 4):
        with pytest.raises(AccountError, match="this code is wrong"):
            accounts.become_first("ABCD-EFGH-2345", "lijing", "李静", HERONS)
    with pytest.raises(LockedOut) as caught:
        accounts.become_first(code, "lijing", "李静", HERONS)
    assert caught.value.until == wall.time + timedelta(minutes=15)
    wall.time = caught.value.until
    accounts.become_first(code, "lijing", "李静", HERONS)


def test_two_who_use_a_code_at_the_same_moment_make_one_account(accounts: Accounts) -> None:
    code, refused = accounts.first_code(), []

    def first(login: str) -> None:
        try:
            accounts.become_first(code, login, login, HERONS)
        except AccountError as error:
            refused.append(error.code)

    rivals = [threading.Thread(target=first, args=(f"rival{n}",)) for n in range(4)]
    for each in rivals:
        each.start()
    for each in rivals:
        each.join()
    assert len(accounts.members()) == 1
    assert len(refused) == 3


def test_a_new_member_chooses_a_password_with_a_code(staffed: Accounts) -> None:
    member, code = staffed.add("zhang", "张伟", "staff", by="lijing")
    assert not member.ready
    with pytest.raises(LoginError):
        Sessions(staffed).log_in("zhang", "")
    assert staffed.redeem(code, WILLOWS).login == "zhang"
    assert Sessions(staffed).log_in("zhang", WILLOWS)[1].member.role == "staff"
    with pytest.raises(AccountError) as caught:
        staffed.redeem(code, HERONS)
    assert code_of(caught) == "code_used"


def test_a_code_for_one_page_is_not_good_on_the_other(staffed: Accounts) -> None:
    _, code = staffed.add("zhang", "张伟", "staff", by="lijing")
    with pytest.raises(AccountError) as caught:
        staffed.become_first(code, "zhang2", "张伟", WILLOWS)
    assert code_of(caught) == "code_wrong"


def test_whoever_forgot_the_password_gets_a_code_and_the_old_sessions_end(
    staffed: Accounts,
) -> None:
    sessions = Sessions(staffed)
    token, _ = sessions.log_in("lijing", HERONS)
    staffed.redeem(staffed.give_code("lijing", by="shell:root"), WILLOWS)
    with pytest.raises(NoSession):
        sessions.session(token)
    with pytest.raises(LoginError):
        sessions.log_in("lijing", HERONS)
    sessions.log_in("LIJING", WILLOWS)


@pytest.mark.parametrize(
    ("login", "name", "role", "code"),
    [
        ("lijing", "别人", "staff", "login_taken"),
        (" LIJING", "别人", "staff", "login_taken"),
        ("a", "张伟", "staff", "bad_login"),
        ("张伟", "张伟", "staff", "bad_login"),
        ("zhang", "", "staff", "bad_name"),
        ("zhang", "张" * 41, "staff", "bad_name"),
        ("zhang", "张伟", "boss", "bad_role"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    staffed: Accounts, login: str, name: str, role: str, code: str
) -> None:
    with pytest.raises(AccountError) as caught:
        staffed.add(login, name, role, by="lijing")  # type: ignore[arg-type]
    assert code_of(caught) == code
    assert len(staffed.members()) == 1


def test_a_closed_account_cannot_log_in_until_it_is_opened(staffed: Accounts) -> None:
    _, code = staffed.add("zhang", "张伟", "staff", by="lijing")
    staffed.redeem(code, WILLOWS)
    sessions = Sessions(staffed)
    token, _ = sessions.log_in("zhang", WILLOWS)
    assert not staffed.disable("zhang", by="lijing").active
    with pytest.raises(NoSession):
        sessions.session(token)
    with pytest.raises(LoginError) as caught:
        sessions.log_in("zhang", WILLOWS)
    assert caught.value.code == "disabled"
    staffed.enable("zhang", by="lijing")
    sessions.log_in("zhang", WILLOWS)


def test_the_last_supervisor_stays(staffed: Accounts) -> None:
    with pytest.raises(AccountError) as caught:
        staffed.disable("lijing", by="lijing")
    assert code_of(caught) == "last_supervisor"
    with pytest.raises(AccountError):
        staffed.set_role("lijing", "auditor", by="lijing")
    _, code = staffed.add("zhang", "张伟", "supervisor", by="lijing")
    with pytest.raises(AccountError):  # who has no password yet cannot take over
        staffed.disable("lijing", by="lijing")
    staffed.redeem(code, WILLOWS)
    assert staffed.set_role("lijing", "auditor", by="zhang").role == "auditor"


def test_every_deed_stands_in_the_audit_with_who_did_it(staffed: Accounts) -> None:
    _, code = staffed.add("zhang", "张伟", "staff", by="lijing")
    staffed.redeem(code, WILLOWS)
    staffed.set_role("zhang", "auditor", by="lijing")
    staffed.unlock("zhang", by="lijing")
    staffed.disable("zhang", by="lijing")
    entries = audit.entries(staffed.store, target="staff 2")
    assert [(each.by, each.what) for each in reversed(entries)] == [
        ("lijing", "staff.added"),
        ("zhang", "staff.password"),
        ("lijing", "staff.role"),
        ("lijing", "staff.unlocked"),
        ("lijing", "staff.disabled"),
    ]
    assert "张伟" not in str(audit.entries(staffed.store))
    assert audit.verify(staffed.store).broken is None


def test_an_account_that_is_not_there_is_named(staffed: Accounts) -> None:
    with pytest.raises(AccountError, match="no account 'wang'"):
        staffed.give_code("wang", by="lijing")
