"""The whole path, from recorded sound to a filed request, as the demo plays it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from linli.demo import play
from linli.errors import UsageError
from linli.samples import Caller, load
from linli.stage import Station
from linli.talk import Dialogue
from linli.wiring import load_settings
from station.ledger import Ledger
from station.utterances import Utterance
from voices.types import RATE, Speech

WORDS = {
    "machine": "L",
    "elder": "E",
    "nothing": "-",
    "alarm": "{kind} {heard}",
    "filed": "{number} {intent} {slots} {status}",
}


@pytest.fixture(name="home")
def fixture_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("linli.stage.VAR", tmp_path)
    return tmp_path


def _utterances(home: Path) -> tuple[Utterance, ...]:
    with Ledger.open(home / "demo" / "ledger.db") as ledger:
        rows = ledger.store.read("SELECT id FROM conversations")
        return ledger.utterances(str(rows[0]["id"]))


def test_a_spoken_request_ends_in_the_ledger_with_its_sound_and_its_words(home: Path) -> None:
    assert play(load_settings(), only="03", fast=True, engine=None)
    with Ledger.open(home / "demo" / "ledger.db") as ledger:
        (request,) = ledger.requests()
    assert request.intent == "housekeeping"
    assert request.slots["service"] == "修水管"
    assert request.summary
    first = _utterances(home)[0]
    assert "水管" in first.text
    assert first.audio is not None
    assert (home / "demo" / "recordings" / first.audio).stat().st_size > 1000
    assert first.timing["silence"] > 0


def test_a_fall_is_in_the_ledger_as_an_emergency(home: Path) -> None:
    assert play(load_settings(), only="06", fast=True, engine=None)
    with Ledger.open(home / "demo" / "ledger.db") as ledger:
        (request,) = ledger.requests()
    assert request.priority == "emergency"


@pytest.mark.usefixtures("home")
def test_a_live_talk_answers_what_comes_through_the_microphone() -> None:
    answer = Caller(next(each for each in load() if "taxi" in each.name)).answer("service")
    assert answer is not None
    sound = np.concatenate([answer[1], np.zeros(3 * RATE, np.float32)])
    with (
        Station.for_demo(load_settings(), engine=None, fast=True) as station,
        station.call("phone", resident="陈建国") as call,
    ):
        dialogue = Dialogue(call, _Deaf(), Console(quiet=True), WORDS)
        dialogue.run(sound[at : at + 800] for at in range(0, len(sound), 800))
        (heard,) = station.ledger.utterances(call.desk.conversation)
    assert heard.kind == "heard"
    assert heard.said


class _Deaf:
    """A loudspeaker that is never heard sounding, so that the talk listens all the time."""

    playing = False

    def play(self, speech: Iterable[Speech]) -> None:
        for _ in speech:
            pass

    def stop(self) -> None:
        return

    def louder(self) -> bool:
        return False


def test_a_call_that_is_not_there_is_told_with_what_to_do() -> None:
    with pytest.raises(UsageError, match="nobody"):
        play(load_settings(), only="nobody", fast=True, engine=None)
