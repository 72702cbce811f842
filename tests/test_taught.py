"""What staff taught is understood when it is heard again, and nothing else is."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from intents.engine import Engine
from intents.errors import DataError
from intents.understanding.taught import Lesson, read_lessons
from linli.bench.intents import NOW
from linli.taught import Taught

ENGINE = Engine.load()
LEG = Lesson("a1" * 16, "我这条腿遇着阴天就跟拖着磨盘一样", "appointment", {"department": "骨科"})
LAMP = Lesson(
    "b2" * 16, "床头那盏灯又闹脾气了，明儿后晌来个人", "housekeeping", {"service": "修灯"}
)
TOWN = Lesson("c3" * 16, "把我捎到＊＊去赶场", "taxi")


def heard(text: str, *lessons: Lesson, now: datetime = NOW) -> tuple[str, dict[str, object]]:
    found = ENGINE.taught(lessons).understand(text, now).first
    return found.name, dict(found.slots)


def test_the_very_words_are_understood_as_corrected() -> None:
    corrected = ("appointment", {"department": "骨科"})
    assert heard(LEG.text) != corrected
    assert heard(LEG.text, LEG) == corrected


@pytest.mark.parametrize(
    "text",
    [
        "俺这条腿遇着阴天就跟拖着磨盘一样", "我这条腿，遇着阴天，就跟拖着磨盘一样哦",
        "我这条吹遇着英天就跟拖着末盘一样", "同志啊我这条腿遇着阴天就像拖着磨盘一样",
        "我这条腿遇着阴天也跟拖着磨盘一样了",
    ],
)  # fmt: skip
def test_an_accent_or_a_word_that_says_nothing_makes_no_difference(text: str) -> None:
    assert heard(text, LEG)[1].get("department") == "骨科"


@pytest.mark.parametrize(
    "text",
    [
        "我这条腿遇着阴天就跟拖着磨盘一样，莫挂号", "那条船跟拖着磨盘一样", "我这条腿好多了",
        "跟拖着磨盘一样", "床头那盏灯又闹脾气了，不用来人",
    ],
)  # fmt: skip
def test_what_says_something_else_is_not_taken_for_it(text: str) -> None:
    assert heard(text, LEG, LAMP) == heard(text)


def test_what_is_said_beside_it_is_read_as_ever() -> None:
    assert heard("床头那盏登又闹脾气了，大后天上午来个人", LAMP) == (
        "housekeeping",
        {"service": "修灯", "date": "2026-11-26", "part": "morning"},
    )


def test_where_a_name_stood_any_name_may_stand() -> None:
    assert heard("把我捎到罗山县城去赶场", TOWN)[0] == "taxi"
    assert "taught by" in ENGINE.taught([TOWN]).understand("把我捎到明港去赶场", NOW).why[0]
    assert heard("把我捎到明港去", TOWN) == heard("把我捎到明港去")


def test_an_answer_teaches_only_where_the_same_is_asked() -> None:
    words, slots = "看那个专看老年的", {"department": "老年科"}
    sore = Lesson("d4" * 16, words, "appointment", slots, "department")
    taught = ENGINE.taught([sore])
    for engine, asked, department in (
        (ENGINE, "department", "全科"),
        (taught, "department", "老年科"),
        (taught, "hospital", None),
    ):  # fmt: skip
        found = engine.extract("看那个专看老年的呗", NOW, "appointment", asked)
        assert found.get("department") == department
    assert taught.understand(sore.text, NOW) == ENGINE.understand(sore.text, NOW)


def test_no_lesson_takes_an_alarm_away() -> None:
    cry = "快来人，我摔倒了爬不起来"
    assert heard(cry)[0] == "emergency"
    assert heard(cry, Lesson("e5" * 16, cry, "activity")) == heard(cry)


def test_a_lesson_raises_an_alarm_only_when_it_was_approved_twice() -> None:
    words, slots = "墙上那个匣子光闪不响", {"kind": "fire"}
    once = Lesson("f6" * 16, words, "emergency", slots)
    twice = Lesson("f6" * 16, words, "emergency", slots, alarm=True)
    assert heard(words, once) == heard(words)
    assert heard(words, twice) == ("emergency", slots)
    assert ENGINE.taught([twice]).emergency(words) == ("fire", words)
    assert heard("墙上那个匣子又光闪不响了", twice)[0] == "emergency"
    assert heard("墙上那个匣子光响不闪，拿去修", twice)[0] != "emergency"


def test_too_few_words_and_unknown_services_teach_nothing() -> None:
    assert heard("那个嘛", Lesson("1" * 32, "那个嘛", "taxi")) == heard("那个嘛")
    assert ENGINE.taught([Lesson("2" * 32, "把我的鞋底子纳一纳", "cobbler")]).lessons == ()


def test_the_nearest_lesson_counts_and_the_explanation_names_it() -> None:
    other = Lesson("9" * 32, "我这条腿到了阴天就跟灌了铁一样", "companionship")
    found = ENGINE.taught([other, LEG]).understand(LEG.text, NOW)
    assert found.first.name == "appointment"
    assert found.why[0].startswith(f"taught by {LEG.uid[:8]}: {LEG.text} (0.00 apart)")


def test_lessons_come_from_files_in_their_order(tmp_path: Path) -> None:
    assert read_lessons(tmp_path / "nothing") == ()
    (tmp_path / "0002.yaml").write_text(
        "lessons:\n- {uid: b, text: 乙, intent: taxi, slots: {passengers: 2}, alarm: true}\n",
        "utf-8",
    )
    (tmp_path / "0001.yaml").write_text(
        "lessons:\n- {uid: a, text: 甲, intent: meal, asked: items}\n", "utf-8"
    )
    one, two = read_lessons(tmp_path)
    assert (one.uid, one.asked, one.alarm, dict(one.slots)) == ("a", "items", False, {})
    assert (two.intent, two.alarm, two.slots["passengers"]) == ("taxi", True, 2)


@pytest.mark.parametrize(
    "text",
    [
        "lessons: 1",
        "lessons: [1]",
        "lessons:\n- {uid: a, text: b}",
        "lessons:\n- {uid: [a], text: b, intent: c}",
        "lessons:\n- {uid: a, text: b, intent: c, slots: 1}",
        "{",
    ],
)
def test_a_file_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, text: str) -> None:
    (tmp_path / "0001.yaml").write_text(text, "utf-8")
    with pytest.raises(DataError, match=r"0001\.yaml:\d"):
        read_lessons(tmp_path)


def test_a_conversation_that_begins_knows_what_was_applied_meanwhile(tmp_path: Path) -> None:
    current = Taught(ENGINE, tmp_path / "lessons")
    assert current() is ENGINE
    (tmp_path / "lessons").mkdir()
    file = tmp_path / "lessons" / "0001.yaml"
    file.write_text(f"lessons:\n- {{uid: a, text: {LEG.text}, intent: appointment}}\n", "utf-8")
    taught = current()
    assert taught.understand(LEG.text, NOW).first.name == "appointment"
    assert current() is taught
    file.write_text("lessons: [", "utf-8")  # torn: what was known stays
    os.utime(file, (1, 1))
    assert current() is taught
    file.unlink()
    assert current().lessons == ()
