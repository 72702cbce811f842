"""What elders say to a read-back, in whole conversations: only a yes is one."""

from __future__ import annotations

import pytest

from intents.engine import Engine
from linli.bench.read_backs import agrees, answers, run

ROWS = answers()


@pytest.fixture(scope="module", name="engine")
def _engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize("about", ["book", "cancel", "change"])
def test_nothing_is_done_without_a_yes(about: str, engine: Engine) -> None:
    others = [row for row in ROWS if row["about"] == about and row["want"] != "yes"]
    assert len(others) >= 75
    assert [row["answer"] for row in others if agrees(row, engine)] == []


@pytest.mark.parametrize("about", ["book", "cancel", "change"])
def test_nearly_every_yes_is_heard(about: str, engine: Engine) -> None:
    meant = [row for row in ROWS if row["about"] == about and row["want"] == "yes"]
    deaf = [row["answer"] for row in meant if not agrees(row, engine)]
    assert len(deaf) <= 0.06 * len(meant), deaf


def test_a_bench_that_takes_everything_for_a_yes_is_found_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("linli.bench.read_backs.agrees", lambda *_: True)
    heard, wrong = run(quick=True)
    assert (heard.value, heard.reached) == (100, True)
    assert (wrong.value, wrong.reached) == (100, False)


@pytest.mark.parametrize(
    "answer",
    [
        "好，九点，等我问问老伴", "对，是九点，不过时间太早了", "九点对，人不对",
        "对，九点，我再想想", "火车站没错，九点不行", "九点，行倒是行", "好，火车站，几点来接",
        "没问题是没问题，就是有点贵", "嗯……", "哎哟", "那就甭给俺安排了",
    ],
)  # fmt: skip
def test_a_yes_with_a_but_is_none(answer: str, engine: Engine) -> None:
    assert not agrees({"about": "book", "answer": answer}, engine)


@pytest.mark.parametrize(
    "answer", ["甭给退", "嗯，那个车还要嘞", "别给俺消了", "退了还能再订不", "嗯这个这个"]
)
def test_who_wants_it_kept_has_it_kept(answer: str, engine: Engine) -> None:
    assert not agrees({"about": "cancel", "answer": answer}, engine)


@pytest.mark.parametrize(
    "answer",
    [
        "走不动路了，你给取消了嘛", "对，退了就退了，不用再给我留着", "落雨去不成了，退",
        "俺儿开车来接，那车用不着了",
    ],
)  # fmt: skip
def test_the_reason_for_a_cancellation_keeps_nothing(answer: str, engine: Engine) -> None:
    assert agrees({"about": "cancel", "answer": answer}, engine)
