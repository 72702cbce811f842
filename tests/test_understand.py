"""`linli understand`: JSON lines in and out, as its contract says."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

from intents.engine import Engine
from linli.understand import serve

ENGINE = Engine.load()


def ask(*lines: str, explain: bool = False) -> list[dict[str, Any]]:
    out = StringIO()
    serve([line.encode("utf-8", "surrogatepass") for line in lines], out, ENGINE, explain=explain)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def line(text: str, **more: Any) -> str:
    return json.dumps({"id": "1", "text": text, "now": "2026-11-23T09:00:00+08:00", **more})


def test_an_answer_has_every_field_of_the_contract() -> None:
    (answer,) = ask(line("后天上午挂个骨科"))
    ms = answer.pop("ms")
    assert ms > 0
    assert answer.pop("confidence") > 0.9
    assert answer == {
        "id": "1",
        "intent": "appointment",
        "intents": ["appointment"],
        "slots": {"department": "骨科", "date": "2026-11-25", "part": "morning"},
        "slots_by_intent": {
            "appointment": {"department": "骨科", "date": "2026-11-25", "part": "morning"}
        },
        "alternatives": [],
    }


def test_the_same_intent_twice_is_a_list() -> None:
    (answer,) = ask(line("灯坏了找人修一下，还有下水道也堵了，叫人来通一通"))
    assert [one["service"] for one in answer["slots_by_intent"]["housekeeping"]] == [
        "修灯",
        "通下水道",
    ]


def test_a_bad_line_answers_an_error_and_the_stream_goes_on() -> None:
    answers = ask("{", "[1]", '{"id": 1}', line("好", now="yesterday"), "", line("好"))
    assert ["error" in answer for answer in answers] == [True, True, True, True, False]
    assert answers[-1]["intent"] == "yes"


def test_the_clock_is_used_when_none_is_given() -> None:
    (answer,) = ask('{"text": "明天上午挂个骨科"}')
    assert answer["slots"]["part"] == "morning"


def test_half_a_character_is_survived() -> None:
    (answer,) = ask('{"id": "\\ud800", "text": "\\ud800对"}')
    assert answer["intent"] == "yes"


def test_explain_adds_why() -> None:
    (answer,) = ask(line("来一份飞锅肉"), explain=True)
    assert "put right: 飞锅肉 → 回锅肉" in answer["why"]
    assert answer["unsure"] is False
