"""Tallies: facts and calls of a period, read in columns and counted into figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from . import clock
from .deadlines import answer_minutes
from .figures import Figures
from .period import Period
from .spread import Numbers, Spread
from .store import Store


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are counted; everything left empty means any."""

    period: Period
    """When they were asked for."""
    intent: str = ""
    """This service."""
    channel: str = ""
    """Came in there."""
    village: str | None = None
    """Of residents there; empty: of those of whom no village is known."""

    @property
    def calls_too(self) -> bool:
        """Calls have neither service nor village."""
        return not self.intent and self.village is None and self.channel in {"", "phone"}


_NAMES: Final = ("day", "hour", "intent", "channel", "village")
_FLAGS: Final = {
    "done": "status = 'done'",
    "cancelled": "status = 'cancelled'",
    "failed": "status = 'failed'",
    "urgent": "priority <> 'ordinary'",
    "unfinished": "unfinished",
    "corrected": "corrected",
    "alarms": "kind = 'emergency'",
}
_NUMBERS: Final = {
    # All flags in one number: a year is read in half the time.
    "flags": " + ".join(f"{1 << bit} * ({flag})" for bit, flag in enumerate(_FLAGS.values())),
    # Of those who still wait, how long they have, below -1.
    "answered": "COALESCE(answered, CASE WHEN closed IS NULL"
    " THEN -2 - MAX(0, strftime('%s', :now) - strftime('%s', created)) ELSE -1 END)",
    "closed": "COALESCE(closed, -1)",
    # Whoever took an alarm on themselves has seen it, too.
    "confirmed": "CASE WHEN kind = 'emergency'"
    " THEN COALESCE(acknowledged, answered, -1) ELSE -1 END",
    "heard": "COALESCE(confidence, -1)",
    "pleased": "COALESCE(pleased, -1)",
}
_SPREAD: Final = ("answered", "closed", "confirmed", "heard", "pleased")
_MISSED: Final = (
    "SELECT date(at, '+8 hours'), strftime('%H', at, '+8 hours'),"
    " COALESCE(MAX(0, strftime('%s', closed) - strftime('%s', at)), -1)"
    " FROM callbacks WHERE at >= :begins AND at < :ends"
)
_CALLS: Final = (
    "SELECT date(started, '+8 hours') AS day, strftime('%H', started, '+8 hours') AS hour, COUNT(*)"
    " FROM conversations WHERE channel = 'phone' AND started >= :begins AND started < :ends"
    " GROUP BY day, hour"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Facts in columns."""

    names: Mapping[str, Sequence[str]]
    """Columns of words."""
    numbers: Mapping[str, Numbers]
    """Columns of numbers; -1: none."""


def read(
    store: Store,
    wanted: Wanted,
    limits: Mapping[str, Any],
    now: datetime,
) -> Table:
    """The facts that are wanted; of merged requests only the one that goes on."""
    chosen = {"intent": wanted.intent or None, "channel": wanted.channel or None}
    chosen["village"] = wanted.village
    where = "".join(f" AND {name} = :{name}" for name, value in chosen.items() if value is not None)
    values = {
        "first": wanted.period.first.isoformat(),
        "last": wanted.period.last.isoformat(),
        "now": clock.to_text(now),
        **chosen,
    }
    told = ", ".join([*_NAMES, *_NUMBERS.values()])
    days = "day >= :first AND day <= :last AND NOT merged"
    sql = f"SELECT {told} FROM facts WHERE {days}{where}"  # noqa: S608 - our own names
    rows = store.tuples(sql, values, what="count the requests")
    columns = list(zip(*rows, strict=True)) or [()] * (len(_NAMES) + len(_NUMBERS))
    names = dict(zip(_NAMES, columns, strict=False))
    numbers = {
        name: np.array(column, dtype=np.int64)
        for name, column in zip(_NUMBERS, columns[len(_NAMES) :], strict=True)
    }
    flags = numbers.pop("flags")
    numbers |= {name: flags >> bit & 1 for bit, name in enumerate(_FLAGS)}
    numbers["limit"] = _limits(names["intent"], numbers["urgent"], limits)
    return Table(names, numbers)


def _limits(intents: Sequence[str], urgent: Numbers, limits: Mapping[str, Any]) -> Numbers:
    """Seconds within which each wants an answer."""
    codes, names = _codes(intents)
    within = np.zeros(len(codes), dtype=np.int64)
    for code, intent in enumerate(names):
        for flag, priority in ((0, "ordinary"), (1, "urgent")):
            seconds = 60 * answer_minutes(str(intent), priority, limits)
            within[(codes == code) & (urgent == flag)] = seconds
    return within


def calls(store: Store, wanted: Wanted, limits: Mapping[str, Any]) -> dict[str, Figures]:
    """Calls by moment: who was spoken with, who was missed and how soon they were rung."""
    period, within = wanted.period, 60 * int(limits["missed_call_min"])
    values = {"begins": clock.to_text(period.begins), "ends": clock.to_text(period.ends)}
    came: Counter[str] = Counter()
    missed: dict[str, list[int]] = {}
    part_of = period.parting()
    for day, hour, count in store.tuples(_CALLS, values, what="count the calls"):
        came[part_of(day, int(hour))] += count
    for day, hour, waited in store.tuples(_MISSED, values, what="count the missed calls"):
        missed.setdefault(part_of(day, int(hour)), []).append(waited)
    return {
        part: _called(came[part], np.array(missed.get(part, []), dtype=np.int64), within)
        for part in {**came, **missed}
    }


def _called(calls: int, waited: Numbers, within: int) -> Figures:
    returned = waited[waited >= 0]
    return Figures(
        calls=calls,
        missed=len(waited),
        returned_in_time=int((returned <= within).sum()),
        returned=Spread.of(returned),
    )


def _codes(column: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """A column as numbers of its different values, and these."""
    names = list(dict.fromkeys(column))
    known = {name: code for code, name in enumerate(names)}
    return np.fromiter(map(known.__getitem__, column), np.int64, len(column)), names


def by(table: Table, column: Sequence[str]) -> dict[str, Figures]:
    """Figures of the rows that have the same word in a column."""
    codes, names = _codes(column)
    order = np.argsort(codes, kind="stable")
    parts = np.split(order, np.flatnonzero(np.diff(codes[order])) + 1) if len(order) else []
    return {str(names[codes[part[0]]]): figures(table, part) for part in parts}


def figures(table: Table, rows: Numbers) -> Figures:
    """The figures of some rows."""
    numbers = {name: column[rows] for name, column in table.numbers.items()}
    answered, limit, alarm = numbers["answered"], numbers["limit"], numbers["alarms"] > 0
    waiting = -2 - answered
    told: dict[str, Any] = {name: int(numbers[name].sum()) for name in _FLAGS}
    told |= {name: Spread.of(numbers[name][numbers[name] >= 0]) for name in _SPREAD}
    return Figures(
        filed=len(rows),
        in_time=int(((answered >= 0) & (answered <= limit)).sum()),
        late=int((answered > limit).sum() + (waiting > limit).sum()),
        unconfirmed=int((alarm & (waiting >= 0) & (numbers["confirmed"] < 0)).sum()),
        **told,
    )
