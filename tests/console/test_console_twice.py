"""Whoever presses twice, or sends a page again, does it once."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from console_house import Browser, House

from station.listing import Filter


def twice(browser: Browser, path: str, form: dict[str, object], seen: str) -> set[int]:
    """Send a form twice at the same moment, as a trembling hand does; the answers."""

    def send(_: int) -> int:
        with Browser(browser.address) as again:
            again.cookies.update(browser.cookies)
            return again.submit(path, form, seen=seen, allow_redirects=False).status_code

    with ThreadPoolExecutor(2) as hands:
        return set(hands.map(send, range(2)))


def test_a_request_entered_by_hand_is_filed_once(house: House, staff: Browser) -> None:
    page = staff.look("/new?intent=activity").text
    uid = re.search(r'name="uid" value="(\w+)"', page)
    assert uid
    form = {"intent": "activity", "uid": uid[1], "note": "两次"}
    assert twice(staff, "/new", form, page) == {303}
    assert staff.submit("/new", form, seen=page).status_code == 200
    filed = [each for each in house.ledger.requests(Filter(intent="activity"))
             if each.note == "两次"]  # fmt: skip
    assert len(filed) == 1


@pytest.mark.parametrize(
    ("deed", "form"),
    [
        ("accept", {}),
        ("note", {"note": "车在路上"}),
        ("cancel", {"note": "不要了"}),
        ("change", {"slot.destination": "汽车站"}),
    ],
)
def test_a_deed_is_done_once(
    house: House, staff: Browser, deed: str, form: dict[str, object]
) -> None:
    number = house.file(slots={"destination": "火车站"})
    page = staff.look(f"/requests/{number}").text
    form = {**form, "version": house.ledger.request(number).version}
    answers = twice(staff, f"/requests/{number}/{deed}", form, page)
    assert answers <= {303, 409}
    assert 303 in answers
    assert staff.submit(f"/requests/{number}/{deed}", form, seen=page).status_code in {200, 409}
    assert len(house.ledger.history(number)) == 2


def test_the_same_words_noted_later_are_another_note(house: House, staff: Browser) -> None:
    number = house.file()
    for _ in range(2):
        version = house.ledger.request(number).version
        staff.submit(f"/requests/{number}/note", {"note": "没人接", "version": version})
    assert [change.note for change in house.ledger.history(number)[1:]] == ["没人接"] * 2
