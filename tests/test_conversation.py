"""A conversation with an elder: how it ends, and that nobody is left hanging."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Any

import pytest
from call import EYES, NOW, TAXI, Call, spoken
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.conversation.acts import load_acts
from intents.conversation.dialogue import load_dialogues
from intents.conversation.facts import Session, StationFacts
from intents.conversation.talk import load_named
from intents.conversation.verdict import Doing, load_verdicts
from intents.conversation.verdict import spoken as spoken_of
from intents.engine import Engine
from intents.types import (
    Adjust,
    Ask,
    Channel,
    Chose,
    Event,
    File,
    Heard,
    HungUp,
    Noise,
    Pressed,
    Say,
    Silence,
)
from linli.bench.dialogues import faults, play, scripts
from linli.limits import limit


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


# --- whole conversations ----------------------------
@pytest.mark.parametrize("script", scripts("dialogues.jsonl"), ids=lambda script: script["id"])
def test_a_given_conversation_ends_as_it_should(script: dict[str, Any], engine: Engine) -> None:
    assert faults(script, play(script, engine)) == []


@pytest.mark.parametrize("script", scripts("dialogues_more.jsonl"), ids=lambda script: script["id"])
def test_a_conversation_of_ours_ends_as_it_should(script: dict[str, Any], engine: Engine) -> None:
    assert faults(script, play(script, engine)) == []


def test_the_same_events_always_give_the_same_effects(engine: Engine) -> None:
    turns = ("给我叫个车去火车站", Silence(), "明天八点", Noise(), "对")
    assert Call(engine)(*turns).all == Call(engine)(*turns).all


def test_another_seed_greets_in_other_words(engine: Engine) -> None:
    assert spoken(Call(engine, seed=0).greeting) != spoken(Call(engine, seed=1).greeting)


# --- louder, slower, again, no recording ----------------------------
@pytest.mark.parametrize(
    ("words", "what"), [("大点声", "louder"), ("慢点说", "slower"), ("不要录音", "unrecorded")]
)
def test_speaking_differently_keeps_the_question_open(
    words: str, what: str, engine: Engine
) -> None:
    call = Call(engine)("叫个车", words)
    assert [e.what for e in call.turn if isinstance(e, Adjust)] == [what]
    assert call.talk.asking == "destination"


@pytest.mark.parametrize("words", ["我眼睛看不清，你念给我听", "字太小看不清，念一下嘛"])
def test_who_cannot_read_the_screen_is_read_to(words: str, engine: Engine) -> None:
    call = Call(engine, "kiosk")("叫个车去火车站")
    first = call.said
    assert call(words).said == first


def test_huh_has_it_said_again_once_and_then_in_other_words(engine: Engine) -> None:
    call = Call(engine)("叫个车去火车站")
    first = call.said
    assert call("啊？").said == first
    assert call("啊？").said != first
    assert call("对").filed


def test_who_wants_a_person_to_read_to_them_gets_company(engine: Engine) -> None:
    call = Call(engine)("报纸看不清了，来个人念给我听", "没问题")
    assert [each.intent for each in call.filed] == ["companionship"]


@pytest.mark.parametrize("how", ["再说一遍", Pressed("*")])
def test_a_repeat_is_word_for_word_however_often(how: str | Event, engine: Engine) -> None:
    call = Call(engine)("叫个车去火车站")
    first = call.said
    assert call(how).said == first
    assert call(how).said == first
    assert call.talk.asking == "confirm"


@pytest.mark.parametrize(
    ("complaint", "alarms"),
    [
        ("这边腿肿得跟馒头一样", False),
        ("我血流不止，手切了", True),
        ("心口疼，喘不上气", True),
        ("半边身子没劲，嘴也歪了", True),
    ],
)
def test_what_ails_someone_who_was_asked_alarms_only_when_it_is_grave(
    complaint: str, alarms: bool, engine: Engine
) -> None:
    script = {"channel": "phone", "turns": ["我要挂号", complaint]}
    rows = play(script, engine)[-1]["requests"]
    assert [row["intent"] for row in rows] == (["emergency"] if alarms else [])


def test_who_refuses_the_recording_is_served_in_the_same_breath(engine: Engine) -> None:
    call = Call(engine)("不要录音，我要叫个车去火车站")
    assert Adjust("unrecorded") in call.turn
    assert call.talk.asking == "confirm"


# --- facts of the station ----------------------------
def test_a_meal_that_is_too_late_for_today_is_offered_for_tomorrow(engine: Engine) -> None:
    call = Call(engine, "kiosk", now=NOW.replace(hour=18))(
        Chose("service", "meal"),
        Chose("items", [{"name": "面条", "quantity": 1}]),
        Chose("meal", "dinner"),
        Chose("delivery", False),
    )
    assert "今天" in call.said
    assert "明天二十四号星期二" in call.said
    assert len(spoken(call.turn)) == 3
    assert call(Chose("confirm", "yes")).filed[0].slots["date"] == "2026-11-24"


def test_an_activity_takes_its_day_from_the_timetable(engine: Engine) -> None:
    facts = StationFacts(sessions=(Session("书法班", frozenset({3}), time(14, 30), "二楼"),))
    call = Call(engine, "kiosk", facts=facts)(
        Chose("service", "activity"), Chose("activity", "书法班")
    )
    assert "二十六号星期四下午两点半" in call.said
    assert "二楼" in call.said


def test_a_holiday_is_mentioned(engine: Engine) -> None:
    facts = StationFacts(holidays={date(2026, 11, 25): "元旦"})
    call = Call(engine, "kiosk", facts=facts)(
        Chose("service", "appointment"), Chose("department", "骨科"), Chose("date", "2026-11-25")
    )
    assert "元旦" in call.said


def test_the_menu_of_the_day_is_offered(engine: Engine) -> None:
    facts = StationFacts(menu={"lunch": ("红烧鱼", "烧茄子")})
    call = Call(engine, "kiosk", facts=facts)("订午饭")
    assert [choice.label for choice in call.talk.choices][:2] == ["红烧鱼", "烧茄子"]


def test_the_record_spares_questions(engine: Engine) -> None:
    resident = {"address": "光荣小区二号楼", "delivery": True, "diet": "少盐", "wheelchair": True}
    call = Call(engine, resident=resident)("中午来碗面条")
    assert call.talk.asking == "confirm"
    assert "少盐" in call.said
    call = Call(engine, resident=resident)("叫车去人民医院")
    assert "从家里" in call.said
    assert "光荣小区二号楼" not in call.said  # nobody who rings from their number is told
    assert "轮椅" in call.said


def test_the_only_contact_is_called_without_asking_who(engine: Engine) -> None:
    resident = {"contacts": [{"relation": "大女儿", "name": "王芳", "phone": "13800000000"}]}
    call = Call(engine, "kiosk", resident=resident)(Chose("service", "call_family"))
    assert "大女儿王芳" in call.said
    assert "138" not in call.said


# --- whatever happens ----------------------------
TURNS = sorted(
    {
        turn
        for script in (*scripts("dialogues.jsonl"), *scripts("dialogues_more.jsonl"))
        for turn in script["turns"]
        if isinstance(turn, str) and turn
    }
)
SLOTS = sorted({name for d in load_dialogues().values() for name in d.slots})
EVENTS = st.one_of(
    st.sampled_from(TURNS).map(Heard),
    st.sampled_from(TURNS).map(Heard),
    st.text(max_size=12).map(Heard),
    st.sampled_from("0123456789*#").map(Pressed),
    st.sampled_from(["yes", "no"]).map(lambda value: Chose("confirm", value)),
    st.sampled_from(list(load_dialogues())).map(lambda intent: Chose("service", intent)),
    st.tuples(
        st.sampled_from([*SLOTS, "which"]), st.sampled_from(["2026-11-25", 1, "x", "more"])
    ).map(lambda pair: Chose(*pair)),
    st.just(Silence()),
    st.just(Noise()),
    st.just(HungUp()),
)


def agreed(event: Event, engine: Engine, last: Sequence[str]) -> bool:
    """Whether an event can be a yes to what was spoken last, in the words of any read-back."""
    if isinstance(event, Heard):
        meant = {intent.name for intent in engine.understand(event.text, NOW).intents}
        moves = any(load_acts().found(move, event.text) for move in ("agree", "accepts", "undo"))
        said = engine.polarity(event.text) == "yes" or event.text == "没问题"
        told = bool(meant & {"yes", "cancel", "change"})
        ways: tuple[Doing, ...] = ("book", "cancel", "change")
        nouns = {noun for ways in load_named()["bookings"].values() for noun in ways}
        read = any(
            load_verdicts()(event.text, doing, spoken_of(last), nouns=nouns, echo=True) == "yes"
            for doing in ways
        )
        return said or moves or told or read
    return event in (Chose("confirm", "yes"), Pressed("1"))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    events=st.lists(EVENTS, max_size=14),
    channel=st.sampled_from(["kiosk", "phone"]),
    requests=st.lists(st.sampled_from([TAXI, EYES]), max_size=3),
)
def test_whatever_happens_the_elder_is_never_left_hanging(
    events: list[Event], channel: Channel, requests: list[dict[str, Any]], engine: Engine
) -> None:
    call = Call(engine, channel, requests=requests)
    last: list[str] = []
    for event in events:
        asked = call.talk.asking
        call(event)
        assert call.talk.asking is not None or call.talk.ended
        assert len(call.talk.choices) <= 4
        files = [f for f in call.turn if isinstance(f, File)]
        decided = [f for f in files if f.status in ("new", "changed", "cancelled")]
        assert len(decided) <= 1 or {f.status for f in decided} == {"cancelled"}
        if decided:
            assert asked == "confirm"
            assert agreed(event, engine, spoken(call.all))
        for say in (e for e in call.turn if isinstance(e, Say)):
            assert 1 <= len(say.sentences) <= limit("speech.read_back_sentences")
            assert all(say.sentences)
        asks = [e for e in call.turn if isinstance(e, Ask)]
        if asks and spoken(call.turn):
            assert spoken(call.turn)[-1].endswith("？")
        replay = isinstance(event, Heard) or event == Pressed("*")
        if asks and not replay:
            assert spoken(call.turn)[-1:] != last[-1:]
        last = spoken(call.turn) or last


def test_on_a_noisy_line_few_choices_are_named_and_a_key_means_one(engine: Engine) -> None:
    call = Call(engine, channel="phone")
    call(Noise())
    call(Noise())
    first = call.talk.choices[0]
    assert first.label in call.said
    call(Pressed("1"))
    assert call.talk.intent == first.value


def test_on_a_noisy_line_a_read_back_is_agreed_to_by_key(engine: Engine) -> None:
    call = Call(engine, channel="phone")("明天早上八点叫个车去人民医院")
    call(Noise())
    call(Noise())
    assert "按一" in call.said
    call(Pressed("1"))
    assert call.outcome == "created"


@pytest.mark.parametrize("text", ["去火车站，慢点开", "慢点说嘛，我去火车站"])
def test_who_answers_and_wants_it_slower_has_answered(text: str, engine: Engine) -> None:
    call = Call(engine)("给我叫个车", text)
    assert call.talk.asking == "confirm"
    assert "火车站" in call.said
