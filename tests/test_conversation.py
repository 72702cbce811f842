"""A conversation with an elder, told as events and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.acts import load_acts
from intents.conversation import Conversation
from intents.dialogue import load_dialogues
from intents.engine import Engine
from intents.facts import Session, StationFacts
from intents.types import (
    Adjust,
    Alert,
    Ask,
    Channel,
    Chose,
    Connect,
    Effect,
    End,
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

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
TAXI = {"intent": "taxi", "slots": {"destination": "火车站", "date": "2026-11-24", "time": "08:00"}}
EYES = {
    "intent": "appointment",
    "slots": {
        "department": "眼科",
        "hospital": "人民医院",
        "date": "2026-11-25",
        "part": "morning",
    },
}


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


class Call:
    """A conversation that is spoken to in plain strings."""

    def __init__(self, engine: Engine, channel: Channel = "phone", **given: Any) -> None:
        self.now: datetime = given.pop("now", NOW)
        self.talk = Conversation(engine, channel=channel, now=self.now, **given)
        self.greeting = self.talk.open()
        self.turn: list[Effect] = []
        self.all: list[Effect] = list(self.greeting)

    def __call__(self, *turns: str | Event) -> Call:
        for turn in turns:
            event = Heard(turn) if isinstance(turn, str) else turn
            self.turn = self.talk.receive(event, self.now)
            self.all += self.turn
        return self

    @property
    def said(self) -> str:
        return "".join(spoken(self.turn))

    @property
    def filed(self) -> list[File]:
        return [effect for effect in self.all if isinstance(effect, File)]

    @property
    def outcome(self) -> str | None:
        ends = [effect.outcome for effect in self.turn if isinstance(effect, End)]
        return ends[-1] if ends else None


def spoken(effects: Iterable[Effect]) -> list[str]:
    return [s for effect in effects if isinstance(effect, Say) for s in effect.sentences]


def kinds(effects: Iterable[Effect]) -> list[type[Effect]]:
    return [type(effect) for effect in effects]


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


# --- what can be touched ----------------------------


@pytest.mark.parametrize("intent", list(load_dialogues()))
def test_every_service_can_be_had_by_touch_alone(intent: str, engine: Engine) -> None:
    call = Call(engine, "kiosk")(Chose("service", intent))
    for _ in range(8):
        if call.talk.asking == "confirm":
            break
        assert call.talk.choices, f"nothing to touch for {call.talk.asking}"
        assert len(call.talk.choices) <= 4
        call(Chose(str(call.talk.asking), call.talk.choices[0].value))
    call(Chose("confirm", "yes"))
    assert call.outcome == "created"
    assert [file.intent for file in call.filed] == [intent]


def test_more_choices_are_behind_the_last_tile_and_come_round_again(engine: Engine) -> None:
    call = Call(engine, "kiosk")
    seen: list[Any] = []
    for _ in range(4):
        seen += [choice.value for choice in call.talk.choices if choice.value != "more"]
        call(Chose("service", "more"))
    assert set(seen) == set(load_dialogues())
    assert call.talk.choices[0].value == seen[0]


def test_a_label_that_is_touched_stands_for_its_value(engine: Engine) -> None:
    call = Call(engine, "kiosk")(Chose("service", "交费"), Chose("bill", "水费"))
    assert dict(call.talk.summary)["bill"] == "水费"
    assert call.talk.asking == "confirm"


def test_after_no_the_wrong_part_is_touched_and_asked_anew(engine: Engine) -> None:
    call = Call(engine, "kiosk")(
        Chose("service", "taxi"),
        Chose("destination", "火车站"),
        Chose("confirm", "no"),
        Chose("which", "destination"),
        Chose("destination", "汽车站"),
        Chose("confirm", "yes"),
    )
    assert call.filed[0].slots["destination"] == "汽车站"


# --- order of effects ----------------------------


def test_a_request_is_filed_before_its_promise_is_spoken(engine: Engine) -> None:
    call = Call(engine, "kiosk")(Chose("service", "taxi"), Chose("destination", "火车站"))
    call(Chose("confirm", "yes"))
    assert kinds(call.turn)[:3] == [File, Say, End]


def test_an_emergency_alerts_and_connects_before_a_word_is_spoken(engine: Engine) -> None:
    call = Call(engine)("我摔倒了，起不来")
    assert kinds(call.turn)[:4] == [Alert, Connect, File, Say]
    assert call.filed[0].priority == "emergency"
    assert call.outcome == "emergency"


@pytest.mark.parametrize("channel", ["kiosk", "phone"])
@pytest.mark.parametrize("before", [(), ("订个午饭",), ("叫个车去火车站",), ("把明天的车退了",)])
def test_an_emergency_is_heard_in_every_state(
    channel: Channel, before: Sequence[str], engine: Engine
) -> None:
    call = Call(engine, channel, requests=[TAXI])(*before, "我胸口疼，疼得很")
    assert [e.kind for e in call.turn if isinstance(e, Alert)] == ["chest_pain"]
    assert [file.intent for file in call.filed] == ["emergency"]


def test_the_nine_key_is_an_emergency(engine: Engine) -> None:
    call = Call(engine)("订个午饭", Pressed("9"))
    assert Alert("other", "") in call.turn


def test_silence_after_an_alarm_makes_it_more_urgent(engine: Engine) -> None:
    call = Call(engine)("快来人啊", Silence())
    assert [e.silent for e in call.turn if isinstance(e, Alert)] == [True]


def test_what_is_said_after_an_alarm_is_written_down_for_those_who_come(engine: Engine) -> None:
    call = Call(engine)("着火了！", "厨房，油锅，火好大")
    last = call.filed[-1]
    assert last.target == 0
    assert "油锅" in last.slots["note"]


def test_when_all_is_well_the_alarm_stays_and_the_talk_goes_on(engine: Engine) -> None:
    call = Call(engine)("快来人啊", "没事了没事了，我说着玩的")
    assert call.talk.asking == "service"
    assert call.filed[-1].status == "emergency"


@pytest.mark.parametrize("how", ["转人工", Pressed("0"), Chose("operator", True)])
@pytest.mark.parametrize(
    "before",
    [(), ("订个午饭",), ("叫个车去火车站",), ("把车退了",), ("叫车去火车站", Pressed("2"))],
)
def test_a_person_is_one_turn_away_from_every_state(
    before: Sequence[str | Event], how: str | Event, engine: Engine
) -> None:
    call = Call(engine, requests=[TAXI])(*before, how)
    assert Connect("asked") in call.turn
    assert call.outcome == "operator"


def test_what_was_begun_goes_along_to_the_person(engine: Engine) -> None:
    call = Call(engine)("给我挂个骨科", "转人工")
    assert [(file.intent, file.status) for file in call.filed] == [("appointment", "handed_over")]


def test_out_of_hours_a_message_is_taken_and_a_time_is_promised(engine: Engine) -> None:
    facts = StationFacts(operator_from=time(8), operator_until=time(18))
    call = Call(engine, facts=facts, now=NOW.replace(hour=20))("转人工")
    assert "明天上午八点" in call.said
    assert call.outcome == "operator"


# --- silence, noise, not understood ----------------------------


def test_the_phone_asks_gently_offers_a_person_then_fetches_one(engine: Engine) -> None:
    call = Call(engine)
    call(Silence())
    assert "还在吗" in call.said or "我在听" in call.said
    call(Silence())
    assert "人工" in call.said
    call(Silence())
    assert Connect("silence") in call.turn


def test_the_kiosk_waits_and_never_calls_a_person_by_itself(engine: Engine) -> None:
    call = Call(engine, "kiosk")(Silence(), Silence(), Silence())
    assert call.outcome == "none"
    assert not [effect for effect in call.all if isinstance(effect, Connect)]


def test_a_word_starts_the_ladder_of_silence_anew(engine: Engine) -> None:
    call = Call(engine)(Silence(), Silence(), "我要叫个车", Silence())
    assert call.talk.asking == "destination"


def test_noise_is_answered_otherwise_than_silence(engine: Engine) -> None:
    assert Call(engine)(Noise()).said != Call(engine)(Silence()).said


def test_three_failures_lead_to_a_person_in_ever_other_words(engine: Engine) -> None:
    call = Call(engine)("叫车")
    said = [call.said]
    for _ in range(3):
        call("嗯……那个……")
        said.append(call.said)
    assert len(set(said)) == 4
    assert Connect("failures") in call.turn


def test_the_second_failure_offers_something_to_choose(engine: Engine) -> None:
    call = Call(engine)("嗯……那个……", "就是那个嘛……你晓得的")
    assert call.talk.choices
    assert call.said.endswith("？")


def test_whoever_asks_for_time_gets_it(engine: Engine) -> None:
    call = Call(engine)("我要叫个车")
    for _ in range(4):
        call("等一下，我想想")
    assert call.talk.asking == "destination"


@pytest.mark.parametrize("words", ["喂", "你好", "听得到不", "你是哪个"])
def test_a_courtesy_is_answered_and_is_no_failure(words: str, engine: Engine) -> None:
    call = Call(engine)(words, words, words, words)
    assert call.talk.asking == "service"
    assert "比如" not in call.said


def test_on_the_phone_further_choices_are_named(engine: Engine) -> None:
    call = Call(engine)("别的")
    assert all(choice.label in call.said for choice in call.talk.choices[:3])


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


@pytest.mark.parametrize("how", ["再说一遍", Pressed("*")])
def test_a_repeat_is_word_for_word_however_often(how: str | Event, engine: Engine) -> None:
    call = Call(engine)("叫个车去火车站")
    first = call.said
    assert call(how).said == first
    assert call(how).said == first
    assert call.talk.asking == "confirm"


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
    assert "光荣小区二号楼" in call.said
    assert "轮椅" in call.said


def test_the_only_contact_is_called_without_asking_who(engine: Engine) -> None:
    resident = {"contacts": [{"relation": "大女儿", "name": "王芳", "phone": "13800000000"}]}
    call = Call(engine, "kiosk", resident=resident)(Chose("service", "call_family"))
    assert "大女儿王芳" in call.said
    assert "138" not in call.said


# --- what there is already ----------------------------


def test_several_bookings_are_named_and_one_is_chosen(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI, EYES])("取消")
    assert call.talk.asking == "which"
    assert len(call.talk.choices) == 2
    call(Pressed("2"), Pressed("1"))
    assert call.outcome == "cancelled"
    assert call.filed[-1].target == 0


def test_a_change_keeps_what_was_not_changed_and_says_old_and_new(engine: Engine) -> None:
    call = Call(engine, requests=[EYES])("我的号改到后天下午")
    assert "后天" in call.said
    call("对")
    assert call.filed[-1].slots == EYES["slots"] | {"date": "2026-11-25", "part": "afternoon"}
    assert call.filed[-1].status == "changed"


def test_nothing_is_cancelled_without_a_yes(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("把明天的车退了", "不对，不退")
    assert call.filed == []
    assert call.outcome == "none"


def test_a_status_question_in_the_middle_keeps_the_request(engine: Engine) -> None:
    call = Call(engine, requests=[TAXI])("订个午饭，面条一碗", "我叫的车咋还没来", "送")
    assert call.talk.asking == "confirm"


def test_hanging_up_leaves_a_request_for_staff_to_call_back(engine: Engine) -> None:
    call = Call(engine)("给我挂个骨科", HungUp())
    assert [(file.intent, file.unfinished) for file in call.filed] == [("appointment", True)]


LUNCH = {
    "intent": "meal",
    "slots": {
        "meal": "lunch",
        "items": [{"name": "套餐", "quantity": 1}],
        "date": "2026-11-23",
    },
}


@pytest.mark.parametrize(("words", "kind"), [("饭不要了", "cancel"), ("午饭改成晚饭", "change")])
def test_hanging_up_on_a_clear_change_leaves_it_for_staff(
    engine: Engine, words: str, kind: str
) -> None:
    call = Call(engine, requests=[LUNCH])(words, HungUp())
    assert [(file.intent, file.status, file.unfinished) for file in call.filed] == [
        (kind, "handed_over", True)
    ]
    assert call.filed[0].slots["about"] == "meal"


def test_one_more_of_the_meal_that_is_ordered(engine: Engine) -> None:
    call = Call(engine, requests=[LUNCH])("饭多加一份", "对")
    assert call.filed[0].slots["items"] == [{"name": "套餐", "quantity": 2}]


def test_a_hospital_is_a_destination_by_its_full_name(engine: Engine) -> None:
    call = Call(engine)("叫个车", "我要去中心医院复查", "几个人？两个", "对")
    assert call.filed[0].slots["destination"] == "中心医院"
    assert call.filed[0].slots["passengers"] == 2


def test_a_cry_during_an_alarm_keeps_its_kind(engine: Engine) -> None:
    call = Call(engine)("我摔倒了起不来", "救我啊快来人", Pressed("9"))
    assert {file.slots["kind"] for file in call.filed} == {"fall"}
    assert "救我啊快来人" in call.filed[-1].slots["note"]


def test_hanging_up_after_all_is_done_leaves_nothing(engine: Engine) -> None:
    call = Call(engine)("叫车去火车站", "对", HungUp())
    assert [file.status for file in call.filed] == ["new"]


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


def agreed(event: Event, engine: Engine) -> bool:
    """Whether an event can be a yes; a cancellation may be agreed to in its own words (退了)."""
    if isinstance(event, Heard):
        meant = {intent.name for intent in engine.understand(event.text, NOW).intents}
        moves = any(load_acts().found(move, event.text) for move in ("agree", "undo"))
        said = engine.polarity(event.text) == "yes" or event.text == "没问题"
        return said or moves or bool(meant & {"yes", "cancel", "change"})
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
        assert len(decided) <= 1
        if decided:
            assert asked == "confirm"
            assert agreed(event, engine)
        for say in (e for e in call.turn if isinstance(e, Say)):
            assert 1 <= len(say.sentences) <= 3
            assert all(say.sentences)
        asks = [e for e in call.turn if isinstance(e, Ask)]
        if asks and spoken(call.turn):
            assert spoken(call.turn)[-1].endswith("？")
        replay = isinstance(event, Heard) or event == Pressed("*")
        if asks and not replay:
            assert spoken(call.turn)[-1:] != last[-1:]
        last = spoken(call.turn) or last
