"""The staff's day in a real browser: with the keyboard alone, and what is heard of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from console_eyes import chromium
from console_house import PASSWORD, House, opened
from playwright.sync_api import Browser, Page, expect

WIDE = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console of its own: an alarm stands over every page of everybody."""
    with opened(tmp_path_factory.mktemp("day") / "house") as ready:
        yield ready


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened_:
        yield opened_


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="zh-CN", viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    fresh = context.new_page()
    wrong: list[str] = []
    fresh.on("console", lambda told: told.type == "error" and wrong.append(told.text))
    fresh.on("pageerror", lambda error: wrong.append(str(error)))
    yield fresh
    context.close()
    assert [each for each in wrong if "Failed to load" not in each] == []


expect.set_options(timeout=60_000)


def press_until(page: Page, text: str, *, most: int = 60) -> None:
    """Tab until something with this text has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText"
            " || '').trim()"
        )
        if text in told:
            return
    raise AssertionError(f"{text} is never reached with the keyboard")


def log_in(page: Page, house: House, login: str = "lijing") -> None:
    page.goto(house.address)
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("看板")


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
