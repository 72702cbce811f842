"""Staff ring somebody from the console: the wish, who takes it up, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import patience
import pytest
from telephone import Line, telephone_line

from ivr.events import SwitchEvent
from linli.desk_calls import DeskCaller
from linli.exchange import make_switch
from station import audit, clock, desk_calls
from station.desk_calls import LONGEST, WANTED_S, DeskBusy, DeskCall, RungOften
from station.ledger import Ledger
from station.requests import FiledRequest

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=clock.BEIJING)
SECOND = timedelta(seconds=1)
LI = DeskCall("801", "13912345678", "lijing")
OFTEN = 8


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def test_a_wish_is_taken_up_once_and_is_in_the_audit(ledger: Ledger) -> None:
    request = ledger.file(FiledRequest("taxi"))
    wish = desk_calls.want(ledger.store, replace(LI, request=request.id), NINE, per_hour=OFTEN)
    assert (wish.state, wish.over) == ("wanted", False)
    (entry,) = audit.entries(ledger.store)
    assert (entry.what, entry.by, entry.target) == (
        "phone.called", "lijing", f"request {request.number}",
    )  # fmt: skip
    assert [each.id for each in desk_calls.take(ledger.store, NINE + SECOND)] == [wish.id]
    assert desk_calls.take(ledger.store, NINE + SECOND) == []
    last = desk_calls.last(ledger.store, NINE + SECOND, request=request.id)
    assert last is not None
    assert last.state == "desk"


def test_a_desk_and_a_number_are_rung_one_at_a_time_and_not_too_often(ledger: Ledger) -> None:
    wish = desk_calls.want(ledger.store, LI, NINE, per_hour=OFTEN)
    for other in (replace(LI, phone="13800000001"), replace(LI, desk="802")):
        with pytest.raises(DeskBusy):
            desk_calls.want(ledger.store, other, NINE + SECOND, per_hour=OFTEN)
    desk_calls.end(ledger.store, wish.id, "talked", NINE + SECOND, seconds=3)
    assert desk_calls.end(ledger.store, wish.id, "failed", NINE + SECOND) is None
    with pytest.raises(RungOften):
        desk_calls.want(ledger.store, LI, NINE + SECOND, per_hour=1)
    later = NINE + timedelta(hours=2)
    assert desk_calls.want(ledger.store, LI, later, per_hour=1).state == "wanted"


def test_a_wish_nobody_takes_up_is_over_and_never_rings_anybody_later(ledger: Ledger) -> None:
    row = ledger.file(FiledRequest("taxi")).id
    desk_calls.want(ledger.store, replace(LI, request=row), NINE, per_hour=OFTEN)
    late = NINE + timedelta(seconds=WANTED_S + 1)
    told = desk_calls.last(ledger.store, late, request=row)
    assert told is not None
    assert (told.over, told.outcome) == (True, "no_line")
    assert desk_calls.take(ledger.store, late) == []
    assert desk_calls.want(ledger.store, LI, late, per_hour=OFTEN).state == "wanted"


def test_what_was_going_on_when_the_line_died_is_over(ledger: Ledger) -> None:
    wish = desk_calls.want(ledger.store, LI, NINE, per_hour=OFTEN)
    desk_calls.take(ledger.store, NINE)
    desk_calls.goes_on(ledger.store, wish.id, "talking", NINE + SECOND)
    assert desk_calls.abandon(ledger.store, NINE + 2 * SECOND) == 1
    again = desk_calls.want(ledger.store, LI, NINE + 3 * SECOND, per_hour=OFTEN)
    desk_calls.take(ledger.store, NINE + 3 * SECOND)
    far = NINE + LONGEST + timedelta(minutes=1)
    assert desk_calls.want(ledger.store, LI, far, per_hour=OFTEN).id > again.id
    assert desk_calls.erase(ledger.store, far + SECOND) == 2


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line() as running:
        yield running


@pytest.fixture
def caller(line: Line, ledger: Ledger) -> Iterator[DeskCaller]:
    """The line's part of it, at work."""
    made: list[DeskCaller] = []

    def told(event: SwitchEvent) -> None:
        for each in made:
            each.told(event)

    with make_switch(line.settings, line.passwords, told) as switch:
        made.append(DeskCaller(ledger, switch, clock.now))
        assert switch.wait(10)
        made[0].start()
        yield made[0]
        made[0].stop()


Wish = Callable[[DeskCall], DeskCall]


@pytest.fixture
def wish(ledger: Ledger) -> Wish:
    """Asks for a call about a fresh request."""

    def ask(call: DeskCall) -> DeskCall:
        row = ledger.file(FiledRequest("taxi")).id
        asked = replace(call, request=row)
        return desk_calls.want(ledger.store, asked, clock.now(), per_hour=OFTEN)

    return ask


def until(ledger: Ledger, call: DeskCall, state: str) -> DeskCall:
    """What has become of a call once it is in this state."""

    def now() -> DeskCall | None:
        return desk_calls.last(ledger.store, clock.now(), request=call.request)

    def there() -> DeskCall | None:
        found = now()
        return found if found and found.state == state else None

    return patience.until(there, told=now)


def story(ledger: Ledger, call: DeskCall) -> str:
    """What stands of a call with its request; written a moment after it has ended."""
    (row,) = ledger.store.read("SELECT number FROM requests WHERE id = ?", (call.request,))
    return patience.until(lambda: ledger.history(row["number"])[-1].note)


def test_the_desk_rings_first_then_the_elder_and_the_story_tells_of_their_talk(
    line: Line, ledger: Ledger, caller: DeskCaller, wish: Wish
) -> None:
    assert caller
    with line.desk("801") as desk, line.outside(never_answer=True) as elder:
        desk.wait_for("registered")
        call = wish(LI)
        desk.wait_for("answered")
        assert "03765550000" in elder.wait_for("incoming")["caller"]
        assert until(ledger, call, "ringing").outcome == ""
        elder.order("answer")
        elder.wait_for("answered")
        until(ledger, call, "talking")
        desk.order("hangup")
        elder.finish()
        over = until(ledger, call, "ended")
    assert over.outcome == "talked"
    assert "打了电话，讲了" in story(ledger, call)


def test_each_way_it_can_go_wrong_is_told_apart(
    line: Line, ledger: Ledger, caller: DeskCaller, wish: Wish
) -> None:
    assert caller
    assert until(ledger, wish(LI), "ended").outcome == "desk_failed"  # not logged in
    with line.desk("801") as desk:
        desk.wait_for("registered")
        for forbidden in ("0085212345678", "16812345678"):
            call = wish(replace(LI, phone=forbidden))
            assert until(ledger, call, "ended").outcome == "refused"
            assert "不能打" in story(ledger, call)
        call = wish(replace(LI, phone="0376-5550602"))  # a telephone of ours, not there
        desk.wait_for("answered")
        assert until(ledger, call, "ended").outcome == "failed"
        desk.finish()
    with line.desk("801") as desk, line.outside(never_answer=True) as elder:
        desk.wait_for("registered")
        call = wish(LI)
        elder.wait_for("incoming")
        desk.order("hangup")
        assert until(ledger, call, "ended").outcome == "given_up"
        elder.close()


def test_without_asterisk_staff_are_told_at_once(line: Line, ledger: Ledger, wish: Wish) -> None:
    switch = make_switch(line.settings, line.passwords, lambda _: None)  # never started
    lonely = DeskCaller(ledger, switch, clock.now)
    lonely.start()
    assert until(ledger, wish(LI), "ended").outcome == "no_exchange"
    lonely.stop()
