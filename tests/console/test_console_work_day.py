"""A day of work in real browsers: asked for, suggested, given, taken on a phone, done, settled."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from console_eyes import log_in, overflow, press_until, seen, serious
from console_house import House, opened
from PIL import Image
from playwright.sync_api import Browser, Download, Page, expect

from station import helpers, settlement, timebank, work_orders
from station.clock import BEIJING
from station.helpers import Duty, Helper
from station.work_links import Links

NARROW = {"width": 320, "height": 640}
HELPERS = (
    Helper("taxi", "王师傅", "13800000901", ("光荣小区",), (), 2, (Duty("taxi", "visit", 2000),)),
    Helper("taxi", "城东车队", "0376-5550902", duties=(Duty("taxi", "visit", 2500),)),
    Helper("volunteer", "刘大姐", "13800000903", duties=(Duty("companionship"),)),
)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console with helpers, whose links lead to itself."""
    with opened(tmp_path_factory.mktemp("work") / "house") as ready:
        for each in HELPERS:
            helpers.keep(ready.ledger, each, by="wangfang", prices=True)
        yield ready


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    """The helper's telephone: 320 px, a browser of its own, nobody logged in."""
    yield from seen(browser, NARROW)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "门口.jpg"
    Image.new("RGB", (900, 1600), "darkgreen").save(file)
    return file


def local(shop: House, link: str) -> str:
    """The link as this machine reaches it."""
    return shop.address + link.partition(".example/")[2]


def fulfil(phone: Page, link: str, picture: Path) -> None:
    """The helper takes it, arrives, and is done; each of their pages is for everybody."""
    phone.goto(link)
    expect(phone.get_by_text("王师傅，您好")).to_be_visible()
    expect(phone.get_by_text("张桂英")).to_have_count(0)
    assert (serious(phone), overflow(phone)) == ([], 0)
    phone.get_by_role("button", name="接单").click()
    expect(phone.get_by_text("光荣小区三号楼二单元")).to_be_visible()
    expect(phone.get_by_role("link", name="打电话给张奶奶")).to_be_visible()
    assert (serious(phone), overflow(phone)) == ([], 0)
    phone.get_by_role("button", name="我到了").click()
    expect(phone.get_by_role("status").filter(has_text="您到了")).to_be_visible()
    assert (serious(phone), overflow(phone)) == ([], 0)
    phone.get_by_label("说一句（可以不写）").first.fill("送到门诊了")
    phone.get_by_label("照片（可以不拍）").first.set_input_files(picture)
    phone.get_by_role("button", name="办完了").click()
    expect(phone.get_by_text("办完了，谢谢您")).to_be_visible()
    assert phone.context.cookies() == []
    assert (serious(phone), overflow(phone)) == ([], 0)


def test_a_day_from_the_request_to_the_months_settlement(
    shop: House, page: Page, phone: Page, picture: Path
) -> None:
    zhang = shop.elders()[0]
    log_in(page, shop)
    number = shop.file(resident=zhang.id, slots={"destination": "人民医院", "passengers": 1})
    page.locator(f"#r{number}").click()
    expect(page.locator(".suggestion")).to_contain_text("推荐")
    press_until(page, "换一位")  # two presses: somebody else
    page.keyboard.press("Enter")
    press_until(page, "派给王师傅")
    page.keyboard.press("Enter")
    expect(page.get_by_text("现在派给王师傅，等回话")).to_be_visible()
    page.get_by_role("link", name="看工单").click()
    link = page.locator("#link").input_value()
    assert link.startswith("https://orders.linli.example/o/")

    fulfil(phone, local(shop, link), picture)

    page.goto(f"{shop.address}?status=all")
    expect(page.locator("li.row", has_text=number)).to_contain_text("办好了")
    page.goto(f"{shop.address}orders")
    page.get_by_role("link", name=f"{number}-1").click()
    track = page.locator(".track")
    for told in ("派给王师傅", "王师傅接单了", "王师傅到了", "王师傅办完了：送到门诊了"):
        expect(track).to_contain_text(told)
    taken = page.locator("img.photo")
    taken.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('img.photo').naturalHeight === 1280")

    month = f"{shop.ledger.now():%Y-%m}"
    page.goto(f"{shop.address}settle?month={month}")
    row = page.locator("tr.line-row", has_text="王师傅")
    expect(row).to_contain_text("20.00")
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 Excel").click()
    sheet = openpyxl.load_workbook(io.BytesIO(read_bytes(coming.value))).worksheets[0]
    cells = {tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=5)}
    assert ("王师傅", "出租车", "叫车", "20.00元/次", 1, 0, 0, 20, None) in cells
    with page.expect_download() as coming:
        page.get_by_role("link", name="下载 PDF").click()
    assert read_bytes(coming.value).startswith(b"%PDF")


