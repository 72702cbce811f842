"""Gives every wanted thing its own stretch of the text and the slots said there."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

from intents.types import WHEN, Intent
from intents.understanding.decide import OUT, Act
from intents.understanding.knowledge import Knowledge
from intents.values.ordered import SET
from intents.values.slots import Said
from intents.words.normalise import PAUSE
from intents.words.reading import Reading

_MAIN = {
    "housekeeping": "service",
    "social_security": "matter",
    "activity": "activity",
    "call_family": "contact",
    "appointment": "department",
    "taxi": "destination",
}
_SEVERAL = 0.4
"""From this likelihood on a text wants several things of a kind."""
_LEAD = 7
_TOLD = 1.5
_NOT_NEW = (*WHEN, "meal", "action", "note")
_NAMES = ("destination", "origin")
_COUNTED = ("passengers", "wheelchair")


def fill(
    knowledge: Knowledge, reading: Reading, chosen: list[Act], now: datetime, alarm: bool = False
) -> list[Intent]:
    """The intents with their slots, in the order spoken; after an alarm only what follows it."""
    found: list[Intent] = []
    stretches = _stretches(knowledge, reading.text, chosen, alarm)
    if len(chosen) == 1 and not alarm:
        stretches = _twice(knowledge, reading.text, chosen[0], now) or stretches
        chosen = chosen * len(stretches)
    for act, text in zip(chosen, stretches, strict=True):
        slots = knowledge.slots.read(Said(text, now, act.intent))
        if act.intent == "change" and _goes_on(knowledge, text, found):
            found[-1] = Intent(
                found[-1].name, {**found[-1].slots, **_times(slots)}, found[-1].fuzzy
            )
            continue
        slots = knowledge.surmise.complete(act.intent, text, slots)
        if act.intent in knowledge.meta:
            slots = _meta(knowledge, Said(text, now, act.intent), slots, found)
        if act.intent == "taxi" and found and found[0].name == "appointment":
            slots = _shared(slots, found[0])
        if act.intent == "taxi" and found and "destination" not in slots:
            place = knowledge.slots.places.destination(reading.text, open_end=False)
            slots = {**slots, "destination": place} if place else slots
        slots = _as_heard(knowledge, reading, slots)
        fuzzy = tuple(
            name
            for name, value in slots.items()
            if reading.repairs and isinstance(value, str) and reading.doubtful(value)
        )
        found.append(Intent(act.intent, slots, fuzzy))
    return found


def _goes_on(knowledge: Knowledge, text: str, found: list[Intent]) -> bool:
    """What was just asked for is put right, nothing that is booked (…明天，哎，后天吧)."""
    return bool(found) and found[-1].name not in knowledge.meta and _about(knowledge, text) is None


def _times(slots: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in slots.items() if name in WHEN}


def _as_heard(knowledge: Knowledge, reading: Reading, slots: dict[str, Any]) -> dict[str, Any]:
    """Names of places that no list has, as they were heard, not as they were put right."""
    if not reading.repairs or len(reading.heard) != len(reading.text):
        return slots
    kept = dict(slots)
    for slot in _NAMES:
        name = slots.get(slot)
        at = reading.text.find(name) if isinstance(name, str) else -1
        if name is None or at < 0 or knowledge.lists["places"].find(name):
            continue
        kept[slot] = reading.heard[at : at + len(name)]
    return kept


def _stretches(knowledge: Knowledge, text: str, chosen: list[Act], alarm: bool) -> list[str]:
    """The part of the text that belongs to each act."""
    joints = knowledge.joints.find(text)
    cuts = [0]
    if alarm and chosen:
        before = [hit.start for hit in joints if hit.start <= chosen[0].start]
        cuts = [max(before, default=0)]
    for before_act, after in pairwise(chosen):
        if before_act.end == after.start:
            cuts.append(after.start)
            continue
        between = [h.start for h in joints if before_act.start < h.start <= after.start]
        at = _cut(text, between, before_act.start, after.start)
        if after.intent in knowledge.meta:
            at = _told_before(knowledge, text, [a for a in between if before_act.end <= a < at], at)
        cuts.append(at)
    cuts.append(len(text))
    return [text[a:b].strip("，") for a, b in pairwise(cuts)][: len(chosen)]


def _cut(text: str, between: list[int], low: int, high: int) -> int:
    """Where the second request begins: at the last joint, or at a pause shortly before it."""
    last = max(between, default=high)
    if text[last - 1 : last] == PAUSE:  # 一份鱼，一碗饭，再送瓶糖浆: the pause is the joint's own
        return last
    pauses = [at for at in between if text[at] == PAUSE and low < at and last - at <= _LEAD]
    return min(pauses, default=last)


def _told_before(knowledge: Knowledge, text: str, before: list[int], at: int) -> int:
    """还有，中午的饭别送了，退了它: where what is taken back was named, one joint or two before."""
    if _about(knowledge, text[at:]) is not None:
        return at
    named = [a for a in sorted(before, reverse=True) if _about(knowledge, text[a:at])]
    return named[0] if named else at


def _twice(knowledge: Knowledge, text: str, act: Act, now: datetime) -> list[str] | None:
    """Two stretches, when the same kind of thing is wanted twice (修灯，还要通下水道)."""
    main = _MAIN.get(act.intent)
    if main is None:
        return knowledge.bills.parts(text) if act.intent == "payment_help" else None
    for clause in knowledge.clauses(knowledge.traces(text)):
        if not clause.strong or not clause.start:
            continue
        parts = [text[: clause.start].strip("，"), text[clause.start :].strip("，")]
        values = [knowledge.slots.read(Said(part, now, act.intent)).get(main) for part in parts]
        asked = [
            (e := knowledge.weigh(knowledge.traces(part)).get(act.intent)) is not None and e.asked
            for part in parts
        ]
        if all(values) and values[0] != values[1] and all(asked) and _many(knowledge, text):
            return parts
    return None


def _many(knowledge: Knowledge, text: str) -> bool:
    """Whether a text sounds as if several things were wanted."""
    told = knowledge.opinion(knowledge.describe(Reading(text, text)), "many")
    return told.get("several", 0.0) >= _SEVERAL


def _meta(
    knowledge: Knowledge, said: Said, slots: dict[str, Any], found: list[Intent]
) -> dict[str, Any]:
    """Which request is meant, and a day that is put off."""
    about = _about(knowledge, said.text)
    if about is None and found and found[-1].name not in knowledge.meta:
        about = found[-1].name
    slots = {**slots, "about": about}
    if said.intent == "change" and about in knowledge.services:
        slots |= _changed(knowledge, str(about), said)
        if about == "meal":
            slots.pop("part", None)
    if said.intent == "cancel" and about == "meal":
        slots.pop("part", None)
    if said.intent == "status":
        slots.pop("date", None)
    shift = knowledge.slots.moments.shift(said.text) if said.intent == "change" else None
    if shift and shift.days and "date" in slots:
        slots["date"] = (datetime.fromisoformat(slots["date"]) + shift).date().isoformat()
    return slots


def _changed(knowledge: Knowledge, about: str, said: Said) -> dict[str, Any]:
    """The new values of a request's own slots: what stands after the word of change."""
    new = knowledge.slots.about.new(said.text)
    if not new:
        counted = knowledge.slots.read(Said(said.text, said.now, about)) if about == "taxi" else {}
        return {name: value for name, value in counted.items() if name in _COUNTED}
    place = "destination" if about == "taxi" else None
    slots = knowledge.slots.read(Said(new, said.now, about, place))
    changed = {name: value for name, value in slots.items() if name not in _NOT_NEW}
    if about == "meal":
        if "time" not in slots and isinstance(slots.get("meal"), str):
            changed["meal"] = slots["meal"]
        changed |= _counted_anew(knowledge, said.text.removesuffix(new), new, changed)
    return changed


