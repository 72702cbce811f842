"""Short moves of talk, found in what was heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from intents.conversation.acts import load_acts
from intents.errors import DataError

ACTS = load_acts()


@pytest.mark.parametrize(
    ("move", "yes", "no"),
    [
        ("abandon", ["算了，不去了", "算了吧"], ["打算明天去", "要三份"]),
        ("not_any_more", ["不要了不要了，我孙子回来了", "不订了"], ["不要葱", "不是这个"]),
        ("unrecorded", ["不要录音", "莫录我的音", "别给我录"], ["不要辣", "登录不了"]),
        ("nothing_more", ["没有了", "没得了，谢谢", "不用了"], ["没听清", "不是，我要叫车"]),
        ("have_more", ["有", "还有", "嗯，有的"], ["没有了"]),
        ("all_clear", ["没事了", "我按错了", "说着玩的"], ["有事", "出事了"]),
        ("wait", ["等一下，我想想", "莫慌"], ["明天上午"]),
        ("agree", ["这回对了", "那就对了", "就这样办"], ["不对", "明天"]),
        ("keep", ["不退了，还是去", "照旧"], ["退了吧"]),
        ("unknown", ["我也不晓得", "说不上来"], ["晓得了"]),
        ("just_now", ["刚才那个饭莫做了", "才订的车不要了"], ["明天那个饭不要了"]),
        ("back", ["退一份", "退掉两碗"], ["退了吧", "多了一份"]),
        ("put_off", ["明天的再说", "后天的先不订"], ["再说一遍", "不要辣"]),
        ("not_at_hand", ["医保卡没带", "忘了带"], ["带我去", "没听清"]),
        ("thingless", ["换新", "修一下"], ["换灯管", "修灯"]),
        ("drawback", ["人民医院远", "那里人太多了"], ["人民医院", "远的那个"]),
        ("only_listens", ["没啥，我就是想听听人声"], ["没啥，我就是想找人说说话"]),
        ("any", ["随便", "哪天都行", "越快越好"], ["不行"]),
    ],
)
def test_a_move_is_found_where_it_is_and_not_where_it_is_not(
    move: str, yes: list[str], no: list[str]
) -> None:
    assert [text for text in yes if not ACTS.found(move, text)] == []
    assert [text for text in no if ACTS.found(move, text)] == []


def test_a_place_in_a_list_is_counted() -> None:
    assert [ACTS.ordinal(t) for t in ("头一个", "第二件", "第三", "明天的")] == [1, 2, 3, None]


def test_not_this_but_that_gives_both() -> None:
    assert ACTS.contrast("不是汽车站，是火车站") == ("汽车站", "火车站")
    assert ACTS.contrast("火车站") is None


def test_what_is_denied_last_is_cut_off() -> None:
    assert ACTS.before("trailing_not", "我说礼拜三，不是礼拜天") == "我说礼拜三"
    assert ACTS.before("trailing_not", "不是礼拜天") == "不是礼拜天"


def test_second_thoughts_in_mid_sentence_leave_what_follows() -> None:
    assert ACTS.after("restart", "我想叫个车，哎算了，给我订个午饭") == "给我订个午饭"
    assert ACTS.after("restart", "算了，不去了") is None


def test_how_far_something_is_moved() -> None:
    assert ACTS.shift("往后推一天") == ("一", "天", True)
    assert ACTS.shift("晚半个小时来") == ("半", "个小时", True)
    assert ACTS.shift("住了三天院") is None


def test_a_dish_that_is_not_wanted_any_more_is_named() -> None:
    assert ACTS.drops("红烧肉", "红烧肉不要了，换成鱼")
    assert not ACTS.drops("红烧肉", "再来一份红烧肉")


def test_a_pattern_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "acts.yaml"
    broken.write_text("a: ['(']\nordinals: {}\ndrops: []\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"acts\.yaml"):
        load_acts(broken)
