"""Clocks run against the limits, and moments are written the way staff read them."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from linli.limits import limits
from station.clock import BEIJING
from station.console.clocks import clock, due, when
from station.ledger import Ledger
from station.requests import FiledRequest

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("filed", "limit"),
    [
        (FiledRequest("meal"), "ordinary_min"),
        (FiledRequest("taxi"), "taxi_min"),
        (FiledRequest("meal", priority="urgent"), "urgent_min"),
        (FiledRequest("emergency", kind="emergency", priority="emergency"), "urgent_min"),
    ],
    ids=["ordinary", "taxi", "urgent", "emergency"],
)
def test_a_new_request_has_so_many_minutes_and_an_answered_one_none(
    tmp_path: Path, filed: FiledRequest, limit: str
) -> None:
    numbers = limits()["console"]
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        request = ledger.file(filed)
        assert due(request, numbers) == NOW + timedelta(minutes=numbers[limit])
        assert due(ledger.advance(request.number, "accepted", by="李静"), numbers) is None


@pytest.mark.parametrize(
    ("seconds", "text", "late"),
    [(300, "还剩 5 分", False), (299, "还剩 4 分", False), (0, "还剩 0 分", False),
     (-1, "超了 1 分", True), (-61, "超了 2 分", True)],
)  # fmt: skip
def test_a_clock_tells_whole_minutes(seconds: int, text: str, late: bool) -> None:
    shown = clock(NOW + timedelta(seconds=seconds), NOW)
    assert shown is not None
    assert (shown.text, shown.late) == (text, late)


def test_what_was_answered_has_no_clock() -> None:
    assert clock(None, NOW) is None


@pytest.mark.parametrize(
    ("ago", "text"),
    [(timedelta(hours=1), "08:00"), (timedelta(days=1), "11-22 09:00"),
     (timedelta(days=365), "2025-11-23 09:00")],
)  # fmt: skip
def test_a_moment_is_as_short_as_it_can_be(ago: timedelta, text: str) -> None:
    assert when(NOW - ago, NOW) == text
