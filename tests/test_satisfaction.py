"""What elders said about how it was done: one answer a request, counted over time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station import satisfaction
from station.clock import BEIJING
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest
from station.satisfaction import Score, Summary

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
DAY = timedelta(days=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def told(ledger: Ledger, score: Score, at: datetime = NINE, intent: str = "meal") -> int:
    row = ledger.file(FiledRequest(intent)).id
    satisfaction.keep(ledger.store, row, score, "key", at)
    return row


def test_the_last_answer_about_a_request_counts_and_stands_beside_it(ledger: Ledger) -> None:
    row = told(ledger, 3)
    satisfaction.keep(ledger.store, row, 1, "word", NINE + DAY)
    answer = satisfaction.answer(ledger.store, row)
    assert answer is not None
    assert (answer.score, answer.how, answer.at) == (1, "word", NINE + DAY)
    assert satisfaction.answer(ledger.store, ledger.file(FiledRequest("meal")).id) is None


def test_answers_are_counted_by_time_and_service(ledger: Ledger) -> None:
    for score in (1, 1, 2):
        told(ledger, score)
    told(ledger, 3, NINE + DAY)
    told(ledger, 3, intent="taxi")
    day = satisfaction.summary(ledger.store, NINE, NINE + DAY)
    assert (day, day.count, day.mean, day.share) == (Summary(2, 1, 1), 4, 7 / 4, 0.5)
    assert satisfaction.summary(ledger.store, NINE, NINE + DAY, "taxi") == Summary(0, 0, 1)
    nobody = satisfaction.summary(ledger.store, NINE - DAY, NINE)
    assert (nobody.count, nobody.mean, nobody.share) == (0, None, None)
    listed = satisfaction.answers(ledger.store, NINE, NINE + 2 * DAY)
    assert [(each.intent, each.score) for each in listed][-1] == ("meal", 3)
    assert len(listed) == 5


def test_what_no_key_says_and_what_nobody_asked_for_is_refused(ledger: Ledger) -> None:
    row = ledger.file(FiledRequest("meal")).id
    with pytest.raises(LedgerError):
        satisfaction.keep(ledger.store, row, 4, "key", NINE)  # type: ignore[arg-type]
    with pytest.raises(LedgerError):
        satisfaction.keep(ledger.store, row + 1, 1, "key", NINE)
