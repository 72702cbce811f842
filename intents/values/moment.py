"""When: dates, clock times and parts of the day as elders say them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal, TypeAlias

from intents.values import calendar, reckoning
from intents.values.festivals import Festivals
from intents.words.data import load
from intents.words.number import number

Kind: TypeAlias = Literal["date", "time", "part", "past"]
_NOON = 12
_EARLIEST = 7
_EARLY = 5
_LATE_NOON = 4


@dataclass(frozen=True, slots=True)
class Found:
    """A date, a time or a part of the day in a text."""

    kind: Kind
    """Which; `past` is a day gone by, never a slot."""
    value: str
    """ISO date, HH:MM, or a part's name."""
    start: int
    """Where it begins."""
    end: int
    """One past its last character."""
    hour_open: bool = False
    """A clock time said without its half of the day."""
    day: str | None = None
    """The date that a relative time falls on."""


class Moments:
    """Finds moments; its words are in `rules/moment.yaml`."""

    def __init__(self, path: Path) -> None:
        data = load(path)
        digits = str(data["number"])
        self._data = data

        def compiled(source: str) -> re.Pattern[str]:
            inner = digits.strip("[]")
            source = re.sub(r"\[[^\]]*N[^\]]*\]", lambda m: m.group().replace("N", inner), source)
            return re.compile(source.replace("N", digits))

        self._dates = [(str(row["kind"]), compiled(row["re"])) for row in data["dates"]]
        self._times = [(str(row["kind"]), compiled(row["re"])) for row in data["times"]]
        self._parts = {w: part for part, words in data["parts"].items() for w in words}
        ordered = sorted(self._parts, key=lambda w: (-len(w), w))
        # 礼拜一早上, 后天擦黑: the first character belongs to the day
        taken = {str(k): str(v) for k, v in data["taken"].items()}
        alone = [taken.get(w[0], "") + re.escape(w) for w in ordered]
        self._part = re.compile("|".join(alone))
        self._after_meal = [(part, re.compile(s)) for part, s in data["after_meals"].items()]
        self._part_not, self._one_not = re.compile(data["part_not"]), re.compile(data["one_not"])
        self.correcting = compiled(data["correcting"])
        self._busy, self._shift = re.compile(data["busy"]), compiled(data["shift"])
        self._never, self._measured = re.compile(data["never"]), re.compile(data["measured"])
        self._only_not = re.compile(data["never_before"])
        self._back, self._train = re.compile(data["back"]), re.compile(data["train"])
        self._fetch = re.compile(data["fetch"])
        self._until = re.compile(data["until"])
        self._best, self._done = re.compile(data["best"]), re.compile(data["done"])
        self._wish, self._theirs = re.compile(data["wish"]), re.compile(data["theirs"])
        self._felt, self._by_train = re.compile(data["felt"]), re.compile(data["by_train"])
        self._shift_back = re.compile(data["shift_back"])
        self._not_this = re.compile(data["not_this"])
        self._weekly = re.compile(data["weekly"])
        self._festivals = Festivals(data["festivals"], data["weekdays"])

    def find(self, text: str, now: datetime) -> list[Found]:
        """All moments of a text, in its order, none inside another."""
        weekly = [(m.start(), m.end()) for m in self._weekly.finditer(text)]
        found = [f for f in self._raw(text, now) if not any(a <= f.start < b for a, b in weekly)]
        kept: list[Found] = []
        for one in sorted(found, key=lambda f: (f.start - f.end, f.start, f.kind)):
            if all(one.end <= other.start or one.start >= other.end for other in kept):
                kept.append(one)
        kept.sort(key=lambda f: f.start)
        return _halves(kept)

    def _raw(self, text: str, now: datetime) -> Iterator[Found]:
        today = now.date()
        for named, start, end in self._festivals.find(text, today):
            yield Found("date", named.isoformat(), start, end)
        for kind, pattern in self._dates:
            for match in pattern.finditer(text):
                if kind == "past":
                    yield Found("past", "", match.start(), match.end())
                    continue
                when = self._date(kind, match, today)
                if when:
                    yield from self._dated(when, match, today)
        for kind, pattern in self._times:
            for match in pattern.finditer(text):
                yield from self._time(kind, match, now, text)
        yield from self._part_words(text)

    def _dated(self, when: date, match: re.Match[str], today: date) -> Iterator[Found]:
        words = match.group()
        end = match.end()
        if when < today or self._gone_by(when, match, today):
            yield Found("past", "", match.start(), end)
            return
        if words[-1:] in "早晚夜" and len(words) > 1:
            yield Found("date", when.isoformat(), match.start(), end - 1)
            yield Found("part", self._parts[words[-1]], end - 1, end)
            return
        yield Found("date", when.isoformat(), match.start(), end)

    def _gone_by(self, when: date, match: re.Match[str], today: date) -> bool:
        """二十号报的名, said on the 23rd: the day of this month, not the next one to come."""
        said, rest = match.groupdict(), match.string[match.end() :]
        if when == today:
            return bool(self._felt.match(rest))
        day = number(said.get("day") or "") if match.group()[-1:] in "号日" else None
        if day is None or said.get("month") or day >= today.day:
            return False
        return bool(self._done.match(rest))

    def _date(self, kind: str, match: re.Match[str], today: date) -> date | None:
        said = match.groupdict()
        readers: dict[str, Callable[[], date | None]] = {
            "offset": lambda: today + timedelta(days=self._data["offsets"][said["word"]]),
            "weekday": lambda: calendar.weekday(
                today, self._data["weekdays"][said["day"]], reckoning.weeks(said["rel"])
            ),
            "weekend": lambda: calendar.weekday(today, 5, reckoning.weeks(said["rel"])),
            "month_last": lambda: reckoning.month_last(said["month"], today),
            "month_end": lambda: calendar.month_end(today, reckoning.weeks(said["rel"]) or 0),
            "days": lambda: reckoning.days_on(today, said["n"]),
            "every": lambda: today + timedelta(days=int(number(said["n"] or "") or 1) + 1),
            "turn": lambda: reckoning.turned(today, said),
            "lunar": lambda: self._lunar(said, today),
            "soon": lambda: reckoning.soon(said, today),
        }
        return readers.get(kind, lambda: reckoning.solar_date(said, today))()

    def _lunar(self, said: Mapping[str, str | None], today: date) -> date | None:
        day = number((said["day"] or "").lstrip("初").replace("廿", "二十"))
        month = said.get("month") or ""
        if day is None:
            return None
        if not month or month[0] in "下这":
            return calendar.lunar_day(today, None, int(day), 1 if month.startswith("下") else 0)
        which = self._data["months"].get(month) or number(month)
        return calendar.lunar_day(today, int(which), int(day)) if which else None

    def _time(self, kind: str, match: re.Match[str], now: datetime, text: str) -> Iterator[Found]:
        said = match.groupdict()
        if kind == "now":
            yield Found("time", f"{now:%H:%M}", *match.span(), day=now.date().isoformat())
            return
        if kind == "same":
            if match.start() and text[match.start() - 1] in "天日":
                yield Found("time", f"{now:%H:%M}", *match.span())
            return
        if kind == "later":
            when = now + timedelta(minutes=reckoning.minutes(said))
            yield Found("time", f"{when:%H:%M}", *match.span(), day=when.date().isoformat())
            return
        hour, minute = reckoning.hour(said["h"]), reckoning.minute(said.get("m"))
        if kind == "clock" and self._measured.search(text, 0, match.start()):
            return
        if hour is None or minute is None or not 0 <= hour <= 24 or hour != int(hour):
            return
        if any(
            m.start() < match.end()
            and m.end() > match.start() + 1
            and match.end() - match.start() <= 2
            for m in self._one_not.finditer(text)
        ):
            return
        total = int(hour) * 60 + (minute if kind == "clock" else -minute)
        yield Found(
            "time", f"{total // 60 % 24:02d}:{total % 60:02d}", *match.span(),
            hour_open=total <= 12 * 60 + 59,
        )  # fmt: skip

    def _part_words(self, text: str) -> Iterator[Found]:
        blocked = [m.span() for m in self._part_not.finditer(text)]
        for part, pattern in self._after_meal:
            for match in pattern.finditer(text):
                yield Found("part", part, *match.span())
        for match in self._part.finditer(text):
            if any(a < match.end() and match.start() < b for a, b in blocked):
                continue
            if len(match.group()) > 1 or _clock_follows(text, match.end()):
                yield Found("part", self._parts[match.group()], *match.span())

    def shift(self, text: str) -> timedelta | None:
        """How far something is put off (往后推一天), negative when brought forward."""
        match = self._shift.search(text)
        if not match:
            return None
        n = number(match["n"] or "一") or 1
        unit = match["unit"]
        length = (
            timedelta(hours=n)
            if unit in ("小时", "钟头")
            else timedelta(days=n * (1 if unit == "天" else 7))
        )
        return -length if self._shift_back.match(match.group()) else length

    def corrects(self, text: str) -> list[int]:
        """Where words of correction stand."""
        return [match.end() for match in self.correcting.finditer(text)]

    def denied(self, before: str) -> bool:
        """Whether what stands before a day says that it is not this one."""
        return bool(self._not_this.search(before))

    def cannot(self, rest: str) -> bool:
        """Whether what follows a day says that it does not suit."""
        return bool(self._busy.match(rest))

    def best(self, rest: str) -> bool:
        """Whether what follows a day says that it suits best."""
        return bool(self._best.match(rest))

    def wished(self, clause: str) -> bool:
        """Whether a clause asks for something."""
        return bool(self._wish.search(clause)) and not self._theirs.search(clause)

    def never(self, before: str, rest: str) -> bool:
        """Whether only this day is ruled out (哪天都成，就礼拜四不行)."""
        return bool(self._only_not.search(before) and self._never.match(rest))

    def returns(self, rest: str) -> bool:
        """Whether what follows a day says that somebody comes back on it."""
        return bool(self._back.match(rest))

    def fetches(self, text: str) -> bool:
        """Whether somebody who comes back is fetched with a car."""
        return bool(self._fetch.search(text))

    def rides(self, before: str, rest: str) -> bool:
        """Whether what stands around a clock time says that a train leaves then."""
        return bool(self._train.match(rest) or self._by_train.search(before))

    def bounds(self, rest: str) -> bool:
        """Whether what follows a clock time makes it the end of a stretch (十点以前)."""
        return bool(self._until.match(rest))


