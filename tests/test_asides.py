"""Questions in the middle of a request are answered, and the open question comes again."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest
from call import Call

from intents.conversation.asides import load_asides
from intents.conversation.facts import StationFacts
from intents.engine import Engine
from intents.errors import DataError


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("今天是礼拜几啊", "today"),
        ("现在几点了", "clock"),
        ("你们几点停止订饭", "cutoff"),
        ("哪个医院离我近点", "hospital"),
        ("师傅上门收多少钱", "price_visit"),
        ("好多钱一份", "price"),
        ("要带啥不", "bring"),
        ("你们几点下班", "hours"),
        ("司机姓啥", None),
        ("明天上午", None),
    ],
)
def test_what_the_station_knows_is_recognised(text: str, topic: str | None) -> None:
    assert load_asides().topic(text) == topic


@pytest.mark.parametrize(
    ("before", "asked", "told", "open_question"),
    [
        ("一份红烧肉，今天中午的", "你们几点停止订饭", "上午十点半", "delivery"),
        ("给我挂个骨科", "哪个医院近", "人民医院", "date"),
        ("给我挂个骨科", "今天礼拜几", "星期一", "date"),
        ("给我挂个骨科", "要带啥", "身份证", "date"),
        ("叫个车", "司机姓啥", "工作人员", "destination"),
        ("修一下水管，明天上午", "收多少钱", "师傅", "confirm"),
    ],
)
def test_the_answer_comes_first_and_the_question_again(
    before: str, asked: str, told: str, open_question: str, engine: Engine
) -> None:
    call = Call(engine)(before, asked)
    assert told in call.said
    assert call.talk.asking == open_question
    assert call.said.endswith("？")


def test_a_question_is_no_failure_however_often(engine: Engine) -> None:
    call = Call(engine)("叫个车")
    for _ in range(4):
        call("要多少钱")
    assert call.talk.asking == "destination"


def test_opening_hours_are_the_stations(engine: Engine) -> None:
    facts = StationFacts(operator_from=time(8), operator_until=time(18))
    assert "上午八点" in Call(engine, facts=facts)("你们几点下班").said


def test_questions_without_an_answer_lead_to_a_person_in_the_end(engine: Engine) -> None:
    call = Call(engine)
    for _ in range(5):
        call("你晓得隔壁那棵树是啥树不")
    assert call.talk.ended


def test_an_unknown_topic_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "asides.yaml"
    broken.write_text("weather: 下雨\n", encoding="utf-8")
    with pytest.raises(DataError, match="weather"):
        load_asides(broken)
