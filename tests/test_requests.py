"""`linli requests`: one object a line for programs, a readable Chinese table for people."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from linli.requests import show
from station.clock import BEIJING
from station.ledger import Ledger
from station.listing import Filter
from station.requests import OPEN, FiledRequest
from station.residents import Resident
from station.words import words

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as opened:
        wang = opened.upsert_resident(Resident("王秀英"))
        items = [{"name": "饺子", "quantity": 1.5}, {"name": "米饭", "quantity": None}]
        slots = {"items": items, "meal": "lunch", "delivery": True, "note": "莫放辣"}
        opened.file(FiledRequest("meal", slots, "phone", wang.id))
        opened.file(
            FiledRequest("emergency", {"kind": "fall"}, priority="emergency", kind="emergency")
        )
        opened.file(FiledRequest("taxi", {"destination": "医院"}, unfinished=True))
        opened.cancel("1123-003", by="elder")
        yield opened


def shown(ledger: Ledger, *, as_json: bool, wanted: Filter | None = None) -> str:
    out = io.StringIO()
    show(ledger, out, as_json=as_json, wanted=wanted)
    return out.getvalue()


def test_programs_get_exactly_the_promised_object_a_line(ledger: Ledger) -> None:
    first, second, third = map(json.loads, shown(ledger, as_json=True).splitlines())
    assert first == {
        "number": "1123-001",
        "created": "2026-11-23T09:00:00+08:00",
        "channel": "phone",
        "resident": "王秀英",
        "intent": "meal",
        "slots": {
            "items": [{"name": "饺子", "quantity": 1.5}, {"name": "米饭", "quantity": None}],
            "meal": "lunch",
            "delivery": True,
        },
        "status": "new",
        "priority": "ordinary",
        "note": "莫放辣",
    }
    assert list(first) == [
        "number",
        "created",
        "channel",
        "resident",
        "intent",
        "slots",
        "status",
        "priority",
        "note",
    ]
    assert (second["resident"], second["priority"]) == (None, "emergency")
    assert third["status"] == "cancelled"


def test_chinese_is_written_as_itself(ledger: Ledger) -> None:
    assert "王秀英" in shown(ledger, as_json=True)


def test_people_get_a_table_in_chinese(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    table = shown(ledger, as_json=False)
    header, *lines = table.splitlines()
    assert header.split() == words()["columns"]
    assert lines[0].split()[:5] == ["1123-001", "11-23", "09:00", "电话", "王秀英"]
    assert "菜 饺子×1.5、米饭" in lines[0]
    assert "送到家 要" in lines[0]
    assert "摔倒" in lines[1]
    assert "报警" in lines[1]
    assert "没说完，要回电话" in lines[2]


def test_an_empty_list_says_so(ledger: Ledger) -> None:
    wanted = Filter(intent="activity")
    assert shown(ledger, as_json=False, wanted=wanted).strip() == words()["none"]
    assert shown(ledger, as_json=True, wanted=wanted) == ""


def test_a_filter_chooses(ledger: Ledger) -> None:
    lines = shown(ledger, as_json=True, wanted=Filter(status=OPEN)).splitlines()
    assert [json.loads(line)["number"] for line in lines] == ["1123-001", "1123-002"]


def test_every_word_a_request_may_need_has_its_chinese() -> None:
    from typing import get_args

    from station import requests
    from station.store import _CURES

    said = words()
    assert set(said["statuses"]) == set(get_args(requests.Status))
    assert set(said["priorities"]) == set(get_args(requests.Priority))
    assert set(said["channels"]) == set(get_args(requests.Channel))
    assert set(said["kinds"]) | {"request"} == set(get_args(requests.Kind))
    assert set(_CURES) - {"refused", "closed"} <= set(said["troubles"])
