"""The list of helpers as a table: every bad row is told, good rows come back as they went."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import time
from pathlib import Path

import pytest
from crew import Crew, crew_at
from hypothesis import given
from hypothesis import strategies as st

from station import audit, helper_sheet, helpers, sheets
from station.helper_words import (
    WrongText,
    duties_of,
    duties_text,
    hours_of,
    hours_text,
    serviced,
)
from station.helpers import Duty, Span
from station.sheets import FORMULA, SheetError

HEADER = ["名称", "类别", "电话", "服务和价钱", "区域", "上班时间", "最多几件", "备注"]
GOOD = ["福来家政", "家政公司", "13800000911", "家政维修 45元/小时；药 10元/次", "光荣小区、山前村",
        "周一至周五 08:00-12:00、13:00-18:00；周六 09:00-12:00", "3", "会修水管"]  # fmt: skip


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


def read(crew: Crew, *rows: list[str], prices: bool = True) -> helper_sheet.Reading:
    lines = list(enumerate([HEADER, *rows], 1))
    return helper_sheet.judge(lines, crew.ledger, prices=prices)


def test_a_row_becomes_a_helper_with_prices_hours_and_areas(crew: Crew) -> None:
    reading = read(crew, GOOD)
    assert reading.counts == {"new": 1, "changed": 0, "same": 0, "bad": 0, "rows": 1}
    assert helper_sheet.apply(reading, crew.ledger, by="wangfang", prices=True) == 1
    kept = helpers.by_name(crew.ledger.store, "福来家政")
    assert kept is not None
    assert kept.duties == (Duty("housekeeping", "hour", 4500), Duty("medicine", "visit", 1000))
    assert kept.areas == ("光荣小区", "山前村")
    assert (len(kept.hours), kept.hours[0]) == (11, Span(1, time(8), time(12)))
    assert (kept.most, kept.phone, kept.note) == (3, "13800000911", "会修水管")


def test_the_same_table_again_changes_nothing_and_empty_cells_neither(
    crew: Crew, tmp_path: Path
) -> None:
    helper_sheet.apply(read(crew, GOOD), crew.ledger, by="wangfang", prices=True)
    assert read(crew, GOOD, ["福来家政 ".strip(), *[""] * 7]).counts["bad"] == 1  # twice
    assert read(crew, ["福来家政", *[""] * 7]).counts["same"] == 1
    for name in ("helpers.xlsx", "helpers.csv"):
        file = tmp_path / name
        sheets.write(file, helper_sheet.table(helpers.helpers(crew.ledger.store)))
        again = helper_sheet.judge(sheets.read(file), crew.ledger, prices=True)
        assert (again.counts["same"], again.counts["rows"]) == (6, 6)


@pytest.mark.parametrize(
    ("column", "value", "told"),
    [
        (0, "", "没有名称"),
        (1, "超人", "类别不对：超人"),
        (2, "12", "电话不对"),
        (3, "理发 10元/次", "不认识的服务：理发"),
        (3, "叫车 十元/次", "价钱看不懂"),
        (3, "叫车 10元/月", "价钱看不懂"),
        (5, "上午", "上班时间看不懂"),
        (5, "周一 18:00-08:00", "上班时间倒了"),
        (5, "周八 08:00-09:00", "上班时间看不懂"),
        (5, "周一 25:00-26:00", "上班时间看不懂"),
        (6, "很多", "最多几件要写数字"),
        (7, "字" * 201, "备注太长"),
        (7, "=1+1", "备注是公式"),
        (4, FORMULA, "区域是公式"),
        (7, "41302319500101001X", "身份证号"),
    ],
)
def test_a_bad_row_is_told_with_its_number_and_what_to_do(
    crew: Crew, column: int, value: str, told: str
) -> None:
    bad = [*GOOD[:column], value, *GOOD[column + 1 :]]
    good = ["别的家政", *GOOD[1:]]
    reading = read(crew, good, bad)
    (problem,) = reading.bad
    assert problem.row == 3
    assert told in problem.what
    assert reading.counts["new"] == 1


def test_only_a_supervisors_table_sets_prices(crew: Crew) -> None:
    reading = read(crew, GOOD, prices=False)
    helper_sheet.apply(reading, crew.ledger, by="lijing", prices=False)
    kept = helpers.by_name(crew.ledger.store, "福来家政")
    assert kept is not None
    assert {each.fen for each in kept.duties} == {None}
    assert audit.entries(crew.ledger.store, by="lijing", what="tariff.changed") == []
    helper_sheet.apply(read(crew, GOOD), crew.ledger, by="wangfang", prices=True)
    told = audit.entries(crew.ledger.store, by="wangfang", what="tariff.changed")
    changed = [each.detail for each in told if each.target == f"helper {kept.id}"]
    assert {(each["service"], each["new"][1]) for each in changed} == {
        ("housekeeping", 4500), ("medicine", 1000)}  # fmt: skip


@pytest.mark.parametrize(
    ("header", "told"), [(["电话"], "没有“名称”这一列"), (["名称", "姓名"], "有两遍")]
)
def test_a_table_without_a_header_is_refused(crew: Crew, header: list[str], told: str) -> None:
    with pytest.raises(SheetError, match=told):
        helper_sheet.judge([(1, header)], crew.ledger, prices=True)
    with pytest.raises(SheetError, match="一行也没有"):
        helper_sheet.judge([], crew.ledger, prices=True)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", 0),
        ("随时", 0),
        ("每天 08:00-18:00", 7),
        ("08:00-18:00", 7),
        ("周一到周三 8:00—18:00", 3),
        ("星期六、星期日 9：00～12：00", 2),
        ("礼拜天 09:00-24:00", 1),
        ("1-5 08:00-18:00;6 08:00-12:00", 6),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, days: int) -> None:
    assert len({span.weekday for span in hours_of(text)}) == days


CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
SPANS = st.builds(Span, st.integers(1, 7), CLOCKS, CLOCKS).filter(lambda s: s.opens < s.closes)


@given(st.sets(SPANS, max_size=12))
def test_hours_are_read_as_they_are_written(spans: set[Span]) -> None:
    ordered = tuple(sorted(spans, key=lambda span: (span.weekday, span.opens, span.closes)))
    assert hours_of(hours_text(ordered)) == ordered


PRICES = st.one_of(st.none(), st.integers(0, 9_999_999))


@given(st.dictionaries(st.sampled_from(serviced()), st.tuples(
    st.sampled_from(["visit", "hour", "item"]), PRICES)))  # fmt: skip
def test_prices_are_read_as_they_are_written(told: dict[str, tuple[str, int | None]]) -> None:
    duties = tuple(
        Duty(intent, "visit" if told[intent][1] is None else told[intent][0], told[intent][1])  # type: ignore[arg-type]
        for intent in sorted(told)
    )
    assert duties_of(duties_text(duties), serviced()) == duties


@given(st.text(max_size=60))
def test_whatever_is_typed_is_refused_or_means_what_is_written_back(text: str) -> None:
    with suppress(WrongText):
        hours = hours_of(text)
        assert hours_of(hours_text(hours)) == hours
    with suppress(WrongText):
        duties = duties_of(text, serviced())
        assert duties_of(duties_text(duties), serviced()) == duties
