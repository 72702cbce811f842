"""How hours, services and prices are written in a field: read, and written again.

`周一至周五 08:00-18:00；周六 09:00-12:00` · `叫车 20元/次；订餐 1.50元/份`
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import time
from typing import Any, Final

from .dispatch_words import price, service, words
from .helpers import KINDS, Duty, Kind, Span
from .words import words as station_words
from .work_time import Unit, fen_of

_CLOCK: Final = re.compile(r"(\d{1,2})[:：](\d{2})")
_WEEK: Final = range(1, 8)


class WrongText(ValueError):
    """What was written cannot be read; says what and how to write it, in Chinese."""

    def __init__(self, problem: str, **filled: object) -> None:
        super().__init__(words()["problems"][problem].format(**filled))


def kind_of(text: str) -> Kind:
    """The kind that is called so. Raises WrongText."""
    told = words()["kinds"]
    for kind in KINDS:
        if text in {kind, told[kind]}:
            return kind
    raise WrongText("no_kind", value=text, kinds="、".join(told.values()))


def areas_of(text: str) -> tuple[str, ...]:
    """Names of places, each once."""
    parts = re.split(r"[、,，;；\n]+", text)
    return tuple(dict.fromkeys(each.strip() for each in parts if each.strip()))


def hours_of(text: str) -> tuple[Span, ...]:
    """Weekly hours; empty for always. Raises WrongText."""
    told = words()["written"]
    spans: set[Span] = set()
    for part in re.split(told["apart"], unicodedata.normalize("NFKC", text)):
        if part.strip() and part.strip() != told["always"]:
            spans |= set(_spans(part.strip(), told))
    return tuple(sorted(spans, key=lambda span: (span.weekday, span.opens, span.closes)))


def _spans(part: str, told: Any) -> Iterator[Span]:
    first = _CLOCK.search(part)
    if first is None:
        raise WrongText("hours", value=part)
    days, clocks = part[: first.start()].strip(), part[first.start() :]
    for span in re.split(told["between"], clocks):
        ends = re.split(told["until"], span.strip())
        if len(ends) != 2:
            raise WrongText("hours", value=part)
        opens, closes = (_clock(end.strip(), part) for end in ends)
        if opens >= closes:
            raise WrongText("order", value=part)
        yield from (Span(day, opens, closes) for day in _days(days, part, told))


def _clock(text: str, part: str) -> time:
    found = _CLOCK.fullmatch(text)
    if found is None:
        raise WrongText("hours", value=part)
    hour, minute = int(found[1]), int(found[2])
    if (hour, minute) == (24, 0):
        return time(23, 59)
    if hour > 23 or minute > 59:
        raise WrongText("hours", value=part)
    return time(hour, minute)


def _days(text: str, part: str, told: Any) -> set[int]:
    if text in {"", told["every_day"]}:
        return set(_WEEK)
    found: set[int] = set()
    for each in re.split(told["between"], text):
        ends = [_day(end.strip(), part, told) for end in re.split(told["until"], each)]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise WrongText("hours", value=part)
        found |= set(range(ends[0], ends[-1] + 1))
    return found


def _day(text: str, part: str, told: Any) -> int:
    name = re.sub(f"^{told['day']}", "", text).replace(told["sunday"], told["days"][-1])
    if len(name) == 1 and name in told["days"]:
        return int(told["days"].index(name)) + 1
    if name in {str(day) for day in _WEEK}:
        return int(name)
    raise WrongText("hours", value=part)


def hours_text(hours: Iterable[Span]) -> str:
    """The inverse of `hours_of`; days with the same hours stand together."""
    told = words()["written"]
    by_day: dict[int, list[str]] = {}
    for span in hours:
        clock = f"{span.opens:%H:%M}-{span.closes:%H:%M}"
        by_day.setdefault(span.weekday, []).append(clock)
    groups: dict[str, list[int]] = {}
    for day, clocks in sorted(by_day.items()):
        groups.setdefault(told["comma"].join(clocks), []).append(day)
    parts = [f"{_days_text(days, told)} {clocks}" for clocks, days in groups.items()]
    return str(told["semicolon"]).join(parts)


def _days_text(days: list[int], told: Any) -> str:
    names = [told["week"] + told["days"][day - 1] for day in days]
    if days == list(_WEEK):
        return str(told["every_day"])
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:
        return f"{names[0]}{told['to']}{names[-1]}"
    return str(told["comma"]).join(names)


def duties_of(text: str, known: Iterable[str]) -> tuple[Duty, ...]:
    """Services with their prices, where some are told. Raises WrongText."""
    names = {service(intent): intent for intent in known}
    found: dict[str, Duty] = {}
    parts = re.split(r"[、,，;；\n]+", unicodedata.normalize("NFKC", text))
    for part in filter(None, (each.strip() for each in parts)):
        name = next((each for each in names if part.startswith(each)), None)
        if name is None:
            raise WrongText("service", value=part, services="、".join(names))
        rest = part[len(name) :].strip(" :：")
        found[names[name]] = _duty(names[name], rest, part)
    return tuple(found[intent] for intent in sorted(found))


def _duty(intent: str, rest: str, part: str) -> Duty:
    if not rest:
        return Duty(intent)
    told = words()
    money, slash, unit = rest.partition("/")
    plain = re.sub(f"{told['written']['currency']}$", "", money.strip())
    units: dict[str, Unit] = {
        each: name for name, called in told["unit_words"].items() for each in called
    }
    try:
        return Duty(intent, units[unit.strip()] if slash else "visit", fen_of(plain))
    except (KeyError, ValueError):
        raise WrongText("price", value=part) from None


def duties_text(duties: Iterable[Duty]) -> str:
    """The inverse of `duties_of`."""
    told = words()["written"]["semicolon"]
    return str(told).join(
        service(each.intent) + ("" if each.fen is None else f" {price(each.unit, each.fen)}")
        for each in duties
    )


def serviced() -> list[str]:
    """Every service a helper may do: whatever is filed."""
    never = {"status", "cancel", "change", "operator", "out_of_scope", "call_family"}
    return [name for name in station_words()["intents"] if name not in never]
