"""Answers to a read-back: a yes must be heard, and nothing be done without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from intents.engine import Engine
from linli.converse import Converse

from .dialogues import DATA, NOW
from .row import Row

FILE = "read_backs_spoken.jsonl"
"""What elders say, and whether it means yes."""
_TAXI = {
    "intent": "taxi",
    "slots": {"destination": "火车站", "date": "2026-11-24", "time": "08:00"},
}
_EYES = {"intent": "appointment", "slots": {"department": "眼科", "date": "2026-11-25"}}
ASKED: Mapping[str, tuple[list[dict[str, Any]], str]] = {
    "book": ([], "叫车去火车站，明早九点"),
    "cancel": ([_TAXI], "明天的车退了"),
    "change": ([_EYES], "我的号改到后天下午"),
}
"""What is read back: the requests there are, and what is asked for."""
_DONE = {"created", "cancelled", "changed"}


def answers() -> list[dict[str, Any]]:
    """`{"about", "answer", "want"}` a line; `want` is yes, no, question or null."""
    lines = (DATA / FILE).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def agrees(row: Mapping[str, Any], engine: Engine) -> bool:
    """Whether the answer is taken for a yes: what was read back is filed."""
    converse = Converse(engine)
    given, asked = ASKED[str(row["about"])]
    start = {"channel": "phone", "now": NOW, "requests": given, "resident": None}
    converse.answer({"start": start})
    converse.answer({"say": asked})
    return converse.answer({"say": row["answer"]})["outcome"] in _DONE


def run(quick: bool) -> list[Row]:
    """How many yeses are heard, and how many other answers are taken for one."""
    engine = Engine.load()
    told = answers()[:: 5 if quick else 1]
    yes = [agrees(row, engine) for row in told if row["want"] == "yes"]
    other = [agrees(row, engine) for row in told if row["want"] != "yes"]
    heard, wrong = 100 * sum(yes) / len(yes), 100 * sum(other) / len(other)
    return [
        Row("a yes to a read-back is heard", heard, "%", "≥ 95 %", heard >= 95, len(yes)),
        Row("done without a yes", wrong, "%", "0 %", wrong == 0, len(other)),
    ]
