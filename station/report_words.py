"""Reports in words: which figures are shown, in which unit, and as rows of a table.

All sentences stand in `assets/text/reports.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, Final, Literal, TypeAlias

import yaml

from .figures import Figures, share
from .reports import Groups, Report
from .sheets import Cell
from .words import WORDS
from .words import words as station_words

Unit: TypeAlias = Literal["count", "time", "share"]
"""A number of things, seconds, or per cent."""


@cache
def words() -> Mapping[str, Any]:
    """Everything reports say."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.with_name("reports.yaml").read_text("utf-8"))
    return loaded


FIGURES: Final[Mapping[str, tuple[Unit, Callable[[Figures], float | None]]]] = {
    "filed": ("count", lambda f: f.filed),
    "done": ("count", lambda f: f.done),
    "open": ("count", lambda f: f.open),
    "cancelled": ("count", lambda f: f.cancelled),
    "failed": ("count", lambda f: f.failed),
    "urgent": ("count", lambda f: f.urgent),
    "answered_median": ("time", lambda f: f.answered.median),
    "answered_p90": ("time", lambda f: f.answered.quantile(0.9)),
    "in_time": ("share", lambda f: share(f.in_time, f.in_time + f.late)),
    "closed_median": ("time", lambda f: f.closed.median),
    "closed_p90": ("time", lambda f: f.closed.quantile(0.9)),
    "calls": ("count", lambda f: f.calls),
    "missed": ("count", lambda f: f.missed),
    "returned": ("share", lambda f: share(f.returned_in_time, f.missed)),
    "heard": ("share", lambda f: f.heard.mean),
    "corrected": ("count", lambda f: f.corrected),
    "corrected_share": ("share", lambda f: share(f.corrected, f.filed)),
    "alarms": ("count", lambda f: f.alarms),
    "confirmed_median": ("time", lambda f: f.confirmed.median),
    "confirmed_longest": ("time", lambda f: f.confirmed.quantile(1.0)),
    "unconfirmed": ("count", lambda f: f.unconfirmed),
    "asked": ("count", lambda f: f.pleased.n),
    "pleased": ("share", lambda f: share(f.pleased.counts.get(1, 0), f.pleased.n)),
}
"""By name, with its unit and how it is worked out; None: there is nothing to tell."""

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400


def shown(name: str, figures: Figures) -> str:
    """A figure as people read it: `3.5 分`, `92%`, `—`."""
    unit, worked_out = FIGURES[name]
    value = worked_out(figures)
    said = words()["units"]
    if value is None:
        return str(said["not_asked" if name == "pleased" else "none"])
    if unit == "time":
        return duration(value)
    return str(said["percent"]).format(n=_short(value)) if unit == "share" else f"{value:,}"


def duration(seconds: float) -> str:
    """A span as people say it, in the largest unit that fits."""
    said = words()["units"]
    for unit, name in ((_DAY, "days"), (_HOUR, "hours"), (_MINUTE, "minutes")):
        if seconds >= unit * (2 if unit == _DAY else 1):
            return str(said[name]).format(n=_short(seconds / unit))
    return str(said["seconds"]).format(n=round(seconds))


def _short(value: float) -> str:
    """At most one digit behind the point, and none that tells nothing."""
    return f"{value:.1f}".removesuffix(".0")


def number(name: str, figures: Figures) -> Cell:
    """A figure to count with: minutes, per cent or a count; empty where there is none."""
    unit, worked_out = FIGURES[name]
    value = worked_out(figures)
    if value is None:
        return ""
    return round(value / _MINUTE, 2) if unit == "time" else round(value, 1)


def head(name: str) -> str:
    """A figure's name over a column of numbers, with its unit."""
    said = words()
    return str(said["heads"][FIGURES[name][0]]).format(name=said["figures"][name]["name"])


# --- what stands at the beginning of a row ----------------------------------------------------


def time_name(part: str) -> str:
    """An hour, a day or a month as people write it."""
    said = words()["tables"]
    if len(part) == 2:
        return str(said["hour"]).format(n=int(part))
    if len(part) == 10:
        day = date.fromisoformat(part)
        return str(said["day"]).format(m=day.month, d=day.day)
    return part


def service_name(intent: str) -> str:
    """A service as staff call it."""
    return str(station_words()["intents"].get(intent, intent))


def channel_name(channel: str) -> str:
    """Where requests come in."""
    return str(station_words()["channels"].get(channel, channel))


def village_name(village: str) -> str:
    """A village; those of whom none is known belong to the station's own."""
    return village or str(words()["filters"]["own"])


def groups(report: Report) -> Iterator[tuple[str, Groups]]:
    """Every table over parts: its name in `tables`, and its rows under the names people use."""
    for name, rows, named in (
        ("times", report.times, time_name),
        ("services", report.services, service_name),
        ("channels", report.channels, channel_name),
        ("villages", report.villages, village_name),
    ):
        yield name, {named(key): figures for key, figures in rows.items()}


def sheets(report: Report) -> dict[str, list[list[Cell]]]:
    """A report as the sheets of a workbook: the whole with its meaning, then each table."""
    said, columns = words(), words()["columns"]
    tables = said["tables"]
    whole: list[list[Cell]] = [
        [f"{said['title']} {report.wanted.period}", "", ""],
        [tables["whole"]["first"], tables["figure"], tables["meaning"]],
        *([head(name), number(name, report.whole), said["figures"][name]["help"]]
          for name in FIGURES),
        [said["filters"]["privacy"], "", ""],
    ]  # fmt: skip
    book = {tables["whole"]["name"]: whole}
    for name, rows in groups(report):
        book[tables[name]["name"]] = [
            [tables[name]["first"], *map(head, columns)],
            *([key, *(number(column, f) for column in columns)] for key, f in rows.items()),
        ]
    return book
