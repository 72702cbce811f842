"""Residents are found by card and by telephone, and their people by any word for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from station.errors import LedgerError, UnknownResident
from station.ledger import Ledger
from station.requests import FiledRequest
from station.residents import Contact, Resident, phone_key

WANG = Resident(
    name="王秀英",
    card="A017",
    called="王奶奶",
    phones=("138 1234 5678", "0376-6222333"),
    address="河口路3号院2栋",
    dialect="xinyang",
    diet="少盐",
    hospital="人民医院",
    wheelchair=True,
    lives_alone=True,
    profile={"medicines": ["硝苯地平"]},
    note="耳朵背",
    contacts=(
        Contact("李强", "儿子", ("老大", "娃儿"), "强娃", "13900000001"),
        Contact("李芳", "女儿", ("闺女",), "", "13900000002"),
    ),
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def test_a_resident_comes_back_as_they_were_kept(ledger: Ledger) -> None:
    kept = ledger.upsert_resident(WANG)
    assert kept == replace(WANG, id=kept.id, phones=("13812345678", "03766222333"))
    assert ledger.resident_by_card(" A017 ") == kept
    assert ledger.resident_by_card("A018") is None


@pytest.mark.parametrize(
    "dialled",
    [
        "13812345678",
        "+86 138-1234-5678",
        "0086 13812345678",
        "１３８１２３４５６７８",
        "013812345678",
    ],
)
def test_a_number_is_the_same_however_it_is_written(ledger: Ledger, dialled: str) -> None:
    kept = ledger.upsert_resident(WANG)
    assert ledger.resident_by_phone(dialled) == kept


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("+86 376 6222333", "3766222333"),
        ("0376-6222333", "03766222333"),
        ("8613", "8613"),
        ("101", "101"),
        ("不知道", ""),
    ],
)
def test_numbers_are_compared_by_their_digits(written: str, key: str) -> None:
    assert phone_key(written) == key


def test_a_shared_line_names_nobody_but_both_are_found(ledger: Ledger) -> None:
    wang = ledger.upsert_resident(WANG)
    husband = ledger.upsert_resident(Resident("李大山", phones=("0376 6222333",)))
    assert ledger.resident_by_phone("03766222333") is None
    assert ledger.residents_by_phone("03766222333") == (wang, husband)
    assert ledger.resident_by_phone("没有号码") is None


def test_whoever_staff_wrote_down_may_ask_in_their_place_and_nobody_else(ledger: Ledger) -> None:
    wang = ledger.upsert_resident(replace(WANG, profile={"behalf": ["李芳"]}))
    assert ledger.caller("+86 139 0000 0002") == (wang, wang.contacts[1])
    assert ledger.caller("13812345678") == (wang, None)
    for nobody in ("13900000001", "02", ""):
        assert ledger.caller(nobody) == (None, None)


def test_who_may_ask_for_two_has_to_say_for_whom(ledger: Ledger) -> None:
    for name in ("王秀英", "李大山"):
        ledger.upsert_resident(replace(WANG, name=name, card=None, profile={"behalf": ["李芳"]}))
    assert ledger.caller("13900000002") == (None, None)


def test_namesakes_are_all_found(ledger: Ledger) -> None:
    both = (ledger.upsert_resident(WANG), ledger.upsert_resident(Resident("王秀英")))
    assert ledger.residents_by_name("王秀英") == both
    assert ledger.residents_by_name("王秀") == ()


def test_the_same_card_means_the_same_person(ledger: Ledger) -> None:
    first = ledger.upsert_resident(WANG)
    moved = ledger.upsert_resident(replace(WANG, address="新村5栋", contacts=(), phones=("101",)))
    assert moved.id == first.id
    assert ledger.resident_by_card("A017") == moved
    assert (moved.address, moved.contacts, moved.phones) == ("新村5栋", (), ("101",))
    assert ledger.resident_by_phone("13812345678") is None


def test_two_people_cannot_have_one_card(ledger: Ledger) -> None:
    ledger.upsert_resident(WANG)
    other = ledger.upsert_resident(Resident("张三"))
    with pytest.raises(LedgerError) as caught:
        ledger.upsert_resident(replace(other, card="A017"))
    assert caught.value.code == "refused"


def test_an_unknown_id_is_refused(ledger: Ledger) -> None:
    with pytest.raises(UnknownResident, match="resident 9 is not in the ledger"):
        ledger.upsert_resident(replace(WANG, id=9))
    with pytest.raises(UnknownResident):
        ledger.resident(9)


def test_a_name_is_only_text(ledger: Ledger) -> None:
    name = "'); DROP TABLE residents; -- <script>"
    kept = ledger.upsert_resident(Resident(name))
    assert ledger.resident(kept.id or 0).name == name


def test_facts_are_plain_data(ledger: Ledger) -> None:
    import json

    facts = ledger.upsert_resident(WANG).facts()
    assert json.loads(json.dumps(facts)) == facts
    assert facts["contacts"][0]["words"] == ["老大", "娃儿"]
    assert facts["medicines"] == ["硝苯地平"]


def test_open_requests_are_the_residents_own(ledger: Ledger) -> None:
    wang = ledger.upsert_resident(WANG)
    other = ledger.upsert_resident(Resident("张三"))
    mine = ledger.file(FiledRequest("taxi", resident=wang.id))
    ledger.file(FiledRequest("meal", resident=other.id))
    ledger.cancel(ledger.file(FiledRequest("meal", resident=wang.id)).number, by="elder")
    assert [request.number for request in ledger.open_requests(wang.id)] == [mine.number]
    assert mine.resident_name == "王秀英"


def test_the_last_that_was_done_of_each_service_is_known(ledger: Ledger) -> None:
    wang = ledger.upsert_resident(WANG)
    other = ledger.upsert_resident(Resident("张三"))

    def done(resident: int | None, intent: str, **slots: str) -> None:
        number = ledger.file(FiledRequest(intent, resident=resident, slots=slots)).number
        ledger.advance(number, "accepted", by="1")
        ledger.advance(number, "done", by="1")

    assert wang.id is not None
    done(wang.id, "taxi", destination="火车站")
    done(wang.id, "taxi", destination="透析中心")
    done(wang.id, "meal", diet="少盐")
    done(other.id, "housekeeping", service="修灯")
    ledger.file(FiledRequest("taxi", resident=wang.id, slots={"destination": "公园"}))
    found = {each.intent: each.slots for each in ledger.last_done(wang.id)}
    assert found == {"taxi": {"destination": "透析中心"}, "meal": {"diet": "少盐"}}
