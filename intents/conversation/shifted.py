"""Values that are counted from what they were: 晚一个钟头, 再加一个人, 再来一盒."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import datetime, timedelta
from typing import Any

from intents.types import WHEN
from intents.words.number import number

from .talk import Talk

_MINUTES_A_DAY = 1440


def shifted(
    talk: Talk,
    slots: Container[str],
    text: str,
    before: Mapping[str, Any],
    values: Mapping[str, Any],
) -> dict[str, Any]:
    """Values counted from those `before`, where `values` name no new ones."""

    def open_to(name: str) -> bool:
        return values.get(name) in (None, before.get(name))

    found: dict[str, Any] = {}
    if all(map(open_to, WHEN)):
        found |= moved(talk, text, before)
    if "passengers" in slots and open_to("passengers"):
        found |= more_people(talk, text, before)
    if "quantity" in slots:
        found |= more_of(talk, text, before)
    return found


def moved(talk: Talk, text: str, slots: Mapping[str, Any]) -> dict[str, Any]:
    """往后推一天, 晚半个小时: the new date or time, counted from when it was."""
    data = talk.words.data
    found = talk.acts.shift(text)
    if found is None or not slots.get("date"):
        return {}
    number, unit, later = found
    minutes = data["shift_numbers"][number] * data["shift_units"][unit]
    try:
        was = datetime.fromisoformat(f"{slots['date']}T{slots.get('time') or '12:00'}")
    except ValueError:
        return {}
    new = was + timedelta(minutes=minutes if later else -minutes)
    if minutes % _MINUTES_A_DAY == 0:
        return {"date": new.date().isoformat()}
    return {"time": f"{new:%H:%M}"} if slots.get("time") else {}


def more_people(talk: Talk, text: str, slots: Mapping[str, Any]) -> dict[str, Any]:
    """多一个人坐: counted from how many there were; 我老伴也去, of one who rides alone."""
    there = int(slots.get("passengers") or 1)
    if more := talk.acts.match("more_people", text):
        return {"passengers": there + int(talk.words.data["shift_numbers"][more["n"]])}
    joins = there == 1 and talk.acts.found("one_joins", text)
    return {"passengers": 2} if joins else {}


def more_of(talk: Talk, text: str, slots: Mapping[str, Any]) -> dict[str, Any]:
    """再加一盒, of 两盒: three of them."""
    more = talk.acts.match("more_packs", text)
    was = talk.acts.match("packs", str(slots.get("quantity") or ""))
    if more is None or was is None or more["unit"] != was["unit"]:
        return {}
    total = sum(number(match["n"]) or 0 for match in (was, more))
    return {"quantity": talk.words.count(total) + was["unit"]}
