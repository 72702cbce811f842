"""A kiosk's worker with everything that is real, but ears by script and a mouth of tones."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from own_ears import Scripted, clip
from scripted_station import scripted

from intents.types import Ask
from kiosk.presenter import Presenter
from kiosk.view import Action, View
from linli import attendant, kiosk_ears
from linli.attendant import Attendant
from linli.gate import Gate
from linli.stage import Station, register
from station.ledger import Ledger
from station.requests import Request
from station.settings import Settings
from voices.errors import NoAudioDevice
from voices.sinks import FileSink
from voices.types import RATE, Pcm

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
PATIENCE = 60.0


@dataclass
class Ear:
    """Speaks a real clip each time it is told to; the recogniser's script says what it was."""

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
        """It makes no difference here."""

    def close(self) -> None:
        pass


@dataclass
class Attended:
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
        """Somebody says this as soon as Linli is silent."""
        self.until(lambda _: not self.worker.speaking)
        self.recognizer.texts.append(text)
        self.ear.speak()

    def requests(self) -> list[Request]:
        with Ledger.open(self.folder / "ledger.db") as ledger:
            return list(ledger.requests())


def equip(monkeypatch: pytest.MonkeyPatch, recognizer: Scripted) -> None:
    """What is heard stands in a script, what is said are tones; the rest is as at a station."""
    scripted(monkeypatch, recognizer)
    monkeypatch.setattr(attendant, "AGAIN", 0.05)
    monkeypatch.setattr(kiosk_ears, "Gate", lambda: Gate(0.0))  # sound comes faster than real


@contextmanager
def attended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attended]:
    """A worker at work, with an empty ledger; one resident has a card."""
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
    yield Attended(worker, Presenter(lambda: NOW), ear, recognizer, tmp_path, stations)
    worker.close()
