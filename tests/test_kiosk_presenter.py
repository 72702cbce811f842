"""The kiosk touched and spoken to, with the real conversation and ledger behind it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from intents.dialogue import load_dialogues
from intents.engine import Engine
from kiosk.geometry import Glass
from kiosk.layout import lay_out
from kiosk.limits import limits
from kiosk.sheet import Look
from kiosk.turned import Hush, Leave, Speak, Turned
from kiosk.view import (
    Done,
    Help,
    Idle,
    Keypad,
    Listening,
    Question,
    ReadBack,
    Stepper,
    StillThere,
    View,
    Week,
    Words,
)
from linli.rehearsal import Rehearsal
from linli.stage import register
from linli.wiring import load_engine
from station.ledger import Ledger
from station.requests import Request
from station.settings import Settings

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
GLASS = Glass.of_inches(1920, 1080, 15.6)
LIMITS = limits()
SERVICES = sorted(load_dialogues())


@pytest.fixture(scope="module", name="settings")
def fixture_settings() -> Settings:
    return Settings.load(None)


@pytest.fixture(scope="module", name="engine")
def fixture_engine(settings: Settings) -> Engine:
    return load_engine(settings)


@pytest.fixture(name="ledger")
def fixture_ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        yield ledger


@pytest.fixture(name="kiosk")
def fixture_kiosk(settings: Settings, engine: Engine, ledger: Ledger) -> Rehearsal:
    return Rehearsal(settings, engine, ledger, lambda: NOW)


def type_card(kiosk: Rehearsal, typed: str) -> View:
    """The first resident of the invented register has card 1001."""
    kiosk.ledger.upsert_resident(next(register()))
    kiosk.touch("card")
    for digit in typed:
        kiosk.touch("digit", value=digit)
    return kiosk.view


def filed(kiosk: Rehearsal) -> list[Request]:
    return list(kiosk.ledger.requests())


def shown(view: View) -> str:
    """Every word on the smallest screen but Linli's state, as one reads: by rows."""
    layout = lay_out(view, GLASS, Look())
    read = (each for each in layout.elements if each.role not in {"status", "fixed"})
    lines = sorted(
        (line for each in read for line in each.lines), key=lambda line: (line.y, line.x)
    )
    return "".join(line.text for line in lines)


def labels(view: View) -> list[str]:
    return [tile.label for tile in getattr(view, "tiles", ())]


def touch_through(kiosk: Rehearsal) -> Iterator[View]:
    """Touch the first thing that answers, until it is done."""
    for _ in range(12):
        view = kiosk.view
        yield view
        if isinstance(view, Question):
            action = view.tiles[0].action
        elif isinstance(view, Week):
            action = view.days[2].action
        elif isinstance(view, Stepper):
            action = view.done.action
        elif isinstance(view, ReadBack):
            action = view.yes.action
        else:
            return
        kiosk.touch(action.name, action.slot, action.value)


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
                assert sentence in shown(view), sentence

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


class TestSpeech:
    """What is spoken, and when it falls silent."""

    def test_a_touch_makes_linli_fall_silent(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="meal")
        kiosk.presenter.speaking(kiosk.now, speaking=True)
        kiosk.touch("choose", "items", [{"name": "面条", "quantity": 1}])
        assert Hush() in kiosk.done

    def test_it_is_said_again_word_for_word(self, kiosk: Rehearsal) -> None:
        kiosk.touch("service", value="meal")
        said = kiosk.said[-1]
        kiosk.touch("again")
        assert kiosk.done[-1] == Speak((said,))

    def test_what_is_being_said_is_seen_as_it_is_heard(self, kiosk: Rehearsal) -> None:
        kiosk.touch("speak")
        for text in ("我想", "我想明天", "我想明天去医院"):
            kiosk.presenter.hearing(text, kiosk.now)
            view = kiosk.view
            assert isinstance(view, Listening)
            assert view.transcript == text

    def test_the_screen_says_what_linli_is_doing(self, kiosk: Rehearsal) -> None:
        kiosk.touch("speak")
        modes = [kiosk.view.now.mode]
        for speaking in (True, False):
            kiosk.presenter.speaking(kiosk.now, speaking=speaking)
            modes.append(kiosk.view.now.mode)
        kiosk.presenter.heard("我想订饭", kiosk.now)
        modes.append(kiosk.view.now.mode)
        kiosk.presenter.trouble("microphone", kiosk.now, there=True)
        modes.append(kiosk.say("我想订饭").now.mode)
        assert modes == ["listening", "speaking", "listening", "thinking", "deaf"]

    def test_the_whole_of_a_matter_can_be_had_by_voice_alone(self, kiosk: Rehearsal) -> None:
        for said in ("我想看病", "骨科", "明天上午", "没问题"):
            view = kiosk.say(said)
        assert isinstance(view, Done)
        assert dict(view.facts)["号码"] == "1123-001"
        assert isinstance(kiosk.say("没有了"), Words)


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
