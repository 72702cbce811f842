"""What staff correct becomes a lesson, without who said it; a supervisor decides."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wall import Wall

from station import audit, handling, lessons, merging
from station.forgetting import forget
from station.ledger import Ledger
from station.lessons import Lesson, LessonError
from station.requests import FiledRequest
from station.residents import Resident
from station.utterances import Utterance


def said(ledger: Ledger, *turns: tuple[str, str], talk: str = "talk") -> str:
    """A conversation: what was heard, and what had been asked."""
    for n, (text, asked) in enumerate(turns, start=1):
        ledger.add_utterance(
            Utterance(talk, n, ledger.now(), text=text, asked=asked,
                      alternatives=(text, text + "啊"), confidence=0.7)
        )  # fmt: skip
    return talk


def filed(ledger: Ledger, intent: str, talk: str, **slots: Any) -> str:
    return ledger.file(FiledRequest(intent, slots, conversation=talk)).number


def put_right(ledger: Ledger, number: str, **fields: Any) -> list[Lesson]:
    """Staff correct a request; gives the lessons there are then."""
    ledger.change(number, by="lijing", **fields)
    lessons.note(ledger, number)
    return lessons.lessons(ledger.store)


def test_a_service_put_right_teaches_the_words_that_opened_the_request(ledger: Ledger) -> None:
    talk = said(ledger, ("喂，在不在", ""), ("我这腿跟灌了铅一样", "service"), ("明天", "date"))
    number = filed(ledger, "housekeeping", talk, service="通下水道")
    slots = {"service": None, "department": "骨科", "date": "2026-11-24"}
    (found,) = put_right(ledger, number, intent="appointment", slots=slots)
    assert (found.text, found.alternatives) == ("我这腿跟灌了铅一样", ("我这腿跟灌了铅一样啊",))
    assert found.understood == {"intent": "housekeeping", "slots": {"service": "通下水道"}}
    assert found.corrected == {"intent": "appointment", "slots": {"department": "骨科"}}
    assert (found.by, found.status, found.asked, found.ready) == ("lijing", "new", "", False)


def test_a_detail_put_right_teaches_the_answer_that_gave_it(ledger: Ledger) -> None:
    talk = said(ledger, ("挂个号", ""), ("不老盖疼", "department"), ("一院", "hospital"))
    number = filed(ledger, "appointment", talk, department="肾内科", hospital="人民医院")
    (found,) = put_right(ledger, number, slots={"department": "骨科", "doctor": "王芳"})
    assert (found.text, found.asked, found.slots) == (
        "不老盖疼",
        "department",
        {"department": "骨科"},
    )


@pytest.mark.parametrize(
    "slots", [{"date": "2026-11-25"}, {"passengers": 3}, {"destination": "汽车站"}, {}]
)
def test_what_belongs_to_the_day_or_the_person_teaches_nothing(
    ledger: Ledger, slots: dict[str, Any]
) -> None:
    number = filed(ledger, "taxi", said(ledger, ("要个车到火车站", "")), destination="火车站")
    assert put_right(ledger, number, slots=slots, note="x") == []


def test_what_elders_or_a_merging_change_is_no_correction(ledger: Ledger) -> None:
    first, second = (
        filed(ledger, "housekeeping", said(ledger, ("灯不亮了", ""), talk=talk), **slots)
        for talk, slots in (("a", {}), ("b", {"service": "修灯"}))
    )
    ledger.change(first, by="elder", slots={"part": "morning"})
    merging.merge(ledger, first, second, by="lijing")
    assert [lessons.note(ledger, each) for each in (first, second)] == [0, 0]


def test_who_said_it_is_not_kept(ledger: Ledger) -> None:
    ledger.upsert_resident(Resident("张桂英", phones=("13800000002",)))
    talk = said(ledger, ("我张桂英要去彭家湾，电话13800000002", ""))
    number = filed(ledger, "companionship", talk, origin="彭家湾")
    (found,) = put_right(ledger, number, intent="taxi", slots={"destination": "彭家湾"})
    assert found.text == "我＊＊要去＊＊，电话＊＊"
    assert found.corrected == {"intent": "taxi", "slots": {}}
    assert "13800000002" not in str(found)


def test_a_correction_that_is_taken_back_teaches_nothing_any_more(ledger: Ledger) -> None:
    number = filed(ledger, "housekeeping", said(ledger, ("我这腿跟灌了铅一样", "")))
    (found,) = put_right(ledger, number, intent="appointment")
    handling.undo(ledger, number, by="lijing", within=timedelta(minutes=10))
    assert lessons.note(ledger, number) == 0
    assert lessons.lessons(ledger.store) == []
    with pytest.raises(LessonError, match="taken back"):
        lessons.approve(ledger, found.id, by="wangfang")
    assert put_right(ledger, number, intent="medicine")[0].corrected["intent"] == "medicine"


def test_correcting_further_changes_the_lesson_until_it_is_decided(ledger: Ledger) -> None:
    number = filed(ledger, "housekeeping", said(ledger, ("我这腿跟灌了铅一样", "")))
    put_right(ledger, number, intent="appointment")
    (found,) = put_right(ledger, number, slots={"department": "骨科"})
    assert found.slots == {"department": "骨科"}
    lessons.approve(ledger, found.id, by="wangfang")
    (after,) = put_right(ledger, number, slots={"department": "神经内科"})
    assert (after.slots, after.ready) == ({"department": "骨科"}, True)


def test_a_supervisor_approves_rejects_and_edits_and_the_audit_knows(ledger: Ledger) -> None:
    number = filed(ledger, "housekeeping", said(ledger, ("我这腿跟灌了铅一样", "")))
    (found,) = put_right(ledger, number, intent="appointment")
    assert lessons.approve(ledger, found.id, by="wangfang").ready
    edited = lessons.edit(ledger, found.id, " 腿跟灌了铅一样 13800000002", by="wangfang")
    assert (edited.text, edited.status, edited.decided_by) == ("腿跟灌了铅一样＊＊", "new", "")
    assert lessons.reject(ledger, found.id, by="wangfang").status == "rejected"
    done = [each.what for each in audit.entries(ledger.store, target=f"lesson {found.id}")]
    assert sorted(done) == ["lesson.approved", "lesson.edited", "lesson.rejected"]
    with pytest.raises(LessonError):
        lessons.edit(ledger, found.id, " ", by="wangfang")
    with pytest.raises(LessonError):
        lessons.approve(ledger, 99, by="wangfang")


@pytest.mark.parametrize("how", ["somebody else", "another day"])
def test_what_would_raise_an_alarm_is_approved_twice(ledger: Ledger, wall: Wall, how: str) -> None:
    number = filed(ledger, "housekeeping", said(ledger, ("屋里有股臭鸡蛋味", "")))
    (found,) = put_right(ledger, number, intent="emergency", slots={"kind": "gas"})
    half = lessons.approve(ledger, found.id, by="wangfang")
    assert (half.half, half.ready) == (True, False)
    with pytest.raises(LessonError, match="somebody else"):
        lessons.approve(ledger, found.id, by="wangfang")
    wall.time += timedelta(days=how == "another day")
    by = "zhaolei" if how == "somebody else" else "wangfang"
    assert lessons.approve(ledger, found.id, by=by).ready


def test_what_another_station_learned_comes_in_once_as_new(ledger: Ledger) -> None:
    entry = {
        "uid": "ab" * 16, "text": "打13800000002", "asked": "",
        "understood": {"intent": "taxi"}, "corrected": {"intent": "call_family", "slots": {}},
    }  # fmt: skip
    assert [lessons.bring(ledger, [entry], by="w") for _ in "ab"] == [1, 0]
    (found,) = lessons.lessons(ledger.store)
    assert (found.text, found.status, found.uid) == ("打＊＊", "new", "ab" * 16)
    broken: list[Any] = [{}, {**entry, "text": ""}, {**entry, "corrected": 1}, []]
    for each in broken:
        with pytest.raises(LessonError, match="no lesson"):
            lessons.bring(ledger, [each], by="w")
    assert lessons.count(ledger.store) == 1


def test_what_was_never_approved_is_erased_in_time(ledger: Ledger, wall: Wall) -> None:
    for talk in "ab":
        number = filed(ledger, "housekeeping", said(ledger, ("我这腿跟灌了铅一样", ""), talk=talk))
        put_right(ledger, number, intent="appointment")
    lessons.approve(ledger, 1, by="wangfang")
    assert lessons.sweep(ledger.store, wall.time) == 0
    assert lessons.sweep(ledger.store, wall.time + timedelta(days=1)) == 1
    assert [each.id for each in lessons.lessons(ledger.store)] == [1]


def test_who_asks_to_be_forgotten_is_in_no_lesson(ledger: Ledger, wall: Wall) -> None:
    number = filed(ledger, "housekeeping", said(ledger, ("给孙翠花看腿", "")))
    put_right(ledger, number, intent="appointment")
    sun = ledger.upsert_resident(Resident("孙翠花"))  # registered after it was noted
    assert sun.id is not None
    ledger.cancel(number, by="elder")
    forget(ledger.store, sun.id, by="w", at=wall.time)
    assert "孙翠花" not in str(lessons.lessons(ledger.store))
