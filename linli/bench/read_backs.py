"""Answers to a read-back: a yes must be heard, and nothing be done without one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from intents.engine import Engine
from linli.converse import Converse

from .dialogues import DATA, NOW
from .row import Row

FILE = "read_backs_spoken.jsonl"
"""What elders say, and whether it means yes."""
GIVEN = "read_backs_given.jsonl"
"""What is read back: the requests there are, and what is asked for, a line for each kind."""
_DONE = {"created", "cancelled", "changed"}


def answers(file: str = FILE) -> list[dict[str, Any]]:
    """`{"about", "answer", "want"}` a line; `want` is yes, no, question or null."""
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


@cache
def _given() -> dict[str, dict[str, Any]]:
    return {row["about"]: row for row in answers(GIVEN)}


def agrees(row: Mapping[str, Any], engine: Engine) -> bool:
    """Whether the answer is taken for a yes: what was read back is filed."""
    converse, given = Converse(engine), _given()[row["about"]]
    start = {"channel": "phone", "now": NOW, "requests": given["requests"], "resident": None}
    converse.answer({"start": start})
    converse.answer({"say": given["say"]})
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
