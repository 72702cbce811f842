"""What becomes of the dishes of an order when more is said of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from intents.conversation.acts import load_acts
from intents.conversation.dishes import Kitchen, in_full, only_part
from intents.engine import Engine
from linli.bench.dialogues import play

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
KITCHEN = Kitchen(
    load_acts(), frozenset({"面条", "米饭", "油条", "红烧肉", "饺子", "套餐", "豆浆"}), "套餐", NOW
)


def dish(name: str, quantity: float = 1) -> dict[str, Any]:
    return {"name": name, "quantity": quantity}


PORK, RICE = dish("红烧肉"), dish("米饭", 2)


@pytest.mark.parametrize(
    ("known", "found", "text", "want"),
    [
        ([PORK], [RICE], "米饭两碗", [PORK, RICE]),
        ([PORK], [dish("红烧肉", 3)], "红烧肉要三份", [dish("红烧肉", 3)]),
        ([PORK], [dish("饺子")], "换成饺子", [dish("饺子")]),
        ([PORK, RICE], [dish("红烧肉")], "红烧肉去掉，太油", [RICE]),
        ([PORK, RICE], [], "米饭莫要", [PORK]),
        ([PORK], [dish("红烧肉"), dish("饺子")], "红烧肉不要了，来饺子", [dish("饺子")]),
        ([PORK], [dish("套餐", 2)], "要两份", [dish("红烧肉", 2)]),
        ([PORK], [dish("烧饼泡着吃", 2)], "两个烧饼泡着吃", [PORK, dish("烧饼", 2)]),
        ([dish("套餐", 2)], [PORK, dish("面条")], "红烧肉一份，面条一碗", [PORK, dish("面条")]),
        ([], [PORK], "红烧肉", [PORK]),
        (
            [RICE, dish("烧茄子")],
            [dish("麻婆豆腐")],
            "茄子莫要了，换一份麻婆豆腐",
            [RICE, dish("麻婆豆腐")],
        ),
        ([PORK], [dish("够了")], "一份够了", [PORK]),
    ],
)
def test_dishes_are_added_taken_off_swapped_and_counted(
    known: list[Any], found: list[Any], text: str, want: list[Any]
) -> None:
    assert KITCHEN.after(known, found, text) == want


def test_an_order_that_is_asked_for_anew_is_replaced() -> None:
    assert KITCHEN.after([PORK], [dish("面条")], "面条", replace=True) == [dish("面条")]


def test_the_last_dish_taken_off_leaves_nothing_to_order() -> None:
    assert KITCHEN.after([PORK], [dish("红烧肉")], "红烧肉不要了") is None


def test_whatever_there_is_means_a_set_meal_in_the_amount_that_was_said() -> None:
    assert KITCHEN.set_meal([dish("随便弄", 2)]) == [dish("套餐", 2)]
    assert KITCHEN.set_meal([]) == [dish("套餐")]


@pytest.mark.parametrize(
    ("text", "what"), [("葱蒜都莫放", "葱蒜"), ("莫放辣椒", "辣椒"), ("送到家里", None)]
)
def test_what_is_to_be_left_out_is_heard(text: str, what: str | None) -> None:
    assert KITCHEN.left_out(text) == what


COUNTED = replace(
    KITCHEN, measure=lambda name: {"馒头": "个", "油条": "个", "豆浆": "碗"}.get(name, "")
)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("两个", [dish("馒头", 2), dish("豆浆")]),
        ("两碗", [dish("馒头", 3), dish("豆浆", 2)]),
        ("两份", [dish("馒头", 3), dish("豆浆", 2)]),
    ],
)
def test_a_bare_amount_is_of_the_dish_that_is_counted_so(
    text: str, want: list[dict[str, Any]]
) -> None:
    ordered = [dish("馒头", 3), dish("豆浆")]
    assert COUNTED.after(ordered, [dish("套餐", 2)], text) == want


def test_of_two_that_are_counted_alike_it_is_the_last() -> None:
    ordered = [dish("馒头", 3), dish("油条")]
    assert COUNTED.after(ordered, [dish("套餐", 2)], "两个") == [dish("馒头", 3), dish("油条", 2)]


def test_two_meals_are_spelled_out_by_the_dishes_that_follow() -> None:
    named = [dish("清蒸鱼"), dish("炒青菜"), dish("米饭", 2)]
    assert KITCHEN.after([dish("套餐", 2)], named, "清蒸鱼，炒青菜，两碗米饭") == named


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("鱼不要了", "红烧鱼不要了"),
        ("鱼就不要了，刺多", "红烧鱼就不要了，刺多"),
        ("把那个鱼去掉", "把那个红烧鱼去掉"),
        ("鱼算了，来个青菜", "红烧鱼算了，来个青菜"),
        ("牛肉换成豆腐", "牛肉面换成豆腐"),
        ("牛肉不要了", "牛肉不要了"),
        ("红烧鱼不要了", "红烧鱼不要了"),
        ("鱼要两份", "红烧鱼要两份"),
        ("饭一碗就够了", "米饭一碗就够了"),
    ],
)
def test_a_dish_that_is_dropped_may_be_called_by_its_short_name(text: str, full: str) -> None:
    assert in_full(load_acts(), [dish("红烧鱼"), dish("牛肉面"), dish("米饭")], text) == full


def test_the_dish_is_what_is_no_rice() -> None:
    known = [dish("鱼香肉丝"), dish("米饭")]
    assert in_full(load_acts(), known, "饭一碗，菜两份") == "米饭一碗，鱼香肉丝两份"


def test_of_two_fish_nobody_knows_which_is_dropped() -> None:
    assert in_full(load_acts(), [dish("红烧鱼"), dish("清蒸鱼")], "鱼不要了") == "鱼不要了"


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("汤不要了", True),
        ("水果就不要了", True),
        ("香菜不要", True),
        ("饭不要了", False),
        ("今天的饭不要了", False),
        ("都不要了", False),
        ("不要了", False),
        ("不用送了", False),
    ],
)
def test_who_refuses_a_part_keeps_the_rest(text: str, part: bool) -> None:
    assert only_part(load_acts(), text) is part


@pytest.mark.parametrize(
    ("text", "names", "diet"),
    [
        ("鱼就不要了", ["米饭"], None),
        ("鱼不要了，换成麻婆豆腐", ["米饭", "麻婆豆腐"], None),
        ("不要鱼了，刺多，换成豆腐，麻婆豆腐一份", ["米饭", "麻婆豆腐"], None),
        ("香菜不要", ["红烧鱼", "米饭"], "不放香菜"),
        ("汤不要了", ["红烧鱼", "米饭"], None),
    ],
)
def test_the_rest_of_the_order_is_filed(text: str, names: list[str], diet: str | None) -> None:
    turns = ["明天午饭要一份红烧鱼一碗米饭，送到家里", text, "对", "对"]
    rows = play({"channel": "phone", "turns": turns}, Engine.load())[-1]["requests"]
    assert [[d["name"] for d in row["slots"]["items"]] for row in rows] == [names]
    assert rows[0]["slots"].get("diet") == diet


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("一份就行", [1, 2]),
        ("一份就够了，两份吃不完", [1, 2]),
        ("两份太多了，一份", [1, 2]),
        ("我只要一份", [1, 2]),
        ("一碗就够了", [2, 1]),
        ("饭一碗就够了", [2, 1]),
        ("饭一碗就行，菜三份", [3, 1]),
        ("菜一份，饭一碗", [1, 1]),
    ],
)
def test_fewer_are_enough(text: str, amounts: list[int]) -> None:
    turns = ["中午给我送两份鱼香肉丝、两碗米饭", text, "对"]
    rows = play({"channel": "phone", "turns": turns}, Engine.load())[-1]["requests"]
    assert [[d["quantity"] for d in row["slots"]["items"]] for row in rows] == [amounts]
