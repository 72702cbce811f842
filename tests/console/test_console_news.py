"""News reach every open page within a second, and a page that was away misses nothing."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest
from console_house import PASSWORD, Browser, House, events

from station.console import news


def test_what_is_filed_is_on_every_open_page_within_a_second(house: House, staff: Browser) -> None:
    with ExitStack() as open_pages:
        pages = [open_pages.enter_context(staff.look("/news", stream=True)) for _ in range(3)]
        streams = [events(each) for each in pages]
        assert [next(each)[0] for each in streams] == ["hello"] * 3
        before = house.file()
        for stream in streams:  # what others filed a moment ago is told by then
            next(e for e in stream if e[0] == "change" and before in (e[1]["numbers"] or [before]))
        number = house.file(priority="urgent")
        for stream in streams:  # a dead one would hang; the second is benched
            name, told = next(e for e in stream if e[0] == "change" and number in e[1]["numbers"])
            assert (name, told["urgent"]) == ("change", True)
            assert told["says"].startswith("新的请求：")


def test_a_page_that_comes_back_reads_everything_anew(staff: Browser) -> None:
    answer = staff.look("/news", stream=True, headers={"Last-Event-ID": "1"})
    stream = events(answer)
    assert [next(stream)[0], next(stream)[0]] == ["hello", "again"]
    answer.close()


def test_a_page_that_does_not_keep_up_is_told_to_read_everything_anew() -> None:
    async def fill() -> list[str | None]:
        page: asyncio.Queue[str | None] = asyncio.Queue(3)
        for each in range(4):
            news._put(page, str(each))
        return [page.get_nowait() for _ in range(page.qsize())]

    first, last = asyncio.run(fill())
    assert first is not None
    assert "again" in first
    assert last == "3"


def test_a_page_misses_nothing_between_its_rows_and_its_stream(
    house: House, staff: Browser
) -> None:
    page = staff.look("/").text
    since = page.partition('data-news="/news?since=')[2].partition('"')[0]
    with staff.look(f"/news?since={since}", stream=True) as answer:
        assert next(events(answer))[0] == "hello"
    with staff.look("/news", stream=True) as other:
        told = events(other)
        next(told)
        number = house.file()
        next(e for e in told if e[0] == "change" and number in e[1]["numbers"])
    with staff.look(f"/news?since={since}", stream=True) as answer:
        stream = events(answer)
        assert [next(stream)[0], next(stream)[0]] == ["hello", "again"]


class Told(news.News):
    """What is handed out, and when a look was worth it."""

    def __init__(self, house: House) -> None:
        super().__init__(house.ledger)
        self._since = house.ledger.newest_change()
        self.texts: list[str] = []

    def _tell(self, text: str, newest: int) -> None:
        self.texts.append(text)
        self.last = newest


def test_a_burst_is_told_together_and_its_last_change_always(house: House) -> None:
    told = Told(house)
    for _ in range(40):
        house.file("meal")
    assert told._look() == 40
    last = house.file("taxi", priority="urgent")
    assert told._look() == 1
    assert told._look() == 0
    burst, single = map(body, told.texts)
    assert (burst["numbers"], burst["urgent"]) == ([], False)  # too many to name
    assert burst["says"] == "新的请求：订餐，另外还有 39 件"
    assert (single["numbers"], single["urgent"]) == ([last], True)
    assert told.last == house.ledger.newest_change()


def test_more_than_is_read_at_once_is_told_to_the_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "_MOST", 3)
    told = Told(house)
    for _ in range(8):
        house.file("meal")
    told._look()
    assert told.last == house.ledger.newest_change()
    assert body(told.texts[0])["says"].endswith("7 件")


def test_of_many_the_urgent_one_is_said(house: House) -> None:
    told = Told(house)
    house.file("meal")
    house.file("taxi", priority="urgent")
    house.file("meal")
    told._look()
    assert body(told.texts[0])["urgent"]
    assert body(told.texts[0])["says"] == "新的请求：叫车，另外还有 2 件"


def body(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text.partition("data: ")[2])
    return found


def test_pages_read_a_few_times_in_a_burst_and_end_with_everything(
    house: House, staff: Browser
) -> None:
    with staff.look("/news", stream=True) as answer:
        stream = events(answer)
        assert [next(stream)[0], next(stream)[0]] == ["hello", "again"]
        began = time.monotonic()
        for _ in range(100):
            last = house.file("meal")
        took = time.monotonic() - began
        heard = []
        for name, _ in stream:
            heard.append(name)
            if last in staff.look("/", headers={"HX-Request": "true"}).text:
                break
    assert heard[-1] == "change"  # by news, not by a sign of life long after
    assert heard.count("change") <= 3 + took / news.PAUSE_S


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
    text = news.told_changes(house.ledger.history(number))
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
        assert {name for name, _ in stream} <= {"again", "beat", "change"}  # and then it ends
        answer.close()


def test_news_that_never_began_end_without_a_word(house: House) -> None:
    never = news.News(house.ledger)
    never.stop()
    assert not [each for each in threading.enumerate() if each is never._thread]