def _clock_follows(text: str, at: int) -> bool:
    return bool(re.match(r"[0-9一二两三四五六七八九十]{1,3}点", text[at:]))


def _halves(found: list[Found]) -> list[Found]:
    """Give clock times the half of the day said just before or after them."""
    result: list[Found] = []
    for index, one in enumerate(found):
        if one.kind == "time" and one.hour_open:
            near = [f for f in found[max(0, index - 1) : index + 2] if f.kind == "part"]
            close = [f for f in near if abs(f.end - one.start) <= 2 or abs(one.end - f.start) <= 2]
            parts = {f.value for f in found if f.kind == "part"}
            if close or (len(parts) == 1 and _spreads(one, *parts)):
                part = close[0].value if close else parts.pop()
                result.append(_with_part(one, part))
                continue
        result.append(one)
    return result


def _spreads(one: Found, part: str) -> bool:
    """Whether a clock time is of the half of the day that is named elsewhere (下午两点到三点)."""
    hour = int(one.value[:2])
    unlike = {"morning": hour < _EARLY, "noon": True, "afternoon": hour >= _EARLIEST}
    return not unlike.get(part, False)


def _with_part(one: Found, part: str) -> Found:
    hour, minute = map(int, one.value.split(":"))
    if (
        (part in ("afternoon", "evening") and hour < _NOON)
        or (part == "night" and _EARLIEST - 1 <= hour < _NOON)
        or (part == "noon" and hour < _LATE_NOON)
    ):
        hour += _NOON
    elif part in ("evening", "night") and hour == _NOON:
        hour = 0
    return Found("time", f"{hour % 24:02d}:{minute:02d}", one.start, one.end, day=one.day)
