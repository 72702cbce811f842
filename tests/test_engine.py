"""The engine as a whole: how often it is right, what it never does."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intents.engine import Engine
from linli.bench.intents import SETS, score, share, utterances

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ENGINE = Engine.load()
BLIND = ("once blind", "written blind")
LEARNED = [name for name in SETS if name not in BLIND]
CHINESE = st.text(
    st.sampled_from(
        "我要挂号饭车药明天后上午一二三点半的了不是，老伴儿疼火气门卡社保退改人叫来去送"
    ),
    max_size=60,
)


@pytest.mark.parametrize("name", LEARNED)
def test_clean_utterances_get_the_right_intent(name: str) -> None:
    total = score(utterances(name), ENGINE)
    assert share(total.intents, total.n) >= 95, total.wrong


@pytest.mark.parametrize("name", LEARNED)
def test_misheard_utterances_get_the_right_intent(name: str) -> None:
    total = score(utterances(name), ENGINE, "asr")
    assert share(total.intents, total.n) >= 90, total.wrong


@pytest.mark.parametrize("name", LEARNED)
def test_slots_are_right_and_none_is_invented(name: str) -> None:
    total = score(utterances(name), ENGINE)
    assert share(total.slots["right"], total.slots["rows"]) >= 90, total.wrong
    assert share(total.slots["when right"], total.slots["when"]) >= 96, total.wrong


@pytest.mark.parametrize("name", LEARNED)
def test_emergencies_are_found_and_scary_words_raise_none(name: str) -> None:
    total = score(utterances(name), ENGINE)
    assert share(total.alarms["found"], total.alarms["n"]) >= 95, total.wrong
    assert share(total.alarms["scary false"], total.alarms["scary"]) <= 2, total.wrong


@pytest.mark.parametrize("name", BLIND)
def test_what_nobody_had_seen_is_understood_no_worse_than_when_it_was_measured(name: str) -> None:
    clean, misheard = (score(utterances(name), ENGINE, spelled) for spelled in ("text", "asr"))
    assert share(clean.intents, clean.n) >= 88
    assert share(misheard.intents, misheard.n) >= 78
    assert share(clean.slots["right"], clean.slots["rows"]) >= 83
    assert share(clean.slots["when right"], clean.slots["when"]) >= 93
    assert share(clean.alarms["found"], clean.alarms["n"]) >= 90
    assert share(clean.alarms["scary false"], clean.alarms["scary"]) <= 5


def test_two_requests_come_out_as_two_with_their_own_slots() -> None:
    found = ENGINE.understand("把明天的车退了，改挂后天的骨科", NOW)
    assert [(one.name, dict(one.slots)) for one in found.intents] == [
        ("cancel", {"date": "2026-11-24", "about": "taxi"}),
        ("appointment", {"department": "骨科", "date": "2026-11-25"}),
    ]


def test_the_same_thing_wanted_twice_comes_out_twice() -> None:
    found = ENGINE.understand("灯坏了找人修一下，还有下水道也堵了，叫人来通一通", NOW)
    assert [one.slots.get("service") for one in found.intents] == ["修灯", "通下水道"]


def test_an_emergency_comes_first_whatever_else_is_asked() -> None:
    found = ENGINE.understand("帮我叫个车，我胸口疼得厉害，冒冷汗", NOW)
    assert found.first.name == "emergency"
    assert found.first.slots["kind"] == "chest_pain"


def test_a_misheard_word_is_put_right_and_marked_for_reading_back() -> None:
    found = ENGINE.understand("那个小本地平没了再配两盒", NOW)
    assert found.first.slots["medicine"] == "硝苯地平"
    assert "medicine" in found.first.fuzzy


def test_traditional_characters_and_wide_digits_are_read() -> None:
    found = ENGINE.understand("給我掛個骨科，２５號上午", NOW)
    assert found.first.slots == {"department": "骨科", "date": "2026-11-25", "part": "morning"}


def test_a_station_adds_its_own_names() -> None:
    own = Engine.load(extra={"dishes": ["毛尖炖鸭"], "places": ["羊山新区"]})
    found = own.understand("来一份毛尖炖鸭", NOW)
    assert found.first.slots["items"] == [{"name": "毛尖炖鸭", "quantity": 1}]
    assert "毛尖炖鸭" in own.vocabulary("dishes")


def test_standard_words_are_found_for_what_was_said() -> None:
    assert ENGINE.canonical("kinship", "俺闺女") == "女儿"
    assert ENGINE.canonical("dishes", "抄手") == "馄饨"
    assert ENGINE.canonical("dishes", "桌子") is None
    assert ENGINE.canonical("nothing", "桌子") is None


def test_the_same_text_always_means_the_same() -> None:
    texts = [row["text"] for row in utterances("our own")]
    again = Engine.load()
    assert [ENGINE.understand(t, NOW) for t in texts] == [again.understand(t, NOW) for t in texts]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.one_of(
        st.text(max_size=500), CHINESE, st.binary(max_size=200).map(lambda b: b.decode("latin-1"))
    )
)
def test_any_text_is_survived_by_every_door(text: str) -> None:
    found = ENGINE.understand(text, NOW)
    assert 1 <= len(found.intents) <= 4
    assert 0 <= found.confidence <= 1
    ENGINE.polarity(text)
    ENGINE.completeness(text)
    for intent, asked in (("meal", "items"), ("taxi", "time"), ("appointment", "date")):
        ENGINE.extract(text, NOW, intent, asked)
        ENGINE.correction(
            text, NOW, intent, {"items": [{"name": "米饭", "quantity": 1}], "time": "08:00"}
        )
    if ENGINE.emergency(text):
        assert found.first.name == "emergency"


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("复查血糖，给我挂那个内分泌", "appointment", {"department": "内分泌科"}),
        ("抽血复查，给我挂个心内科", "appointment", {"department": "心内科"}),
        ("去抽个血，挂检验科", "appointment", {"department": "检验科"}),
        ("人民医院看脑壳的科给我挂一个", "appointment", {"hospital": "人民医院"}),
        ("李主任的号，礼拜五九点半，还是上次那个", "appointment", {"time": "09:30"}),
        ("礼拜二八点挂眼科", "appointment", {"date": "2026-11-24", "time": "08:00"}),
        ("眼睛里头长了个东西", "appointment", {"department": "眼科"}),
        ("帮我开个纸证明，进养老院要看码", "health_code", {"method": "paper"}),
        ("光荣小区到汽车站，来个车", "taxi", {"origin": "光荣小区", "destination": "汽车站"}),
        ("车到底来不来，我在门口站半天了", "status", {"about": "taxi"}),
        ("饭还送不送啊", "status", {"about": "meal"}),
        ("我有没有挂号啊", "status", {"about": "appointment"}),
        ("厨房那个池子堵死了，水下不去", "housekeeping", {"service": "通下水道"}),
        ("拾掇屋子", "housekeeping", {"service": "保洁"}),
        ("对头对头，就恁个", "yes", {}),
        ("哎，人老了，啥都记不住喽", "out_of_scope", {}),
        ("你说的我记不住", "slower", {}),
    ],
)
def test_what_elders_said_on_trial_is_understood(
    text: str, intent: str, slots: dict[str, str]
) -> None:
    found = ENGINE.understand(text, NOW).first
    assert found.name == intent
    assert {name: found.slots.get(name) for name in slots} == slots


@pytest.mark.parametrize(
    ("cry", "kind"),
    [
        ("快来人阿虎衰倒的起不来的", "fall"),
        ("快来人，老头子不动弹了", "unconscious"),
        ("快来人啊", "other"),
    ],
    ids=str,
)
def test_a_cry_for_help_is_named_by_the_rest_of_the_words(cry: str, kind: str) -> None:
    found = ENGINE.emergency(cry)
    assert found is not None
    assert found[0] == kind
