"""Who is suggested for a request, and why, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crew import LAO_WANG, Crew, crew_at

from intents.conversation.dialogue import load_dialogues
from station import helpers
from station.dispatch import advise
from station.helper_words import serviced
from station.helpers import KINDS, HelperError
from station.suggestion import line, why_not

TAXI = ("taxi", "volunteer")


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


def names(crew: Crew, intent: str = "taxi", who: object = None, **slots: object) -> list[str]:
    request = crew.file(intent, who, **slots)  # type: ignore[arg-type]
    return [each.helper.name for each in advise(crew.ledger, request, TAXI).candidates]


def test_the_sort_that_the_service_names_first_comes_first_then_who_has_least_to_do(
    crew: Crew,
) -> None:
    assert names(crew) == ["城东车队", "王师傅", "刘大姐"]
    crew.give(crew.file(), "城东车队")
    assert names(crew) == ["王师傅", "城东车队", "刘大姐"]


def test_whoever_did_it_last_for_this_elder_is_asked_again(crew: Crew) -> None:
    crew.visit(crew.file(), "刘大姐")
    request = crew.file()
    advice = advise(crew.ledger, request, TAXI)
    assert advice.best is not None
    assert line(advice) == (
        "推荐刘大姐：上次也是刘大姐给张奶奶办的，做叫车，去光荣小区，这时候有空，手上没有活，不收钱。"
    )
    assert names(crew, who=crew.li)[0] != "刘大姐"
    crew.clock.on(60)
    crew.visit(crew.file(), "王师傅")
    assert names(crew)[0] == "王师傅"


def test_nobody_is_suggested_who_does_not_come_there_work_then_or_has_no_hand_free(
    crew: Crew,
) -> None:
    saturday = crew.file(date="2026-11-28", time="10:00", who=None)
    told = {
        each.helper.name: why_not(each, advice.asked)
        for advice in [advise(crew.ledger, saturday, TAXI)]
        for each in advice.candidates
    }
    assert told == {"城东车队": "", "刘大姐": "", "王师傅": "11月28日 10:00不上班"}
    far = advise(crew.ledger, crew.file(who=crew.li), TAXI)
    assert {each.helper.name: each.against for each in far.candidates} == {
        "城东车队": (), "王师傅": ("area",), "刘大姐": ("area",)}  # fmt: skip
    for _ in range(2):
        crew.give(crew.file(), "王师傅")
    full = advise(crew.ledger, crew.file(), TAXI)
    found = {each.helper.name: why_not(each, full.asked) for each in full.candidates}
    assert found["王师傅"] == "手上已经 2 件，最多 2 件"


def test_when_nobody_fits_the_line_says_why(crew: Crew) -> None:
    helpers.close(crew.ledger, crew.id("城东车队"), by="lijing", closed=True)
    advice = advise(crew.ledger, crew.file(who=crew.li, date="2026-11-28"), TAXI)
    assert advice.best is None
    assert line(advice) == "没有合适的：2 位不去这一片，1 位11月28日不上班。"
    nobody = advise(crew.ledger, crew.file("medicine"), ())
    assert line(nobody) == "没有合适的：没有登记谁做这件事。"


def test_a_place_that_was_said_counts_more_than_the_address(crew: Crew) -> None:
    assert "area" in _against(crew, crew.file(origin="山前村口"), "王师傅")
    assert "area" not in _against(crew, crew.file(who=crew.li, origin="光荣小区门口"), "王师傅")


def _against(crew: Crew, request: object, name: str) -> tuple[str, ...]:
    found = advise(crew.ledger, request, TAXI).candidates  # type: ignore[arg-type]
    return next(each.against for each in found if each.helper.name == name)


def test_a_part_of_the_day_stands_for_a_time(crew: Crew) -> None:
    assert "hours" not in _against(crew, crew.file(date="2026-11-24", part="morning"), "王师傅")
    assert "hours" in _against(crew, crew.file(date="2026-11-24", part="night"), "王师傅")
    assert "hours" not in _against(crew, crew.file(date="2026-11-24"), "王师傅")


def test_whoever_declined_is_not_suggested_for_it_again(crew: Crew) -> None:
    request = crew.file()
    crew.step(crew.give(request, "城东车队"), "declined", "车坏了")
    assert _against(crew, crew.ledger.request(request.number), "城东车队") == ("declined",)
    assert names(crew)[0] == "城东车队"


def test_the_same_ledger_always_gives_the_same_advice(crew: Crew) -> None:
    request = crew.file()
    first = advise(crew.ledger, request, TAXI)
    assert all(advise(crew.ledger, request, TAXI) == first for _ in range(5))


def test_staff_cannot_set_prices_whatever_their_form_says(crew: Crew) -> None:
    cheap = helpers.by_name(crew.ledger.store, "王师傅")
    assert cheap is not None
    helpers.keep(crew.ledger, LAO_WANG.__class__(**{**_fields(cheap), "duties": ()}), by="lijing",
                 prices=False)  # fmt: skip
    again = {**_fields(cheap), "duties": (helpers.Duty("taxi", "visit", 1),)}
    kept = helpers.keep(crew.ledger, LAO_WANG.__class__(**again), by="lijing", prices=False)
    assert kept.duties == (helpers.Duty("taxi", "visit", None),)


def _fields(helper: helpers.Helper) -> dict[str, object]:
    return {name: getattr(helper, name) for name in helper.__slots__}


def test_two_helpers_never_have_one_name_and_none_goes_without(crew: Crew) -> None:
    with pytest.raises(HelperError, match="is there already"):
        helpers.keep(crew.ledger, LAO_WANG, by="lijing", prices=True)
    with pytest.raises(HelperError, match="without a name"):
        helpers.keep(crew.ledger, helpers.Helper("taxi", "  "), by="lijing", prices=True)


def test_every_service_that_is_given_away_names_sorts_of_helpers_that_there_are() -> None:
    named = {intent: each.helpers for intent, each in load_dialogues().items() if each.helpers}
    assert {kind for kinds in named.values() for kind in kinds} <= set(KINDS)
    assert named.keys() == set(serviced()) - {"emergency"}
