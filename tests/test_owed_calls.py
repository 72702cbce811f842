"""Calls that Linli owes: each once, kept over a restart, never silently gone."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station import owed_calls
from station.clock import BEIJING
from station.errors import LedgerError
from station.ledger import Ledger
from station.owed_calls import OwedCall

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
HOUR = timedelta(hours=1)


def call(uid: str, after: timedelta = timedelta(0)) -> OwedCall:
    says = ("您好，我是邻里。", "您订的午饭，这就给您送来。")
    return OwedCall(uid, "notice", "13812345678", says, NINE + after, NINE + after + HOUR)


def test_an_owed_call_outlives_a_restart_and_is_owed_once(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        assert owed_calls.owe(ledger.store, call("a"), NINE)
        assert not owed_calls.owe(ledger.store, call("a", HOUR), NINE)
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        (kept,) = owed_calls.owed(ledger.store)
        assert (kept.uid, kept.says, kept.until) == ("a", call("a").says, NINE + HOUR)


def test_a_try_is_counted_and_the_last_one_settles(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        owed_calls.owe(ledger.store, call("a"), NINE)
        owed_calls.tried(ledger.store, call("a"), "busy", NINE, settled=False)
        (kept,) = owed_calls.owed(ledger.store)
        assert (kept.tries, kept.tried, kept.outcome) == (1, NINE, "busy")
        owed_calls.tried(ledger.store, call("a"), "answered", NINE + HOUR, settled=True)
        assert owed_calls.owed(ledger.store) == []
        with pytest.raises(LedgerError, match="not owed any more"):
            owed_calls.tried(ledger.store, call("a"), "busy", NINE, settled=False)


def test_calls_to_a_number_are_counted_since_a_moment(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        for uid, at in (("a", NINE), ("b", NINE + HOUR), ("c", NINE + HOUR)):
            owed_calls.owe(ledger.store, call(uid), NINE)
            owed_calls.tried(ledger.store, call(uid), "busy", at, settled=False)
        assert owed_calls.rung_since(ledger.store, NINE + HOUR) == {"13812345678": 2}


def test_an_open_one_cannot_be_deleted_and_an_old_settled_one_is(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        owed_calls.owe(ledger.store, call("a"), NINE)
        owed_calls.owe(ledger.store, call("b"), NINE)
        owed_calls.settle(ledger.store, "b", "cancelled", NINE)
        assert owed_calls.erase(ledger.store, NINE + HOUR) == 1
        with (
            pytest.raises(LedgerError, match="still owed"),
            ledger.store.writing("cheat") as db,
        ):
            db.execute("DELETE FROM owed_calls")
        assert [each.uid for each in owed_calls.owed(ledger.store)] == ["a"]
