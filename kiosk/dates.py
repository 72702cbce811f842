"""The day as it is written on the screen, with its lunar date; the days to choose from."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from lunardate import LunarDate

from intents.conversation.spoken import load_words

from .view import Action, Tile
from .words import words

_TENS = (10, 20, 30)
_YEARS = range(1901, 2100)


def clock(now: datetime) -> str:
    """9:05."""
    return f"{now.hour}:{now.minute:02}"


def day(now: datetime) -> str:
    """11月23日 星期一."""
    told = words()["date"]
    return f"{told['day'].format(m=now.month, d=now.day)} {told['weekdays'][now.weekday()]}"


def lunar(today: date) -> str:
    """农历十月十五; a leap month says so. Empty beyond the calendar's tables (1901–2099)."""
    told = words()["date"]
    if today.year not in _YEARS:
        return ""
    found = LunarDate.from_solar_date(today.year, today.month, today.day)
    month = str(told["lunar_months"][found.month - 1])
    leap = str(told["leap"]) if found.is_leap_month else ""
    return str(told["lunar"].format(month=leap + month, day=_lunar_day(found.day)))


def _lunar_day(number: int) -> str:
    """初一, 十五, 二十, 廿三."""
    told, digits = words()["date"]["lunar_days"], load_words().data["digits"]
    if number in _TENS:
        return str(told["tens"][number // 10 - 1])
    return f"{told['heads'][number // 10]}{digits[number % 10]}"


def week(now: datetime) -> tuple[Tile, ...]:
    """Today and the six days after it."""
    told = words()["date"]
    found = []
    for ahead in range(7):
        then = now.date() + timedelta(days=ahead)
        near = told["near"]
        name = near[ahead] if ahead < len(near) else told["short"][then.weekday()]
        note = told["month_day"].format(d=then.day)
        found.append(Tile(str(name), Action("choose", "date", then.isoformat()), note=note))
    return tuple(found)
