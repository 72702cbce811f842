"""The kiosk's worker: it listens, answers, files; what breaks is told and begun anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from own_ears import Scripted, clip
from own_mouth import Voice

from intents.engine import Engine
from intents.types import Ask, Chose
from kiosk.presenter import Presenter
from kiosk.turned import Command, Hush, Identify, Leave, Send, Speak, StepBack
from kiosk.view import Action, Done, Help, Idle, Listening, Question, ReadBack, View, Words
from linli import attendant, kiosk_ears, screen_news
from linli.attendant import Attendant
from linli.coming import Coming
from linli.gate import Gate
from linli.stage import Station, register
from linli.wiring import load_engine
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest, Request
from station.settings import Settings
from voices.errors import NoAudioDevice
from voices.mouth import Mouth
from voices.pack import Pack
from voices.player import FIRST_STEP
from voices.sinks import FileSink
from voices.types import RATE, Pcm

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
PATIENCE = 15.0


@dataclass
class Ear:
    """Speaks a real clip each time it is told to; the recogniser's script says what it was."""

    asked_for: list[str] = field(default_factory=list)
    broken: bool = False
    _sound: list[Pcm] = field(default_factory=list)

    def speak(self) -> None:
        sound = np.concatenate([np.zeros(2 * RATE, np.float32), clip("h01-zm_yunxia")])
        self._sound += [sound[at : at + 800] for at in range(0, len(sound), 800)]

    def get(self, timeout: float) -> Pcm | None:
        if self.broken:
            raise NoAudioDevice("no microphone (it was unplugged)")
        time.sleep(0.002)
        piece = self._sound.pop(0) if self._sound else np.zeros(800, np.float32)
        return np.pad(piece, (0, 800 - len(piece)))

    def asked(self, ask: Ask | None) -> None:
        self.asked_for.append(ask.slot if ask else "")

    def close(self) -> None:
        pass


