"""Staff ring somebody from a page: their desk first, and the page tells what becomes of it."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

import pytest
from console_eyes import log_in, overflow, serious
from console_house import Browser, House, opened
from playwright.sync_api import Page, expect
from telephone import Line, telephone_line

from ivr.events import SwitchEvent
from ivr.folders import Folders
from ivr.numbers import Numbers
from ivr.switch import Switch
from linli.desk_calls import DeskCaller
from linli.exchange import make_switch
from linli.limits import limits
from linli.outbound import Caller
from station import alarm_calls, audit, callbacks, clock, desk_calls
from station.console.desks import Desks
from station.settings import Settings

DESKS = Desks((("李静", "801"), ("前台", "802")))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("ring") / "house", desks=DESKS) as ready:
        yield ready


@pytest.fixture
def lijing(shop: House) -> Iterator[Browser]:
    with Browser(shop.address) as browser:
        assert browser.log_in().status_code == 200
        yield browser


@pytest.fixture(autouse=True)
def nothing_rings(shop: House) -> Iterator[None]:
    yield
    desk_calls.take(shop.ledger.store, clock.now())
    desk_calls.abandon(shop.ledger.store, clock.now())


def test_the_own_desk_is_known_and_everybody_about_a_request_can_be_rung(
    shop: House, lijing: Browser
) -> None:
    number = shop.file(resident=shop.elders()[0].id, phone="13800000077")
    text = lijing.look(f"/requests/{number}").text
    assert "没有登记您的座机" not in text
    assert re.findall(r'<option value="(caller|own|family)', text) == ["caller", "own", "family"]
    assert "13800000101" not in text
    answer = lijing.submit(f"/requests/{number}/ring", {"whom": "family 大女儿 王芳"})
    assert "正在接通" in answer.text
    (call,) = desk_calls.take(shop.ledger.store, clock.now())
    assert (call.desk, call.phone, call.by) == ("801", "13800000101", "lijing")
    (told,) = audit.entries(shop.ledger.store, what="phone.called", target=f"request {number}")
    assert told.by == "lijing"


def test_each_step_and_each_end_is_a_sentence(shop: House, lijing: Browser) -> None:
    number = shop.file(phone="13800000078")
    lijing.submit(f"/requests/{number}/ring")
    store = shop.ledger.store
    (call,) = desk_calls.take(store, clock.now())
    assert "座机 801 在响" in lijing.look(f"/requests/{number}/ring").text
    assert lijing.submit(f"/requests/{number}/ring").status_code == 409
    desk_calls.goes_on(store, call.id, "ringing", clock.now())
    assert "对方在响铃" in lijing.look(f"/requests/{number}/ring").text
    desk_calls.goes_on(store, call.id, "talking", clock.now())
    assert "hx-get" in lijing.look(f"/requests/{number}/ring").text
    desk_calls.end(store, call.id, "talked", clock.now(), seconds=75)
    over = lijing.look(f"/requests/{number}/ring").text
    assert "讲了 1 分 15 秒" in over
    assert "hx-get" not in over
    lijing.submit(f"/requests/{number}/ring")
    desk_calls.take(store, clock.now())
    desk_calls.abandon(store, clock.now())
    assert "请再打一次" in lijing.look(f"/requests/{number}/ring").text


def test_when_no_line_runs_the_page_says_so_and_nobody_is_rung_later(
    shop: House, lijing: Browser
) -> None:
    number = shop.file(phone="13800000079")
    lijing.submit(f"/requests/{number}/ring")
    threading.Event().wait(desk_calls.WANTED_S + 0.5)
    assert "电话这边没有开" in lijing.look(f"/requests/{number}/ring").text
    assert desk_calls.take(shop.ledger.store, clock.now()) == []


def test_who_has_no_desk_chooses_one_and_who_may_only_look_rings_nobody(shop: House) -> None:
    number = shop.file(phone="13800000080")
    with Browser(shop.address) as boss:
        boss.log_in("wangfang")
        assert "没有登记您的座机" in boss.look(f"/requests/{number}").text
        assert "请选一部" in boss.submit(f"/requests/{number}/ring").text
        assert "请选一部" in boss.submit(f"/requests/{number}/ring", {"desk": "999"}).text
        assert "正在接通" in boss.submit(f"/requests/{number}/ring", {"desk": "802"}).text
    with Browser(shop.address) as auditor:
        auditor.log_in("zhaomin")
        assert "whom" not in auditor.look(f"/requests/{number}").text
        assert auditor.submit(f"/requests/{number}/ring").status_code == 403


def test_without_any_desk_or_any_number_the_page_says_what_is_missing(tmp_path: Path) -> None:
    with opened(tmp_path / "house") as house, Browser(house.address) as browser:
        browser.log_in()
        number = house.file(phone="13800000080")
        assert "一部座机也没有" in browser.look(f"/requests/{number}").text
        unknown = house.file()
        assert "回电话</button>" not in browser.look(f"/requests/{unknown}").text
        answer = browser.submit(f"/requests/{unknown}/ring", {"desk": "801"})
        assert "没有可以打的号码" in answer.text


def test_at_night_staff_have_to_mean_it_except_in_an_emergency(tmp_path: Path) -> None:
    night = Desks(DESKS.telephones, lambda moment: moment > time.max)
    with opened(tmp_path / "house", desks=night) as house, Browser(house.address) as browser:
        browser.log_in()
        number, alarm = house.file(phone="13800000081"), house.alarm(phone="13800000082")
        assert "确实要打" in browser.look(f"/requests/{number}").text
        refused = browser.submit(f"/requests/{number}/ring")
        assert (refused.status_code, "勾上再打" in refused.text) == (409, True)
        assert browser.submit(f"/requests/{alarm}/ring").status_code == 200
        desk_calls.abandon(house.ledger.store, clock.now())
        desk_calls.take(house.ledger.store, clock.now())
        desk_calls.abandon(house.ledger.store, clock.now())
        assert browser.submit(f"/requests/{number}/ring", {"meant": "1"}).status_code == 200


def test_somebody_who_reached_nobody_is_rung_from_the_list(shop: House, lijing: Browser) -> None:
    shop.missed("ring-1")
    entry = next(e for e in callbacks.waiting(shop.ledger.store) if e.uid == "ring-1")
    assert "正在接通" in lijing.submit(f"/calls/{entry.id}/ring").text
    (call,) = desk_calls.take(shop.ledger.store, clock.now())
    assert (call.phone, call.callback) == ("13800000002", entry.id)
    desk_calls.end(shop.ledger.store, call.id, "no_answer", clock.now())
    assert "对方没有人接" in lijing.look("/calls").text
    callbacks.settle(shop.ledger.store, entry.id, by="lijing", at=clock.now())


def test_who_was_told_of_an_alarm_stands_over_the_page_and_in_the_request(
    shop: House, lijing: Browser
) -> None:
    number = shop.alarm(resident=shop.elders()[0].id, channel="kiosk")
    row = shop.ledger.request(number).id
    people = [("王站长", "0376-5550102"), ("李大夫", "13912345678")]
    first, _ = alarm_calls.ring(shop.ledger.store, row, 0, people, clock.now())
    alarm_calls.end(shop.ledger.store, first.id, "no_answer", clock.now())
    shown = lijing.look("/alarm").text
    for word in ("王站长", "没人接", "李大夫", "在响", "光荣社区服务站"):
        assert word in shown
    lijing.submit(f"/alarm/{number}")
    assert "王站长" in lijing.look(f"/requests/{number}").text
    shop.ledger.advance(number, "done", by="lijing")


@pytest.fixture
def line(shop: House) -> Iterator[Line]:
    """Real telephones, and the line's part of it on the console's own ledger."""
    with telephone_line() as running:
        clerks: list[DeskCaller] = []

        def told(event: SwitchEvent) -> None:
            for each in clerks:
                each.told(event)

        with make_switch(running.settings, running.passwords, told) as switch:
            assert switch.wait(10)
            clerks.append(DeskCaller(shop.ledger, switch, clock.now))
            clerks[0].start()
            yield running
            clerks[0].stop()


def test_pressed_in_a_browser_desk_and_elder_really_ring_and_the_page_follows(
    shop: House, page: Page, line: Line
) -> None:
    number = shop.file(phone="13912345678")
    log_in(page, shop)
    page.goto(f"{shop.address}requests/{number}")
    with line.desk("801", longest=60) as desk, line.outside(answer_after=2, longest=60) as elder:
        desk.wait_for("registered")
        page.get_by_role("button", name="回电话").click()
        expect(page.locator(".ring")).to_contain_text("对方在响铃")
        elder.wait_for("answered")  # tells what became of the telephone when it does not
        expect(page.locator(".ring")).to_have_text("正在通话。")
        desk.order("hangup")
        elder.finish()
    expect(page.locator(".ring")).to_contain_text("打通了，讲了")
    page.reload()
    expect(page.locator(".story")).to_contain_text("打了电话，讲了")
    assert serious(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert overflow(page) <= 0


def test_a_daily_call_that_reached_nobody_stands_on_the_board_as_urgent(tmp_path: Path) -> None:
    nine = datetime(2026, 11, 23, 9, 5, tzinfo=clock.BEIJING)
    moments = [nine, nine.replace(hour=20, minute=45)]
    settings = Settings.load(None)
    folders = Folders(tmp_path / "phone")
    folders.make()
    switch = Switch(1, "", Numbers.of(settings, (3, 12)), limits()["line"])  # no Asterisk there
    with opened(tmp_path / "house") as house, Browser(house.address) as browser:
        house.elders()
        caller = Caller(
            settings, house.ledger, switch,
            render=lambda *_: None, folders=folders, clock=lambda: moments[0],
        )  # fmt: skip
        caller.round()
        moments.pop(0)
        caller.round()
        browser.log_in()
        board = browser.look("/").text
        number = re.findall(r'class="row urgent[^"]*">\s*<a id="r([\d-]+)"', board)[0]
        assert "张桂英" in board
        assert "请马上上门看看" in browser.look(f"/requests/{number}").text
