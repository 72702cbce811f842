"""The red button, and a person, from anywhere."""

from __future__ import annotations

import pytest
from kiosk_rehearsed import filed, labels

from kiosk.limits import limits
from kiosk.view import (
    Help,
    Idle,
    Question,
    Words,
)
from linli.rehearsal import Rehearsal

LIMITS = limits()


class TestHelp:
    """The red button, and a person."""

    def test_staff_are_alerted_at_once(self, kiosk: Rehearsal) -> None:
        view = kiosk.touch("emergency")
        assert isinstance(view, Help)
        (request,) = filed(kiosk)
        assert (request.kind, request.status) == ("emergency", "new")

    def test_a_mistake_can_be_taken_back_for_ten_seconds(self, kiosk: Rehearsal) -> None:
        view = kiosk.touch("emergency")
        assert labels(view)[0] == "按错了 10"
        kiosk.touch("mistaken")
        (request,) = filed(kiosk)
        assert request.status == "cancelled"
        assert kiosk.said[-1] == "好，没事就好。"
        assert isinstance(kiosk.wait(LIMITS.farewell_s + 1), Idle)

    def test_after_a_mistake_help_can_be_had_again_at_once(self, kiosk: Rehearsal) -> None:
        kiosk.touch("emergency")
        kiosk.touch("mistaken")
        assert isinstance(kiosk.touch("emergency"), Help)
        assert [request.status for request in filed(kiosk)] == ["cancelled", "new"]

    def test_after_ten_seconds_it_cannot(self, kiosk: Rehearsal) -> None:
        kiosk.touch("emergency")
        view = kiosk.wait(LIMITS.cancel_s)
        assert labels(view) == ["我没事了"]
        kiosk.touch("mistaken")
        assert filed(kiosk)[0].status == "new"

    def test_a_cry_for_help_has_no_button_to_take_it_back(self, kiosk: Rehearsal) -> None:
        view = kiosk.say("我摔倒了，起不来")
        assert isinstance(view, Help)
        assert labels(view) == ["我没事了"]

    def test_an_alarm_is_not_forgotten_after_a_minute(self, kiosk: Rehearsal) -> None:
        kiosk.touch("emergency")
        assert isinstance(kiosk.wait(LIMITS.idle_s + LIMITS.idle_answer_s + 5), Help)
        assert kiosk.presenter.in_alarm
        assert isinstance(kiosk.wait(LIMITS.help_s), Idle)

    def test_all_is_well_and_staff_look_all_the_same(self, kiosk: Rehearsal) -> None:
        kiosk.touch("emergency")
        view = kiosk.touch("safe")
        assert isinstance(view, Question)
        assert not kiosk.presenter.in_alarm
        assert filed(kiosk)[0].status == "new"

    @pytest.mark.parametrize("before", ["nothing", "meal", "read-back", "done"])
    def test_a_person_can_be_had_from_anywhere(self, kiosk: Rehearsal, before: str) -> None:
        if before != "nothing":
            kiosk.touch("service", value="meal")
        if before in {"read-back", "done"}:
            kiosk.say("红烧肉一份，今天中午，送到家")
        if before == "done":
            kiosk.touch("choose", "confirm", "yes")
        view = kiosk.touch("staff")
        assert isinstance(view, Words)
        assert view.kind == "staff_called"
        assert filed(kiosk)[-1].kind == "handed_over"

    def test_a_person_can_be_asked_for_aloud(self, kiosk: Rehearsal) -> None:
        view = kiosk.say("给我找个工作人员")
        assert isinstance(view, Words)
        assert [request.kind for request in filed(kiosk)] == ["handed_over"]
