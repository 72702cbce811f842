"""The kiosk touched, and nothing said: every service, every value, and back."""

from __future__ import annotations

import pytest
from kiosk_rehearsed import dictated, filed, shown, touch_through

from intents.conversation.dialogue import load_dialogues
from kiosk.turned import Leave
from kiosk.view import (
    Done,
    Idle,
    Listening,
    Question,
    ReadBack,
    Stepper,
    Week,
)
from linli.rehearsal import Rehearsal

SERVICES = sorted(load_dialogues())


class TestTouchAlone:
    """Nothing is said; everything is touched."""

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_service_can_be_had_by_touching_alone(
        self, kiosk: Rehearsal, service: str
    ) -> None:
        kiosk.touch("service", value=service)
        views = list(touch_through(kiosk))
        assert isinstance(views[-1], Done), views[-1]
        assert [request.intent for request in filed(kiosk)] == [service]

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_word_that_is_spoken_stands_on_the_screen(
        self, kiosk: Rehearsal, service: str
    ) -> None:
        kiosk.touch("service", value=service)
        for view in touch_through(kiosk):
            spoken = kiosk.said[:]
            kiosk.said.clear()
            for sentence in spoken:
                assert sentence in shown(view) or dictated(sentence) in shown(view), sentence

    def test_every_service_is_found_from_the_first_screen(self, kiosk: Rehearsal) -> None:
        found = (
            {each.action.value for each in kiosk.view.tiles}
            if isinstance(kiosk.view, Idle)
            else set()
        )
        kiosk.touch("more")
        for _ in range(4):
            view = kiosk.view
            assert isinstance(view, Question)
            found |= {tile.action.value for tile in view.tiles}
            kiosk.touch("choose", "service", "more")
        assert found - {"more"} == set(SERVICES)

    @pytest.mark.parametrize("service", SERVICES)
    def test_every_value_read_back_can_be_corrected_by_touching(
        self, kiosk: Rehearsal, service: str
    ) -> None:
        kiosk.touch("service", value=service)
        for view in touch_through(kiosk):
            if isinstance(view, ReadBack):
                break
        assert isinstance(view, ReadBack)
        slots = [piece.slot for said in view.statements for piece in said if piece.slot]
        assert slots
        for slot in slots:
            asked = kiosk.touch("correct", slot)
            assert not isinstance(asked, Listening | ReadBack), (slot, asked)
            kiosk.touch("back")

    def test_a_corrected_value_is_the_one_that_is_filed(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="appointment")
        kiosk.touch("choose", "department", "骨科")
        kiosk.touch("choose", "date", "2026-11-25")
        assert isinstance(kiosk.touch("correct", "part"), Question)
        kiosk.touch("choose", "part", "afternoon")
        kiosk.touch("choose", "confirm", "yes")
        (request,) = filed(kiosk)
        assert request.slots["part"] == "afternoon"
        assert request.slots["date"] == "2026-11-25"

    def test_how_many_is_stepped(self, kiosk: Rehearsal) -> None:
        kiosk.say("今天中午订一份红烧肉，送到家")
        assert isinstance(kiosk.touch("correct", "items"), Stepper)
        for _ in range(2):
            kiosk.touch("step", value=1)
        view = kiosk.touch("step", value=-1)
        assert isinstance(view, Stepper)
        assert view.value == "两份红烧肉"
        kiosk.touch("take")
        kiosk.touch("choose", "confirm", "yes")
        (request,) = filed(kiosk)
        assert request.slots["items"] == [{"name": "红烧肉", "quantity": 2}]

    def test_any_half_hour_can_be_stepped_to(self, kiosk: Rehearsal) -> None:
        kiosk.say("明天叫个车去火车站")
        view = kiosk.view
        assert isinstance(view, Question)
        assert view.tiles[-1].label == "别的时间"
        kiosk.touch("step_time")
        for _ in range(3):
            view = kiosk.touch("step", value=1)
        assert isinstance(view, Stepper)
        assert view.value == "上午十一点"
        kiosk.touch("take")
        kiosk.touch("choose", "confirm", "yes")
        assert filed(kiosk)[0].slots["time"] == "11:00"


class TestBack:
    """返回."""

    def test_it_takes_back_the_last_answer(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="appointment")
        before = kiosk.view
        kiosk.touch("choose", "department", "骨科")
        assert isinstance(kiosk.view, Week)
        assert kiosk.touch("back") == before

    def test_at_the_first_question_it_goes_to_the_beginning(self, kiosk: Rehearsal) -> None:
        kiosk.touch("speak")
        assert isinstance(kiosk.touch("back"), Idle)
        assert kiosk.done[-1] == Leave()

    def test_what_was_filed_stays_filed(self, kiosk: Rehearsal) -> None:
        kiosk.say("今天中午订一份红烧肉，送到家")
        kiosk.say("没问题")
        kiosk.touch("another")
        kiosk.touch("choose", "service", "taxi")
        kiosk.touch("back")
        kiosk.touch("back")
        assert [request.status for request in filed(kiosk)] == ["new"]
