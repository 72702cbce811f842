"""How numbers, days and times are said aloud: everyday words, weekday and date together.

The words themselves are data (`prompts/words.yaml`); this module only knows
how they are put together.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from intents import HOME
from intents.errors import DataError

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one in C where there is one: a first screen waits for two dozen files."""

WORDS = HOME / "prompts" / "words.yaml"
"""The words of numbers, days and times."""


class Words:
    """Numbers, days, times and slot values as spoken words."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self._measure = {dish: m for m, dishes in data["measures"].items() for dish in dishes}

    def of(self, table: str, value: Any) -> str:
        """The word for a value in one of the tables; the value itself where there is none."""
        found = self.data[table].get(value)
        return str(value if found is None else found)

    def number(self, n: int) -> str:
        """0–9999 as counted: 十二, 二十五, 一百零三."""
        digits = self.data["digits"]
        if n < 0 or n > 9999:
            return "".join(digits[int(c)] for c in str(abs(n)))
        if n <= 10:
            return str(digits[n])
        if n < 20:
            return f"{digits[10]}{digits[n - 10]}"
        if n < 100:
            rest = digits[n % 10] if n % 10 else ""
            return f"{digits[n // 10]}{digits[10]}{rest}"
        return self._large(n)

    def _large(self, n: int) -> str:
        unit, base = (self.data["thousand"], 1000) if n >= 1000 else (self.data["hundred"], 100)
        head, rest = divmod(n, base)
        if not rest:
            return f"{self.number(head)}{unit}"
        gap = self.data["digits"][0] if rest < base // 10 else ""
        tail = self.number(rest)
        if 10 <= rest < 20:
            tail = self.data["digits"][1] + tail
        return f"{self.number(head)}{unit}{gap}{tail}"

    def count(self, n: float) -> str:
        """A number before a measure word: 两, 三, 十二; a half is added by `quantity`."""
        return str(self.data["two"]) if n == 2 else self.number(int(n))

    def quantity(self, n: float | None, measure: str, name: str = "") -> str:
        """一份, 两碗, 一碗半, 半份; nothing said counts as one."""
        n = 1 if n is None else n
        whole, half = int(n), n % 1 >= 0.5
        if whole == 0:
            return f"{self.data['half']}{measure}{name}"
        return f"{self.count(whole)}{measure}{self.data['half'] if half else ''}{name}"

    def dish(self, item: Mapping[str, Any]) -> str:
        """两个馒头, 一碗面条, 三份红烧肉."""
        name = str(item.get("name", ""))
        measure = item.get("unit") or self.measure(name)
        return self.quantity(item.get("quantity"), str(measure), name)

    def measure(self, dish: str) -> str:
        """What a dish is counted by: 馒头 by 个, 面条 by 碗."""
        return str(self._measure.get(dish) or self.data["measure"])

    def join(self, words: list[str]) -> str:
        """Things listed one after another."""
        return str(self.data["join"]).join(words)

    def options(self, words: list[str]) -> str:
        """Things to choose between: 订饭、看病，还是叫车."""
        if len(words) < 2:
            return "".join(words)
        comma = self.data["comma"] if len(words) > 2 else ""
        return f"{self.join(words[:-1])}{comma}{self.data['or']}{words[-1]}"

    def day(self, iso: str, now: datetime) -> str:
        """The short name of a day: 明天, 二十八号, 十二月三号; empty for no date."""
        day = _day(iso)
        if day is None:
            return ""
        near = self.data["near"].get((day - now.date()).days)
        return str(near) if near else self._numbered(day, now)

    def _numbered(self, day: date, now: datetime) -> str:
        number = self.data["day"].format(n=self.number(day.day))
        if (day.year, day.month) == (now.year, now.month):
            return str(number)
        return f"{self.data['month'].format(n=self.number(day.month))}{number}"

    def date(self, iso: str, now: datetime) -> str:
        """A day with its number and weekday: 明天二十四号星期二."""
        day = _day(iso)
        if day is None:
            return ""
        near = self.data["near"].get((day - now.date()).days, "")
        return f"{near}{self._numbered(day, now)}{self.data['weekdays'][day.weekday()]}"

    def clock(self, hhmm: str) -> str:
        """上午八点半, 下午两点二十分."""
        hour, minute = (int(x) for x in hhmm.split(":")[:2])
        part = [word for start, word in self.data["hours"].items() if hour >= start][-1]
        h = self.count(hour - 12 if hour > 12 else hour)
        if minute == 0:
            said = self.data["hour"].format(n=h)
        elif minute == 30:
            said = self.data["half_past"].format(n=h)
        else:
            form = self.data["minutes" if minute >= 10 else "minutes_short"]
            said = form.format(h=h, m=self.number(minute))
        return f"{part}{said}"

    def moment(self, when: datetime, now: datetime) -> str:
        """A point in time: 明天上午九点."""
        return self.day(when.date().isoformat(), now) + self.clock(f"{when:%H:%M}")


def _day(iso: str) -> date | None:
    try:
        return date.fromisoformat(str(iso))
    except ValueError:
        return None


@cache
def load_words(path: Path = WORDS) -> Words:
    """Read the words once; raises `DataError` naming file and line."""
    return Words(load_yaml(path))


def _parsed(text: str) -> Any:
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a safe one
    except yaml.YAMLError:
        return yaml.safe_load(text)  # slower, and better at saying where it is torn


def load_yaml(path: Path) -> Any:
    """One YAML file; raises `DataError` naming file and line when it cannot be read."""
    try:
        found = _parsed(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(path, 0, f"cannot be read ({error.strerror})", "restore it") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
        problem = getattr(error, "problem", None) or "not YAML"
        raise DataError(path, line, str(problem), "mend this line") from error
    if not isinstance(found, dict):
        raise DataError(path, 1, "must be a table of names and values", "restore it")
    return found
