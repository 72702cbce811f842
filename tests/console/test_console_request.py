"""A request's page shows everything, and everything staff do with it is a line in its story."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from console_house import Browser, House

from station import audit
from station.listing import Filter


def act(browser: Browser, house: House, number: str, deed: str, **form: Any) -> str:
    """Do something as the page stands now; gives the page afterwards."""
    version = house.ledger.request(number).version
    answer = browser.submit(f"/requests/{number}/{deed}", {"version": version, **form})
    assert answer.status_code == 200, answer.text
    return html.unescape(answer.text)


def test_everything_that_was_said_and_understood_is_shown(house: House, staff: Browser) -> None:
    zhang = house.elders()[0]
    number = house.file(
        resident=zhang.id, conversation=house.talk("shown"), phone="13800000002",
        slots={"destination": "人民医院", "passengers": 2}, summary="到人民医院，两个人。",
    )  # fmt: skip
    text = html.unescape(staff.look(f"/requests/{number}").text)
    for said in ("我要去人民医院", "wǒ yào qù rén mín yī yuàn", "我要去人民一院", "不太准 62%",
                 "好的，到人民医院。", "到人民医院，两个人。", "张桂英", "一个人住", "大女儿 王芳",
                 "登记", "问的是：几个人"):  # fmt: skip
        assert said in text, said
    assert "13800000002" not in text
    assert "0376-5550101" not in text
    assert "138****0002" in text


def test_numbers_are_shown_to_who_asks_and_the_audit_knows(house: House, staff: Browser) -> None:
    number = house.file(phone="13800000002")
    answer = staff.submit(f"/requests/{number}/reveal")
    assert "13800000002" in answer.text
    entry = audit.entries(house.ledger.store, what="phone.revealed", limit=1)[0]
    assert (entry.by, entry.target) == ("lijing", f"request {number}")
    assert "13800000002" not in staff.look(f"/requests/{number}").text


def test_a_day_of_a_request_from_accepting_to_reopening(house: House, staff: Browser) -> None:
    number = house.file(slots={"destination": "火车站"})
    assert "这件事归您办了" in act(staff, house, number, "accept")
    assert "负责" in act(staff, house, number, "assign", to="光明出租")
    assert "车在路上" in act(staff, house, number, "note", note="车在路上")
    assert "送到了" in act(staff, house, number, "done", note="送到了")
    assert "说没送到" in act(staff, house, number, "reopen", note="说没送到")
    assert "不去了" in act(staff, house, number, "cancel", note="不去了")
    assert [(c.what, c.by) for c in house.ledger.history(number)[1:]] == [
        ("status", "lijing"), ("status", "lijing"), ("noted", "lijing"),
        ("status", "lijing"), ("status", "lijing"), ("status", "lijing"),
    ]  # fmt: skip
    assert "撤销了上一步" in act(staff, house, number, "undo")
    assert house.ledger.request(number).status == "accepted"


def test_what_was_misheard_is_corrected_and_both_stand_in_the_story(
    house: House, staff: Browser
) -> None:
    number = house.file(slots={"destination": "火车站", "passengers": 2})
    text = act(staff, house, number, "change", why="听错了",
               **{"slot.destination": "汽车站", "slot.passengers": "", "priority": "urgent"},
               )  # fmt: skip
    for told in ("到哪里：火车站 → 汽车站", "几个人：2 → （空）", "急不急：一般 → 急", "听错了"):
        assert told in text, told
    request = house.ledger.request(number)
    assert (dict(request.slots), request.priority) == ({"destination": "汽车站"}, "urgent")
    assert "没有改动" in act(staff, house, number, "change", **{"slot.destination": "汽车站"})


def test_a_service_that_was_misunderstood_is_corrected(house: House, staff: Browser) -> None:
    number = house.file("meal")
    act(staff, house, number, "change", intent="medicine")
    act(staff, house, number, "change", intent="<b>")
    assert house.ledger.request(number).intent == "medicine"


@pytest.mark.parametrize(
    ("deed", "form", "said"),
    [
        ("note", {"note": " "}, "没有填"),
        ("assign", {"to": ""}, "没有填"),
        ("cancel", {"note": ""}, "请写原因"),
        ("failed", {}, "请写原因"),
        ("change", {"slot.date": "bald"}, "填得不对"),
    ],
)
def test_what_is_missing_or_wrong_is_told_and_nothing_happens(
    house: House, staff: Browser, deed: str, form: dict[str, str], said: str
) -> None:
    number = house.file()
    answer = staff.submit(f"/requests/{number}/{deed}", form)
    assert answer.status_code == 400
    assert said in answer.text
    assert house.ledger.request(number).version == 1


def test_who_acts_on_an_old_page_sees_the_new_one_first(house: House, staff: Browser) -> None:
    number = house.file()
    house.ledger.advance(number, "accepted", by="wangfang")
    answer = staff.submit(f"/requests/{number}/cancel", {"version": 1, "note": "x"})
    assert answer.status_code == 409
    assert "别人刚改过" in answer.text
    assert house.ledger.request(number).status == "accepted"


def test_what_makes_no_sense_now_is_told(house: House, staff: Browser) -> None:
    number = house.file()
    assert staff.submit(f"/requests/{number}/reopen", {"note": "x"}).status_code == 409
    assert staff.submit(f"/requests/{number}/undo").status_code == 409
    assert staff.submit(f"/requests/{number}/nonsense").status_code == 404
    assert staff.submit("/requests/0101-001/accept").status_code == 404


def test_an_alarm_stands_on_every_page_until_somebody_goes(house: House, staff: Browser) -> None:
    zhang = house.elders()[0]
    number = house.alarm(resident=zhang.id)
    for path in ("/", "/calls", "/me"):
        text = staff.look(path).text
        assert 'role="alertdialog"' in text
        assert "光荣小区三号楼二单元" in text
    answer = staff.submit(f"/alarm/{number}")
    assert answer.url.endswith(f"/requests/{number}?did=acknowledged")
    assert "秒后有人应答" in answer.text
    seen = house.ledger.request(number)
    assert seen.acknowledged is not None
    assert timedelta(0) <= seen.acknowledged - seen.created < timedelta(minutes=3)
    assert 'role="alertdialog"' not in staff.look("/").text
    house.ledger.advance(number, "done", by="lijing")


def test_a_recording_is_played_and_the_audit_knows_before_a_byte_is_sent(
    house: House, staff: Browser
) -> None:
    number = house.file(conversation=house.talk("played"))
    path = f"/requests/{number}/sound/1"
    answer = staff.look(path)
    assert answer.content[:4] == b"OggS"
    assert staff.look(path, headers={"Range": "bytes=100-200"}).status_code == 206
    entries = audit.entries(house.ledger.store, what="recording.played", target=f"request {number}")
    assert [(each.by, each.detail) for each in entries] == [("lijing", {"n": "1"})]
    assert staff.look(f"/requests/{number}/wave/1").text.count("<rect") == 120
    for nothing in ("2", "9", "x"):
        assert staff.look(f"/requests/{number}/sound/{nothing}").status_code == 404


def test_a_recording_outside_the_folder_is_never_read(house: House, staff: Browser) -> None:
    from dataclasses import replace

    talk = house.talk("outside")
    said = house.ledger.utterances(talk)[0]
    house.ledger.add_utterance(replace(said, audio="../ledger.db"))
    number = house.file(conversation=talk)
    assert staff.look(f"/requests/{number}/sound/1").status_code == 404
    assert staff.look(f"/requests/{number}/wave/1").status_code == 404


def test_somebody_who_came_in_is_filed_once_however_often_the_button_is_pressed(
    house: House, staff: Browser
) -> None:
    zhang = house.elders()[0]
    assert "张桂英" in staff.look("/new?intent=taxi&who=5550101").text
    form = {
        "intent": "taxi", "resident": zhang.id, "slot.destination": "火车站", "slot.passengers": 2,
        "channel": "paper", "priority": "urgent", "note": "急", "uid": "ab" * 16,
    }  # fmt: skip
    first, second = staff.submit("/new", form), staff.submit("/new", form)
    assert first.url == second.url
    request = house.ledger.request(first.url.split("/")[-1].split("?")[0])
    assert (request.channel, request.priority, request.resident) == ("paper", "urgent", zhang.id)
    assert request.slots == {"destination": "火车站", "passengers": 2}
    assert house.ledger.history(request.number)[0].by == "lijing"


@pytest.mark.parametrize("form", [{"intent": "nonsense"}, {"intent": "taxi", "slot.time": "bald"}])
def test_a_wrong_form_is_given_back_with_what_was_written(
    house: House, staff: Browser, form: dict[str, str]
) -> None:
    before = len(list(house.ledger.requests(Filter())))
    answer = staff.submit("/new", {**form, "note": "bitte behalten"})
    assert answer.status_code == 400
    assert len(list(house.ledger.requests(Filter()))) == before
    if form["intent"] == "taxi":
        assert "bitte behalten" in answer.text
