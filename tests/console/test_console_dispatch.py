"""Dispatch on the console: suggested, given, told by telephone, put right, settled; and by whom."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest
from console_house import NASTY, Browser, House

from station import audit, helpers, timebank, work_orders
from station.helpers import Duty, Helper
from station.work_model import Order


@pytest.fixture(scope="module")
def crew(house: House) -> dict[str, int]:
    """A driver and a volunteer; name → row."""
    told = (
        Helper(
            "taxi", "王师傅", "13800000901", ("光荣小区",), (), 2, (Duty("taxi", "visit", 2000),)
        ),
        Helper("volunteer", "刘大姐", "13800000903", duties=(Duty("companionship"), Duty("taxi"))),
    )
    kept = [helpers.keep(house.ledger, each, by="wangfang", prices=True) for each in told]
    return {each.name: each.id or 0 for each in kept}


@pytest.fixture
def auditor(house: House) -> Iterator[Browser]:
    with Browser(house.address) as browser:
        assert browser.log_in("zhaomin").status_code == 200
        yield browser


def give(house: House, staff: Browser, crew: dict[str, int], who: str = "王师傅",
         intent: str = "taxi") -> Order:  # fmt: skip
    zhang = house.elders()[0]
    number = house.file(intent, resident=zhang.id, slots={"destination": "人民医院"})
    answer = staff.submit(f"/requests/{number}/dispatch", {"helper": crew[who]})
    assert answer.status_code == 200
    return work_orders.of_request(house.ledger.store, house.ledger.request(number).id)[-1]


def done(house: House, staff: Browser, order: Order) -> Order:
    for what in ("accepted", "arrived", "done"):
        assert staff.submit(f"/orders/{order.id}/step", {"what": what}).status_code == 200
    return work_orders.order(house.ledger.store, order.id)


def test_a_request_shows_whom_to_ask_and_why_and_one_press_gives_it(
    house: House, staff: Browser, crew: dict[str, int]
) -> None:
    zhang = house.elders()[0]
    number = house.file(resident=zhang.id, slots={"destination": "人民医院"})
    text = staff.look(f"/requests/{number}").text
    assert "推荐" in text
    assert "派给王师傅" in text
    assert "派给刘大姐" in text
    version = house.ledger.request(number).version
    form = {"helper": crew["王师傅"], "version": version}
    answer = staff.submit(f"/requests/{number}/dispatch", form)
    assert "现在派给王师傅，等回话" in answer.text
    request = house.ledger.request(number)
    assert (request.status, request.assigned) == ("dispatched", "王师傅")
    again = staff.submit(f"/requests/{number}/dispatch", form)
    assert (again.status_code, "别人刚改过" in again.text) == (409, True)


def test_the_order_tells_what_staff_hear_by_telephone(
    house: House, staff: Browser, crew: dict[str, int]
) -> None:
    order = give(house, staff, crew)
    page = staff.look(f"/orders/{order.id}").text
    assert "https://orders.linli.example/o/" in page
    refused = staff.submit(f"/orders/{order.id}/step", {"what": "declined"})
    assert (refused.status_code, "请写原因" in refused.text) == (400, True)
    assert staff.submit(f"/orders/{order.id}/step", {"what": "done"}).status_code == 400
    assert staff.submit(f"/orders/{order.id}/step", {"what": "revoked"}).status_code == 400
    bad = staff.submit(f"/orders/{order.id}/step", {"what": "accepted", "at": "2999-01-01T00:00"})
    assert (bad.status_code, "时间不对" in bad.text) == (400, True)
    after = done(house, staff, order)
    assert (after.status, after.minutes) == ("done", 0)
    story = staff.look(f"/requests/{order.number[:-2]}").text
    assert "王师傅办完了" in story


def test_the_board_of_orders_has_them_where_they_stand(
    house: House, staff: Browser, crew: dict[str, int]
) -> None:
    waiting, back = give(house, staff, crew), give(house, staff, crew, "刘大姐")
    staff.submit(f"/orders/{back.id}/step", {"what": "declined", "note": "孙子病了"})
    text = staff.look("/orders").text
    parts = re.split(r"<section", text)
    listed = {re.search(r'id="(h-\w+)"', part)[1]: part for part in parts[1:]}  # type: ignore[index]
    assert back.number in listed["h-back"]
    assert waiting.number in listed["h-wait"]
    part = staff.look("/orders", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert waiting.number in part


def test_the_paper_has_what_the_helper_needs_and_the_audit_knows_it_was_printed(
    house: House, staff: Browser, crew: dict[str, int]
) -> None:
    order = give(house, staff, crew)
    text = staff.look(f"/orders/{order.id}/paper").text
    for told in (
        order.number,
        "王师傅",
        "张桂英",
        "光荣小区三号楼二单元",
        "03765550101",
        "人民医院",
    ):
        assert told in text
    assert f"/orders/{order.id}/qr" in text
    (entry,) = audit.entries(house.ledger.store, what="order.printed", target=f"order {order.id}")
    assert entry.by == "lijing"


def test_a_correction_is_by_whoever_says_why_and_prices_are_a_supervisors(
    house: House, staff: Browser, boss: Browser, crew: dict[str, int]
) -> None:
    order = done(house, staff, give(house, staff, crew, "刘大姐", "companionship"))
    assert staff.submit(f"/orders/{order.id}/correct", {"minutes": "60"}).status_code == 400
    form = {"minutes": "60", "why": "手机没电", "fen": "99"}
    assert "更正好了" in staff.submit(f"/orders/{order.id}/correct", form).text
    after = work_orders.order(house.ledger.store, order.id)
    assert (after.minutes, after.fen) == (60, 0)
    assert staff.submit(f"/orders/{order.id}/correct", form | {"minutes": "x"}).status_code == 400
    ride = done(house, staff, give(house, staff, crew))
    boss.submit(f"/orders/{ride.id}/correct", {"fen": "25.50", "why": "夜里"})
    assert work_orders.order(house.ledger.store, ride.id).fen == 2550
    boss.submit(f"/orders/{ride.id}/void", {"why": "没有去"})
    assert work_orders.order(house.ledger.store, ride.id).status == "void"


def test_staff_add_helpers_and_only_a_supervisor_prices_them(
    house: House, staff: Browser, boss: Browser
) -> None:
    form = {"name": "新来的", "kind": "housekeeping", "phone": "13800000999", "areas": "光荣小区",
            "hours": "周一至周五 08:00-18:00", "most": "3", "does-housekeeping": "1"}  # fmt: skip
    page = staff.submit("/helpers", form | {"price-housekeeping": "1", "unit-housekeeping": "hour"})
    assert "帮手存好了" in page.text
    kept = helpers.by_name(house.ledger.store, "新来的")
    assert kept is not None
    assert kept.duties == (Duty("housekeeping", "visit", None),)
    assert "13800000999" not in staff.look(f"/helpers/{kept.id}").text
    assert "13800000999" in staff.submit(f"/helpers/{kept.id}/reveal").text
    prices = {"price-housekeeping": "45", "unit-housekeeping": "hour"}
    assert staff.submit(f"/helpers/{kept.id}/prices", prices).status_code == 403
    assert "价钱存好了" in boss.submit(f"/helpers/{kept.id}/prices", prices).text
    priced = helpers.helper(house.ledger.store, kept.id or 0)
    assert priced.duties == (Duty("housekeeping", "hour", 4500),)
    wrong = boss.submit(f"/helpers/{kept.id}/prices", prices | {"price-housekeeping": "很贵"})
    assert wrong.status_code == 400
    again = {name: value for name, value in form.items() if name != "phone"}
    staff.submit(f"/helpers/{kept.id}", again | {"hours": "", "does-taxi": "1"})
    after = helpers.helper(house.ledger.store, kept.id or 0)
    assert (after.hours, after.phone) == ((), "13800000999")
    assert after.duty("housekeeping") == Duty("housekeeping", "hour", 4500)
    wrong_fields = (
        ({"name": ""}, "没有名称"),
        ({"hours": "上午"}, "看不懂"),
        ({"name": "刘大姐"}, "已经有一位"),
        ({"phone": "12"}, "电话不对"),
    )
    for changed, told in wrong_fields:
        page = staff.submit("/helpers", form | {"name": "另一位"} | changed)
        assert (page.status_code, told in page.text) == (400, True), page.text
    staff.submit(f"/helpers/{kept.id}/close")
    assert not helpers.helper(house.ledger.store, kept.id or 0).active


def sheet(*rows: list[str]) -> bytes:
    book = openpyxl.Workbook()
    for row in (["名称", "类别", "服务和价钱"], *rows):
        book.active.append(row)  # type: ignore[union-attr]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_table_is_read_on_trial_before_anything_is_kept(house: House, boss: Browser) -> None:
    data = sheet(["表里的食堂", "食堂", "订餐 1.50元/份"], ["坏的", "超人", ""])
    tried = boss.submit("/helpers/import", files={"file": ("h.xlsx", data)})
    assert "能加 1 位" in tried.text
    assert "类别不对：超人" in tried.text
    assert helpers.by_name(house.ledger.store, "表里的食堂") is None
    found = re.search(r'name="rows" value="([^"]*)"', tried.text)
    assert found is not None
    from html import unescape

    kept = boss.submit("/helpers/import", {"rows": unescape(found[1])})
    assert "新加 1 位" in kept.text
    canteen = helpers.by_name(house.ledger.store, "表里的食堂")
    assert canteen is not None
    assert canteen.duties == (Duty("meal", "item", 150),)
    for wrong in (b"PK\x03\x04 broken", b"\xff\xfe\x00", b""):
        page = boss.submit("/helpers/import", files={"file": ("h.xlsx", wrong)})
        assert page.status_code == 400
    for rows in ("{", "[1]", '[["x"]]', "null", '[[1, ["a"]]]'):
        assert boss.submit("/helpers/import", {"rows": rows}).status_code == 400
    large = boss.submit("/helpers/import", files={"file": ("h.csv", b"x" * 500_000)})
    assert large.status_code == 413
    given = boss.look("/helpers/table")
    book = openpyxl.load_workbook(io.BytesIO(given.content))
    assert "表里的食堂" in {row[0].value for row in book.active.iter_rows()}  # type: ignore[union-attr]


def test_hours_are_seen_spent_and_corrected(
    house: House, staff: Browser, crew: dict[str, int]
) -> None:
    liu = crew["刘大姐"]
    assert "余额更正好了" in staff.submit(
        f"/hours/{liu}/adjust", {"minutes": "600", "why": "去年的"}).text  # fmt: skip
    house.elders()
    page = staff.submit(f"/hours/{liu}/spend", {"who": "1001", "minutes": "90", "note": "陪母亲"})
    assert "用掉的时间已经从余额里减去" in page.text
    entry = timebank.statement(house.ledger.store, liu)[-1]
    assert (entry.minutes, entry.resident_name) == (-90, "张桂英")
    several = staff.submit(f"/hours/{liu}/spend", {"who": "李秀兰", "minutes": "30"})
    assert (several.status_code, 'name="resident"' in several.text) == (400, True)
    who = {"who": "没有这个人", "minutes": "1"}
    for form in (who, {"who": "1001", "minutes": "99999"}, {"who": "1001", "minutes": "0"}):
        assert staff.submit(f"/hours/{liu}/spend", form).status_code == 400
    assert staff.submit(f"/hours/{liu}/adjust", {"minutes": "-9999", "why": "x"}).status_code == 400
    assert staff.submit(f"/hours/{liu}/adjust", {"minutes": "5", "why": " "}).status_code == 400
    text = staff.look(f"/hours/{liu}?from=2999-01-01").text
    assert "此前余额" in text
    assert "刘大姐" in staff.look("/hours").text


def test_a_month_is_looked_at_by_all_and_closed_by_a_supervisor(
    house: House, staff: Browser, boss: Browser, auditor: Browser, crew: dict[str, int]
) -> None:
    ride = done(house, staff, give(house, staff, crew))
    month = f"{ride.done:%Y-%m}"
    for browser in (staff, auditor, boss):
        text = browser.look(f"/settle?month={month}").text
        assert "20.00" in text
    early = boss.submit(f"/settle/{month}/close")
    assert (early.status_code, "还没有过完" in early.text) == (409, True)
    assert staff.submit("/settle/2026-01/close").status_code == 403
    assert boss.submit("/settle/2026-01/close").status_code == 200
    again = boss.submit("/settle/2026-01/close")
    assert (again.status_code, "已经结算过" in again.text) == (409, True)
    book = openpyxl.load_workbook(io.BytesIO(staff.look(f"/settle/{month}/excel").content))
    assert "王师傅" in {row[0].value for row in book.worksheets[0].iter_rows()}
    assert staff.look(f"/settle/{month}/pdf").content.startswith(b"%PDF")
    assert staff.look("/settle?month=2026-13").status_code == 400
    assert staff.look("/settle/nonsense/pdf").status_code == 400


def test_an_auditor_looks_and_does_nothing(
    house: House, staff: Browser, auditor: Browser, crew: dict[str, int]
) -> None:
    order = give(house, staff, crew)
    wang, liu = crew["王师傅"], crew["刘大姐"]
    for path in ("/orders", f"/orders/{order.id}", "/helpers", f"/helpers/{wang}", "/hours",
                 f"/hours/{liu}", "/settle", f"/requests/{order.number[:-2]}"):  # fmt: skip
        page = auditor.look(path)
        assert page.status_code == 200
        assert re.findall(r'<form method="post" action="(?!/logout)', page.text) == []
        assert "/o/" not in page.text
    for path in (
        f"/orders/{order.id}/qr",
        f"/orders/{order.id}/paper",
        "/helpers/new",
        "/helpers/table",
    ):
        assert auditor.look(path).status_code == 403
    for path in (f"/orders/{order.id}/renew", f"/orders/{order.id}/step", "/helpers",
                 f"/helpers/{crew['王师傅']}/close", f"/hours/{crew['刘大姐']}/adjust",
                 "/settle/2026-01/close"):  # fmt: skip
        assert auditor.submit(path).status_code == 403


def test_a_helper_whose_name_is_a_script_is_only_a_name(house: House, staff: Browser) -> None:
    form = {"name": NASTY[:40], "kind": "taxi", "areas": NASTY, "note": NASTY, "does-taxi": "1"}
    assert staff.submit("/helpers", form).status_code == 200
    nasty = helpers.by_name(house.ledger.store, NASTY[:40])
    assert nasty is not None
    number = house.file(resident=house.elders()[2].id, note=NASTY, slots={"destination": NASTY})
    staff.submit(f"/requests/{number}/dispatch", {"helper": nasty.id})
    order = work_orders.of_request(house.ledger.store, house.ledger.request(number).id)[-1]
    staff.submit(f"/orders/{order.id}/step", {"what": "accepted", "note": NASTY})
    paths = ("/orders", f"/orders/{order.id}", f"/orders/{order.id}/paper", "/helpers",
             f"/helpers/{nasty.id}", f"/requests/{number}")  # fmt: skip
    for path in paths:
        text = staff.look(path).text
        assert "<script>alert" not in text, path
        assert "&lt;script&gt;alert" in text, path
        assert re.findall(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", text) == [], (
            path
        )
    helpers.close(house.ledger, nasty.id or 0, by="lijing", closed=True)


@pytest.mark.parametrize(
    "path",
    ["/orders/999999", "/orders/x", "/orders/1e9/paper", "/orders/0/qr", "/orders/1/photo/99999",
     "/helpers/999999", "/helpers/-1", "/hours/999999", "/settle/x/excel"],
)  # fmt: skip
def test_what_is_not_there_is_told_kindly(staff: Browser, path: str) -> None:
    assert staff.look(path).status_code in {400, 404}
