"""What was asked for twice is seen, compared, and made one; the story of both stays."""

from __future__ import annotations

import html
from typing import Any

import pytest
from console_house import Browser, House

from station.residents import Resident


def twice(house: House, name: str, **second: Any) -> tuple[str, str]:
    """The same ride asked for at the kiosk and by telephone."""
    elder = house.ledger.upsert_resident(Resident(name))
    slots = {"destination": "人民医院", "date": "2026-11-24"}
    first = house.file(resident=elder.id, slots=slots, note="轮椅")
    later = {**slots, **second}
    return first, house.file(resident=elder.id, slots=later, channel="phone", note="在二楼")


def shown(browser: Browser, path: str) -> str:
    answer = browser.look(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_what_may_be_the_same_is_said_on_the_board_and_on_both_pages(
    house: House, staff: Browser
) -> None:
    first, second = twice(house, "周玉兰")
    other = house.file("meal")
    assert shown(staff, "/?search=" + first).count("可能重复") == 1
    assert "可能重复" not in shown(staff, "/?search=" + other)
    for one, two in ((first, second), (second, first)):
        assert f'href="/requests/{one}/merge/{two}"' in shown(staff, f"/requests/{one}")


def test_two_are_made_one_with_the_details_staff_chose(house: House, staff: Browser) -> None:
    first, second = twice(house, "吴秀珍", destination="中医院", passengers=2)
    path = f"/requests/{second}/merge/{first}"
    page = shown(staff, path)
    for said in ("留下", first, "并进去", second, "人民医院", "中医院", "几个人：2"):
        assert said in page, said
    form = {f"version.{first}": 1, f"version.{second}": 1, "take.destination": "other"}
    answer = staff.submit(path, form)
    assert answer.url.endswith(f"/requests/{first}?did=merged")
    kept = house.ledger.request(first)
    assert (kept.slots["destination"], kept.slots["passengers"], kept.note) == (
        "中医院", 2, "轮椅；在二楼"
    )  # fmt: skip
    text = html.unescape(answer.text)
    for said in (f"{second} 并进来了", "并进来的", f'<span class="tag">{second}</span>',
                 "撤销上一步（合并）"):  # fmt: skip
        assert said in text, said
    ended = shown(staff, f"/requests/{second}")
    assert f'这件事已经合并，现在看： <a href="/requests/{first}">' in ended
    assert f"合并到 {first}" in ended
    assert "合并了" in shown(staff, "/?search=" + second)
    assert f"/merge/{second}" not in text


def test_a_merging_is_undone_and_a_wrong_one_separated_with_a_reason(
    house: House, staff: Browser
) -> None:
    first, second = twice(house, "郑爱莲")
    for _ in "ab":
        staff.submit(f"/requests/{first}/merge/{second}")
        version = house.ledger.request(second).version
        answer = staff.submit(f"/requests/{second}/undo", {"version": version})
        assert "上一步撤销了" in answer.text
        assert house.ledger.request(second).is_open
    staff.submit(f"/requests/{first}/merge/{second}")
    assert staff.submit(f"/requests/{second}/reopen", {"note": ""}).status_code == 400
    answer = staff.submit(f"/requests/{second}/reopen", {"note": "两趟"})
    assert "分开了，重新打开" in answer.text
    assert f"和 {first} 分开了" in html.unescape(answer.text)
    assert house.ledger.request(first).absorbed == ()


def test_what_cannot_be_one_or_has_changed_is_told(house: House, staff: Browser) -> None:
    first, second = twice(house, "钱桂芳")
    path = f"/requests/{first}/merge/{second}"
    house.ledger.change(second, by="elder", slots={"passengers": 3})
    answer = staff.submit(path, {f"version.{first}": 1, f"version.{second}": 1})
    assert (answer.status_code, "别人刚改过" in answer.text, "几个人：3" in answer.text) == (
        409, True, True
    )  # fmt: skip
    stranger = house.file("taxi", phone="13800000099")
    lone = house.file("emergency", kind="emergency", priority="emergency")
    page = shown(staff, f"/requests/{stranger}/merge/{lone}")
    assert "合成一件</button>" not in page
    assert staff.submit(f"/requests/{stranger}/merge/{lone}").status_code == 409
    assert staff.look(f"/requests/{first}/merge/0101-999").status_code == 404
    house.ledger.advance(lone, "accepted", by="lijing")
    house.ledger.advance(lone, "done", by="lijing")


@pytest.mark.parametrize("who", ["zhaomin"])
def test_an_auditor_looks_and_does_not_merge(house: House, who: str) -> None:
    first, second = twice(house, "孙凤英")
    with Browser(house.address) as auditor:
        auditor.log_in(who)
        assert "合成一件</button>" not in shown(auditor, f"/requests/{first}/merge/{second}")
        assert auditor.submit(f"/requests/{first}/merge/{second}").status_code == 403
    assert house.ledger.request(second).is_open