def _counted_anew(
    knowledge: Knowledge, before: str, new: str, changed: dict[str, Any]
) -> dict[str, Any]:
    """早先要的俩馒头，改成四个: an amount alone is of the dish named before it."""
    items = changed.get("items") or []
    named = knowledge.slots.items.find(before) if len(items) == 1 else []
    if len(named) != 1 or items[0]["name"] != SET or SET in new:
        return {}
    return {"items": [{**named[0], "quantity": items[0]["quantity"]}]}


def _about(knowledge: Knowledge, text: str) -> str | None:
    best: tuple[float, str] | None = None
    told = knowledge.slots.about.find(text)
    for name, one in knowledge.weigh(knowledge.traces(text)).items():
        service = knowledge.services[name]
        hits = [
            hit for hit in one.hits["about"] if not knowledge.slots.about.dated(text, hit.start)
        ]
        if service.meta or service.control or name in (OUT, "emergency"):
            continue
        if not hits and name not in told:
            continue
        length = max((hit.length for hit in hits), default=0)
        score = max(one.score, 0.0) + 0.3 * length + 1.0 + _TOLD * told.count(name)
        if best is None or score > best[0]:
            best = (score, name)
    if best is None:
        return knowledge.slots.about.guess(text, knowledge.slots, told)
    return best[1]


def _shared(slots: dict[str, Any], first: Intent) -> dict[str, Any]:
    """A ride ordered with an appointment goes there on that day."""
    shared = dict(slots)
    if "date" not in shared and "date" in first.slots:
        shared["date"] = first.slots["date"]
        if "time" not in shared and "part" not in shared and "part" in first.slots:
            shared["part"] = first.slots["part"]
    if "destination" not in shared and "hospital" in first.slots:
        shared["destination"] = first.slots["hospital"]
    return shared
