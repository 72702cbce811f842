"""Orders: dishes of the list and others, with their amounts."""

from __future__ import annotations

from datetime import datetime

import pytest

from intents.engine import Engine

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
ENGINE = Engine.load()


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("炒个土豆丝，炖个豆腐，米饭三碗", {"土豆丝": 1, "炖豆腐": 1, "米饭": 3}),
        ("煮两个鸡蛋，炖个排骨汤", {"煮鸡蛋": 2, "排骨汤": 1}),
        ("小笼包一笼，哎，两笼吧，还要一碗豆浆", {"小笼包": 2, "豆浆": 1}),
        ("两个馒头，不，三个，一份烧茄子", {"馒头": 3, "烧茄子": 1}),
        ("鸡蛋面条一碗，面条多煮会儿", {"鸡蛋面条": 1}),
        ("要两个荞面馒头", {"荞面馒头": 2}),
        ("半只烧鸡，撕碎", {"烧鸡": 0.5}),
        ("主食要荞麦馒头，俩", {"荞麦馒头": 2}),
        ("豆浆俩，包子四个，鸡蛋俩", {"豆浆": 2, "包子": 4, "鸡蛋": 2}),
        ("一份青椒炒肉，饭三碗", {"青椒炒肉": 1, "米饭": 3}),
        ("给我留十个猪肉大葱的包子", {"猪肉大葱包子": 10}),
        ("来份酸辣土豆丝盖饭", {"酸辣土豆丝盖饭": 1}),
        ("不要套餐，单点个熘肝尖", {"熘肝尖": 1}),
        ("那年头炖一锅白菜就算待客了，今儿给俺订一份家常豆腐", {"家常豆腐": 1}),
        ("一碗米饭，老头子牙不行，不吃米饭，给他一碗蒸蛋", {"米饭": 1, "蒸蛋": 1}),
        ("小时候就爱吃红烧肉，今天给我来一份", {"红烧肉": 1}),
        ("抄手一碗，清汤的", {"馄饨": 1}),
        ("天天稀饭吃腻了，给我下碗臊子面", {"臊子面": 1}),
        ("我跟老伴各要一份低盐餐", {"低盐餐": 2}),
        ("一份稀饭馒头", {"稀饭": 1, "馒头": 1}),
        ("要两份饭，送来", {"套餐": 2}),
        ("煮鸡蛋俩，不对，仨，咸菜来一碟子", {"煮鸡蛋": 3, "咸菜": 1}),
        ("花卷两个，不，三个，不，四个，一碗稀饭", {"花卷": 4, "稀饭": 1}),
        ("老李也要一份，跟我一样，就是牛肉面，两碗", {"牛肉面": 2}),
        ("俩闺女回来，三个人的饭", {"套餐": 3}),
        ("馍要热乎的，仨，再来个烧茄子", {"馒头": 3, "烧茄子": 1}),
        ("粥不敢喝，再拌个黄瓜", {"凉拌黄瓜": 1}),
        ("红烧鱼，不对，清蒸鱼一份", {"清蒸鱼": 1}),
        ("饺子，白菜猪肉的，二十个", {"白菜猪肉饺子": 20}),
        ("汤圆一碗，黑芝麻的", {"黑芝麻汤圆": 1}),
        ("包子五个，肉的三个菜的两个", {"包子": 5}),
        ("八宝粥来一碗，再要俩素包子", {"八宝粥": 1, "素包子": 2}),
        ("我和老伴，一人一碗烩面", {"烩面": 2}),
        ("八宝粥，两碗，我跟老姐一人一碗", {"八宝粥": 2}),
        ("水煮肉片不要太辣，一份，米饭要三碗", {"水煮肉片": 1, "米饭": 3}),
        ("要俩馒头，仨吧，再要个凉菜", {"馒头": 3, "凉菜": 1}),
        ("藕夹不要太咸，三个", {"藕夹": 3}),
    ],
)
def test_an_order_is_read(text: str, items: dict[str, float]) -> None:
    found = ENGINE.extract(text, NOW, "meal").get("items") or []
    assert {item["name"]: item["quantity"] for item in found} == items


def test_half_a_pound_is_no_count() -> None:
    (item,) = ENGINE.extract("来半斤卤牛肉", NOW, "meal")["items"]
    assert item == {"name": "卤牛肉", "quantity": None}


def test_a_meal_of_several_dishes_keeps_their_order_and_is_no_rice_by_itself() -> None:
    found = ENGINE.extract("中午给我送份饭，红烧肉一份，米饭一份", NOW, "meal")["items"]
    assert [item["name"] for item in found] == ["红烧肉", "米饭"]
    assert ENGINE.extract("给我送份饭，红烧肉一份", NOW, "meal")["items"] == [
        {"name": "红烧肉", "quantity": 1}
    ]


@pytest.mark.parametrize("text", ["菜市场的菜贵", "老板的店里钱多"])
def test_no_dish_is_made_of_other_words(text: str) -> None:
    assert not ENGINE.extract(text, NOW, "meal").get("items")


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("豆浆两碗，油条三根，油条不要了，换成豆沙包，豆沙包四个", {"豆浆": 2, "豆沙包": 4}),
        ("昨天那个红烧鱼咸得很，来一份家常豆腐", {"家常豆腐": 1}),
        ("米饭一碗，红烧肉一份，红烧肉算了", {"米饭": 1}),
        ("麻花嚼不动，来碗稀饭", {"稀饭": 1}),
    ],
)
def test_what_is_found_fault_with_or_given_up_is_not_ordered(
    text: str, items: dict[str, float]
) -> None:
    found = ENGINE.extract(text, NOW, "meal")["items"]
    assert {item["name"]: item["quantity"] for item in found} == items


@pytest.mark.parametrize(
    ("text", "delivery"),
    [
        ("我走过来吃", False),
        ("两个馒头，不消你们送", False),
        ("我叫他来端", False),
        ("米饭三碗，我孙子今天也回来吃", None),
        ("米饭三碗，送到家，我孙子也回来吃", True),
    ],
)
def test_where_a_meal_is_eaten_is_told_in_many_ways(text: str, delivery: bool | None) -> None:
    assert ENGINE.extract(text, NOW, "meal").get("delivery") is delivery


@pytest.mark.parametrize("text", ["给我一份素面，不用送", "订两碗面条，我过来吃，不用送"])
def test_a_meal_that_need_not_be_brought_is_ordered_all_the_same(text: str) -> None:
    found = ENGINE.understand(text, NOW)
    assert [intent.name for intent in found.intents] == ["meal"]
    assert found.first.slots["delivery"] is False
