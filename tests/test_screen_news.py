"""What breaks behind the screen is told there, and begun anew."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from attended import NOW, PATIENCE, Attended, Ear, equip
from own_ears import Scripted

from kiosk.presenter import Presenter
from kiosk.turned import Command, Identify
from kiosk.view import Idle, Question, ReadBack, Words
from linli import screen_news
from linli.attendant import Attendant
from linli.stage import Station
from station.ledger import Ledger
from station.settings import Settings
from voices.sinks import FileSink


def test_a_microphone_that_is_pulled_out_is_told_and_looked_for(attended: Attended) -> None:
    attended.worker.ready.wait(PATIENCE)
    attended.ear.broken = True
    attended.until(lambda view: isinstance(view, Idle) and view.notice != "")
    attended.touch("service", value="companionship")
    attended.shows(ReadBack)
    attended.ear.broken = False
    attended.until(lambda view: view.now.mode == "listening")


def test_what_cannot_be_opened_is_out_of_order_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    equip(monkeypatch, Scripted([]))
    tries: list[str] = []

    def open_station() -> Station:
        tries.append("")
        if len(tries) < 3:
            raise OSError(28, "No space left on device")
        ledger = Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW)
        return Station(Settings.load(None), ledger, clock=lambda: NOW, wait=True)

    worker = Attendant(open_station, Ear, FileSink())
    attended = Attended(worker, Presenter(lambda: NOW), Ear(), Scripted([]), tmp_path)
    worker.start()
    view = attended.shows(Words)
    assert isinstance(view, Words)
    assert view.kind == "out_of_order"
    attended.shows(Idle)
    worker.close()


def test_a_worker_that_dies_in_a_talk_begins_anew(attended: Attended) -> None:
    attended.touch("service", value="meal")
    attended.shows(Question)
    strange: Command = Identify(None)  # type: ignore[arg-type]
    attended.worker.do(strange)
    attended.until(lambda view: isinstance(view, Words) and view.kind == "out_of_order")
    attended.shows(Idle)
    attended.touch("service", value="companionship")
    attended.shows(ReadBack)


def test_a_worker_that_is_stuck_is_out_of_order_until_it_goes_on(
    attended: Attended, monkeypatch: pytest.MonkeyPatch
) -> None:
    attended.worker.ready.wait(PATIENCE)
    attended.touch("service", value="meal")
    attended.shows(Question)
    monkeypatch.setattr(screen_news, "STUCK", 0.5)
    gate = threading.Event()
    monkeypatch.setattr(
        attended.stations[-1].ledger, "resident_by_card", lambda _: gate.wait(20) and None
    )
    attended.worker.do(Identify("1"))
    attended.until(lambda view: isinstance(view, Words) and view.kind == "out_of_order")
    monkeypatch.setattr(screen_news, "STUCK", 30.0)
    gate.set()
    attended.shows(Idle)
    attended.until(lambda _: [request.unfinished for request in attended.requests()] == [True])
