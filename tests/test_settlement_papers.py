"""The month as a workbook and on paper: the same figures, and nothing in it runs."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from crew import Crew, crew_at
from hypothesis import given
from hypothesis import strategies as st
from wall import MONDAY

from linli.paths import MODELS
from station import settlement
from station.settlement import Item, Month, summed
from station.settlement_book import book
from station.settlement_pdf import pdf
from station.settlement_table import Sheet, in_words, sheet_of
from station.work_time import amount, yuan

STATION = "光荣社区服务站"


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


def item(n: int, helper: str = "王师傅", fen: int = 2000) -> Item:
    return Item(n, f"1123-{n:03d}-1", helper, "taxi", "taxi", "visit", fen, "2026-11-23 10:00",
                60, 1, amount("visit", fen))  # fmt: skip


def sheet(*items: Item) -> Sheet:
    return sheet_of(Month("2026-11", items), STATION, now=MONDAY, closed=None)


def cells(data: bytes, page: int = 0) -> list[list[object]]:
    found = openpyxl.load_workbook(io.BytesIO(data)).worksheets[page]
    return [[cell.value for cell in row] for row in found.iter_rows()]


def test_the_workbook_has_the_figures_as_numbers_and_room_to_sign(crew: Crew) -> None:
    crew.visit(crew.file(), "王师傅")
    crew.visit(crew.file("housekeeping"), "安心家政", 80)
    month = settlement.settle(crew.ledger.store, "2026-11")
    made = cells(book(sheet_of(month, STATION, now=MONDAY, closed=None)))
    assert made[0][0] == "光荣社区服务站 2026 年 11 月服务结算表"
    assert made[3] == ["帮手", "类别", "服务", "单价", "次数", "小时", "份数", "金额（元）", "签字"]
    assert made[4] == ["安心家政", "家政公司", "家政维修", "45.00元/小时", 1, 1.5, 0, 67.5, None]
    total = next(row for row in made if row[0] == "合计")
    assert total[4:8] == [2, 2.5, 0, 87.5]
    assert any(row[0] == "捌拾柒元伍角" for row in made)
    orders = cells(book(sheet_of(month, STATION, now=MONDAY, closed=None)), 1)
    assert [row[7] for row in orders[1:]] == [20, 67.5]


NASTY = ("=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x")', "\t=1", "<b>")


@pytest.mark.parametrize("name", NASTY)
def test_whatever_a_helper_is_called_no_table_program_runs_it(name: str) -> None:
    data = book(sheet(item(1, name)))
    for page in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for row in page.iter_rows():
            for cell in row:
                assert cell.data_type == ("s" if isinstance(cell.value, str) else "n"), cell
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for part in parts.namelist():
            assert b"<f>" not in parts.read(part)


def text_of(data: bytes) -> str:
    """The text of a PDF of ours, by its fonts' own maps."""
    streams = [
        zlib.decompress(each) if each[:1] == b"\x78" else each
        for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", data, re.S)
    ]
    maps = [dict(_map(each)) for each in streams if b"beginbfchar" in each]
    drawn = [each for each in streams if b" Tj" in each or b"] TJ" in each]
    texts = []
    for page in drawn:
        for font, shown in re.findall(rb"/F(\d+) [\d.]+ Tf|\((.*?)(?<!\\)\) Tj", page, re.S):
            if font:
                current = maps[(int(font) - 1) % len(maps)]
            elif shown:
                texts.append("".join(current.get(code, "") for code in _codes(shown)))
    return "\n".join(texts)


def _map(stream: bytes) -> Iterator[tuple[int, str]]:
    for code, to in re.findall(rb"<([0-9A-Fa-f]{4})> <([0-9A-Fa-f]+)>", stream):
        yield int(code, 16), bytes.fromhex(to.decode()).decode("utf-16-be")


def _codes(shown: bytes) -> Iterator[int]:
    plain = re.sub(rb"\\(.)", lambda found: _UNESCAPED.get(found[1], found[1]), shown, flags=re.S)
    for at in range(0, len(plain) - 1, 2):
        yield plain[at] << 8 | plain[at + 1]


_UNESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def test_the_paper_says_what_the_workbook_says_and_carries_its_own_font() -> None:
    data = pdf(sheet(item(1), item(2), item(3, fen=1500), item(4, "刘大姐", 0)), MODELS / "font")
    told = text_of(data)
    words = ("王师傅", "20.00元/次", "55.00", "小计", "合计", "大写：伍拾伍元整", "签字", "校验码")
    for word in ("光荣社区服务站 2026 年 11 月服务结算表", "未结算", *words):
        assert word in told, word
    assert "第 1 页，共 1 页" in told.replace("\n", "")
    assert b"/FontFile2" in data
    assert len(data) < 400_000  # a subset, not the whole font


def test_a_long_month_goes_over_pages_and_each_names_its_columns() -> None:
    data = pdf(sheet(*(item(n, f"帮手{n}") for n in range(1, 40))), MODELS / "font")
    told = text_of(data)
    assert told.count("金额（元）") == len(re.findall(rb"/Type /Page\b(?!s)", data)) > 2
    assert all(f"帮手{n}" in told for n in range(1, 40))


def test_a_name_that_is_too_long_for_its_cell_is_cut_not_run_over() -> None:
    told = text_of(pdf(sheet(item(1, "很长的名字" * 8)), MODELS / "font"))
    (cut,) = re.findall(r"^(?:很长的名字)+[很长的名]*…$", told, re.M)[:1]
    assert len(cut) < 20


@pytest.mark.parametrize(
    ("fen", "told"),
    [(0, "零元整"), (11200, "壹佰壹拾贰元整"), (1_120_005, "壹万壹仟贰佰元零伍分"), (7, "柒分")],
)
def test_amounts_are_written_as_on_cheques(fen: int, told: str) -> None:
    assert in_words(fen) == told


@given(st.lists(st.integers(0, 99_999), min_size=1, max_size=30))
def test_the_total_row_is_the_sum_of_the_lines_whatever_they_are(fens: list[int]) -> None:
    month = Month("2026-11", tuple(item(n, f"帮手{n % 3}", fen) for n, fen in enumerate(fens, 1)))
    made = sheet_of(month, STATION, now=MONDAY, closed=None)
    column = {
        kind: sum((Decimal(str(row.cells[7])) for row in made.rows if row.kind == kind), Decimal(0))
        for kind in ("line", "total")
    }
    assert column["line"] == column["total"] == Decimal(yuan(sum(fens)))
    for row in made.rows:
        if row.kind == "subtotal":
            of = [each for each in month.items if each.helper == row.cells[0]]
            assert row.cells[4:8:3] == (len(of), Decimal(yuan(sum(each.amount for each in of))))
    assert summed(month.lines, "amount") == sum(fens)
