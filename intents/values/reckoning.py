"""From what was said of days and minutes to the date and the number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from intents.values import calendar
from intents.words.number import number

_FIRST_MONTH = "元"
_ONES = "一二两三四五六七八九"
_MONTHS = 12
_NEAR = 60
"""Days."""


def weeks(rel: str | None) -> int | None:
    """How many weeks on 下周, 下下周 is; None where nothing is said."""
    if not rel:
        return None
    return rel.count("下")


def days_on(today: date, said: str | None) -> date | None:
    """三天后, 两个礼拜后, 半个月后."""
    words = said or ""
    if words == "半个月":
        return today + timedelta(days=15)
    weeks = words[-1:] in ("拜", "期", "周")
    n = number(words[:1] if weeks else words)
    if n is None or n != int(n):
        return None
    return today + timedelta(days=int(n) * (7 if weeks else 1))


def turned(today: date, said: Mapping[str, str | None]) -> date | None:
    """下个月的今天, 一个月以后."""
    far = (said.get("rel") or "").count("下") or int(number(said.get("n") or "一") or 1)
    if "月" in (said.get("unit") or said.get("what") or ""):
        return calendar.day_of_month(today, today.day, far)
    return today + timedelta(days=7 * far)


def solar_date(said: Mapping[str, str | None], today: date) -> date | None:
    """八号, 下个月八号, 十二月八号: the next one there is."""
    day = number(said["day"] or "")
    if day is None or not 1 <= day <= 31 or day != int(day):
        return None
    month = said.get("month") or ""
    if not month:
        return calendar.day_of_month(today, int(day))
    if month[0] in "下这本":
        return calendar.day_of_month(today, int(day), month.count("下"))
    which = _month(month)
    return calendar.day_of_year(today, which, int(day)) if which else None


def month_last(said: str | None, today: date) -> date | None:
    """十二月底: the last day of the coming such month."""
    month = _month(said or "")
    return calendar.month_end(today, (month - today.month) % _MONTHS) if month else None


def _month(said: str) -> int | None:
    """元, 十二: which month of the year; None where it is none."""
    month = 1 if said == _FIRST_MONTH else number(said)
    return int(month) if month is not None and 1 <= month <= _MONTHS else None


def soon(said: Mapping[str, str | None], today: date) -> date | None:
    """十一月二十七, where that day of the sun's calendar is near; else it is one of the moon's."""
    day = solar_date(said, today)
    return day if day and (day - today).days <= _NEAR else None


def hour(said: str | None) -> float | None:
    """The hour of a clock time; of two, as in 两三点, the earlier."""
    words = said or ""
    if len(words) > 1 and words[-2:-1] in _ONES and words[-1] in _ONES:
        words = words[:-1]
    return number(words)


def minute(said: str | None) -> int | None:
    """The minute of a clock time, 半 or 一刻; 0 where none is said."""
    if not said:
        return 0
    fixed = {"半": 30, "一刻": 15, "三刻": 45}
    if said in fixed:
        return fixed[said]
    value = number(said.rstrip("分"))
    return int(value) if value is not None and 0 <= value < 60 else None


def minutes(said: Mapping[str, str | None]) -> int:
    """How many minutes 两个半小时, 一刻钟 are."""
    n = number(said["n"] or "") or 1.0
    if said.get("half") or said.get("half2"):
        n += 0.5
    unit = said["unit"] or ""
    return round(n * (60 if unit[0] in "小钟" else 15 if unit[0] == "刻" else 1))
