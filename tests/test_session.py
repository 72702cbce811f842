"""A session does what the conversation decides, and files before it promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from intents.conversation import Conversation
from intents.engine import Engine
from intents.types import Alert, Chose, Event, File, Heard
from linli.desk import LedgerDesk
from linli.session import Session, Turn
from station.ledger import Ledger

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
SORRY = ("对不起，这会儿没记上。", "我给您找个人办。")


@pytest.fixture(scope="module", name="engine")
def fixture_engine() -> Engine:
    return Engine.load()


@pytest.fixture(name="ledger")
def fixture_ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        yield ledger


class BrokenDesk:
    """A desk whose disk is full."""

    def write(self, effect: File, target: str | None) -> str:
        raise OSError(28, "No space left on device")

    def alarm(self, effect: Alert) -> None:
        raise OSError(28, "No space left on device")

    def heard(self, event: Event, turn: Turn) -> None:
        """Nothing is written yet."""


def _session(engine: Engine, desk: LedgerDesk | BrokenDesk) -> Session:
    def begin() -> Conversation:
        return Conversation(engine, channel="phone", now=NOW, resident={"address": "光荣小区"})

    return Session(begin, desk, sorry=SORRY, clock=lambda: NOW)


def _desk(ledger: Ledger) -> LedgerDesk:
    return LedgerDesk(ledger, channel="phone", now=lambda: NOW)


def test_a_request_stands_in_the_ledger_when_its_promise_is_given(
    engine: Engine, ledger: Ledger
) -> None:
    session = _session(engine, _desk(ledger))
    session.open()
    turn = session.receive(Heard("明天早上八点叫个车去火车站"))
    assert turn.ask is not None
    assert turn.ask.slot == "confirm"
    assert list(ledger.requests()) == []
    turn = session.receive(Chose("confirm", "yes"))
    assert turn.outcome == "created"
    (request,) = ledger.requests()
    assert [filed.number for filed in turn.filed] == [request.number]
    assert request.slots["destination"] == "火车站"


def test_no_promise_is_given_for_a_request_that_could_not_be_written(engine: Engine) -> None:
    session = _session(engine, BrokenDesk())
    session.open()
    session.receive(Heard("明天早上八点叫个车去火车站"))
    turn = session.receive(Chose("confirm", "yes"))
    assert turn.say == SORRY
    assert turn.connect is not None
    assert turn.filed == ()
    assert turn.outcome is None


def test_help_is_called_even_when_nothing_can_be_written(engine: Engine) -> None:
    session = _session(engine, BrokenDesk())
    session.open()
    turn = session.receive(Heard("我摔倒了，起不来"))
    assert [alert.kind for alert in turn.alerts] == ["fall"]
    assert turn.connect is not None
    assert turn.say
    assert turn.say != SORRY


def test_an_alarm_stands_once_in_the_ledger_with_what_was_said(
    engine: Engine, ledger: Ledger
) -> None:
    session = _session(engine, _desk(ledger))
    session.open()
    session.receive(Heard("我摔倒了，起不来"))
    session.receive(Heard("在厕所里"))
    (request,) = ledger.requests()
    assert request.kind == request.priority == "emergency"
    assert request.slots["kind"] == "fall"
    assert "厕所" in request.note


def test_an_elder_who_goes_on_is_understood_as_if_never_interrupted(
    engine: Engine, ledger: Ledger
) -> None:
    session = _session(engine, _desk(ledger))
    session.open()
    session.receive(Heard("我想叫个车"))
    turn = session.amend(Heard("我想叫个车，明天早上八点去火车站"))
    assert turn.ask is not None
    assert turn.ask.slot == "confirm"


def test_what_was_filed_stays_filed_when_the_elder_goes_on(engine: Engine, ledger: Ledger) -> None:
    session = _session(engine, _desk(ledger))
    session.open()
    session.receive(Heard("明天早上八点叫个车去火车站"))
    session.receive(Chose("confirm", "yes"))
    session.amend(Heard("再订个午饭"))
    assert [request.intent for request in ledger.requests()] == ["taxi"]


def test_what_was_said_and_answered_is_kept(engine: Engine, ledger: Ledger) -> None:
    desk = _desk(ledger)
    session = _session(engine, desk)
    session.open()
    session.receive(Heard("我想叫个车", ("我想教个车",), 0.7))
    desk.settle()
    (utterance,) = ledger.utterances(desk.conversation)
    assert utterance.text == "我想叫个车"
    assert utterance.alternatives == ("我想教个车",)
    assert utterance.said


def test_answers_are_taken_back_until_another_question_is_open(
    engine: Engine, ledger: Ledger
) -> None:
    session = _session(engine, _desk(ledger))
    first = session.open()
    session.receive(Chose("service", "appointment"))
    asked = session.receive(Chose("department", "骨科")).ask
    session.receive(Heard("嗯嗯啊啊"))
    turn = session.back()
    assert turn is not None
    assert turn.ask is not None
    assert turn.ask.slot == "department"
    assert turn.say
    again = session.receive(Chose("department", "骨科")).ask
    assert again == asked
    session.back()
    turn = session.back()
    assert turn is not None
    assert turn.ask == first.ask
    assert session.back() is None


def test_what_was_filed_is_not_taken_back_nor_filed_again(engine: Engine, ledger: Ledger) -> None:
    session = _session(engine, _desk(ledger))
    session.open()
    session.receive(Heard("明天早上八点叫个车去火车站"))
    session.receive(Chose("confirm", "yes"))
    session.receive(Chose("service", "meal"))
    assert session.back() is not None
    assert session.back() is None
    assert len(list(ledger.requests())) == 1


def test_what_is_known_of_a_request_is_told_in_words_and_values(
    engine: Engine, ledger: Ledger
) -> None:
    session = _session(engine, _desk(ledger))
    session.open()
    session.receive(Heard("明天早上八点叫个车去火车站"))
    assert dict(session.summary)["destination"] == session.taken["destination"] == "火车站"
    assert session.taken["time"] == "08:00"
