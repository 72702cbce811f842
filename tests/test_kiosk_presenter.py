"""One elder after the other before the same screen, also when something does not work."""

from __future__ import annotations

from kiosk_rehearsed import filed, shown, touch_through, type_card

from kiosk.limits import limits
from kiosk.turned import Leave, Turned
from kiosk.view import (
    Done,
    Idle,
    Keypad,
    Listening,
    Question,
    StillThere,
    Words,
)
from linli.rehearsal import Rehearsal

LIMITS = limits()


class TestSession:
    """One elder after the other."""

    def test_thinking_takes_as_long_as_it_takes(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="meal")
        before = kiosk.view
        for _ in range(5):
            assert isinstance(kiosk.wait(LIMITS.idle_s), StillThere)
            assert kiosk.touch("here") == before

    def test_nothing_personal_is_shown_while_it_is_asked_whether_somebody_is_there(
        self, kiosk: Rehearsal
    ) -> None:
        kiosk.say("明天叫个车去火车站")
        text = shown(kiosk.wait(LIMITS.idle_s))
        assert "火车站" not in text
        assert "您还在吗" in text

    def test_who_has_walked_away_leaves_nothing_behind(self, kiosk: Rehearsal) -> None:
        kiosk.say("明天上午八点叫个车去火车站")
        kiosk.wait(LIMITS.idle_s)
        assert isinstance(kiosk.wait(LIMITS.idle_answer_s - 1), StillThere)
        assert isinstance(kiosk.wait(1.5), Idle)
        assert kiosk.done[-1] == Leave(gone=True)
        (request,) = filed(kiosk)
        assert request.unfinished
        view = kiosk.touch("speak")
        assert isinstance(view, Listening)
        assert "火车站" not in shown(view)
        assert view.now.heard == ""

    def test_an_answer_that_comes_too_late_is_shown_to_nobody(self, kiosk: Rehearsal) -> None:
        kiosk.say("明天上午八点叫个车去火车站")
        late = Turned(say=("明天上午八点，到火车站。", "这样行吗？"))
        kiosk.wait(LIMITS.idle_s + LIMITS.idle_answer_s + 1)
        kiosk.presenter.turned(late, kiosk.now)
        kiosk.presenter.heard("去火车站", kiosk.now)
        kiosk.presenter.hearing("去火车站", kiosk.now)
        assert isinstance(kiosk.view, Idle)
        assert "火车站" not in shown(kiosk.touch("speak"))

    def test_an_answer_aloud_is_a_sign_of_life(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="meal")
        kiosk.wait(LIMITS.idle_s)
        kiosk.presenter.hearing("我在", kiosk.now)
        assert isinstance(kiosk.view, Listening)

    def test_while_linli_speaks_nobody_is_thought_to_be_gone(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="meal")
        kiosk.presenter.speaking(kiosk.now, speaking=True)
        assert isinstance(kiosk.wait(LIMITS.idle_s * 2), Question)

    def test_an_answer_that_never_comes_does_not_hold_the_screen(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="meal")
        kiosk.presenter.heard("红烧肉", kiosk.now)
        assert isinstance(kiosk.wait(LIMITS.idle_s + 1), Listening)
        assert isinstance(kiosk.wait(LIMITS.idle_s), StillThere)

    def test_a_good_bye_ends_at_the_first_screen(self, kiosk: Rehearsal) -> None:
        kiosk.say("今天中午订一份红烧肉，送到家")
        kiosk.touch("choose", "confirm", "yes")
        assert isinstance(kiosk.touch("finish"), Words)
        assert isinstance(kiosk.wait(LIMITS.farewell_s + 1), Idle)

    def test_a_card_tells_who_it_is(self, kiosk: Rehearsal) -> None:
        type_card(kiosk, "10019")
        kiosk.touch("digit", value="delete")
        view = kiosk.view
        assert isinstance(view, Keypad)
        assert view.typed == "1001"
        kiosk.touch("digit", value="done")
        kiosk.touch("choose", "service", "taxi")
        kiosk.touch("choose", "destination", "火车站")
        view = kiosk.touch("choose", "confirm", "yes")
        assert isinstance(view, Done)
        assert filed(kiosk)[0].resident_name == "张桂英"

    def test_an_unknown_card_may_be_typed_again(self, kiosk: Rehearsal) -> None:
        type_card(kiosk, "7")
        view = kiosk.touch("digit", value="done")
        assert isinstance(view, Keypad)
        assert view.typed == ""
        assert kiosk.said == ["没有这个卡号，再按一遍吧。"]

    def test_a_contact_is_chosen_by_picture_and_name(self, kiosk: Rehearsal) -> None:
        type_card(kiosk, "1001")
        kiosk.touch("digit", value="done")
        view = kiosk.say("我想打个电话")
        assert isinstance(view, Question)
        assert (view.tiles[0].label, view.tiles[0].note) == ("大女儿", "王芳")
        assert view.tiles[0].icon == "woman"


class TestTrouble:
    """What does not work."""

    def test_a_lost_microphone_is_told_and_everything_goes_on_by_touch(
        self, kiosk: Rehearsal
    ) -> None:
        kiosk.presenter.trouble("microphone", kiosk.now, there=True)
        assert "话筒没接好" in shown(kiosk.view)
        kiosk.touch("service", value="companionship")
        assert isinstance(list(touch_through(kiosk))[-1], Done)

    def test_out_of_order_leaves_nothing_of_the_last_elder(self, kiosk: Rehearsal) -> None:
        kiosk.say("明天叫个车去火车站")
        kiosk.presenter.trouble("broken", kiosk.now, there=True)
        view = kiosk.view
        assert isinstance(view, Words)
        assert view.kind == "out_of_order"
        assert "找工作人员" in shown(view)
        kiosk.presenter.trouble("broken", kiosk.now, there=False)
        assert isinstance(kiosk.view, Idle)
