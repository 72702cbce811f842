"""News reach every open page within a second, and a page that was away misses nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator

import pytest
import requests
from console_house import PASSWORD, Browser, House

from station.console import news


def events(answer: requests.Response) -> Iterator[tuple[str, dict[str, object]]]:
    name = ""
    for line in map(str, answer.iter_lines(chunk_size=1, decode_unicode=True)):
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


def test_what_is_filed_is_on_every_open_page_within_a_second(house: House, staff: Browser) -> None:
    pages = [staff.look("/news", stream=True) for _ in range(3)]
    streams = [events(each) for each in pages]
    assert [next(each)[0] for each in streams] == ["hello"] * 3
    began = time.monotonic()
    number = house.file(priority="urgent")
    for stream in streams:
        name, told = next(e for e in stream if e[0] == "change" and e[1]["number"] == number)
        assert (name, told["number"], told["urgent"]) == ("change", number, True)
        assert told["says"] == "新的请求：叫车"
    assert time.monotonic() - began < 30  # a dead stream would hang; the second is benched
    for page in pages:
        page.close()


def test_a_page_that_comes_back_reads_everything_anew(staff: Browser) -> None:
    answer = staff.look("/news", stream=True, headers={"Last-Event-ID": "1"})
    stream = events(answer)
    assert [next(stream)[0], next(stream)[0]] == ["hello", "again"]
    answer.close()


def test_a_page_that_does_not_keep_up_is_told_to_read_everything_anew() -> None:
    import asyncio

    async def fill() -> list[str | None]:
        page: asyncio.Queue[str | None] = asyncio.Queue(3)
        for each in range(4):
            news._put(page, str(each))
        return [page.get_nowait() for _ in range(page.qsize())]

    first, last = asyncio.run(fill())
    assert first is not None
    assert "again" in first
    assert last == "3"


def test_pages_that_are_left_are_forgotten(staff: Browser) -> None:
    for _ in range(3):
        answer = staff.look("/news", stream=True)
        next(events(answer))
        answer.close()
    assert threading.active_count() < 100
    assert staff.look("/").status_code == 200


def test_a_change_names_nobody(house: House) -> None:
    zhang = house.elders()[0]
    number = house.file(resident=zhang.id, phone="13800000002", note="秘密")
    text = news.told_change(house.ledger.history(number)[0])
    for secret in ("张桂英", "13800000002", "秘密"):
        assert secret not in text


def test_who_is_put_out_hears_nothing_more(
    house: House, boss: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "_BEAT_S", 0.2)
    form = {"login": "newsless", "name": "新来的", "role": "staff"}
    boss.submit("/people", form)
    code = house.site.accounts.give_code("newsless", by="wangfang")
    house.site.accounts.redeem(code, PASSWORD)
    with Browser(house.address) as browser:
        assert browser.log_in("newsless").status_code == 200
        answer = browser.look("/news", stream=True)
        stream = events(answer)
        assert next(stream)[0] == "hello"
        boss.submit("/people/newsless/disable")
        assert {name for name, _ in stream} <= {"beat", "change"}  # and then it ends
        answer.close()
