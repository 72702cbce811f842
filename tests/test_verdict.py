"""Answers to a read-back: yes, no, a question, or nothing that settles it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents.conversation.verdict import load_verdicts, spoken
from intents.errors import DataError

DATA = Path(__file__).parent / "data" / "read_backs.jsonl"
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()
]
SAID = ("明天二十四号星期二上午八点，从家里到火车站。", "一个人。", "这样行吗？")
VERDICTS = load_verdicts()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['about']}-{row['answer']}")
def test_an_answer_to_a_read_back_is_taken_as_it_is_meant(row: dict[str, Any]) -> None:
    echo = row.get("echo", False)
    assert VERDICTS(row["answer"], row["about"], spoken(SAID), echo=echo) == row["want"]


def test_there_are_many_answers_of_every_kind() -> None:
    kinds = {want: sum(row["want"] == want for row in ROWS) for want in ("yes", "no", "question")}
    assert len(ROWS) >= 300
    assert kinds["yes"] >= 150
    assert kinds["no"] >= 100
    assert kinds["question"] >= 20


def test_what_was_read_back_may_be_said_again() -> None:
    assert VERDICTS("八点，火车站，对", "book", spoken(SAID)) == "yes"
    assert VERDICTS("九点，汽车站，对", "book", spoken(SAID)) is None


def test_the_words_of_the_question_itself_are_not_what_was_read_back() -> None:
    assert "这样" not in spoken(SAID)
    assert {"火车站", "八点", "一个人"} <= spoken(SAID)


def test_a_thing_that_is_asked_for_anew_is_no_yes() -> None:
    assert VERDICTS("我要叫车", "book", spoken(SAID), nouns=("车",)) is None
    assert VERDICTS("那就给我叫车嘛", "book", spoken(SAID), nouns=("车",)) == "yes"


def test_whatever_else_is_asked_to_be_done_is_no_yes() -> None:
    for words in ("我要挂眼科", "给我订碗面", "中午", "上午", "再来碗米饭"):
        assert VERDICTS(words, "book", spoken(SAID)) is None


@pytest.mark.parametrize("refusal", ["不对", "不是", "不行", "莫忙", "错了", "我有事", "太早了"])
@given(yes=st.sampled_from([r["answer"] for r in ROWS if r["want"] == "yes"]))
def test_a_refusal_outranks_every_yes(refusal: str, yes: str) -> None:
    assert VERDICTS(f"{yes}，{refusal}", "book", spoken(SAID)) != "yes"


@given(st.text(max_size=60), st.sampled_from(["book", "cancel", "change"]))
def test_any_text_has_a_verdict_or_none(text: str, about: Any) -> None:
    assert VERDICTS(text, about, spoken(SAID)) in ("yes", "no", "question", None)


def test_a_broken_pattern_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "verdict.yaml"
    broken.write_text("harmless: ['(']\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"verdict\.yaml"):
        load_verdicts(broken)


def test_the_name_of_another_place_is_no_yes() -> None:
    said = spoken(("现在，从家里到医院。", "这样行吗？"))
    assert VERDICTS("中医院，看我老姐姐", "book", said) is None
    assert VERDICTS("中，医院", "book", said) == "yes"
