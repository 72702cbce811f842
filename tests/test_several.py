"""Two requests in one sentence, and one that is told at length."""

from __future__ import annotations

import pytest
from call import NOW

from intents.engine import Engine


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("把明天的车退了，改挂后天的骨科", ["cancel", "appointment"]),
        ("问哈我的饭到哪儿了，再多加一碗汤", ["status", "meal"]),
        ("我要修灯，还要修水龙头", ["housekeeping", "housekeeping"]),
        ("水龙头坏了要修，还有药也没了，氨氯地平再开一盒", ["housekeeping", "medicine"]),
        ("我那个修灯的来没来，再叫个人把马桶通一哈", ["status", "housekeeping"]),
        ("礼拜五去中医院的车退掉，那天的号也给我挪到下周一", ["cancel", "change"]),
        ("胸口闷疼得不行了，明天那个车先退了吧", ["emergency", "cancel"]),
    ],
)
def test_what_is_asked_for_beside_it_is_found(said: str, wanted: list[str], engine: Engine) -> None:
    assert [intent.name for intent in engine.understand(said, NOW).intents] == wanted


def test_what_is_taken_back_was_named_before_the_words_that_take_it_back(engine: Engine) -> None:
    said = "我想挂个皮肤科，礼拜三上午去，还有啊，礼拜三中午的饭就别给我送了，退了它"
    found = engine.understand(said, NOW).intents
    assert [(intent.name, intent.slots.get("about")) for intent in found] == [
        ("appointment", None),
        ("cancel", "meal"),
    ]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("早饭别给俺送了，俺要空肚子抽血，那个就免了吧", "cancel"),
        ("电视晃得眼晕，戏都看不成，画面也一条一条的，找个人来修修呗", "housekeeping"),
        ("今天要两碗饭，你们莫送，我自己走路过来吃", "meal"),
        ("手机充不进电，插座松了，喊个电工明天来换一个", "housekeeping"),
        ("坐椅子上头一歪，怎么摇都不睁眼，快来", "emergency"),
    ],
)
def test_what_is_only_told_beside_it_is_not_asked_for(
    said: str, wanted: str, engine: Engine
) -> None:
    assert [intent.name for intent in engine.understand(said, NOW).intents] == [wanted]
