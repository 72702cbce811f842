"""A correction on the console becomes a lesson; a supervisor decides, nobody else."""

from __future__ import annotations

import html
from typing import Any

from console_house import Browser, House

from station import lessons, merging
from station.lessons import Lesson
from station.utterances import Utterance


def corrected(house: House, staff: Browser, text: str, **form: Any) -> Lesson:
    """An elder says something, it is misunderstood, and staff put it right on the console."""
    house.ledger.add_utterance(
        Utterance(f"talk {text}", 1, house.ledger.now(), text=text, confidence=0.6)
    )
    number = house.file("housekeeping", conversation=f"talk {text}")
    answer = staff.submit(f"/requests/{number}/change", {"version": 1, **form})
    assert answer.url.endswith("did=changed"), answer.text
    return lessons.lessons(house.ledger.store)[0]


def number_of(house: House, found: Lesson) -> str:
    """The request in which it was put right."""
    row = house.ledger.store.first("SELECT request FROM lessons WHERE id = ?", (found.id,))
    request = merging.by_uid(house.ledger.store, row["request"]) if row else None
    assert request is not None
    return request.number


def test_what_staff_put_right_waits_for_a_supervisor_who_approves(
    house: House, staff: Browser, boss: Browser
) -> None:
    found = corrected(house, staff, "这个月的药还没得", intent="medicine")
    assert (found.text, found.by, found.status) == ("这个月的药还没得", "lijing", "new")
    page = html.unescape(boss.look("/lessons").text)
    for said in ("这个月的药还没得", "家政维修", "李静", "等主管看"):
        assert said in page, said
    answer = boss.submit(f"/lessons/{found.id}/approve")
    assert "记下了：同意" in answer.text
    assert "还没有学的有" in answer.text
    decided = lessons.lesson(house.ledger.store, found.id)
    assert (decided.ready, decided.decided_by) == (True, "wangfang")
    boss.submit(f"/lessons/{found.id}/reject")
    assert lessons.lesson(house.ledger.store, found.id).status == "rejected"


def test_a_detail_that_was_put_right_is_a_lesson_too_and_undoing_takes_it_back(
    house: House, staff: Browser
) -> None:
    found = corrected(house, staff, "那个管子又哭了", **{"slot.service": "修水管"})
    assert found.slots == {"service": "修水管"}
    number = number_of(house, found)
    version = house.ledger.request(number).version
    staff.submit(f"/requests/{number}/undo", {"version": version})
    assert lessons.lesson(house.ledger.store, found.id).status == "withdrawn"


def test_words_are_changed_before_they_are_approved(
    house: House, staff: Browser, boss: Browser
) -> None:
    found = corrected(house, staff, "俺这个楼梯灯瞎了眼", **{"slot.service": "修灯"})
    answer = boss.submit(f"/lessons/{found.id}/edit", {"text": "楼梯灯瞎了眼 13800000002"})
    assert "楼梯灯瞎了眼＊＊" in answer.text
    assert boss.submit(f"/lessons/{found.id}/edit", {"text": " "}).status_code == 400
    assert boss.submit("/lessons/99999/approve").status_code == 404
    assert boss.submit("/lessons/x/approve").status_code == 404
    assert boss.submit(f"/lessons/{found.id}/nonsense").status_code == 404


def test_what_would_raise_an_alarm_is_approved_twice(
    house: House, staff: Browser, boss: Browser
) -> None:
    found = corrected(house, staff, "灶屋里有股子怪味", intent="emergency")
    first = boss.submit(f"/lessons/{found.id}/approve")
    assert "还要再同意一次" in first.text
    assert "会拉警报" in first.text
    again = boss.submit(f"/lessons/{found.id}/approve")
    assert (again.status_code, "两次同意" in again.text) == (400, True)
    assert not lessons.lesson(house.ledger.store, found.id).ready


def test_what_elders_say_is_text_and_never_markup(
    house: House, staff: Browser, boss: Browser
) -> None:
    corrected(house, staff, "<script>alert('药')</script>没得了", intent="medicine")
    page = boss.look("/lessons").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_only_a_supervisor_decides(house: House, staff: Browser) -> None:
    found = corrected(house, staff, "那个本本办到哪了嘛", intent="social_security")
    assert staff.look("/lessons").status_code == 403
    assert staff.submit(f"/lessons/{found.id}/approve").status_code == 403
    assert "听错的话" not in staff.look("/").text
    assert lessons.lesson(house.ledger.store, found.id).status == "new"
