"""When, as elders say it: Monday 2026-11-23, nine in the morning."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import intents
from intents import HOME
from intents.values.moment import Moments
from intents.values.when import resolve
from intents.words.data import load
from intents.words.normalise import Normaliser
from linli.bench.intents import faults

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
MOMENTS = Moments(Path(intents.__file__).parent / "rules" / "moment.yaml")


@pytest.mark.parametrize(
    ("text", "date", "time", "part"),
    [
        ("明天上午", "2026-11-24", None, "morning"),
        ("大后天下午三点", "2026-11-26", "15:00", None),
        ("礼拜三", "2026-11-25", None, None),
        ("礼拜一", "2026-11-30", None, None),
        ("下礼拜四", "2026-12-03", None, None),
        ("下下周三", "2026-12-09", None, None),
        ("周末", "2026-11-28", None, None),
        ("二十五号", "2026-11-25", None, None),
        ("3号", "2026-12-03", None, None),
        ("下个月三号上午十点", "2026-12-03", "10:00", None),
        ("11月25号8:30", "2026-11-25", "08:30", None),
        ("月底之前", "2026-11-30", None, None),
        ("腊月二十", "2027-01-27", None, None),
        ("十一月初一", "2026-12-09", None, None),
        ("冬至那天", "2026-12-22", None, None),
        ("除夕", "2027-02-05", None, None),
        ("春节", "2027-02-06", None, None),
        ("腊八", "2027-01-15", None, None),
        ("半个钟头以后", "2026-11-23", "09:30", None),
        ("一个半小时以后", "2026-11-23", "10:30", None),
        ("差十分九点", None, "08:50", None),
        ("三点一刻", None, "15:15", None),
        ("两点半", None, "14:30", None),
        ("八点", None, "08:00", None),
        ("晚上六点", None, "18:00", None),
        ("现在就走", "2026-11-23", "09:00", None),
        ("三天以后", "2026-11-26", None, None),
        ("吃了早饭", None, None, "morning"),
        ("二十七号吧，不对，二十八号", "2026-11-28", None, None),
        ("后天，不对，大后天", "2026-11-26", None, None),
        ("上午九点到十点", None, "09:00", None),
        ("每个礼拜二四六，明天先来一趟", "2026-11-24", None, None),
        ("慢一点", None, None, None),
        ("三号楼", None, None, None),
        ("昨天晚上", None, None, None),
        ("明天一大早就得走", "2026-11-24", None, "morning"),
        ("明后天都行", "2026-11-24", None, None),
        ("大大后天", "2026-11-27", None, None),
        ("二十五六号", "2026-11-25", None, None),
        ("二十八那天", "2026-11-28", None, None),
        ("十一月二十七", "2026-11-27", None, None),
        ("七月二十七", "2027-08-28", None, None),
        ("不是初七，是阳历二十七", "2026-11-27", None, None),
        ("元月六号", "2027-01-06", None, None),
        ("十二月底", "2026-12-31", None, None),
        ("冬至头天", "2026-12-21", None, None),
        ("再等一个礼拜", "2026-11-30", None, None),
        ("两三点钟", None, "14:00", None),
        ("他四点一刻到，你三点半来", None, "15:30", None),
        ("下午别来，上午来，下午我打麻将", None, None, "morning"),
        ("早起攥不住拳头，礼拜五去", "2026-11-27", None, None),
        ("明天抽血，头天晚上不吃饭", "2026-11-24", None, None),
        ("上回说三个月以后复查，十二月一号行不行", "2026-12-01", None, None),
        ("中秋过了就没见着", None, None, None),
        ("晚上觉都睡不着，礼拜五去", "2026-11-27", None, None),
        ("我儿子明天从广州回来，叫个车去高铁站接他", "2026-11-24", None, None),
        ("闺女后天回来，明天给我叫个车去理发店", "2026-11-24", None, None),
        ("我后天才回来，水管到时候再修", None, None, None),
    ],
)
def test_it_is_resolved(text: str, date: str | None, time: str | None, part: str | None) -> None:
    want = {"date": date, "time": time, "part": part}
    assert resolve(text, NOW, MOMENTS) == {k: v for k, v in want.items() if v}


def test_a_clock_time_that_is_over_today_means_the_evening() -> None:
    late = NOW.replace(hour=15)
    assert resolve("今天八点", late, MOMENTS)["time"] == "20:00"


def test_six_oclock_beside_dinner_is_six_in_the_evening() -> None:
    assert resolve("明天六点", NOW, MOMENTS, dinner=True)["time"] == "18:00"
    assert resolve("明天六点", NOW, MOMENTS)["time"] == "06:00"


@pytest.mark.parametrize(
    ("text", "days"), [("往后推一天", 1), ("推迟一个礼拜", 7), ("提前两天", -2)]
)
def test_a_shift_is_measured(text: str, days: int) -> None:
    shift = MOMENTS.shift(text)
    assert shift is not None
    assert shift.days == days


def _wrong(row: dict[str, Any], got: dict[str, Any]) -> list[str]:
    want = {slot: row.get(slot) for slot in ("date", "time", "part")}
    bad = faults(got, want, row.get("accept"))
    today = got.get("date") == NOW.date().isoformat() and not want["date"] and "time" in got
    harmless = {"part"} if want["time"] else {"date"} if today else set()
    return [slot for slot in bad if slot not in harmless]


def _wrong_of(file: str, half: str | None = None) -> tuple[int, list[str]]:
    """How many moments of a file, and the texts that are resolved wrongly."""
    dialect = load(HOME / "rules" / "dialect.yaml")
    fold = Normaliser({str(k): str(v) for k, v in dialect["words"].items()}, dialect["fillers"])
    lines = (Path(__file__).parent / "data" / file).read_text("utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row.get("half") == half]
    wrong = [r["text"] for r in rows if _wrong(r, resolve(fold(r["text"]), NOW, MOMENTS))]
    return len(rows), wrong


@pytest.mark.parametrize("half", ["learn", "held"])
def test_times_are_understood_as_elders_say_them(half: str) -> None:
    count, wrong = _wrong_of("moments.jsonl", half)
    assert count > 140
    assert 1 - len(wrong) / count >= 0.95, wrong


def test_the_time_that_is_asked_for_is_told_from_those_that_are_only_told() -> None:
    """Trains leave, sons come, numbers were given out earlier: none of that is when to come."""
    count, wrong = _wrong_of("moments_told.jsonl")
    assert count > 150
    assert wrong == []
