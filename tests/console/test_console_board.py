"""The board, the list of calls and the slips."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from console_house import Browser, House

from station import audit, callbacks


def numbers(browser: Browser, query: str = "", **headers: str) -> list[str]:
    text = browser.look(f"/?{query}", headers=headers).text
    return re.findall(r'id="r([\d-]+)"', text)


def test_what_is_urgent_stands_first_and_what_is_closed_nowhere(
    house: House, staff: Browser
) -> None:
    done, plain, urgent = house.file(), house.file(), house.file("meal", priority="urgent")
    house.ledger.advance(done, "cancelled", by="lijing")
    shown = numbers(staff)
    assert done not in shown
    assert shown.index(urgent) < shown.index(plain)
    assert numbers(staff, **{"HX-Request": "true"}) == shown


def test_the_board_is_narrowed_by_step_service_channel_urgency_and_day(
    house: House, staff: Browser
) -> None:
    paper = house.file("activity", channel="paper", priority="urgent")
    today = f"{house.ledger.now():%Y-%m-%d}"
    for query in ("status=new", "intent=activity", "channel=paper", "priority=urgent",
                  f"day={today}", f"search={paper}", f"status=all&search={paper[:6]}"):  # fmt: skip
        assert paper in numbers(staff, query), query
    for query in ("status=done", "intent=meal", "channel=phone", "priority=ordinary",
                  "day=2020-01-01", "search=nobody"):  # fmt: skip
        assert paper not in numbers(staff, query), query


def test_somebody_is_found_by_name_also_when_their_request_is_closed(
    house: House, staff: Browser
) -> None:
    li = house.elders()[1]
    number = house.file(resident=li.id)
    house.ledger.advance(number, "cancelled", by="lijing")
    assert number in numbers(staff, "search=秀兰")


def test_older_ones_follow_page_by_page_and_none_is_left_out(house: House, staff: Browser) -> None:
    filed = [house.file("companionship") for _ in range(60)]
    text = staff.look("/?intent=companionship").text
    found = re.findall(r'id="r([\d-]+)"', text)
    older = html.unescape(re.findall(r'href="(/\?[^"]*after=[^"]*)"', text)[0])
    assert found + re.findall(r'id="r([\d-]+)"', staff.look(older).text) == filed[::-1]


def test_a_missed_call_is_called_back_and_leaves_the_list(house: House, staff: Browser) -> None:
    house.elders()
    house.missed("call-7", message=b"RIFF....")
    entry = next(each for each in callbacks.waiting(house.ledger.store) if each.uid == "call-7")
    text = staff.look("/calls").text
    assert "138****0002" in text
    assert "13800000002" not in text
    assert "tel:13800000002" in staff.submit(f"/calls/{entry.id}/reveal").text
    assert staff.look(f"/calls/{entry.id}/message").content == b"RIFF...."
    told = [each.what for each in audit.entries(house.ledger.store, target=f"callback {entry.id}")]
    assert told == ["recording.played", "phone.revealed"]
    assert "打过 1 次" in staff.submit(f"/calls/{entry.id}/tried", {"note": "没人接"}).text
    staff.submit(f"/calls/{entry.id}/settle", {"note": "说好了"})
    settled = callbacks.callback(house.ledger.store, entry.id)
    assert (settled.by, settled.note) == ("lijing", "说好了")
    assert staff.submit(f"/calls/{entry.id}/settle").status_code == 404
    assert staff.look("/calls/999999/message").status_code == 404


def test_who_was_gone_before_the_read_back_stands_in_the_list_of_calls(
    house: House, staff: Browser
) -> None:
    number = house.file(unfinished=True)
    assert number in staff.look("/calls").text


@pytest.mark.parametrize("days", [1, -1])
def test_a_slip_is_checked_by_its_code(house: House, staff: Browser, days: int) -> None:
    request = house.ledger.request(house.file())
    today = house.ledger.now().date()
    code = house.site.proofs.code(request, today + timedelta(days=days))
    text = staff.look("/slip", params={"code": code}).text
    assert ("是真的，有效" if days > 0 else "已经过期") in text
    assert request.number in text
    other = code[:-1] + ("3" if code.endswith("2") else "2")
    assert "不是本站开的" in staff.look("/slip", params={"code": other}).text
