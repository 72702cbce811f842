"""The call-back list: nobody who called and reached nobody is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station import callbacks
from station.callbacks import MissedCall, UnknownCallback
from station.clock import BEIJING
from station.errors import LedgerError
from station.ledger import Ledger
from station.residents import Resident

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BEIJING)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        opened.upsert_resident(Resident("王秀英", phones=("0376-5550601",), card="1"))
        yield opened


def missed(uid: str, minutes: int = 0, phone: str = "03765550601", message: str = "") -> MissedCall:
    at = NOON + timedelta(minutes=minutes)
    return MissedCall(uid, at, phone, "busy", at + timedelta(minutes=15), message)


def test_a_missed_call_is_in_the_list_with_the_name_of_who_called(ledger: Ledger) -> None:
    entered = callbacks.enter(ledger.store, missed("a"))
    assert (entered.resident_name, entered.phone) == ("王秀英", "03765550601")
    assert entered.due - entered.at == timedelta(minutes=15)
    assert callbacks.waiting(ledger.store) == [entered]


def test_a_call_told_twice_is_entered_once_and_keeps_its_message(ledger: Ledger) -> None:
    callbacks.enter(ledger.store, missed("a"))
    callbacks.enter(ledger.store, missed("a", message="a.wav"))
    again = callbacks.enter(ledger.store, missed("a"))
    assert again.message == "a.wav"
    assert [each.uid for each in callbacks.waiting(ledger.store)] == ["a"]


def test_who_was_promised_the_earliest_call_comes_first(ledger: Ledger) -> None:
    for uid, minutes in (("late", 30), ("early", 1), ("middle", 10)):
        callbacks.enter(ledger.store, missed(uid, minutes))
    assert [each.uid for each in callbacks.waiting(ledger.store)] == ["early", "middle", "late"]


def test_a_withheld_number_and_a_shared_one_belong_to_nobody(ledger: Ledger) -> None:
    ledger.upsert_resident(Resident("李强", phones=("0376-5550601",), card="2"))
    assert callbacks.enter(ledger.store, missed("a")).resident is None
    assert callbacks.enter(ledger.store, missed("b", phone="")).resident is None


def test_trying_in_vain_keeps_it_waiting_and_reaching_them_settles_it(ledger: Ledger) -> None:
    entry = callbacks.enter(ledger.store, missed("a"))
    tried = callbacks.tried(ledger.store, entry.id, by="李静", note="没人接")
    assert (tried.tries, tried.closed) == (1, None)
    settled = callbacks.settle(ledger.store, entry.id, by="李静", at=NOON, note="订饭")
    assert (settled.closed, settled.by, settled.note) == (NOON, "李静", "订饭")
    assert callbacks.waiting(ledger.store) == []
    with pytest.raises(UnknownCallback, match="does not wait"):
        callbacks.settle(ledger.store, entry.id, by="张三", at=NOON)


def test_an_entry_that_is_not_there_is_named(ledger: Ledger) -> None:
    with pytest.raises(UnknownCallback, match="call-back 7 is not in the list"):
        callbacks.callback(ledger.store, 7)


def test_who_still_waits_cannot_be_deleted(ledger: Ledger) -> None:
    callbacks.enter(ledger.store, missed("a"))
    with (
        pytest.raises(LedgerError, match="still waits"),
        ledger.store.writing("cheat") as db,
    ):
        db.execute("DELETE FROM callbacks")
    assert len(callbacks.waiting(ledger.store)) == 1


def test_what_was_settled_long_ago_is_erased_with_its_message(ledger: Ledger) -> None:
    old = callbacks.enter(ledger.store, missed("old", message="old.wav"))
    callbacks.enter(ledger.store, missed("open", message="open.wav"))
    callbacks.settle(ledger.store, old.id, by="李静", at=NOON)
    assert callbacks.erase(ledger.store, NOON) == []
    assert callbacks.erase(ledger.store, NOON + timedelta(seconds=1)) == ["old.wav"]
    assert [each.uid for each in callbacks.waiting(ledger.store)] == ["open"]
