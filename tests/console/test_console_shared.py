"""Boards that many read at once are made once, and never shown after something changed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from console_house import Browser, House, events

from station.console.shared import MOST, Shared


class Ledger:
    """What happened, and what pages know of it."""

    newest = 1
    told = 1

    def shared(self, clock: Callable[[], float] = time.monotonic) -> Shared:
        return Shared(lambda: self.newest, lambda: self.told, clock)


def test_many_who_ask_at_once_get_what_was_made_once() -> None:
    shared, made, begin = Ledger().shared(), [], threading.Barrier(20)

    def make() -> str:
        time.sleep(0.05)
        made.append("board")
        return "board"

    def ask(_: int) -> str:
        begin.wait(10)
        return shared.get("/", make)

    with ThreadPoolExecutor(20) as pages:
        assert set(pages.map(ask, range(20))) == {"board"}
    assert len(made) <= 20 // 5


def test_what_pages_were_told_of_is_in_what_they_get() -> None:
    ledger, now = Ledger(), [0.0]
    shared = ledger.shared(lambda: now[0])
    assert shared.get("/", lambda: "old") == "old"
    ledger.newest = 2
    assert shared.get("/", lambda: "new") == "old"  # nobody knows yet: they will ask again
    ledger.told = 2
    assert shared.get("/", lambda: "new") == "new"
    assert shared.get("/", lambda: "the same") == "new"


def test_what_happens_while_a_text_is_made_is_not_taken_to_be_in_it() -> None:
    ledger = Ledger()
    shared = ledger.shared(lambda: 0.0)

    def make() -> str:
        ledger.newest = ledger.told = 2
        return "read before"

    assert shared.get("/", make) == "read before"
    assert shared.get("/", lambda: "read after") == "read after"


def test_a_second_makes_it_anew_and_names_are_apart() -> None:
    now = [0.0]
    shared = Ledger().shared(lambda: now[0])
    assert shared.get("/", lambda: "old") == "old"
    now[0] = 0.9
    assert shared.get("/", lambda: "new") == "old"
    assert shared.get("/?search=x", lambda: "other") == "other"
    now[0] = 2.0
    assert shared.get("/", lambda: "later") == "later"


def test_it_never_grows_without_end() -> None:
    shared = Ledger().shared()
    for n in range(3 * MOST):
        assert shared.get(str(n), lambda n=n: str(n)) == str(n)  # type: ignore[misc]
    assert len(shared._kept) <= MOST


def test_an_open_board_that_was_told_of_a_change_shows_it(house: House, staff: Browser) -> None:
    part = {"HX-Request": "true"}
    with staff.look("/news", stream=True) as answer:
        stream = events(answer)
        assert next(stream)[0] == "hello"
        number = house.file("activity")
        next(e for e in stream if e[0] == "change" and number in e[1]["numbers"])
        assert number in staff.look("/?intent=activity", headers=part).text
        house.ledger.cancel(number, by="lijing", note="不要了")
        next(e for e in stream if e[0] == "change" and number in e[1]["numbers"])
        assert number not in staff.look("/?intent=activity", headers=part).text


def test_an_alarm_and_the_count_are_on_an_open_page_once_it_was_told(
    house: House, staff: Browser
) -> None:
    part = {"HX-Request": "true"}
    with staff.look("/news", stream=True) as answer:
        stream = events(answer)
        assert staff.look("/alarm", headers=part).text.strip() == ""
        staff.look("/pulse", headers=part)
        before = house.new()
        number = house.alarm()
        next(e for e in stream if e[0] == "change" and number in e[1]["numbers"])
        assert number in staff.look("/alarm", headers=part).text
        assert f'data-new="{before + 1}"' in staff.look("/pulse", headers=part).text
        house.ledger.cancel(number, by="lijing", note="试一试")
        next(e for e in stream if e[0] == "change" and number in e[1]["numbers"])
        assert staff.look("/alarm", headers=part).text.strip() == ""
