"""What the kiosk says, hears, and shows of both."""

from __future__ import annotations

from kiosk.turned import Hush, Speak
from kiosk.view import (
    Done,
    Listening,
    Words,
)
from linli.rehearsal import Rehearsal


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

    def test_the_number_is_spoken_shown_and_asked_for_again(self, kiosk: Rehearsal) -> None:
        kiosk.say("明天上午八点叫个车去火车站")
        kiosk.said.clear()
        view = kiosk.say("没问题")
        assert isinstance(view, Done)
        assert dict(view.facts)["号码"] == "1123-001"
        promise, number, question = kiosk.said
        assert number == "号码是幺幺二三，零零幺。"
        assert (promise, question) == (view.said[0], view.question)
        kiosk.touch("again")
        again = kiosk.done[-1]
        assert isinstance(again, Speak)
        assert again.sentences[0] == promise
        assert again.sentences[-2:] == (number, question)
        for name, value in view.facts[:-1]:  # what, when, who: as they are shown
            assert f"{name}，{value}。" in again.sentences

    def test_a_request_that_was_cancelled_is_told_with_its_number_too(
        self, kiosk: Rehearsal
    ) -> None:
        kiosk.say("今天中午订一份红烧肉，送到家")
        kiosk.say("没问题")
        kiosk.said.clear()
        view = kiosk.say("刚才订的饭不要了")
        for _ in range(2):
            if not isinstance(view, Done):
                view = kiosk.say("没问题")
        assert isinstance(view, Done)
        assert "号码是幺幺二三，零零幺。" in kiosk.said