@dataclass
class Kiosk:
    """A worker with the presenter it tells."""

    worker: Attendant
    presenter: Presenter
    ear: Ear
    recognizer: Scripted
    folder: Path
    stations: list[Station] = field(default_factory=list)

    def until(self, true: Callable[[View], bool]) -> View:
        """Pass news on until the screen is like this."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            for news in self.worker.told():
                for command in news(self.presenter, time.monotonic()) or ():
                    self.worker.do(command)
            view = self.presenter.view(time.monotonic())
            if true(view):
                return view
            time.sleep(0.005)
        raise AssertionError(view)

    def shows(self, kind: type[View]) -> View:
        return self.until(lambda view: isinstance(view, kind) and view.now.mode != "thinking")

    def touch(self, name: str, slot: str = "", value: object = None) -> None:
        for command in self.presenter.touched(Action(name, slot, value), time.monotonic()):
            self.worker.do(command)

    def says(self, text: str) -> None:
        """Somebody says this as soon as an answer is listened for."""
        before = len(self.ear.asked_for)
        end = time.monotonic() + PATIENCE
        while len(self.ear.asked_for) == before - 1 and time.monotonic() < end:
            time.sleep(0.005)
        self.until(lambda _: not self.worker.speaking)
        self.recognizer.texts.append(text)
        self.ear.speak()

    def requests(self) -> list[Request]:
        with Ledger.open(self.folder / "ledger.db") as ledger:
            return list(ledger.requests())


@cache
def engine() -> Engine:
    return load_engine(Settings.load(None))


def equip(monkeypatch: pytest.MonkeyPatch, recognizer: Scripted) -> None:
    """What is heard stands in a script, what is said are tones; the rest is as at a station."""
    monkeypatch.setattr("linli.stage.load_recognizer", lambda *_: recognizer)
    monkeypatch.setattr("linli.stage.load_mouth", lambda _: Mouth(Pack(None), Voice()))
    monkeypatch.setattr("linli.stage.load_engine", lambda _: engine())
    monkeypatch.setattr("linli.stage.AnswerJudge", lambda _: None)
    monkeypatch.setattr(attendant, "AGAIN", 0.05)
    monkeypatch.setattr(kiosk_ears, "Gate", lambda: Gate(0.0))  # sound comes faster than real


@pytest.fixture(name="kiosk")
def fixture_kiosk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Kiosk]:
    recognizer, ear = Scripted([]), Ear()
    equip(monkeypatch, recognizer)

    stations: list[Station] = []

    def open_station() -> Station:
        ledger = Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW)
        ledger.upsert_resident(next(register()))
        stations.append(Station(Settings.load(None), ledger, clock=lambda: NOW, wait=True))
        return stations[-1]

    worker = Attendant(open_station, lambda: ear, FileSink())
    worker.start()
    yield Kiosk(worker, Presenter(lambda: NOW), ear, recognizer, tmp_path, stations)
    worker.close()


def test_what_is_said_nearby_begins_nothing_and_is_kept_nowhere(kiosk: Kiosk) -> None:
    kiosk.worker.ready.wait(PATIENCE)
    kiosk.says("今天的天气可真好")
    kiosk.until(lambda _: not kiosk.recognizer.texts)
    kiosk.says("明天上午八点叫个车去火车站")
    view = kiosk.shows(ReadBack)
    assert view.now.heard == "明天上午八点叫个车去火车站"
    with Ledger.open(kiosk.folder / "ledger.db") as ledger:
        rows = ledger.store.read("SELECT text FROM utterances")
    assert [row["text"] for row in rows] == ["明天上午八点叫个车去火车站"]


def test_a_request_is_spoken_read_back_and_filed(kiosk: Kiosk) -> None:
    kiosk.worker.ready.wait(PATIENCE)
    kiosk.says("明天上午八点叫个车去火车站")
    kiosk.shows(ReadBack)
    kiosk.touch("choose", "confirm", "yes")
    kiosk.shows(Done)
    (request,) = kiosk.requests()
    assert request.slots["time"] == "08:00"


def test_somebody_who_walks_away_is_forgotten_with_their_volume(kiosk: Kiosk) -> None:
    kiosk.touch("speak")
    kiosk.shows(Listening)
    kiosk.says("大点声")
    kiosk.until(lambda _: kiosk.worker.volume > FIRST_STEP)
    kiosk.worker.do(Leave(gone=True))
    kiosk.until(lambda _: kiosk.worker.volume == FIRST_STEP)


def test_a_card_makes_a_talk_with_its_owner(kiosk: Kiosk) -> None:
    kiosk.touch("card")
    kiosk.worker.do(Identify("1001"))
    view = kiosk.shows(Question)
    assert isinstance(view, Question)
    kiosk.worker.do(Send((Chose("service", "taxi"), Chose("destination", "火车站"))))
    kiosk.shows(ReadBack)
    kiosk.worker.do(StepBack())
    first = Action("choose", "destination", "人民医院")
    kiosk.until(lambda view: isinstance(view, Question) and view.tiles[0].action == first)
    kiosk.touch("staff")
    kiosk.shows(Words)
    (request,) = kiosk.requests()
    assert (request.kind, request.resident_name) == ("handed_over", "张桂英")


def test_a_microphone_that_is_pulled_out_is_told_and_looked_for(kiosk: Kiosk) -> None:
    kiosk.worker.ready.wait(PATIENCE)
    kiosk.ear.broken = True
    kiosk.until(lambda view: isinstance(view, Idle) and view.notice != "")
    kiosk.touch("service", value="companionship")
    kiosk.shows(ReadBack)
    kiosk.ear.broken = False
    kiosk.until(lambda view: view.now.mode == "listening")


def test_silence_is_told_only_in_an_emergency(kiosk: Kiosk) -> None:
    kiosk.touch("emergency")
    view = kiosk.presenter.view(time.monotonic())
    assert isinstance(view, Words)
    assert view.kind == "calling"  # seen before it is written
    kiosk.until(lambda _: kiosk.presenter.in_alarm and bool(kiosk.requests()))
    kiosk.until(lambda view: "没听到" in "".join(getattr(view, "said", ())))
    (request,) = kiosk.requests()
    assert request.kind == "emergency"


def test_speech_is_cut_short_and_can_be_heard_again(kiosk: Kiosk) -> None:
    kiosk.worker.ready.wait(PATIENCE)
    kiosk.worker.do(Speak(("您还在吗，不着急。",)))
    kiosk.worker.do(Hush())
    kiosk.until(lambda _: not kiosk.worker.speaking)


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
    kiosk = Kiosk(worker, Presenter(lambda: NOW), Ear(), Scripted([]), tmp_path)
    worker.start()
    view = kiosk.shows(Words)
    assert isinstance(view, Words)
    assert view.kind == "out_of_order"
    kiosk.shows(Idle)
    worker.close()


def test_a_worker_that_dies_in_a_talk_begins_anew(kiosk: Kiosk) -> None:
    kiosk.touch("service", value="meal")
    kiosk.shows(Question)
    strange: Command = Identify(None)  # type: ignore[arg-type]
    kiosk.worker.do(strange)
    kiosk.until(lambda view: isinstance(view, Words) and view.kind == "out_of_order")
    kiosk.shows(Idle)
    kiosk.touch("service", value="companionship")
    kiosk.shows(ReadBack)


def test_a_worker_that_is_stuck_is_out_of_order_until_it_goes_on(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    kiosk.worker.ready.wait(PATIENCE)
    kiosk.touch("service", value="meal")
    kiosk.shows(Question)
    monkeypatch.setattr(screen_news, "STUCK", 0.5)
    gate = threading.Event()
    monkeypatch.setattr(
        kiosk.stations[-1].ledger, "resident_by_card", lambda _: gate.wait(20) and None
    )
    kiosk.worker.do(Identify("1"))
    kiosk.until(lambda view: isinstance(view, Words) and view.kind == "out_of_order")
    monkeypatch.setattr(screen_news, "STUCK", 30.0)
    gate.set()
    kiosk.shows(Idle)
    kiosk.until(lambda _: [request.unfinished for request in kiosk.requests()] == [True])


def fill_the_disk(kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not one page more can be written to the ledger, by the thread that writes."""
    kiosk.worker.ready.wait(PATIENCE)
    ledger, full = kiosk.stations[-1].ledger, threading.Event()

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
    kiosk.worker.do(Identify("1"))
    assert full.wait(PATIENCE)


