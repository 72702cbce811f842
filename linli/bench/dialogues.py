"""How many scripted conversations end as a reasonable person would say they should."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from intents.engine import Engine
from linli.converse import Converse

from .row import Row

NOW = "2026-11-23T09:00:00+08:00"
"""The moment the scripts were written for."""
DATA = Path(__file__).parents[2] / "tests" / "data"
"""Where the scripts are."""
_AMENDS = {"cancel": "cancelled", "change": "changed"}


def play(script: Mapping[str, Any], engine: Engine) -> list[dict[str, Any]]:
    """Hold a script's turns; gives the answers, the greeting first."""
    converse = Converse(engine)
    start = {
        "channel": script["channel"],
        "now": script.get("now", NOW),
        "requests": script.get("setup", []),
        "resident": script.get("resident"),
    }
    answers = [converse.answer({"start": start})]
    for turn in script["turns"]:
        if isinstance(turn, Mapping):
            answers.append(converse.answer(turn))
        else:
            answers.append(converse.answer({"say": turn} if turn else {"silence": True}))
    return answers


def faults(script: Mapping[str, Any], answers: list[dict[str, Any]]) -> list[str]:
    """What did not end as expected; empty when all did."""
    expect = script["expect"]
    outcomes = [answer["outcome"] for answer in answers if answer["outcome"]]
    found: list[str] = []
    allowed = {expect["outcome"], *expect.get("accept_outcome", ())}
    counted = outcomes if expect.get("also") else outcomes[-1:]
    if not allowed & set(counted):
        found.append(f"outcome {outcomes or None}, want {expect['outcome']}")
    given = len(script.get("setup", []))
    rows = answers[-1]["requests"]
    new = [row for row in rows[given:] if row["status"] in ("new", "emergency")]
    booked = rows[:given] if given or expect["intent"] not in _AMENDS else rows
    changed = [row for row in booked if row["status"] in ("changed", "cancelled")]
    if expect["outcome"] not in ("created", "emergency", "cancelled", "changed"):
        return [*found, f"made {new + changed}, want nothing"] if new or changed else found
    wanted = [expect, *expect.get("also", ())]
    for one in wanted:
        slots, intent = dict(one["slots"]), one["intent"]
        about = slots.pop("about", None) if intent in _AMENDS else None
        among = [row for row in changed if row["status"] == _AMENDS[intent]] if about else new
        found += _missing(about or intent, slots, one.get("accept", {}), among)
    amended = sum(one["intent"] in _AMENDS for one in wanted)
    if len(new) != len(wanted) - amended:
        found.append(f"{len(new)} requests, want {len(wanted) - amended}")
    if len(changed) != amended:
        found.append(f"{len(changed)} bookings changed, want {amended}")
    return found


def _missing(
    intent: str, slots: Mapping[str, Any], accept: Mapping[str, Any], rows: list[dict[str, Any]]
) -> Iterator[str]:
    fitting = [row for row in rows if row["intent"] == intent]
    if not fitting:
        yield f"no {intent} in {[row['intent'] for row in rows]}"
        return
    complaints = [
        [
            f"{intent}.{name} = {row['slots'].get(name)!r}, want {value!r}"
            for name, value in slots.items()
            if not _fits(row["slots"].get(name), value, accept.get(name, ()))
        ]
        for row in fitting
    ]
    yield from min(complaints, key=len)


def _fits(found: Any, wanted: Any, accepted: Any) -> bool:
    if found == wanted or found in list(accepted):
        return True
    if isinstance(wanted, list) and isinstance(found, list):
        return sorted(map(_dish, found)) == sorted(map(_dish, wanted))
    return False


def _dish(item: Any) -> tuple[str, float]:
    if not isinstance(item, Mapping):
        return str(item), 1
    return str(item.get("name")), float(item.get("quantity") or 1)


def scripts(name: str) -> list[dict[str, Any]]:
    """The scripts of one file under `tests/data`."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def run(quick: bool) -> list[Row]:
    """The scripts given and our own, each whole conversation right or wrong."""
    engine = Engine.load()
    rows: list[Row] = []
    for name, what in (
        ("dialogues.jsonl", "conversations that end as they should, development scripts"),
        ("dialogues_more.jsonl", "conversations that end as they should, our own scripts"),
        ("dialogues_held.jsonl", "conversations that end as they should, once blind"),
        ("dialogues_blind.jsonl", "conversations that end as they should, written blind"),
    ):
        told = scripts(name)[:20] if quick else scripts(name)
        right = sum(not faults(script, play(script, engine)) for script in told)
        value = 100 * right / len(told)
        rows.append(Row(what, value, "%", "≥ 95 %", value >= 95, len(told)))
    return rows
