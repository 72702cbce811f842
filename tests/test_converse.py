"""`linli converse`: JSON lines in, JSON lines out, exactly as its contract says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from intents.engine import Engine
from linli.bench.dialogues import run
from linli.converse import Converse, serve
from linli.errors import UsageError

START = {"channel": "phone", "now": "2026-11-23T09:00:00+08:00", "requests": [], "resident": None}
TAXI = {"intent": "taxi", "slots": {"destination": "火车站", "date": "2026-11-24", "time": "08:00"}}


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.fixture(name="call")
def _call(engine: Engine) -> Converse:
    call = Converse(engine)
    call.answer({"start": START})
    return call


def talk(engine: Engine, *lines: Any) -> list[dict[str, Any]]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    out = io.StringIO()
    serve(raw, out, engine)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_an_answer_has_the_five_fields_of_the_contract(engine: Engine) -> None:
    [answer] = talk(engine, {"start": START})
    assert list(answer) == ["say", "asking", "choices", "outcome", "requests"]
    assert answer["asking"] == "service"
    assert answer["outcome"] is None
    assert answer["say"][-1].endswith("？")


def test_a_bad_line_is_answered_and_the_stream_goes_on(engine: Engine) -> None:
    answers = talk(
        engine,
        b"{",
        b"[]",
        {"say": "叫车"},
        {"start": START},
        {"press": "A"},
        b"",
        {"silence": True},
    )
    assert [list(a) == ["error"] for a in answers] == [True, True, True, False, True, False]
    assert "begin with" in answers[2]["error"]


@pytest.mark.parametrize(
    "start",
    [
        None,
        {"channel": "fax"},
        {"requests": [1]},
        {"requests": "none"},
        {"resident": "王"},
        {"now": "soon"},
    ],
)
def test_a_start_that_cannot_be_used_is_told_plainly(start: Any, engine: Engine) -> None:
    with pytest.raises(UsageError, match=r"start|now"):
        Converse(engine).answer({"start": start})


def test_a_request_appears_in_the_turn_of_the_yes(call: Converse) -> None:
    before = call.answer({"say": "叫个车去火车站，明天早上八点"})
    assert (before["asking"], before["requests"]) == ("confirm", [])
    after = call.answer({"press": "1"})
    assert after["outcome"] == "created"
    [row] = after["requests"]
    assert (row["intent"], row["status"]) == ("taxi", "new")
    assert row["slots"]["time"] == "08:00"


def test_the_rows_given_at_the_start_are_kept_and_changed_in_place(engine: Engine) -> None:
    call = Converse(engine)
    first = call.answer({"start": {**START, "requests": [TAXI]}})
    assert first["requests"] == [{**TAXI, "status": "new"}]
    call.answer({"say": "车改到九点"})
    changed = call.answer({"say": "对"})
    assert changed["outcome"] == "changed"
    assert changed["requests"][0]["status"] == "changed"
    assert changed["requests"][0]["slots"]["time"] == "09:00"
    call.answer({"say": "把车退了"})
    gone = call.answer({"say": "对"})
    assert [row["status"] for row in gone["requests"]] == ["cancelled"]


def test_a_new_start_forgets_everything(call: Converse) -> None:
    call.answer({"say": "叫个车去火车站"})
    call.answer({"say": "对"})
    assert call.answer({"start": START})["requests"] == []


def test_a_goodbye_after_something_was_done_is_no_outcome(call: Converse) -> None:
    call.answer({"say": "叫个车去火车站"})
    assert call.answer({"say": "对"})["outcome"] == "created"
    assert call.answer({"say": "没有了，谢谢"})["outcome"] is None


def test_a_person_takes_over_what_was_begun(call: Converse) -> None:
    call.answer({"say": "给我挂个骨科"})
    answer = call.answer({"say": "转人工"})
    assert answer["outcome"] == "operator"
    assert [row["status"] for row in answer["requests"]] == ["handed_over"]


def test_an_emergency_is_one_row_however_much_is_said_of_it(call: Converse) -> None:
    call.answer({"say": "着火了！"})
    call.answer({"say": "厨房，油锅"})
    answer = call.answer({"silence": True})
    assert [(row["intent"], row["status"]) for row in answer["requests"]] == [
        ("emergency", "emergency")
    ]


def test_choices_are_answered_by_label(engine: Engine) -> None:
    call = Converse(engine)
    answer = call.answer({"start": {**START, "channel": "kiosk"}})
    assert answer["choices"]
    answer = call.answer({"choose": {"service": answer["choices"][0]}})
    answer = call.answer({"choose": {answer["asking"]: answer["choices"][0]}})
    assert answer["asking"] not in (None, "service")


def test_the_bench_reports_every_set_of_conversations() -> None:
    rows = run(quick=True)
    assert {row.unit for row in rows} == {"%"}
    assert all(row.n for row in rows)
