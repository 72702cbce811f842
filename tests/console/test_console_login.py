"""Coming in: the first account, codes, passwords, guessing, going out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_house import PASSWORD, Browser, House

from station.console.throttle import Throttle


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[House]:
    """A console on its first day."""
    made = House(tmp_path)
    with made.served():
        yield made
    made.ledger.close()


def test_the_first_account_is_made_with_the_printed_code(empty: House) -> None:
    code = empty.site.accounts.first_code()
    with Browser(empty.address) as browser:
        first = browser.look("/")
        assert first.url.endswith("/first")
        form = {"code": "AAAA-AAAA-AAAA", "login": "wang", "name": "王芳", "password": PASSWORD}
        wrong = browser.submit("/first", form, seen=first.text)
        assert (wrong.status_code, "这个码不对" in wrong.text) == (400, True)
        weak = browser.submit(
            "/first", {**form, "code": code, "password": "12345"}, seen=wrong.text
        )
        assert (weak.status_code, "密码太" in weak.text) == (400, True)
        inside = browser.submit("/first", {**form, "code": code}, seen=weak.text)
        assert (inside.status_code, "看板" in inside.text) == (200, True)
        assert browser.look("/first", allow_redirects=False).headers["location"] == "/login"


def test_guessing_is_slowed_down_by_account_and_by_address(empty: House) -> None:
    empty.people()
    with Browser(empty.address) as browser:
        for _ in range(5):
            assert browser.log_in("lijing", "falsch").status_code == 400
        locked = browser.log_in()
        assert (locked.status_code, "试错太多次" in locked.text) == (429, True)
        for _ in range(20):
            last = browser.log_in("niemand", "falsch")
        assert (last.status_code, "试得太多了" in last.text) == (429, True)


def test_an_unknown_login_and_a_wrong_password_look_alike(house: House) -> None:
    with Browser(house.address) as browser:
        answers = [browser.log_in("niemand", "x"), browser.log_in("lijing", "x")]
        assert [each.status_code for each in answers] == [400, 400]
        texts = [each.text.replace("niemand", "").replace("lijing", "") for each in answers]
        assert texts[0] == texts[1]
        browser.log_in()


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/calls", "/calls"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil", "/"),
    ],
)
def test_the_log_in_leads_back_to_a_page_of_ours_only(
    house: House, wanted: str, reached: str
) -> None:
    with Browser(house.address) as browser:
        seen = browser.look("/login", params={"next": wanted}).text
        form = {"login": "lijing", "password": PASSWORD, "next": wanted}
        answer = browser.submit("/login", form, seen=seen, allow_redirects=False)
        assert answer.headers["location"] == reached


def test_who_logs_out_is_out_everywhere_in_this_browser(staff: Browser) -> None:
    cookies = staff.cookies.copy()
    assert "已经退出" in staff.submit("/logout").text
    staff.cookies.update(cookies)
    assert staff.look("/", allow_redirects=False).status_code == 303


def test_a_supervisor_lets_somebody_in_and_out_again(house: House, boss: Browser) -> None:
    form = {"login": "sunli", "name": "孙丽", "role": "staff"}
    text = boss.submit("/people", form).text
    code = text.partition("孙丽的码是 ")[2][:14]
    assert boss.submit("/people", form).status_code == 400
    with Browser(house.address) as browser:
        seen = browser.look("/redeem").text
        done = browser.submit("/redeem", {"code": code, "password": PASSWORD}, seen=seen)
        assert "密码设好了" in done.text
        assert "孙丽" in browser.log_in("sunli").text
        boss.submit("/people/sunli/disable")
        assert browser.look("/", allow_redirects=False).status_code == 303
        assert "停用" in browser.log_in("sunli").text
    assert boss.submit("/people/sunli/nonsense").status_code == 400
    assert boss.submit("/people/wangfang/disable").status_code == 400


def test_one_s_own_password_is_changed_with_the_old_one(house: House, boss: Browser) -> None:
    boss.submit("/people", {"login": "zhouxin", "name": "周新", "role": "staff"})
    code = house.site.accounts.give_code("zhouxin", by="wangfang")
    house.site.accounts.redeem(code, PASSWORD)
    with Browser(house.address) as browser:
        browser.log_in("zhouxin")
        assert browser.submit("/me", {"old": "falsch", "new": PASSWORD}).status_code == 400
        changed = browser.submit("/me", {"old": PASSWORD, "new": "ein-anderes-wort-9"})
        assert changed.url.endswith("/login?did=again")
        assert "看板" in browser.log_in("zhouxin", "ein-anderes-wort-9").text


def test_the_throttle_forgets_after_a_while_and_never_grows_without_end() -> None:
    now = [0.0]
    throttle = Throttle(tries=2, seconds=60, clock=lambda: now[0])
    assert [throttle.allows("a") for _ in range(3)] == [True, True, False]
    assert throttle.allows("b")
    now[0] = 60
    assert throttle.allows("a")
    for each in range(10_100):
        throttle.allows(str(each))
    assert len(throttle._seen) <= 10_000
