"""One call from greeting to good-bye: ears by script, everything else as on a station's line."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from far_end import FarEnd, calling
from own_ears import Scripted, clip
from own_mouth import Voice

from intents.engine import Engine
from ivr.events import Helped
from ivr.media import Doors
from linli.limits import limit
from linli.line import Line
from linli.phone import Phone
from linli.session import Turn
from linli.stage import Station, register
from linli.wiring import load_engine
from station.errors import LedgerError
from station.ledger import Ledger
from station.settings import Settings
from voices.mouth import Mouth
from voices.pack import Pack
from voices.types import RATE, Transcript

NINE = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
KNOWN = "0376-5550101"
SPOKEN = clip("h01-zm_yunxia")[: round(1.3 * RATE)]
"""Somebody says something; the script says what."""


@dataclass
class Switchboard:
    """Remembers what it was told."""

    told: list[tuple[str, str, bool]] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    someone: bool = True
    """There is somebody whom an emergency can fetch."""

    def set_next(self, call_id: str, what: str, *, urgent: bool = False) -> bool:
        self.told.append((call_id, what, urgent))
        return True

    def alarm(self, call_id: str) -> bool:
        self.alarms.append(call_id)
        return True

    def fetch(self, call_id: str) -> bool:
        self.fetched.append(call_id)
        return self.someone

    def reaches(self, number: str) -> bool:
        return bool(number)

    def to_family(self, call_id: str, number: str) -> bool:
        self.told.append((call_id, number, False))
        return True


@cache
def engine() -> Engine:
    return load_engine(Settings.load(None))


@dataclass
class Desk:
    """A station whose ears hear what the test says."""

    phone: Phone
    station: Station
    script: Scripted
    switch: Switchboard
    now: datetime = NINE

    @property
    def line(self) -> Line:
        """The call that is going on."""
        return next(iter(self.phone.lines))

    def requests(self) -> list[tuple[str, str, bool]]:
        return [(r.intent, r.kind, r.unfinished) for r in self.station.ledger.requests()]


@pytest.fixture(name="desk")
def fixture_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    script = Scripted([])
    monkeypatch.setattr("linli.stage.load_recognizer", lambda *_: script)
    monkeypatch.setattr("linli.stage.load_mouth", lambda *_: Mouth(Pack(None), Voice()))
    monkeypatch.setattr("linli.stage.load_engine", lambda _: engine())
    monkeypatch.setattr("linli.stage.AnswerJudge", lambda _: None)
    ledger = Ledger.open(tmp_path / "ledger.db", clock=lambda: NINE)
    ledger.upsert_resident(next(register()))
    desk: Desk
    station = Station(Settings.load(None), ledger, clock=lambda: desk.now)
    switch = Switchboard()
    desk = Desk(Phone(station, switch), station, script, switch)
    with station:
        yield desk


def shorter(monkeypatch: pytest.MonkeyPatch, **numbers: float) -> None:
    """Other numbers than those that bind, where a test would wait for them."""
    changed = {f"phone.{name}": value for name, value in numbers.items()}
    for module in ("line", "patience", "phone", "rescue"):
        monkeypatch.setattr(f"linli.{module}.limit", lambda name: changed.get(name, limit(name)))


@asynccontextmanager
async def rung(desk: Desk, number: str = KNOWN) -> AsyncIterator[FarEnd]:
    """A call that has been answered."""
    taken = desk.phone.server(Doors("asterisk", "secret", 0))
    async with taken.running():
        async with calling(taken.port, number=number) as far:
            await far.spoken_to()
            yield far
        await until(lambda: not desk.phone.lines)


async def until(true: Callable[[], object], seconds: float = 15) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def listening(desk: Desk, slot: str | None = None) -> None:
    """Until a question stands in silence."""
    await until(lambda: desk.line.asks and slot in {None, desk.line.asks})


async def says(desk: Desk, far: FarEnd, text: str) -> None:
    """The caller says this; waits until the conversation has it."""
    desk.script.texts.append(text)
    line, before = desk.line, desk.line.taken
    far.say(SPOKEN)
    await until(lambda: line.taken > before)


def runs(story: Callable[[], Any]) -> None:
    asyncio.run(story())


def test_a_request_agreed_to_by_key_is_filed_for_the_resident_whose_number_it_is(
    desk: Desk,
) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            await far.press("1")
            await listening(desk, "service")
            await far.hang_up()

    runs(story)
    (request,) = desk.station.ledger.requests()
    assert (request.intent, request.resident_name) == ("taxi", "张桂英")
    assert request.slots["origin"] == "光荣小区三号楼二单元"


def test_a_key_silences_the_greeting_and_zero_fetches_a_person(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await far.press("0")
            await until(lambda: "FLUSH_MEDIA" in far.commands)
            await far.ended()

    runs(story)
    assert desk.switch.told == [("1763800000.1", "operator", False)]
    assert desk.requests() == [("operator", "handed_over", False)]


def test_out_of_hours_a_wish_for_a_person_becomes_a_message(desk: Desk) -> None:
    desk.now = NINE.replace(hour=22)

    async def story() -> None:
        async with rung(desk) as far:
            await far.press("0")
            await far.ended()

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["message"]


def test_nine_raises_an_alarm_by_day_and_by_night_and_without_linlis_help_a_person_is_rung(
    desk: Desk,
) -> None:
    desk.now, desk.switch.someone = NINE.replace(hour=3), False

    async def story() -> None:
        async with rung(desk) as far:
            await far.press("9")
            await far.ended()

    runs(story)
    assert desk.requests() == [("emergency", "emergency", False)]
    assert desk.switch.told == [("1763800000.1", "operator", True)]


def test_in_an_emergency_linli_stays_rings_again_listens_and_falls_silent_for_who_comes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter(monkeypatch, person_answers_s=4.0)

    async def story() -> None:
        async with rung(desk) as far:
            await far.press("9")
            await listening(desk, "place")
            assert desk.switch.fetched == ["1763800000.1"]
            await says(desk, far, "我在厨房里")
            await until(lambda: len(desk.switch.fetched) > 1, 30)
            assert not far.over
            desk.phone.told(Helped("1763800000.1"))
            await far.silent()
            await far.hang_up()

    runs(story)
    (request,) = desk.station.ledger.requests()
    assert (request.intent, request.kind) == ("emergency", "emergency")
    assert "我在厨房里" in request.note
    assert (desk.switch.told, desk.switch.alarms) == ([], [])


def test_who_says_nothing_in_an_emergency_is_spoken_to_on_and_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter(monkeypatch, person_answers_s=600)

    async def story() -> None:
        async with rung(desk) as far:
            await far.press("9")
            for asked in ("place", "state"):
                await listening(desk, asked)
            assert not far.over
            await far.hang_up()

    runs(story)
    assert desk.switch.alarms == ["1763800000.1"]  # the line is dead: those who come must know


def test_a_call_whose_thread_hangs_is_given_to_a_person_with_a_clear_sentence(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter(monkeypatch, hold_on_s=0.5, lost_s=3.0)
    stuck = threading.Event()

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            line = desk.line
            monkeypatch.setattr(line.call.session, "receive", lambda _: stuck.wait(60))
            await far.press("5")
            await until(lambda: line.quiet_s > 1)
            await far.spoken_to()  # it is asked to wait
            await far.ended()
            assert not desk.phone.well
            stuck.set()

    runs(story)
    assert desk.phone.well
    assert desk.switch.told == []  # untold, the dialplan rings a person


def test_speech_into_the_greeting_silences_it_and_counts(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await says(desk, far, "我想挂明天上午的内科号")
            assert "FLUSH_MEDIA" in far.commands
            await far.hang_up()

    runs(story)
    assert desk.requests() == [("appointment", "handed_over", True)]


def test_a_cry_for_help_from_somebody_who_then_hangs_up_still_rings_staff(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            desk.script.texts.append("快来人啊我摔倒了起不来")
            far.say(SPOKEN)
            await until(lambda: desk.line.call.ears.listener.speaking)
            await far.hang_up()

    runs(story)
    assert desk.requests() == [("emergency", "emergency", False)]
    assert desk.switch.alarms == ["1763800000.1"]


def test_a_full_disk_is_told_in_a_clear_sentence_and_a_person_takes_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerError("disk full", code="disk_full")

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            monkeypatch.setattr(desk.station.ledger, "file", full)
            line = desk.line
            await far.press("1")
            await far.ended()
            assert line.turn.say[0].startswith("对不起")

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["operator"]
    assert desk.requests() == []


def test_a_call_that_breaks_ends_with_an_apology_and_its_neighbours_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Turn:
        raise RuntimeError("broken")

    async def story() -> None:
        taken = desk.phone.server(Doors("asterisk", "secret", 0))
        async with taken.running(), calling(taken.port, call_id="a") as one:
            await one.spoken_to()
            first = desk.line
            async with calling(taken.port, call_id="b") as other:
                await until(lambda: len(desk.phone.lines) == 2)
                await until(lambda: first.asks)
                monkeypatch.setattr(first.call.session, "receive", broken)
                await one.press("5")
                await one.ended()
                await until(lambda: desk.line.asks == "service")
                assert not other.over
                await other.hang_up()
            await until(lambda: not desk.phone.lines)

    runs(story)
    assert desk.switch.told == []


def test_a_text_that_is_late_is_asked_to_be_waited_for_and_a_lost_one_fetches_a_person(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorter(monkeypatch, hold_on_s=0.3, lost_s=2.5)
    real = Scripted.finish

    def slow(script: Scripted) -> Transcript:
        time.sleep(4)
        return real(script)

    monkeypatch.setattr(Scripted, "finish", slow)

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            far.say(SPOKEN)
            await until(lambda: desk.line.call.ears.listener.thinking)
            await far.spoken_to()
            await far.ended()

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["operator"]


def test_while_a_key_is_held_no_sound_comes_and_time_goes_on_all_the_same(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            listener = desk.line.call.ears.listener
            before = listener.now
            await far.press("3", held=2.0)
            await until(lambda: listener.now - before > 1.5)
            await far.hang_up()

    runs(story)


def test_the_same_key_at_once_again_is_a_tremor_and_no_second_answer(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            await far.press("1", held=0.02)
            await far.press("1", held=0.02)
            await listening(desk, "service")
            await far.hang_up()

    runs(story)
    assert [request[0] for request in desk.requests()] == ["taxi"]


def test_a_caller_who_speaks_slowly_is_spoken_to_slowly(desk: Desk) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk)
            slow = np.repeat(clip("h01-zm_yunxia"), 2)[: 6 * RATE].astype(np.float32)
            desk.script.texts.append("叫个车去人民医院")
            line = desk.line
            far.say(slow)
            await until(lambda: line.taken)
            assert line.pace.factor < 1.0
            await far.hang_up()

    runs(story)
