"""Reports on the console: figures, pictures that say what they show, Excel, and who may look."""

from __future__ import annotations

import html
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from console_house import NASTY, Browser, House

from station import audit, handling
from station.console.app import _PAGES
from station.report_words import FIGURES, duration, number, shown, words
from station.residents import Resident


@pytest.fixture
def auditor(house: House) -> Browser:
    browser = Browser(house.address)
    assert browser.log_in("zhaomin").status_code == 200
    return browser


def test_a_month_is_told_in_figures_tables_and_pictures(house: House, boss: Browser) -> None:
    east = house.ledger.upsert_resident(Resident("王秀英", village="东村"))
    number_ = house.file("payment_help", resident=east.id)
    handling.accept(house.ledger, number_, by="lijing")
    text = html.unescape(boss.look("/reports?service=payment_help&village=东村").text)
    assert "应答及时" in text
    assert re.search(r"<dt>请求</dt><dd><strong>1</strong>", text)
    assert re.search(r"<dt>应答及时</dt><dd><strong>100%</strong>", text)
    assert re.search(r"<dt>满意</dt><dd><strong>未问</strong>", text)
    assert "缴费" in text
    for svg in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        name = re.search(r'aria-labelledby="([\w-]+)" aria-describedby="([\w-]+)"', svg)
        assert name
        assert f'<title id="{name[1]}">' in svg
        assert re.search(rf'<desc id="{name[2]}">[^<]{{8,}}</desc>', svg)
    assert text.count("<svg") == text.count('<div class="beside"><table>') >= 3


def test_another_period_is_a_link_away_and_a_wrong_one_is_told(house: House, boss: Browser) -> None:
    now = house.ledger.now()
    house.file("activity")
    day = boss.look(f"/reports?period={now:%Y-%m-%d}&service=activity").text
    assert re.search(r"<dt>请求</dt><dd><strong>\d", day)
    before = now.replace(day=1) - timedelta(days=1)
    month = html.unescape(boss.look("/reports?service=activity").text)
    assert f"/reports?period={before:%Y-%m}&service=activity" in month
    assert "没有请求" in boss.look(f"/reports?period={before:%Y-%m}").text
    wrong = boss.look("/reports?period=gestern")
    assert (wrong.status_code, "时间写得不对" in wrong.text) == (200, True)


def test_excel_holds_numbers_to_count_with_and_nothing_that_runs(
    house: House, boss: Browser
) -> None:
    evil = house.ledger.upsert_resident(Resident("x", village="=HYPERLINK(1)"))
    house.file("medicine", resident=evil.id)
    answer = boss.look("/reports/excel?service=medicine")
    assert "attachment" in answer.headers["content-disposition"]
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == [words()["tables"][name]["name"] for name in
                               ("whole", "times", "services", "channels", "villages")]  # fmt: skip
    cells = [cell for sheet in book for row in sheet.rows for cell in row]
    assert "f" not in {cell.data_type for cell in cells}
    assert "=HYPERLINK(1)" in [cell.value for cell in cells]
    whole = {row[0].value: row[1].value for row in book.worksheets[0].rows}
    assert whole["请求"] >= 1
    assert audit.entries(house.ledger.store, what="report.exported", limit=1)[0].by == "wangfang"


def test_a_village_may_be_called_anything(house: House, boss: Browser) -> None:
    nasty = house.ledger.upsert_resident(Resident("x", village=NASTY))
    house.file("medicine", resident=nasty.id)
    house.file("medicine")
    for path in ("/reports", f"/reports?village={NASTY}&service={NASTY}&channel={NASTY}"):
        assert "<script>alert" not in boss.look(path).text


def test_only_supervisor_and_auditor_read_reports_and_the_audit(
    staff: Browser, boss: Browser, auditor: Browser
) -> None:
    paths = [path for path, _ in _PAGES if path.startswith(("/reports", "/audit"))]
    assert len(paths) == 4
    for path in paths:
        assert staff.look(path).status_code == 403
        assert boss.look(path).status_code == auditor.look(path).status_code == 200
    assert 'href="/reports"' not in staff.look("/").text
    assert 'href="/reports"' in auditor.look("/").text


def test_every_figure_has_a_name_a_meaning_and_a_value_for_nothing() -> None:
    from station.figures import Figures

    assert set(FIGURES) == set(words()["figures"])
    assert set(words()["columns"]) <= set(FIGURES)
    for name in FIGURES:
        assert shown(name, Figures()) in {"0", "—", "未问"}
        assert number(name, Figures()) in {0, ""}
        assert words()["figures"][name]["help"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 秒"), (59.4, "59 秒"), (60, "1 分"), (210, "3.5 分"), (3600, "1 小时"),
     (86400, "24 小时"), (172800, "2 天")],
)  # fmt: skip
def test_a_span_is_told_as_people_say_it(seconds: float, text: str) -> None:
    assert duration(seconds) == text
