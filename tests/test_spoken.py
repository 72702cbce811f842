"""Numbers, days and times as they are said aloud."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from intents.conversation.spoken import load_words, load_yaml
from intents.errors import DataError

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
WORDS = load_words()


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (0, "零"),
        (8, "八"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (25, "二十五"),
        (100, "一百"),
        (105, "一百零五"),
        (115, "一百一十五"),
        (1010, "一千零一十"),
        (2026, "二千零二十六"),
    ],
)
def test_a_number_is_counted(n: int, said: str) -> None:
    assert WORDS.number(n) == said


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        ("08:30", "上午八点半"),
        ("06:00", "早上六点"),
        ("12:00", "中午十二点"),
        ("14:05", "下午两点零五分"),
        ("15:20", "下午三点二十分"),
        ("19:00", "晚上七点"),
        ("00:10", "夜里零点十分"),
        ("23:30", "夜里十一点半"),
    ],
)
def test_a_clock_time_is_said_with_its_part_of_the_day(clock: str, said: str) -> None:
    assert WORDS.clock(clock) == said


@pytest.mark.parametrize(
    ("iso", "short", "full"),
    [
        ("2026-11-23", "今天", "今天二十三号星期一"),
        ("2026-11-24", "明天", "明天二十四号星期二"),
        ("2026-11-29", "二十九号", "二十九号星期天"),
        ("2026-12-03", "十二月三号", "十二月三号星期四"),
        ("2027-01-02", "一月二号", "一月二号星期六"),
        ("someday", "", ""),
    ],
)
def test_a_day_is_said_with_number_and_weekday(iso: str, short: str, full: str) -> None:
    assert WORDS.day(iso, NOW) == short
    assert WORDS.date(iso, NOW) == full


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ({"name": "馒头", "quantity": 2}, "两个馒头"),
        ({"name": "面条"}, "一碗面条"),
        ({"name": "红烧肉", "quantity": 3}, "三份红烧肉"),
        ({"name": "稀饭", "quantity": 1.5}, "一碗半稀饭"),
        ({"name": "鱼", "quantity": 0.5}, "半份鱼"),
        ({"name": "油条", "quantity": None}, "一个油条"),
    ],
)
def test_a_dish_is_counted_in_its_own_measure(item: dict[str, object], said: str) -> None:
    assert WORDS.dish(item) == said


def test_things_to_choose_between_end_with_or() -> None:
    assert WORDS.options(["订饭"]) == "订饭"
    assert WORDS.options(["订饭", "叫车"]) == "订饭还是叫车"
    assert WORDS.options(["订饭", "看病", "叫车"]) == "订饭、看病，还是叫车"


def test_a_broken_file_is_named_with_its_line(tmp_path: Path) -> None:
    broken = tmp_path / "words.yaml"
    broken.write_text("a: 1\nb: [", encoding="utf-8")
    with pytest.raises(DataError, match=r"words\.yaml:2"):
        load_yaml(broken)
    with pytest.raises(DataError, match="cannot be read"):
        load_yaml(tmp_path / "gone.yaml")
    broken.write_text("- a list\n", encoding="utf-8")
    with pytest.raises(DataError, match="table"):
        load_yaml(broken)