def test_on_a_full_disk_nothing_is_promised_and_a_person_is_called(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(kiosk, monkeypatch)
    kiosk.touch("service", value="companionship")
    kiosk.shows(ReadBack)
    kiosk.touch("choose", "confirm", "yes")
    view = kiosk.shows(Words)
    assert isinstance(view, Words)
    assert "没" in view.said[0]


def test_a_cry_for_help_is_answered_also_on_a_full_disk(
    kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill_the_disk(kiosk, monkeypatch)
    kiosk.says("我摔倒了，起不来")
    kiosk.shows(Help)


def test_what_is_touched_before_the_worker_is_there_is_done_when_it_comes(kiosk: Kiosk) -> None:
    gate = threading.Event()

    def make() -> Attendant:
        assert gate.wait(PATIENCE)
        return Attendant(lambda: kiosk.stations[-1], lambda: kiosk.ear, FileSink())

    kiosk.worker.ready.wait(PATIENCE)
    coming = Coming(make)
    coming.start()
    assert list(coming.told()) == []
    assert coming.level == 0.0
    coming.do(Send((Chose("service", "meal"),)))
    coming.do(Identify("1001"))
    gate.set()
    presenter, end = Presenter(lambda: NOW), time.monotonic() + PATIENCE
    while presenter.phase == "idle" and time.monotonic() < end:
        for news in coming.told():
            news(presenter, time.monotonic())
    assert presenter.phase == "talk"
    coming.close()
