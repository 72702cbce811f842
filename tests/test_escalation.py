"""An alarm nobody has confirmed rings on, person by person, until somebody takes it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from likeness import likeness
from patience import until
from telephone import Line, telephone_line

from ivr.alarm_order import Person, step_at, whom
from ivr.events import CallCame, OperatorAnswered, OperatorRinging, SwitchEvent
from ivr.numbers import Numbers
from ivr.ringer import Ringer
from ivr.switch import Switch
from linli.emergency_words import told
from linli.escalation import Escalation
from linli.paths import ASSETS
from linli.phone_sounds import say
from station import alarm_calls, handling
from station.alarm_calls import AlarmCall
from station.clock import BEIJING
from station.ledger import Ledger
from station.requests import FiledRequest, Request
from station.residents import Resident
from voices.mouth import Mouth
from voices.pack import Pack

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
ALARM = """
[alarm]
next_s = 60
all_s = 180

[[alarm.people]]
name = "王站长"
phone = "0376-5550602"

[[alarm.people]]
name = "李大夫"
phone = "139 1234 5678"

[alarm.rescue]
medical = "120"
after_s = 600
"""
DESK = "801"


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line(more=ALARM) as running:
        yield running


class Watch:
    """A ledger and the clerk of its alarms, with a clock put forward by hand."""

    def __init__(self, line: Line, path: Path) -> None:
        self.line, self.now = line, NINE
        self.ledger = Ledger.open(path, clock=lambda: self.now)
        self.mouth = Mouth(Pack(ASSETS / "pack"))

    def render(self, says: Iterable[str], path: Path) -> None:
        say(says, self.mouth, path)

    @contextmanager
    def kept(self, ring_s: float = 4) -> Iterator[Escalation]:
        """The clerk at work."""
        clerks: list[Escalation] = []

        def tell(event: SwitchEvent) -> None:
            for each in clerks:
                each.told(event)

        settings = self.line.settings
        numbers = Numbers.of(settings, (3, 12))
        limits = {**self.line.numbers, "ring_s": ring_s}
        port, password = settings.phone.manager_port, self.line.passwords.manager
        with Switch(port, password, numbers, limits, tell) as switch:
            assert switch.wait(10)
            folders = self.line.folders
            clerk = Escalation(
                settings, self.ledger, switch, render=self.render, folder=folders.notices,
                general=folders.sounds / "alarm", clock=lambda: self.now,
            )  # fmt: skip
            clerks.append(clerk)
            clerk.start()
            try:
                yield clerk
            finally:
                clerk.stop()

    def alarm(self, channel: Any = "kiosk") -> Request:
        zhang = self.ledger.upsert_resident(
            Resident("张桂英", card="1", address="光荣小区三号楼", phones=("0376-5550601",))
        )
        return self.ledger.file(
            FiledRequest(
                "emergency", {"kind": "fall"}, channel, zhang.id, kind="emergency",
                priority="emergency",
            )
        )  # fmt: skip

    def all_calls(self, request: Request) -> list[AlarmCall]:
        return alarm_calls.of_request(self.ledger.store, request.id)

    def calls(self, request: Request, step: int) -> list[AlarmCall]:
        return [each for each in self.all_calls(request) if each.step == step]

    def until(self, true: Callable[[], Any]) -> Any:
        sql = "SELECT step, name, phone, outcome FROM alarm_calls"
        return until(true, 40, lambda: self.ledger.store.read(sql))

    def over(self, request: Request, step: int) -> dict[str, str]:
        """Who was rung in a step and what became of it, once all is over."""
        calls = self.until(
            lambda: (
                (found := self.calls(request, step)) and all(call.ended for call in found) and found
            )
        )
        return {call.phone: call.outcome for call in calls}


@pytest.fixture
def watch(line: Line, tmp_path: Path) -> Iterator[Watch]:
    made = Watch(line, tmp_path / "ledger.db")
    with made.ledger:
        yield made


def test_who_is_rung_when_follows_the_settings(line: Line) -> None:
    alarm = line.settings.alarm
    assert [step_at(age, alarm) for age in (0, 59, 60, 179, 180, 299, 300)] == [0, 0, 1, 1, 2, 2, 3]
    desks = [Person("值班员甲", "801"), Person("值班员乙", "802")]
    head, doctor = Person("王站长", "0376-5550602"), Person("李大夫", "139 1234 5678")
    assert whom(line.settings, 0, NINE) == [*desks, head]
    assert whom(line.settings, 1, NINE) == [doctor]
    assert whom(line.settings, 2, NINE) == [*desks, head, doctor]


def test_at_once_the_desk_hears_who_what_and_where_and_takes_it_with_one(
    line: Line, watch: Watch, tmp_path: Path
) -> None:
    heard, wanted = tmp_path / "heard.wav", tmp_path / "wanted"
    with line.desk(DESK, record=heard, longest=40) as desk, watch.kept():
        desk.wait_for("registered")
        request = watch.alarm()
        desk.wait_for("answered")
        watch.until(lambda: watch.calls(request, 0))
        threading.Event().wait(12)
        watch.now += timedelta(seconds=14)
        desk.order("keys 1")
        watch.until(lambda: watch.ledger.request(request.number).acknowledged)
        desk.finish()
        outcomes = watch.over(request, 0)
    request = watch.ledger.request(request.number)
    assert request.acknowledged == NINE + timedelta(seconds=14)
    assert request.assigned == "值班员甲"
    assert outcomes[DESK] == "taken"
    says = told(line.settings, request, "光荣小区三号楼")
    assert "张桂英，摔倒。" in says
    assert "在河口站。" in says  # the kiosk stands in the station, not in her flat
    watch.render(says, wanted)
    assert likeness(heard, wanted.with_suffix(".wav")) > 0.9


def test_after_a_minute_the_next_then_everybody_until_the_console_confirms(
    line: Line, watch: Watch
) -> None:
    with line.desk(DESK, never_answer=True, longest=60) as desk, watch.kept(ring_s=50):
        desk.wait_for("registered")
        request = watch.alarm()
        desk.wait_for("incoming")
        head = "0376-5550602"
        watch.until(lambda: [c for c in watch.calls(request, 0) if c.phone == head and c.ended])
        with line.outside(never_answer=True) as doctor:
            watch.now += timedelta(seconds=60)
            doctor.wait_for("incoming")
            (second,) = watch.calls(request, 1)
            assert (second.name, second.at) == ("李大夫", NINE + timedelta(seconds=60))
            watch.now += timedelta(seconds=120)
            assert len(watch.until(lambda: watch.calls(request, 2))) == 4
            handling.acknowledge(watch.ledger, request.number, by="lijing")
            assert doctor.finish()["answered"] is None
        assert desk.finish()["answered"] is None
        assert watch.over(request, 0)[DESK] == "settled"
        watch.now += timedelta(seconds=500)
        threading.Event().wait(2)
        assert {each.step for each in watch.all_calls(request)} == {0, 1, 2}


def test_who_is_let_be_has_not_failed_however_soon_the_telephone_is_silent(
    line: Line, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = Switch.hang_up

    def hang_up(switch: Switch, call_id: str) -> bool:
        done = silent(switch, call_id)
        threading.Event().wait(1.5)  # Asterisk's word of the end is here before we go on
        return done

    monkeypatch.setattr(Switch, "hang_up", hang_up)
    with line.desk(DESK, never_answer=True, longest=60) as desk, watch.kept(ring_s=50):
        desk.wait_for("registered")
        request = watch.alarm()
        desk.wait_for("incoming")
        handling.acknowledge(watch.ledger, request.number, by="lijing")
        assert desk.finish()["answered"] is None
        assert watch.over(request, 0)[DESK] == "settled"


def test_whose_telephone_rings_just_as_another_takes_it_is_told_so(
    line: Line, watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    about_to, go, ring = threading.Event(), threading.Event(), Ringer.ring

    def late(*given: Any, **named: Any) -> Any:
        about_to.set()
        go.wait(20)
        return ring(*given, **named)

    monkeypatch.setattr(Ringer, "ring", late)
    heard = tmp_path / "heard.wav"
    with line.desk(DESK, record=heard, longest=40) as desk, watch.kept(ring_s=20):
        desk.wait_for("registered")
        request = watch.alarm()
        assert about_to.wait(20)
        handling.acknowledge(watch.ledger, request.number, by="lijing")
        assert watch.over(request, 0)[DESK] == "settled"
        go.set()
        assert desk.finish()["answered"] is not None
    assert likeness(heard, line.folders.sounds / "settled.wav") > 0.9


def test_no_way_outside_the_desk_rings_all_the_same(line: Line, watch: Watch) -> None:
    with line.desk(DESK, keys="1", keys_after=3) as desk, watch.kept():
        desk.wait_for("registered")
        request = watch.alarm()
        desk.finish()
        outcomes = watch.over(request, 0)
    assert outcomes[DESK] == "taken"
    assert outcomes["0376-5550602"] in {"failed", "settled"}


def test_who_was_rung_when_the_line_died_is_rung_again_and_nobody_twice(
    line: Line, watch: Watch
) -> None:
    with line.desk(DESK, never_answer=True, longest=60) as desk:
        desk.wait_for("registered")
        with watch.kept(ring_s=30):
            request = watch.alarm()
            desk.wait_for("incoming")
            missed = watch.until(
                lambda: [each for each in watch.calls(request, 0) if each.outcome == "failed"]
            )
    with line.desk(DESK, keys="1", keys_after=3) as desk:
        desk.wait_for("registered")
        with watch.kept():
            desk.wait_for("answered")
            desk.finish()
            watch.until(lambda: watch.ledger.request(request.number).acknowledged)
    again = {each.id: each for each in watch.calls(request, 0)}
    assert all(again[each.id].ended == each.ended for each in missed)


def test_an_old_alarm_one_taken_back_and_one_by_telephone_ring_nobody_at_once(
    watch: Watch,
) -> None:
    old = watch.alarm()
    watch.now += timedelta(hours=25)
    back, spoken = watch.alarm(), watch.alarm("phone")
    watch.ledger.cancel(back.number, by="elder")
    with watch.kept():
        threading.Event().wait(2)
        for request in (old, back, spoken):
            assert watch.calls(request, 0) == []
        watch.now += timedelta(seconds=61)
        assert watch.until(lambda: watch.calls(spoken, 1))


def test_who_lifts_a_desk_for_the_caller_has_taken_the_alarm_and_a_machine_outside_has_not(
    line: Line, watch: Watch
) -> None:
    switch = Switch(1, "", Numbers.of(line.settings, (3, 12)), line.numbers)
    clerk = Escalation(
        line.settings, watch.ledger, switch, render=watch.render,
        folder=watch.line.folders.notices, general=Path("alarm"), clock=lambda: watch.now,
    )  # fmt: skip
    request = watch.alarm("phone")
    assert not clerk.wants(CallCame("7.1", "03765550601", "1", "media", "call", ""))
    for answered in ("PJSIP/linli-trunk", "PJSIP/801"):
        clerk.happened(OperatorAnswered("7.1", answered))  # rung for something else
    clerk.wants(OperatorRinging("7.1", urgent=True))
    clerk.happened(OperatorAnswered("7.1", "PJSIP/linli-trunk"))
    assert watch.ledger.request(request.number).acknowledged is None
    watch.now += timedelta(seconds=9)
    clerk.happened(OperatorAnswered("7.1", "PJSIP/801"))
    taken = watch.ledger.request(request.number)
    assert (taken.assigned, taken.acknowledged) == ("值班员甲", watch.now)


def test_the_number_outside_is_rung_where_it_is_set_up_and_takes_nothing_off_staff(
    tmp_path: Path,
) -> None:
    alarm = ALARM.replace('phone = "139 1234 5678"', 'phone = "802"')
    with telephone_line(more=alarm) as fresh:  # its carrier was never found silent
        watch = Watch(fresh, tmp_path / "ledger.db")
        with watch.ledger, fresh.outside(keys="1", keys_after=3) as rescue:
            request = watch.alarm()
            watch.now += timedelta(seconds=605)
            with watch.kept():
                rescue.finish(60)
                outside = watch.until(
                    lambda: [
                        each
                        for each in watch.all_calls(request)
                        if each.phone == "120" and each.ended
                    ]
                )
            assert [each.outcome for each in outside] == ["taken"]
            assert watch.ledger.request(request.number).acknowledged is None
