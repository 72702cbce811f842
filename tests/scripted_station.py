"""A station that hears what stands in a script and says it in tones; the rest is real."""

from __future__ import annotations

from functools import cache

import pytest
from own_ears import Scripted
from own_mouth import Voice

from intents.engine import Engine
from linli.wiring import load_engine
from station.settings import Settings
from voices.mouth import Mouth
from voices.pack import Pack


@cache
def engine() -> Engine:
    """The shipped engine, loaded once."""
    return load_engine(Settings.load(None))


def scripted(monkeypatch: pytest.MonkeyPatch, recognizer: Scripted) -> None:
    """Stations that are opened from now on hear and speak like this."""
    monkeypatch.setattr("linli.stage.load_recognizer", lambda *_: recognizer)
    monkeypatch.setattr("linli.stage.load_mouth", lambda *_: Mouth(Pack(None), Voice()))
    monkeypatch.setattr("linli.stage.load_engine", lambda _: engine())
    monkeypatch.setattr("linli.stage.AnswerJudge", lambda _: None)