def test_what_a_helper_cannot_do_comes_back_to_an_open_board_by_itself(
    shop: House, page: Page, phone: Page
) -> None:
    zhang = shop.elders()[0]
    number = shop.file(resident=zhang.id)
    order = give(shop, number, "城东车队")
    log_in(page, shop)
    page.goto(f"{shop.address}orders")
    expect(page.locator("#orders")).to_contain_text(order.number)
    phone.goto(local(shop, shop.site.work.links.address(order)))
    phone.get_by_text("接不了").first.click()
    phone.get_by_label("为什么接不了（必须写）").fill("车都出去了")
    phone.get_by_role("button", name="告诉站里").click()
    expect(phone.get_by_text("站里会另找人")).to_be_visible()
    back = page.get_by_role("region", name="接不了、要另派的")
    expect(back).to_contain_text(order.number)  # nobody pressed anything
    page.goto(f"{shop.address}requests/{number}")
    expect(page.locator(".suggestion")).not_to_contain_text("推荐城东车队")
    expect(page.get_by_text("城东车队接不了：车都出去了")).to_be_visible()


def read_bytes(download: Download) -> bytes:
    return Path(download.path()).read_bytes()


def give(shop: House, number: str, who: str) -> work_orders.Order:
    helper = helpers.by_name(shop.ledger.store, who)
    assert helper is not None
    return work_orders.give(
        shop.ledger, number, helper.id or 0, by="lijing", terms=shop.site.work.terms
    )


def test_a_link_opened_by_the_code_on_the_paper(shop: House, page: Page) -> None:
    import zxingcpp

    zhang = shop.elders()[0]
    order = give(shop, shop.file(resident=zhang.id), "王师傅")
    log_in(page, shop)
    page.goto(f"{shop.address}orders/{order.id}/paper")
    expect(page.get_by_role("heading", name="服务工单")).to_be_visible()
    assert serious(page) == []
    shot = Image.open(io.BytesIO(page.locator("img.qr").screenshot(scale="css")))
    (code,) = zxingcpp.read_barcodes(shot.resize((600, 600)))
    assert code.text == shop.site.work.links.address(order)
    assert Links(b"k" * 32).check(
        code.text.rpartition("/")[2], shop.ledger.store, shop.ledger.now()
    ) == order  # fmt: skip
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 1
    assert b"[0 0 420" in printed or b"[0 0 419" in printed  # A5


def test_a_month_is_closed_and_what_changes_after_that_is_seen(shop: House, page: Page) -> None:
    month = "2026-01"
    order = give(shop, shop.file("companionship", resident=shop.elders()[0].id), "刘大姐")
    told = work_orders.Told("lijing")
    for what in ("accepted", "arrived", "done"):
        work_orders.step(shop.ledger, order.id, what, told)  # type: ignore[arg-type]
    log_in(page, shop, "wangfang")
    page.goto(f"{shop.address}settle?month={month}")
    page.get_by_role("button", name="结算这个月").click()
    expect(page.get_by_text("第 1 版，已经定下来")).to_be_visible()
    page.goto(f"{shop.address}orders/{order.id}")
    page.get_by_label("到的时间").fill("2026-01-15T09:00")
    page.get_by_label("办完的时间").fill("2026-01-15T10:30")
    page.get_by_label("为什么改（必须写）").first.fill("补记一月的")
    page.get_by_role("button", name="保存更正").click()
    expect(page.get_by_text("更正好了")).to_be_visible()
    page.goto(f"{shop.address}settle?month={month}")
    expect(page.get_by_text("结算以后有工单改过")).to_be_visible()
    page.get_by_label("为什么出新的一版（必须写）").fill("补记")
    page.get_by_role("button", name="出新的一版").click()
    expect(page.get_by_text("第 2 版，已经定下来")).to_be_visible()
    kept = settlement.closed(shop.ledger.store, month)
    assert [len(each.month.items) for each in kept] == [1, 0]
    liu = order.helper
    assert sum(each.minutes for each in timebank.statement(shop.ledger.store, liu)) == 90
    assert kept[0].at.astimezone(BEIJING) - shop.ledger.now() < timedelta(minutes=1)
