"""How was it done? Asked by telephone, answered by key or by word, kept beside the request."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from patience import until
from telephone import Line, telephone_line

from linli.closing import hears, score_of
from linli.exchange import Exchange
from linli.paths import ASSETS, MODELS
from linli.phone_sounds import say
from station import handling, satisfaction
from station.clock import BEIJING
from station.ledger import Ledger
from station.requests import FiledRequest, Request
from voices.mouth import Mouth
from voices.pack import Pack
from voices.whisper import Whisper

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
ELDER = "13912345678"


@pytest.mark.parametrize(
    ("said", "score"),
    [
        *[(each, 1) for each in ("好", "挺好的，谢谢", "满意", "蛮好", "可以")],
        *[(each, 2) for each in ("一般", "还行吧", "马马虎虎", "还可以")],
        *[(each, 3) for each in ("不好", "不太满意", "不行", "还没修好呢", "人都没来")],
        *[(each, None) for each in ("喂", "你说什么", "")],
    ],
)
def test_what_is_said_is_one_of_three_or_nothing(said: str, score: int | None) -> None:
    assert score_of(said) == score


class Station:
    """A line that asks how it was done, with a clock put forward by hand."""

    def __init__(self, line: Line, path: Path) -> None:
        self.line, self.now = line, NINE
        self.ledger = Ledger.open(path, clock=lambda: self.now)
        self.mouth = Mouth(Pack(ASSETS / "pack"))
        self.exchange = Exchange(
            line.settings, self.ledger, self.mouth, clock=lambda: self.now,
            hear=hears(Whisper(MODELS / "whisper-base")),
        )  # fmt: skip

    def done(self) -> Request:
        """A request that was closed, and its quarter of an hour is over."""
        number = self.ledger.file(FiledRequest("taxi", phone=ELDER)).number
        handling.accept(self.ledger, number, by="lijing")
        request = self.ledger.advance(number, "done", by="lijing")
        self.now += timedelta(minutes=16)
        return request

    def recorded(self) -> list[Path]:
        """What was said and not yet recognised, or is being said."""
        return list(self.exchange.folders.missed.glob("closing-*.wav"))


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    with telephone_line(more="notices = {closing = true}") as line:
        made = Station(line, tmp_path / "ledger.db")
        with made.ledger, made.exchange:
            assert made.exchange.switch.wait(10)
            yield made


def test_a_key_and_a_word_are_answers_and_silence_is_none(station: Station, tmp_path: Path) -> None:
    answers: dict[str, tuple[Any, ...]] = {}
    word = tmp_path / "word"
    say("好，记下了，谢谢您。", station.mouth, word)
    ways: dict[str, dict[str, Any]] = {
        "key": {"keys": "3", "keys_after": 4},
        "word": {},
        "silence": {},
    }
    for name, how in ways.items():
        with station.line.outside(longest=60, **how) as elder:
            request = station.done()
            if name == "word":
                until(station.recorded)  # only now is it listened for
                elder.order(f"play {word.with_suffix('.wav')}")
            elder.finish(60)
        story = until(
            lambda: [e.note for e in station.ledger.history(request.number) if e.by == "linli"]  # noqa: B023
        )
        answer = satisfaction.answer(station.ledger.store, request.id)
        answers[name] = (answer and (answer.score, answer.how), *story)
        station.now += timedelta(days=2)
    assert answers == {
        "key": ((3, "key"), "回访：老人说“不好”。请再问一问。"),
        "word": ((1, "word"), "回访：老人说“好”。"),
        "silence": (None, "回访了，老人没有回答好不好。"),
    }
    assert station.recorded() == []
