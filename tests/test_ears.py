"""From sound to event: what callers say reaches the conversation as what they meant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from intents.engine import Engine
from intents.types import Ask, Choice, Chose, Event, Heard, Noise, Silence
from linli.ears import Caught, Ears, kind_of, options_of
from linli.paths import MODELS
from linli.samples import Caller, load
from voices.answers import AnswerJudge
from voices.events import NoiseHeard, PartialText, TurnEnded
from voices.listener import Listener
from voices.turn import policies
from voices.types import RATE, Pcm, Transcript
from voices.whisper import Whisper

CONFIRM = Ask("confirm", (Choice("yes", "没问题"), Choice("no", "改一下")))


@pytest.fixture(scope="module", name="engine")
def fixture_engine() -> Engine:
    return Engine.load()


@pytest.fixture(scope="module", name="whisper")
def fixture_whisper() -> Whisper:
    return Whisper(MODELS / "whisper-base")


@pytest.fixture(name="ears")
def fixture_ears(whisper: Whisper, engine: Engine) -> Iterator[Ears]:
    listener = Listener(whisper, completeness=engine.completeness, wait=True)
    yield Ears(listener, AnswerJudge(whisper), engine.emergency)
    listener.close()


def _sound(sample: str, slot: str) -> Pcm:
    answer = Caller(next(each for each in load() if sample in each.name)).answer(slot)
    assert answer is not None
    return answer[1]


def _events(ears: Ears, sound: Pcm) -> list[Event]:
    quiet = np.zeros(int(3.5 * RATE), np.float32)
    caught = ears.feed(np.concatenate([sound, quiet]))
    return [each.event for each in caught if each.event is not None]


def test_a_request_is_heard_as_text(ears: Ears) -> None:
    ears.expect(Ask("service"))
    (event,) = _events(ears, _sound("taxi", "service"))
    assert isinstance(event, Heard)
    assert "车" in event.text


def test_a_short_answer_is_heard_as_the_choice_it_names(ears: Ears) -> None:
    ears.expect(CONFIRM, "对不对？")
    assert _events(ears, _sound("taxi", "confirm")) == [Chose("confirm", "yes")]


def test_a_plain_answer_is_not_waited_after_as_if_it_might_go_on(ears: Ears) -> None:
    listener, sound = ears.listener, _sound("taxi", "confirm")
    listener.completeness = None
    with_judge = Ears(listener, ears.judge, ears.emergency)
    with_judge.expect(CONFIRM, "对不对？")
    quiet = np.zeros(int(3.5 * RATE), np.float32)
    caught = with_judge.feed(np.concatenate([sound, quiet]))
    (turn,) = [each.turn for each in caught if each.turn is not None]
    assert turn.silence == pytest.approx(policies()["yes_no"].complete, abs=0.05)


def test_silence_is_told_after_the_patience_of_the_question(ears: Ears) -> None:
    ears.expect(Ask("service"))
    assert _events(ears, np.zeros(9 * RATE, np.float32)) == [Silence()]


def test_a_knock_on_the_table_is_no_answer(ears: Ears) -> None:
    ears.expect(CONFIRM)
    knock = np.zeros(RATE, np.float32)
    knock[1000:1400] = np.hanning(400) * np.sin(np.arange(400) / 3)
    assert not [e for e in _events(ears, knock) if isinstance(e, Heard | Chose)]


def test_an_emergency_is_told_while_the_elder_still_speaks(ears: Ears) -> None:
    first = ears._catch(PartialText("我摔倒了起", 1.0))
    again = ears._catch(PartialText("我摔倒了起不来了", 2.0))
    assert [each.event for each in first] == [None]
    assert [each.event for each in again] == [Heard("我摔倒了起不来了")]


@pytest.mark.parametrize(
    ("whole", "told"), [("快来人啊我摔倒了", ["快来人啊我摔倒了"]), ("快来人啊", [])], ids=str
)
def test_what_it_is_reaches_those_who_come_though_the_first_words_did_not_say(
    ears: Ears, whole: str, told: list[str]
) -> None:
    for at in (1.0, 2.0):
        ears._catch(PartialText("快来人啊", at))
    ended = TurnEnded(Transcript(whole, 0.9), 0.0, 3.0, np.zeros(RATE, np.float32), 1.0)
    heard = [each.event for each in ears._catch(ended)]
    assert [event.text for event in heard if isinstance(event, Heard)] == told


def _told(ears: Ears, *readings: str) -> Heard:
    heard = Transcript(readings[0], 0.9, readings[1:])
    ((event,),) = [
        [each.event for each in ears._catch(TurnEnded(heard, 0.0, 3.0, np.zeros(0, "f4"), 1.0))]
    ]
    assert isinstance(event, Heard)
    return event


def _last(readings: Sequence[str]) -> int:
    return len(readings) - 1


def test_where_anything_may_be_asked_for_the_reading_that_was_agreed_on_is_believed(
    ears: Ears,
) -> None:
    ears.agreed = _last
    ears.expect(Ask("service"))
    heard = _told(ears, "我想瓜个好", "我想瓜个号", "我想挂个号")
    assert heard == Heard("我想挂个号", ("我想瓜个好", "我想瓜个号"), 0.9)


def test_to_a_question_of_its_own_the_first_reading_answers(ears: Ears) -> None:
    ears.agreed = _last
    for ask in (Ask("destination", intent="taxi"), Ask("service", intent="housekeeping")):
        ears.expect(ask)
        assert _told(ears, "水管漏了", "谁管漏了").text == "水管漏了"


def test_a_cry_for_help_is_heard_in_any_reading_whatever_was_asked(ears: Ears) -> None:
    ears.agreed = _last
    ears.expect(Ask("destination", intent="taxi"))
    assert _told(ears, "老头子要布鞋了", "老头子叫不醒了").text == "老头子叫不醒了"


def test_a_cry_for_help_in_the_first_reading_is_never_read_away(ears: Ears) -> None:
    ears.agreed = _last
    ears.expect(Ask("service"))
    assert _told(ears, "老头子叫不醒了", "老头子要布鞋了").text == "老头子叫不醒了"


def test_one_partial_text_alone_raises_no_alarm(ears: Ears) -> None:
    caught = [
        *ears._catch(PartialText("我摔倒了", 1.0)),
        *ears._catch(PartialText("我摔倒的那年", 2.0)),
    ]
    assert [each.event for each in caught] == [None, None]


def test_sound_that_gives_no_text_can_still_be_an_answer(ears: Ears) -> None:
    ears.expect(CONFIRM, "对不对？")
    sound = _sound("taxi", "confirm")
    caught: list[Caught] = ears._catch(NoiseHeard("logprob", 0.0, 1.0, sound))
    assert caught[0].event in {Chose("confirm", "yes"), Noise()}
    assert caught[0].verdict is not None


@pytest.mark.parametrize(
    ("ask", "kind"),
    [
        (None, "open"),
        (Ask("service"), "open"),
        (Ask("service", (Choice("taxi", "叫车"),)), "open"),
        (CONFIRM, "yes_no"),
        (Ask("destination"), "address"),
        (Ask("amount"), "number"),
        (Ask("part", (Choice("morning", "上午"), Choice("afternoon", "下午"))), "choice"),
    ],
    ids=str,
)
def test_patience_follows_the_question(ask: Ask | None, kind: str) -> None:
    assert kind_of(ask) == kind


def test_choices_are_offered_to_the_judge_with_their_dialect_forms() -> None:
    ask = Ask("delivery", (Choice(True, "送到家", ("送",)), Choice(False, "来吃", ("我来吃",))))
    assert [(o.value, o.forms) for o in options_of(ask)] == [
        ("0", ("送到家", "送")),
        ("1", ("来吃", "我来吃")),
    ]


def test_an_unsure_verdict_asks_again_instead_of_guessing(whisper: Whisper, engine: Engine) -> None:
    ears = Ears(Listener(whisper, wait=True), None, engine.emergency)
    ears.expect(CONFIRM)
    assert ears._event(None, Transcript("随便")) == Heard("随便", (), 0.0)
    ears.listener.close()
