"""Reports: a period's figures, whole and by time, service, channel and village.

Figures count requests by the day they were asked for, and calls by the day they came. A
longer period is the sum of its months; a month that did not change is not counted again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from . import clock, facts, tally
from .figures import Figures
from .store import Store
from .tally import Table, Wanted

Groups = Mapping[str, Figures]
"""Figures by what they have in common."""

_KEPT: Final = 240
"""Months that are remembered."""
_SETTLED: Final = timedelta(days=1)
"""Who has waited so long is late by any limit, and stays so."""
_STATE: Final = (
    "SELECT COUNT(*), MAX(event), SUM(pleased * (request_id % 999983)),"
    " COALESCE(SUM(answered IS NULL AND closed IS NULL AND created > :recent), 0)"
    " FROM facts WHERE day >= :first AND day <= :last"
)


@dataclass(frozen=True, slots=True)
class Tables:
    """Figures of requests; every table adds up to the whole."""

    whole: Figures = field(default_factory=Figures)
    """All together."""
    times: Groups = field(default_factory=dict)
    """By the parts of the period."""
    services: Groups = field(default_factory=dict)
    """By intent."""
    channels: Groups = field(default_factory=dict)
    """By channel."""
    villages: Groups = field(default_factory=dict)
    """By village; empty: not known."""

    def __add__(self, other: Tables) -> Tables:
        return Tables(
            self.whole + other.whole,
            _sum(self.times, other.times),
            _sum(self.services, other.services),
            _sum(self.channels, other.channels),
            _sum(self.villages, other.villages),
        )


@dataclass(frozen=True, slots=True)
class Report(Tables):
    """What was counted, the most frequent first; times without gaps."""

    wanted: Wanted = field(kw_only=True)
    """Of what."""
    at: datetime = field(kw_only=True)
    """When it was made, UTC+8."""


def make(
    store: Store,
    wanted: Wanted,
    *,
    limits: Mapping[str, Any],
    now: datetime,
) -> Report:
    """Count; `limits` is the group `console` of the numbers that bind. Raises LedgerError.

    Reads with a connection of its own, so that nobody at the board waits for a year's report.
    """
    with closing(Store.open(store.path)) as own:
        facts.refresh(own)
        counted = [
            _remembered(own, replace(wanted, period=month), limits, now)
            for month in wanted.period.months
        ]
        calls = tally.calls(own, wanted, limits) if wanted.calls_too else {}
    if len(counted) > 1:
        counted = [_as_month(each) for each in counted]
    whole = sum(counted, Tables())
    phoned = sum(calls.values(), Figures())
    return Report(
        whole.whole + phoned,
        _sum(_sum(dict.fromkeys(wanted.period.parts, Figures()), whole.times), calls),
        _frequent_first(whole.services),
        _frequent_first(_sum(whole.channels, {"phone": phoned} if calls else {})),
        _frequent_first(whole.villages),
        wanted=wanted,
        at=now,
    )


def _sum(some: Groups, others: Groups) -> Groups:
    both = dict(some)
    for name, figures in others.items():
        both[name] = both[name] + figures if name in both else figures
    return both


def _frequent_first(groups: Groups) -> Groups:
    return dict(sorted(groups.items(), key=lambda pair: (-pair[1].filed, pair[0])))


# --- months -----------------------------------------------------------------------------------

_known: dict[tuple[object, ...], Tables] = {}


def _remembered(
    store: Store,
    wanted: Wanted,
    limits: Mapping[str, Any],
    now: datetime,
) -> Tables:
    """The tables of a month, counted anew only when something in it changed or may be late soon."""
    values = {
        "first": wanted.period.first.isoformat(),
        "last": wanted.period.last.isoformat(),
        "recent": clock.to_text(now - _SETTLED),
    }
    ((n, event, pleased, waiting),) = store.tuples(_STATE, values, what="count the requests")
    key = (store.path, wanted, n, event, pleased, str(limits))
    found = _known.get(key)
    if found is None or waiting:
        found = _counted(wanted, tally.read(store, wanted, limits, now))
        if not waiting:
            while len(_known) >= _KEPT:
                _known.pop(next(iter(_known)), None)
            _known[key] = found
    return found


def _as_month(tables: Tables) -> Tables:
    """Days are not told one by one in a long period."""
    months = {day[:7] for day in tables.times}
    return replace(tables, times=dict.fromkeys(months, tables.whole))


def _counted(wanted: Wanted, table: Table) -> Tables:
    names = table.names
    part_of = wanted.period.parting()
    moments = list(map(part_of, names["day"], map(int, names["hour"])))
    return Tables(
        tally.figures(table, np.arange(len(moments))),
        tally.by(table, moments),
        tally.by(table, names["intent"]),
        tally.by(table, names["channel"]),
        tally.by(table, names["village"]),
    )
