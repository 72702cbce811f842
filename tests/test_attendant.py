"""The kiosk's worker: it listens, answers, files, and promises nothing it cannot keep."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import pytest
from attended import PATIENCE, Attended
from patience import until

from intents.types import Chose
from kiosk.turned import Hush, Identify, Leave, Send, Speak, StepBack
from kiosk.view import Action, Done, Help, Listening, Question, ReadBack, Words
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest
from voices.player import FIRST_STEP


def test_what_is_said_nearby_begins_nothing_and_is_kept_nowhere(attended: Attended) -> None:
    attended.worker.ready.wait(PATIENCE)
    attended.says("今天的天气可真好")
    attended.until(lambda _: not attended.recognizer.texts)
    attended.says("明天上午八点叫个车去火车站")
    view = attended.shows(ReadBack)
    assert view.now.heard == "明天上午八点叫个车去火车站"
    with Ledger.open(attended.folder / "ledger.db") as ledger:
        rows = until(lambda: ledger.store.read("SELECT text FROM utterances"))
    assert [row["text"] for row in rows] == ["明天上午八点叫个车去火车站"]


def test_a_request_is_spoken_read_back_and_filed(attended: Attended) -> None:
    attended.worker.ready.wait(PATIENCE)
    attended.says("明天上午八点叫个车去火车站")
    attended.shows(ReadBack)
    attended.touch("choose", "confirm", "yes")
    attended.shows(Done)
    (request,) = attended.requests()
    assert request.slots["time"] == "08:00"


def test_somebody_who_walks_away_is_forgotten_with_their_volume(attended: Attended) -> None:
    attended.touch("speak")
    attended.shows(Listening)
    attended.says("大点声")
    attended.until(lambda _: attended.worker.volume > FIRST_STEP)
    attended.worker.do(Leave(gone=True))
    attended.until(lambda _: attended.worker.volume == FIRST_STEP)


def test_a_card_makes_a_talk_with_its_owner(attended: Attended) -> None:
    attended.touch("card")
    attended.worker.do(Identify("1001"))
    view = attended.shows(Question)
    assert isinstance(view, Question)
    attended.worker.do(Send((Chose("service", "taxi"), Chose("destination", "火车站"))))
    attended.shows(ReadBack)
    attended.worker.do(StepBack())
    first = Action("choose", "destination", "人民医院")
    attended.until(lambda view: isinstance(view, Question) and view.tiles[0].action == first)
    attended.touch("staff")
    attended.shows(Words)
    (request,) = attended.requests()
    assert (request.kind, request.resident_name) == ("handed_over", "张桂英")


def test_silence_is_told_only_in_an_emergency(attended: Attended) -> None:
    attended.touch("emergency")
    view = attended.presenter.view(time.monotonic())
    assert isinstance(view, Words)
    assert view.kind == "calling"  # seen before it is written
    attended.until(lambda _: attended.presenter.in_alarm and bool(attended.requests()))
    attended.until(lambda view: "没听到" in "".join(getattr(view, "said", ())))
    (request,) = attended.requests()
    assert request.kind == "emergency"


def test_speech_is_cut_short_and_can_be_heard_again(attended: Attended) -> None:
    attended.worker.ready.wait(PATIENCE)
    attended.worker.do(Speak(("您还在吗，不着急。",)))
    attended.worker.do(Hush())
    attended.until(lambda _: not attended.worker.speaking)


def fill_the_disk(attended: Attended, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one page more can be written to the ledger, by the thread that writes."""
    attended.worker.ready.wait(PATIENCE)
    ledger, full = attended.stations[-1].ledger, threading.Event()

    def fill(card: str) -> None:  # a command that the writing thread carries out
        assert card
        (pages,) = ledger.store.db.execute("PRAGMA page_count").fetchone()
        ledger.store.db.execute(f"PRAGMA max_page_count = {pages}")
        for size in (900, 90, 1):
            with suppress(LedgerError):
                for _ in range(500):
                    ledger.file(FiledRequest("taxi", {"note": "x" * size}))
        full.set()

    monkeypatch.setattr(ledger, "resident_by_card", fill)
    attended.worker.do(Identify("1"))
    assert full.wait(PATIENCE)


def test_on_a_full_disk_nothing_is_promised_and_a_person_is_called(
    attended: Attended, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(attended, monkeypatch)
    attended.touch("service", value="companionship")
    attended.shows(ReadBack)
    attended.touch("choose", "confirm", "yes")
    view = attended.shows(Words)
    assert isinstance(view, Words)
    assert "没" in view.said[0]


def test_a_cry_for_help_is_answered_also_on_a_full_disk(
    attended: Attended, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(attended, monkeypatch)
    attended.says("我摔倒了，起不来")
    attended.shows(Help)
