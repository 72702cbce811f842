"""A power cut in the middle of everything: who was cut off is called back, alarms ring on."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from patience import until
from telephone import serving, telephone_line

from ivr.events import CallCame, CallEnded, Connection
from ivr.folders import Folders
from linli.cut_off import GRACE, CutOff
from station import alarm_calls, callbacks, desk_calls, going_calls, owed_calls
from station.clock import BEIJING
from station.desk_calls import DeskCall
from station.ledger import Ledger
from station.requests import FiledRequest

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
CALLER = "13912345678"


class Cut:
    """The clerk, an exchange that can be started anew, and a clock put forward by hand."""

    def __init__(self, folder: Path) -> None:
        self.now = NINE
        self.folders = Folders(folder / "phone")
        self.folders.make()
        self.ledger = Ledger.open(folder / "ledger.db", clock=lambda: self.now)
        self.exchange()
        self.clerk = self.started()

    def started(self) -> CutOff:
        return CutOff(self.ledger, self.folders, lambda: self.now)

    def exchange(self) -> None:
        """Another run of Asterisk."""
        fresh = self.folders.run / "fresh"
        fresh.write_text("")
        os.utime(fresh, ns=(0, self.now.microsecond + int(self.now.timestamp() * 10**9)))
        fresh.replace(self.folders.run / "asterisk.ctl")

    def comes(self, call: str, number: str = CALLER, why: str = "call") -> None:
        self.clerk.happened(CallCame(call, number, "", f"media-{call}", why, ""))

    def owed(self) -> list[str]:
        return [each.uid for each in owed_calls.owed(self.ledger.store)]


@pytest.fixture
def cut(tmp_path: Path) -> Iterator[Cut]:
    made = Cut(tmp_path)
    with made.ledger:
        yield made


def test_who_was_on_the_line_when_the_exchange_died_is_called_back_once(cut: Cut) -> None:
    cut.comes("1.1")
    cut.comes("1.2", "13800000001")
    cut.clerk.happened(CallEnded("1.2", "13800000001", "end"))
    cut.now += timedelta(minutes=3)
    cut.exchange()
    cut.clerk = cut.started()
    for _ in range(2):
        cut.clerk.happened(Connection(up=True))
    (call,) = owed_calls.owed(cut.ledger.store)
    assert (call.uid, call.phone, call.says[0]) == ("cut-off:1.1", CALLER, "您好，我是邻里。")
    assert call.not_before == cut.now + GRACE
    assert going_calls.going(cut.ledger.store) == []


def test_while_the_same_exchange_runs_nobody_is_called_back(cut: Cut) -> None:
    cut.comes("1.1")
    cut.clerk = cut.started()  # only Linli died: the dialplan gave the caller to a person
    cut.clerk.happened(Connection(up=True))
    assert (cut.owed(), len(going_calls.going(cut.ledger.store))) == ([], 1)
    cut.now += timedelta(hours=2)
    cut.clerk.round()
    assert going_calls.going(cut.ledger.store) == []


def test_who_rings_again_by_themselves_is_left_in_peace(cut: Cut) -> None:
    cut.comes("1.1")
    cut.exchange()
    cut.clerk.happened(Connection(up=True))
    assert cut.owed() == ["cut-off:1.1"]
    cut.comes("2.1")
    assert cut.owed() == []


def test_after_a_long_cut_staff_call_and_who_hid_their_number_cannot_be_called(cut: Cut) -> None:
    cut.comes("1.1")
    cut.comes("1.2", "")
    cut.now += timedelta(hours=5)
    cut.exchange()
    cut.clerk.happened(Connection(up=True))
    assert cut.owed() == []
    assert [(each.phone, each.why) for each in callbacks.waiting(cut.ledger.store)] == [
        (CALLER, "cut_off")
    ]


def test_everything_is_killed_at_once_and_goes_on_where_it_was() -> None:
    awake = 'quiet_from = "00:00"\nquiet_until = "00:00"'
    with telephone_line(more=awake) as line, Ledger.open(line.settings.data.ledger) as ledger:
        with (
            line.desk("801", never_answer=True, longest=120) as desk,
            serving(line) as server,
            line.phone("101", longest=120) as elder,
        ):
            desk.wait_for("registered")
            elder.wait_for("answered", 60)
            until(lambda: going_calls.going(ledger.store))
            alarm = ledger.file(
                FiledRequest("emergency", {"kind": "fall"}, kind="emergency", priority="emergency")
            )
            desk.wait_for("incoming", 60)
            wish = DeskCall("802", "13800000001", "lijing")
            desk_calls.want(ledger.store, wish, ledger.now(), per_hour=8)
            server.send_signal(signal.SIGKILL)
            line.server.kill()
        assert ledger.request(alarm.number).acknowledged is None
        line.server.start()
        with (
            line.desk("801", keys="1", keys_after=4, longest=150) as desk,
            line.desk("101", longest=150) as elder,
            serving(line),
        ):
            desk.wait_for("registered")
            elder.wait_for("registered")
            desk.wait_for("answered", 60)
            until(lambda: ledger.request(alarm.number).acknowledged)
            rung = partial(alarm_calls.of_request, ledger.store, alarm.id)
            until(lambda: "taken" in {each.outcome for each in rung()})
            elder.wait_for("answered", 120)
            until(lambda: owed_calls.owed(ledger.store) == [])
            elder.order("hangup")
            elder.finish()
        wished = desk_calls.take(ledger.store, ledger.now())
        assert wished == []  # nobody is rung for a wish of before
        assert ledger.contradictions() == []
