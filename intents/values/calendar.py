"""Dates: weekdays, days of a month, lunar days, festivals; always the coming one."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from lunar_python import Lunar, LunarYear, Solar

_LUNAR_DAYS = 30


def weekday(today: date, day: int, weeks: int | None) -> date:
    """A weekday (Monday 0): the coming one, or that of the calendar week `weeks` ahead."""
    if weeks is None:
        return today + timedelta(days=(day - today.weekday() - 1) % 7 + 1)
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=7 * weeks + day)


def day_of_month(today: date, day: int, months: int | None = None) -> date | None:
    """The coming such day, or that of the month `months` ahead; None when there is none."""
    first = 0 if months is None else months
    for ahead in range(first, first + (4 if months is None else 1)):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        try:
            found = date(year, month + 1, day)
        except ValueError:
            continue
        if found >= today or months is not None:
            return found
    return None


def day_of_year(today: date, month: int, day: int) -> date | None:
    """The coming such day of the solar year; None when there is none."""
    for year in range(today.year, today.year + 5):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def month_end(today: date, months: int = 0) -> date:
    """The last day of this month, or of the one `months` ahead."""
    year, month = divmod(today.year * 12 + today.month + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _solar(lunar: Lunar) -> date:
    solar = lunar.getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=256)
def lunar_day(today: date, month: int | None, day: int, months: int = 0) -> date | None:
    """The coming lunar day; without a month, of this or the next lunar month.

    Day 30 of a month of 29 days is its last day (New Year's Eve).
    """
    now = Solar.fromYmd(today.year, today.month, today.day).getLunar()
    if not 1 <= day <= _LUNAR_DAYS:
        return None
    candidates: list[tuple[int, int]] = []
    if month is None:
        start = now.getYear() * 12 + abs(now.getMonth()) - 1 + months
        candidates = [(n // 12, n % 12 + 1) for n in range(start, start + 3)]
    else:
        candidates = [(now.getYear() + n, month) for n in range(3)]
    for year, number in candidates:
        held = LunarYear.fromYear(year).getMonth(number)
        if held is None:
            continue
        found = _solar(Lunar.fromYmd(year, number, min(day, held.getDayCount())))
        if found >= today:
            return found
    return None


@lru_cache(maxsize=256)
def solar_term(today: date, name: str) -> date | None:
    """The coming day of one of the 24 solar terms."""
    for year in (today.year, today.year + 1):
        for month in (1, 6, 12):
            table = Solar.fromYmd(year, month, 15).getLunar().getJieQiTable()
            if name in table:
                solar = table[name]
                found = date(solar.getYear(), solar.getMonth(), solar.getDay())
                if found >= today:
                    return found
    return None
