"""Several bills in one breath are a request for each."""

from __future__ import annotations

import pytest
from call import Call

from intents.engine import Engine
from linli.bench.intents import NOW


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("水费五十，电费一百", [("water", 50), ("electricity", 100)]),
        ("电费跟话费一块儿给我交了", [("electricity", None), ("phone", None)]),
        ("帮我交水费三十块，还有煤气费", [("water", 30), ("gas", None)]),
        (
            "水费电费煤气费都帮我交一下",
            [("water", None), ("electricity", None), ("gas", None)],
        ),
    ],
)
def test_each_bill_has_its_own_request_and_amount(
    engine: Engine, said: str, wanted: list[tuple[str, int | None]]
) -> None:
    found = engine.understand(said, NOW).intents
    assert [(i.slots["bill"], i.slots.get("amount")) for i in found] == wanted


@pytest.mark.parametrize(
    ("said", "bill"),
    [
        ("电费交过了，水费没交", "water"),
        ("不是水费，是电费", "electricity"),
        ("水电费一起交了吧", "water"),
        ("交电费，就是供电局那个", "electricity"),
    ],
)
def test_a_bill_that_is_settled_or_named_twice_is_none_of_its_own(
    engine: Engine, said: str, bill: str
) -> None:
    (one,) = engine.understand(said, NOW).intents
    assert one.slots["bill"] == bill


def test_all_at_once_is_no_sum_of_money(engine: Engine) -> None:
    assert "amount" not in engine.understand("电费一块给我交了", NOW).first.slots
    assert engine.understand("给我充一块钱话费", NOW).first.slots["amount"] == 1


def test_both_are_read_back_and_filed(engine: Engine) -> None:
    call = Call(engine)("水费五十，电费一百", "对", "对")
    assert [(f.slots["bill"], f.slots["amount"]) for f in call.filed] == [
        ("water", 50),
        ("electricity", 100),
    ]
