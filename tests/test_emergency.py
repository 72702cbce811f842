"""Emergencies: found however they are said, and not heard where there are none."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intents.engine import Engine

ENGINE = Engine.load()
NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
TOLD = Path(__file__).parent / "data" / "alarms.jsonl"
"""Long-winded and indirect emergencies, what only sounds like one, and ordinary chat."""


def told() -> list[dict[str, Any]]:
    """`{text, kind}`; kind is null where there is no emergency."""
    return [json.loads(line) for line in TOLD.read_text("utf-8").splitlines()]


def alarm(text: str) -> str | None:
    """The kind the engine alarms with, if it does."""
    found = ENGINE.understand(text, NOW).first
    return str(found.slots["kind"]) if found.name == "emergency" else None


def test_told_in_a_roundabout_way_an_emergency_is_still_found() -> None:
    cries = [row["text"] for row in told() if row["kind"]]
    assert len([text for text in cries if alarm(text) is None]) <= 0.02 * len(cries)


def test_of_stories_written_to_provoke_alarms_few_do() -> None:
    tales = [row["text"] for row in told() if not row["kind"]]
    assert len([text for text in tales if alarm(text)]) <= 0.01 * len(tales)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("快来人阿虎衰倒了,起不来了", "fall"),
        ("救命啊，厨房烧起来了", "fire"),
        ("快来救我，心口疼得冒冷汗", "chest_pain"),
        ("来人啊，老伴喊不醒了", "unconscious"),
    ],
)
def test_a_cry_for_help_yields_to_what_has_happened(text: str, kind: str) -> None:
    assert alarm(text) == kind


def test_what_is_feared_takes_nothing_from_what_is_there() -> None:
    assert alarm("电线老化了，怕着火，找个电工来换一换") is None
    assert alarm("插座冒烟了，我怕着火") == "fire"


def test_what_was_put_right_by_sound_needs_the_opinion_too() -> None:
    """腰不行 sounds like 摇不醒, 老出血 like 脑出血."""
    assert alarm("门球我不打了，腰不行") is None
    assert alarm("鼻子老出血，干燥，抹点药膏行不") is None
    assert alarm("我船不上来气了") == "breathing"


def test_a_wording_that_can_hardly_be_meant_is_none_unless_help_is_called_for() -> None:
    assert alarm("血压药压不住，能不能加一片") is None
    assert alarm("我怕洗澡摔倒，想装个扶手") is None
    assert alarm("快来人，血压药压不住，站不住了") is not None


@pytest.mark.parametrize(
    ("thing", "person"),
    [
        ("手机掉水里了，开不了机", "孙子掉水里了"),
        ("这个按钮按了咋没得反应", "喊他没得反应"),
        ("钥匙断在锁眼里了，我人在门外头坐着呢", "钥匙锁屋里了，灶上还炖着肉"),
        ("我收条压席底下了", "柜子倒了，压着我的腿了"),
        ("客厅的吊灯掉下来半边", "吊灯掉下来砸到老伴头了"),
        ("推老伴去公园，我推不动他", "推老伴他不动，喊也不应"),
    ],
)
def test_what_befalls_a_thing_is_no_emergency_what_befalls_a_person_is(
    thing: str, person: str
) -> None:
    assert alarm(thing) is None
    assert alarm(person) is not None


@pytest.mark.parametrize(
    "text",
    [
        "柜子里的钱和衣裳我都摆好了，跟娃们说不用惦记，我先走一步了",
        "别挂念我了，我去找你爸了",
        "活着没意思，不如一头撞死",
        "这是最后一回打扰你们了，我要睡长觉了",
        "饿了三天了没人管，我下不了床",
        "对门灯亮了两天两夜，敲门也没人应，就老太太一个人住",
        "屋顶漏雨漏到电闸上冒青烟",
        "一壶开水全浇腿上了，起的都是大泡",
        "孙子八个月，发烧四十度",
    ],
)
def test_some_wordings_alarm_however_calmly_they_are_said(text: str) -> None:
    assert alarm(text) is not None


def test_even_those_are_a_tale_where_the_words_say_so() -> None:
    assert alarm("电视剧里那个人活着没意思，不如一头撞死") is None
    assert alarm("那年开水浇腿上了，起了一溜大泡") is None


@pytest.mark.parametrize(
    "text",
    [
        "打太极那个，我腿不行，不练了，名额让给别人",
        "面莫下了，老头子自己煮了",
        "我老花镜搁哪儿了，刚还在手上",
        "我在三楼东头那间屋子里头呢",
        "那我先回去了，锅里还炖着汤，老伴看着呢",
        "你这一问把我问倒了",
        "孙子追得我腿都要断了",
        "隔壁熏腊肉，烟子大得很",
    ],
)
def test_ordinary_life_raises_no_alarm(text: str) -> None:
    assert alarm(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "摔倒了起不来",
        "从床上滚下来了",
        "坐地上起不来",
        "胯骨疼动不得",
        "我跶一扑爬手杆断了",
        "心口疼，冒冷汗",
        "胸口闷得像压石头",
        "心脏病犯了",
        "含了药不管用",
        "心慌眼前发黑",
        "喘不上来气",
        "出不赢气",
        "憋得慌嘴发紫",
        "吃汤圆噎着了，说不出话",
        "老头子叫不醒了",
        "她昏过去了",
        "眼睛翻白，口吐白沫",
        "推他不动，身上凉",
        "血止不住",
        "吐血，吐了一大口",
        "头上流血了",
        "嘴歪了，半边身子没劲",
        "突然看不见了",
        "他抽起来了，牙关咬得紧",
        "低血糖浑身打抖出冷汗",
        "着火了",
        "满屋子烟",
        "插座冒火星",
        "锅烧干了冒烟",
        "灶上炖着肉，钥匙锁屋里了",
        "屋里有煤气味",
        "罐子嗤嗤响",
        "一股臭鸡蛋味",
        "烧的蜂窝煤，现在头疼想吐",
        "有人撬门",
        "抢我的钱",
        "儿子打我",
        "刚才转了三万给骗子",
        "找不到家了",
        "老伴一早出去没回来，他痴呆",
        "孙子不见了",
        "救命",
        "快来人啊",
        "帮我打120",
        "不想活了",
        "安眠药都吃了",
        "遭电打了",
        "开水烫掉皮了",
        "困电梯里了",
        "俺娘歪炕上直抽",
        "走到哪儿都不晓得，天都黑透了",
        "两天没吃没喝，一个人站不起来",
        "昨天摔的，今天动不了了，给我挂个号",
        "刚才还好好的，这会儿话都说不清，嘴歪了",
    ],
)
def test_it_is_an_emergency(text: str) -> None:
    assert ENGINE.emergency(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "前年摔过一跤，腿疼挂骨科",
        "前天磕了膝盖，今儿还肿着，想拍个片",
        "心口不堵了，好多了",
        "装了支架，来复查",
        "老慢支一冷就喘，挂呼吸科",
        "痔疮有点血，挂肛肠科",
        "打听中风后咋恢复，挂康复科",
        "血压老是高，挂心内科",
        "这是救命药，再开点",
        "速效救心丸买一瓶备着",
        "忘了吃降压药要不要补",
        "煤气费该交了",
        "煤气灶打不着火",
        "换煤气罐",
        "水管爆了",
        "灯泡炸了",
        "家里停电了",
        "钥匙忘屋里了，没开火",
        "屋里有耗子",
        "来份火爆腰花",
        "饿死了，饭咋还没来",
        "去火车站",
        "去殡仪馆送人",
        "去坟上烧纸",
        "消防演习我要参加",
        "老头子死了三年，闷得慌",
        "老头子走了，丧葬费咋领",
        "笑死我了",
        "气死我了",
        "热死了",
        "心疼死我了，一百块",
        "吓死我了，电视里杀人",
        "做梦着火了",
        "上回煤气漏修好了",
        "昨天骗子打电话我没理",
        "炒菜糊了，现在没事了",
        "我降压药吃完了，帮我开点",
        "换个煤气罐，扛不上来",
        "他摔了一跤，躺了三个月，现在能走了",
        "我家门牌是36",
        "我家门牌",
    ],
)
def test_it_is_none(text: str) -> None:
    assert ENGINE.emergency(text) is None


def test_the_talk_of_an_afternoon_raises_no_alarm() -> None:
    told = [
        "我那时候在厂里上班，有一回着了火，大家都去救",
        "隔壁老张上个月住院了，听说是心脏不好",
        "我那年出车祸，腿断了，养了半年",
        "年纪大了喘气都费劲，哈哈",
        "我这个腰疼是老毛病，贴贴膏药就好",
        "小时候家里穷，饿得吃树皮",
        "昨天楼上吵架，还报了警",
        "死都不怕，还怕啥",
        "人老了觉就少",
    ]
    assert [text for text in told if ENGINE.emergency(text)] == []


@pytest.mark.parametrize("text", ["救我一个人", "救我一个人去", "救我们两个", "救我自己"])
def test_who_says_that_they_are_alone_does_not_cry_for_help(text: str) -> None:
    """就我一个人 sounds just so, and recognisers write what is written more often."""
    assert alarm(text) is None


@pytest.mark.parametrize("text", ["救我", "快来救我一个人起不来", "救我一个人摔了起不来"])
def test_who_cries_for_help_is_heard_also_when_alone(text: str) -> None:
    assert alarm(text) is not None


def test_an_emergency_that_is_told_beside_a_request_is_heard() -> None:
    assert alarm("我来问那个煤气费咋个交，哎，这屋头一股煤气味，熏得脑壳昏") == "gas"
    assert alarm("我来问那个煤气费咋个交，上个月交了八十") is None


def test_half_a_sentence_is_enough() -> None:
    assert ENGINE.emergency("我摔倒了起不来") == ENGINE.emergency("我摔倒了起不来你们")
