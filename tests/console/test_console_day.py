"""The staff's day in a real browser: with the keyboard alone, and what is heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_eyes import log_in, press_until
from console_house import House, opened
from playwright.sync_api import Page, expect

from station.residents import Resident
from station.utterances import Utterance


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console of its own: an alarm stands over every page of everybody."""
    with opened(tmp_path_factory.mktemp("day") / "house") as ready:
        yield ready


def test_a_day_with_the_keyboard_alone_from_log_in_to_closing_an_emergency(
    shop: House, page: Page
) -> None:
    zhang = shop.elders()[0]
    log_in(page, shop)
    number = shop.file(resident=zhang.id, slots={"destination": "火车站"})
    row = page.locator(f"#r{number}")
    expect(row).to_be_visible()  # by itself, while the page is open
    press_until(page, number)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(number)
    press_until(page, "我来办")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="归您办了")).to_be_visible()
    press_until(page, "改一改")
    page.keyboard.press("Enter")
    press_until(page, "到哪里")
    page.keyboard.press("Control+a")
    page.keyboard.type("汽车站")
    page.keyboard.press("Enter")
    expect(page.get_by_text("到哪里：火车站 → 汽车站")).to_be_visible()
    press_until(page, "办好了")
    page.keyboard.press("Enter")
    press_until(page, "办得怎么样")
    page.keyboard.type("送到了")
    press_until(page, "办好了")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("办好了")

    alarm = shop.alarm(resident=zhang.id)
    confirm = page.get_by_role("button", name="我来处理")
    expect(confirm).to_be_focused()
    expect(page.get_by_role("alertdialog")).to_contain_text("光荣小区三号楼二单元")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.activeElement.closest('main, header')")
    confirm.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(alarm)
    expect(page.get_by_text("秒后有人应答")).to_be_visible()
    press_until(page, "办好了")
    page.keyboard.press("Enter")
    press_until(page, "办得怎么样")
    page.keyboard.type("送医院了")
    press_until(page, "办好了")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("办好了")
    request = shop.ledger.request(alarm)
    assert (request.status, request.acknowledged is not None) == ("done", True)


def test_what_is_urgent_rings_and_stands_in_the_title(shop: House, page: Page) -> None:
    log_in(page, shop)
    page.keyboard.press("Shift")  # browsers let a page sound once somebody has done something
    before = int(page.evaluate("document.body.dataset.rung || 0"))
    number = shop.file("medicine", priority="urgent")
    expect(page.locator(f"#r{number}")).to_be_visible()
    expect(page).to_have_title("(‼1) 看板 · 光荣社区服务站")
    expect(page.locator("#heard")).to_have_text("新的请求：药")
    page.wait_for_function(f"Number(document.body.dataset.rung || 0) > {before}")
    shop.ledger.cancel(number, by="lijing")
    expect(page.locator(f"#r{number}")).to_be_hidden()


def test_a_page_whose_server_is_gone_says_so_and_comes_back(tmp_path: Path, page: Page) -> None:
    with opened(tmp_path / "house") as house:
        log_in(page, house)
        expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#lost")).to_be_visible()


def test_a_screen_reader_hears_where_it_is_and_what_each_control_is(
    shop: House, page: Page
) -> None:
    log_in(page, shop)
    seen = page.locator("body").aria_snapshot()
    for told in ('link "跳到正文"', 'navigation "主菜单"', 'heading "看板" [level=1]',
                 'searchbox "姓名、编号或电话后四位"', 'button "退出"'):  # fmt: skip
        assert told in seen, seen


def test_what_was_asked_for_twice_is_made_one_with_the_keyboard_and_taken_back(
    shop: House, page: Page
) -> None:
    elder = shop.ledger.upsert_resident(Resident("何秀英"))
    slots = {"destination": "人民医院", "date": "2026-11-24"}
    first = shop.file(resident=elder.id, slots=slots)
    second = shop.file(resident=elder.id, channel="phone", slots={**slots, "destination": "中医院"})
    log_in(page, shop)
    expect(page.get_by_text("可能重复")).to_have_count(2)
    page.locator(f"#r{second}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(second)
    press_until(page, f"{first} 放在一起看")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("合成一件")
    press_until(page, "人民医院")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=f"中医院 {second}")).to_be_checked()
    press_until(page, "合成一件")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="合成一件了")).to_be_visible()
    expect(page.locator("h1")).to_contain_text(first)
    expect(page.get_by_text(f"{second} 并进来了")).to_be_visible()
    assert shop.ledger.request(first).slots["destination"] == "中医院"
    press_until(page, "撤销上一步（合并）")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="上一步撤销了")).to_be_visible()
    assert shop.ledger.request(second).is_open
    assert shop.ledger.request(first).slots["destination"] == "人民医院"


def test_what_staff_correct_reaches_the_supervisor_who_approves_it(shop: House, page: Page) -> None:
    shop.ledger.add_utterance(Utterance("lamp", 1, shop.ledger.now(), text="顶上那个圆疙瘩直眨眼"))
    number = shop.file("housekeeping", conversation="lamp")
    log_in(page, shop)
    page.goto(f"{shop.address}requests/{number}")
    page.get_by_text("改一改").click()
    page.get_by_label("项目").fill("修灯")
    page.get_by_role("button", name="保存改动").click()
    expect(page.get_by_text("项目：（空） → 修灯")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/login*")
    log_in(page, shop, "wangfang")
    page.get_by_role("link", name="听错的话").click()
    card = page.get_by_role("article").filter(has_text="顶上那个圆疙瘩直眨眼")
    expect(card).to_contain_text("家政维修，项目 修灯")
    card.get_by_role("button", name="同意").click()
    expect(card).to_contain_text("同意了")
    expect(page.get_by_text("linli learn apply")).to_be_visible()
