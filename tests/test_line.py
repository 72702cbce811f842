"""One call from greeting to good-bye; what breaks is told, and its neighbours go on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from far_end import calling
from line_desk import KNOWN, Desk, listening, rung, runs, says, until

from ivr.media import Doors
from linli.session import Turn
from station.errors import LedgerError
from station.residents import Contact


def test_a_request_agreed_to_by_key_is_filed_for_the_resident_whose_number_it_is(
    desk: Desk,
) -> None:
    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            await far.press("1")
            await listening(desk, "service")
            await far.hang_up()

    runs(story)
    (request,) = desk.station.ledger.requests()
    assert (request.intent, request.resident_name) == ("taxi", "张桂英")
    assert request.slots["origin"] == "光荣小区三号楼二单元"


def test_a_daughter_who_may_asks_in_her_mothers_place_and_staff_read_who_it_was(
    desk: Desk,
) -> None:
    ledger = desk.station.ledger
    zhang = ledger.resident_by_phone(KNOWN)
    assert zhang is not None
    daughter = Contact("刘敏", "女儿", phone="139 0000 0009")
    ledger.upsert_resident(replace(zhang, contacts=(daughter,), profile={"behalf": ["刘敏"]}))
    heard: list[str] = []

    async def story() -> None:
        async with rung(desk, number="13900000009") as far:
            await listening(desk, "service")
            heard.extend(desk.line.turn.say)
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            await far.press("1")
            await listening(desk, "service")
            await far.hang_up()

    runs(story)
    assert f"替{zhang.called}办什么事？" in heard[-1]
    (request,) = ledger.requests()
    assert (request.resident, request.phone) == (zhang.id, "13900000009")
    assert request.slots["origin"] == zhang.address
    assert request.note == "女儿刘敏打来替老人办"


def test_a_full_disk_is_told_in_a_clear_sentence_and_a_person_takes_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerError("disk full", code="disk_full")

    async def story() -> None:
        async with rung(desk) as far:
            await listening(desk, "service")
            await says(desk, far, "明天早上八点叫个车去人民医院")
            await listening(desk, "confirm")
            monkeypatch.setattr(desk.station.ledger, "file", full)
            line = desk.line
            await far.press("1")
            await far.ended()
            assert line.turn.say[0].startswith("对不起")

    runs(story)
    assert [told[1] for told in desk.switch.told] == ["operator"]
    assert desk.requests() == []


def test_a_call_that_breaks_ends_with_an_apology_and_its_neighbours_go_on(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Turn:
        raise RuntimeError("broken")

    async def story() -> None:
        taken = desk.phone.server(Doors("asterisk", "secret", 0))
        async with taken.running(), calling(taken.port, call_id="a") as one:
            await one.spoken_to()
            first = desk.line
            async with calling(taken.port, call_id="b") as other:
                await until(lambda: len(desk.phone.lines) == 2)
                await until(lambda: first.asks)
                monkeypatch.setattr(first.call.session, "receive", broken)
                await one.press("5")
                await one.ended()
                await until(lambda: desk.line.asks == "service")
                assert not other.over
                await other.hang_up()
            await until(lambda: not desk.phone.lines)

    runs(story)
    assert desk.switch.told == []
