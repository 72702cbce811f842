"""Fingers that tremble, dates as they are written, values that are stepped."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from kiosk_views import GLASSES, VIEWS

from kiosk import dates
from kiosk.finger import Finger
from kiosk.layout import lay_out
from kiosk.limits import limits
from kiosk.pieces import correctable, pieces
from kiosk.sheet import Look
from kiosk.steps import Step, first_step

GLASS = GLASSES["21.5 inches, lying"]
LAYOUT = lay_out(VIEWS["question"], GLASS, Look())
OTHER = lay_out(VIEWS["week"], GLASS, Look())
LIMITS = limits()
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
TILE = next(each for each in LAYOUT.targets if each.action and each.action.name == "choose")
EDGE = (TILE.rect.right - 1, TILE.rect.y + 5)


@pytest.fixture(name="finger")
def fixture_finger() -> Finger:
    return Finger(GLASS)


class TestFinger:
    """When a touch counts."""

    def test_it_acts_when_it_is_lifted(self, finger: Finger) -> None:
        assert finger.down(LAYOUT, TILE.rect.centre, 10.0) is TILE
        assert finger.pressed is TILE
        assert finger.up(LAYOUT, TILE.rect.centre, 12.0) is TILE
        assert finger.pressed is None

    def test_a_little_drift_is_forgiven_and_a_swipe_is_not(self, finger: Finger) -> None:
        near = (EDGE[0] + GLASS.px(LIMITS.drift_mm) - 1, EDGE[1])
        far = (EDGE[0] + GLASS.px(LIMITS.drift_mm) + 2, EDGE[1])
        finger.down(LAYOUT, EDGE, 10.0)
        assert finger.up(LAYOUT, near, 10.1) is TILE
        finger.down(LAYOUT, EDGE, 20.0)
        assert finger.up(LAYOUT, far, 20.1) is None

    def test_a_second_touch_right_after_is_a_tremor(self, finger: Finger) -> None:
        for at, counts in (
            (10.0, True),
            (10.2, False),
            (10.0 + 0.1 + LIMITS.double_tap_guard_s, True),
        ):
            finger.down(LAYOUT, TILE.rect.centre, at)
            assert (finger.up(LAYOUT, TILE.rect.centre, at + 0.05) is TILE) is counts

    def test_what_is_no_longer_there_is_not_touched(self, finger: Finger) -> None:
        finger.down(LAYOUT, TILE.rect.centre, 10.0)
        assert finger.up(OTHER, TILE.rect.centre, 10.1) is None

    def test_between_two_buttons_nothing_is_touched(self, finger: Finger) -> None:
        assert finger.down(LAYOUT, (TILE.rect.right + 2, TILE.rect.y), 10.0) is None


class TestDates:
    """The day as it is written."""

    @pytest.mark.parametrize(
        ("day", "written"),
        [
            (date(2026, 11, 22), "农历十月十四"),
            (date(2026, 2, 17), "农历正月初一"),
            (date(2025, 7, 25), "农历闰六月初一"),
            (date(2026, 3, 8), "农历正月二十"),
            (date(2027, 1, 31), "农历腊月廿四"),
            (date(1850, 1, 1), ""),
        ],
    )
    def test_the_lunar_date(self, day: date, written: str) -> None:
        assert dates.lunar(day) == written

    def test_a_week_begins_today_and_names_the_near_days(self) -> None:
        week = dates.week(NOW)
        assert [tile.label for tile in week] == [
            "今天",
            "明天",
            "后天",
            "周四",
            "周五",
            "周六",
            "周日",
        ]
        assert week[0].action.value == "2026-11-23"
        assert week[6].note == "29号"


class TestSteps:
    """How many, what time."""

    def test_a_count_stays_between_one_and_twenty(self) -> None:
        assert Step("passengers", 1).moved(-1).value == 1
        assert Step("passengers", 20).moved(1).value == 20
        assert Step("passengers", 2).words == "两个人"

    def test_a_time_goes_by_half_hours_within_the_day(self) -> None:
        step = first_step("time", {}, NOW)
        assert step is not None
        assert step.value == "09:30"
        assert step.moved(1).words == "上午十点"
        assert step.moved(-20).value == "06:00"
        assert step.moved(99).value == "21:00"

    def test_it_begins_with_what_is_known(self) -> None:
        known = first_step("time", {"time": "14:00"}, NOW)
        assert known is not None
        assert known.words == "下午两点"

    def test_of_several_dishes_none_is_counted(self) -> None:
        dishes = [{"name": "米饭", "quantity": 1}, {"name": "红烧肉", "quantity": 2}]
        assert first_step("items", {"items": dishes}, NOW) is None
        one = first_step("items", {"items": dishes[1:]}, NOW)
        assert one is not None
        assert one.moved(1).value == [{"name": "红烧肉", "quantity": 3}]


class TestPieces:
    """Values in a read-back."""

    def test_every_letter_stays_where_it_was(self) -> None:
        sentence = "明天上午八点，从社区站到社区站旁边。"
        known = [("origin", "社区站"), ("destination", "社区站旁边"), ("time", "上午八点")]
        cut = pieces(sentence, known, correctable("taxi"))
        assert "".join(piece.text for piece in cut) == sentence
        assert [piece.slot for piece in cut if piece.slot] == ["time", "origin", "destination"]

    def test_what_cannot_be_answered_by_touch_is_not_framed(self) -> None:
        cut = pieces("在小广场。", [("place", "小广场")], correctable("activity"))
        assert [piece.slot for piece in cut] == [""]
