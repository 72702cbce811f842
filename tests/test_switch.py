"""Asterisk is directed: callers handed on, people rung, and a lost connection taken up again."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
import soundfile
from likeness import likeness
from little_linli import LittleLinli
from telephone import Line, telephone_line

from ivr.conf import urgent_numbers
from ivr.errors import SwitchError
from ivr.events import (
    AlertHeard,
    CallCame,
    CallEnded,
    Connection,
    FamilyEnded,
    Helped,
    OperatorAnswered,
    OperatorMissed,
    OperatorRinging,
    Reached,
    SwitchEvent,
    Told,
)
from ivr.numbers import Numbers
from ivr.switch import Switch
from linli.paths import ASSETS

ELDER = ASSETS / "samples" / "clips" / "04-taxi-destination-0-0.ogg"
FAMILY = "13912345678"
Kind = TypeVar("Kind")


class Ears:
    """Everything the switch tells, to be waited for."""

    def __init__(self) -> None:
        self.all: list[SwitchEvent] = []
        self._news: queue.SimpleQueue[SwitchEvent] = queue.SimpleQueue()

    def __call__(self, event: SwitchEvent) -> None:
        self._news.put(event)

    def wait_for(self, kind: type[Kind], seconds: float = 30) -> Kind:
        deadline = time.monotonic() + seconds
        while True:
            try:
                event = self._news.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {kind.__name__}; there were {self.all}") from None
            self.all.append(event)
            if isinstance(event, kind):
                return event


def switch_of(line: Line, listener: Any, **more: Any) -> Switch:
    numbers = Numbers.of(line.settings, (3, 12))
    return Switch(
        line.settings.phone.manager_port,
        more.pop("password", line.passwords.manager),
        numbers,
        {**line.numbers, **more},
        listener,
        urgent=urgent_numbers(line.settings, numbers),
        alert=line.folders.sounds / "alarm.wav",
        own="0376-5550000",
    )


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line() as running:
        yield running


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def switch(line: Line, ears: Ears) -> Iterator[Switch]:
    with switch_of(line, ears) as directed:
        assert directed.wait(10)
        yield directed


@pytest.fixture
def media(line: Line) -> Iterator[LittleLinli]:
    with LittleLinli(line.settings.phone.media_port, line.passwords.media) as little:
        yield little


def test_linli_ends_a_call_for_good(
    line: Line, switch: Switch, media: LittleLinli, ears: Ears
) -> None:
    with line.phone("101") as elder:
        call = media.wait_for_call()["call_id"]
        came = ears.wait_for(CallCame)
        assert (came.call, came.number, came.why) == (call, "03765550601", "call")
        elder.wait_for("answered")
        assert switch.set_next(call, "end")
        media.hang_up()
        assert elder.finish()["code"] == 200
    assert ears.wait_for(CallEnded).next == "end"


def test_a_call_in_the_middle_of_talk_is_given_to_a_person(
    line: Line, switch: Switch, media: LittleLinli, ears: Ears
) -> None:
    with line.desk("802", hangup_after=0.5) as desk:
        desk.wait_for("registered")
        with line.phone("102") as elder:
            call = media.wait_for_call()["call_id"]
            elder.wait_for("answered")
            assert switch.transfer(call)
            answered = ears.wait_for(OperatorAnswered)
            assert (answered.call, answered.desk) == (call, "PJSIP/802")
            elder.finish()


def test_a_call_we_did_not_see_coming_is_directed_by_its_id_alone(
    line: Line, media: LittleLinli
) -> None:
    with line.phone("101") as elder:
        call = media.wait_for_call()["call_id"]
        elder.wait_for("answered")
        with switch_of(line, lambda _: None) as late:
            assert late.wait(10)
            assert late.hang_up(call)
        elder.finish()


def test_who_is_not_there_cannot_be_directed_and_nothing_is_raised(switch: Switch) -> None:
    assert not switch.set_next("1.1", "end")
    assert not switch.transfer("1.1")
    assert not switch.hang_up("PJSIP/999-00000001")


def test_a_notice_is_heard_by_whom_we_ring_and_they_talk_with_linli_then(
    line: Line, switch: Switch, media: LittleLinli, ears: Ears, tmp_path: Path
) -> None:
    heard = tmp_path / "heard.wav"
    with line.outside(record=heard, only=FAMILY) as there:
        notice = line.folders.sounds / "promise-open.wav"
        assert switch.ringer.ring(FAMILY, notice=notice, task="owed-1") == "answered"
        assert "03765550000" in there.wait_for("incoming")["caller"]
        reached = ears.wait_for(Reached)
        assert (reached.number, reached.task) == (FAMILY, "owed-1")
        assert ears.wait_for(Told).task == "owed-1"
        call = media.wait_for_call()
        assert (call["number"], call["why"], call["task"]) == (FAMILY, "out", "owed-1")
        assert switch.set_next(call["call_id"], "end")
        media.hang_up()
        there.finish()
    assert likeness(heard, notice) > 0.9


def test_who_does_not_answer_cannot_or_may_not_be_rung_is_told_apart(line: Line) -> None:
    with (
        switch_of(line, lambda _: None, ring_s=2) as impatient,
        line.outside(never_answer=True, only=FAMILY) as there,
    ):
        assert impatient.wait(10)
        assert impatient.ringer.ring(FAMILY) == "no_answer"
        for forbidden in ("0085212345678", "+85212345678", "16812345", "12", "1" * 13, ""):
            assert impatient.ringer.ring(forbidden) == "refused", forbidden
        there.close()
        assert impatient.ringer.ring("102") == "failed"  # not logged in


def test_an_emergency_rings_everybody_until_somebody_takes_it(
    line: Line, switch: Switch, ears: Ears
) -> None:
    with line.desk("801", keys="1", keys_after=1.5) as desk, line.outside(never_answer=True) as out:
        desk.wait_for("registered")
        assert switch.alarm("call-1")
        assert ears.wait_for(AlertHeard) == AlertHeard("alarm-call-1", "801", taken=True)
        out.wait_for("incoming")
        desk.finish()


def test_in_an_emergency_the_caller_stays_with_linli_until_who_answers_first_is_put_through(
    line: Line, switch: Switch, media: LittleLinli, ears: Ears, tmp_path: Path
) -> None:
    desk_hears = tmp_path / "desk.wav"
    with line.phone("101") as elder:
        call = media.wait_for_call()["call_id"]
        elder.wait_for("answered")
        assert ears.wait_for(CallCame).call == call
        assert switch.fetch(call)
        assert ears.wait_for(OperatorRinging) == OperatorRinging(call, urgent=True)
        assert ears.wait_for(OperatorMissed).call == call  # nobody is at the desks
        with (
            line.desk("801", record=desk_hears) as desk,
            line.desk("802", never_answer=True) as other,
        ):
            desk.wait_for("registered")
            other.wait_for("registered")
            assert switch.fetch(call)
            assert "03765550601" in desk.wait_for("incoming")["caller"]
            assert ears.wait_for(OperatorAnswered).desk == "PJSIP/801"
            assert ears.wait_for(Helped) == Helped(call)
            elder.order(f"play {ELDER}")
            elder.wait_for("spoke")
            time.sleep(soundfile.info(ELDER).duration)
            desk.order("hangup")
            desk.finish()
        assert elder.finish()["code"] == 200  # whoever helped has ended it for both
        assert ears.wait_for(CallEnded).call == call
    assert likeness(desk_hears, ELDER) > 0.9


def test_who_answers_after_the_caller_is_gone_hears_the_alarm_all_the_same(
    line: Line, switch: Switch, media: LittleLinli, ears: Ears
) -> None:
    with line.desk("801", keys="1", keys_after=1.5, never_answer=True) as desk:
        desk.wait_for("registered")
        with line.phone("101") as elder:
            call = media.wait_for_call()["call_id"]
            elder.wait_for("answered")
            assert switch.fetch(call)
            desk.wait_for("incoming")
            elder.order("hangup")
            assert ears.wait_for(CallEnded).call == call
            desk.order("answer")
            elder.finish()
        assert ears.wait_for(AlertHeard) == AlertHeard(f"alarm-{call}", "", taken=True)
        desk.finish()


def test_a_resident_is_put_through_to_their_family_and_comes_back_when_nobody_answers(
    line: Line, switch: Switch, media: LittleLinli, ears: Ears
) -> None:
    with line.outside(hangup_after=0.5, only=FAMILY) as family, line.phone("101") as elder:
        call = media.wait_for_call()["call_id"]
        elder.wait_for("answered")
        assert not switch.to_family(call, "0085212345678")
        assert switch.to_family(call, "139 1234 5678")
        assert ears.wait_for(FamilyEnded).answered
        family.finish()
        elder.finish()
    with line.phone("101") as elder:
        call = media.wait_for_call()["call_id"]
        elder.wait_for("answered")
        assert switch.to_family(call, "102")  # not there
        assert not ears.wait_for(FamilyEnded).answered
        assert media.wait_for_call()["why"] == "family"


def test_a_desk_calls_somebody_back() -> None:
    with telephone_line() as line, switch_of(line, Ears()) as switch:  # nobody else is rung here
        assert switch.wait(10)
        with line.desk("801") as desk, line.outside(hangup_after=1) as elder:
            desk.wait_for("registered")
            assert switch.ringer.from_desk("801", FAMILY) == "answered"
            elder.wait_for("answered")
            elder.finish()
            desk.finish()


def test_a_restarted_asterisk_is_connected_again_by_itself() -> None:
    ears = Ears()
    with telephone_line() as line, switch_of(line, ears) as switch:
        assert switch.wait(10)
        assert ears.wait_for(Connection).up
        for end in (line.server.kill, line.server.stop):
            end()
            assert not ears.wait_for(Connection).up
            assert not switch.set_next("1.1", "end")
            with pytest.raises(SwitchError, match="cannot be told to Originate"):
                switch.ringer.ring("101")
            line.server.start()
            assert ears.wait_for(Connection).up
            assert switch.connected


def test_a_listener_that_breaks_breaks_nothing_else(line: Line, media: LittleLinli) -> None:
    def broken(event: SwitchEvent) -> None:
        raise RuntimeError(str(event))

    with switch_of(line, broken) as switch:
        assert switch.wait(10)
        for _ in range(2):
            with line.phone("101") as elder:
                call = media.wait_for_call()["call_id"]
                elder.wait_for("answered")
                assert switch.hang_up(call)
                elder.finish()
