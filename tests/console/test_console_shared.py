"""Boards that many read at once are made once, and never shown after something changed."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from console_house import Browser, House

from station.console.shared import MOST, Shared


def test_many_who_ask_at_once_get_what_was_made_once() -> None:
    shared, made, begin = Shared(), [], threading.Barrier(20)

    def make() -> str:
        time.sleep(0.05)
        made.append("board")
        return "board"

    def ask(_: int) -> str:
        begin.wait(10)
        return shared.get("/", 1, make)

    with ThreadPoolExecutor(20) as pages:
        assert set(pages.map(ask, range(20))) == {"board"}
    assert len(made) <= 20 // 5


def test_a_change_or_a_second_makes_it_anew() -> None:
    now = [0.0]
    shared = Shared(lambda: now[0])
    assert shared.get("/", 1, lambda: "old") == "old"
    now[0] = 0.9
    assert shared.get("/", 1, lambda: "new") == "old"
    assert shared.get("/", 2, lambda: "new") == "new"
    now[0] = 2.0
    assert shared.get("/", 2, lambda: "later") == "later"
    assert shared.get("/?search=x", 2, lambda: "other") == "other"


def test_it_never_grows_without_end() -> None:
    shared = Shared()
    for n in range(3 * MOST):
        assert shared.get(str(n), 1, lambda n=n: str(n)) == str(n)  # type: ignore[misc]
    assert len(shared._kept) <= MOST


def test_an_open_board_shows_a_change_at_once(house: House, staff: Browser) -> None:
    part = {"HX-Request": "true"}
    number = house.file("activity")
    assert number in staff.look("/?intent=activity", headers=part).text
    house.ledger.cancel(number, by="lijing", note="不要了")
    assert number not in staff.look("/?intent=activity", headers=part).text
