"""Which booking is meant, and what moving it means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from intents.types import WHEN, Understanding

from .acts import bare
from .bookings import Booking
from .denial import left
from .talk import Talk

_NAME = 8
"""Characters of words that do no more than name a booking."""
_SHORT = 7
"""Characters of a clause that says nothing but when."""


def thing(talk: Talk, row: Booking) -> str:
    """A booking's short name."""
    dialogue = talk.dialogues.get(row.intent)
    return talk.wording.thing(dialogue, row.slots) or dialogue.name if dialogue else ""


def meant_rows(talk: Talk, kind: str, about: str | None, told: Mapping[str, Any]) -> list[Booking]:
    """The bookings a status question, a cancellation or a change can be about."""
    rows = talk.bookings.known() if kind == "status" else talk.bookings.open()
    every = kind == "cancel" and talk.acts.found("all", talk.heard)
    given = {} if kind == "change" or every else told
    found = talk.bookings.matching(about, given, rows)
    if every:
        return _every(talk, found, rows, told)
    here = [row for row in found if row.here]
    if recent := _recent(talk, kind, about, rows, here, given=bool(told)):
        return recent
    if kind == "cancel" and (kept := _kept(talk, found)):
        return [row for row in found if row not in kept] or found
    if len(found) > 1 and kind == "cancel" and len({row.intent for row in found}) == 1:
        said = talk.engine.extract(talk.heard, talk.now, found[0].intent, None)
        more = {k: v for k, v in said.items() if v is not None and k != "note"}
        found = talk.bookings.matching(about, {**more, **told}, rows)
    place = talk.acts.ordinal(talk.heard)
    if about is None and kind != "status" and place is not None and place <= len(talk.listed):
        at = place - 1 if place > 0 else place
        return [row for row in rows if row.index == talk.listed[at]]
    if len(found) < 2 or kind == "status":
        return found
    words = talk.acts.before("changes", talk.heard) if kind == "change" else talk.heard
    return _narrowed(talk, found, words, times=kind == "change")


def _every(
    talk: Talk, found: list[Booking], rows: list[Booking], told: Mapping[str, Any]
) -> list[Booking]:
    """All that are meant: of the services that are named, or of any where none and no day is."""
    clauses = [c for c in bare(talk.heard).split("，") if talk.acts.found("all", c)]
    kinds = kinds_in(talk, rows, "，".join(clauses)) or kinds_in(talk, rows)
    if not kinds and (not told.get("date") or talk.acts.found("two_days", talk.heard)):
        return rows
    return [row for row in rows if row.intent in kinds] if len(kinds) > 1 else found or rows


def _kept(talk: Talk, rows: list[Booking]) -> list[Booking]:
    """骨科留着，眼科退了: those that are named to stay, of several."""
    clauses = [c for c in bare(talk.heard).split("，") if talk.acts.found("keep", c)]
    return [row for c in clauses for row in named_by(talk, rows, c)] if len(rows) > 1 else []


def _recent(
    talk: Talk,
    kind: str,
    about: str | None,
    rows: list[Booking],
    here: list[Booking],
    *,
    given: bool,
) -> list[Booking]:
    """The one made a moment ago (刚才那个饭), or the only one that was just told of."""
    just_made = kind != "status" and talk.acts.found("just_now", talk.heard)
    if here and (just_made or (about is None and not given)):
        return here[:1]
    if about is not None or kind == "status" or len(talk.listed) != 1:
        return []
    return [row for row in rows if row.index in talk.listed]


def kinds_named(talk: Talk, words: str = "") -> set[str]:
    """The services that are named in some words, or in all that was heard."""
    heard = words or talk.heard
    named = talk.named["bookings"].items()
    return {kind for kind, ways in named if any(way in heard for way in ways)}


def kinds_in(talk: Talk, rows: Sequence[Booking], words: str = "") -> set[str]:
    """The services of these bookings that are named in the words (车啊饭啊统统退了)."""
    return kinds_named(talk, words) & {row.intent for row in rows}


def pick(talk: Talk, text: str, meant: Understanding) -> Booking | None:
    """The one of those on offer that was meant, if only one can be."""
    offered = [choice.value for choice in (talk.question.choices if talk.question else ())]
    rows = [row for row in talk.bookings.rows if row.index in offered]
    clauses = (left(talk.acts, text).text or bare(text)).split("，")
    kept = [row for c in clauses if talk.acts.found("keep", c) for row in named_by(talk, rows, c)]
    wanted = "，".join(clause for clause in clauses if not talk.acts.found("keep", clause))
    rest = [row for row in rows if row not in kept]
    if kept and len(rest) == 1:
        return rest[0]
    named = kinds_in(talk, rest, wanted) if wanted else set()
    named = named or {intent.slots.get("about") or intent.name for intent in meant.intents}
    kinds = [row for row in rest if row.intent in named]
    for found in (_narrowed(talk, rest, wanted), _narrowed(talk, kinds, wanted), kinds):
        if wanted and len(found) == 1:
            return found[0]
    place = talk.acts.ordinal(text)
    if place is not None and place <= len(offered):
        at = place - 1 if place > 0 else place
        return next((row for row in rows if row.index == offered[at]), None)
    return None


def _narrowed(
    talk: Talk, rows: Sequence[Booking], words: str, *, times: bool = True
) -> list[Booking]:
    """Those that fit what the words say best; all of them when the words tell nothing."""
    scores = [_fit(talk, row, words, times=times) for row in rows]
    best = max(scores, default=0)
    return [row for row, score in zip(rows, scores, strict=True) if score == best]


def named_by(talk: Talk, rows: Sequence[Booking], words: str) -> list[Booking]:
    """Those that the words name by something that is true of them; empty when none."""
    return _narrowed(talk, rows, words) if any(_fit(talk, row, words) for row in rows) else []


def _fit(talk: Talk, row: Booking, words: str, *, times: bool = True) -> int:
    """How many things the words say are true of a booking: its place, day, kind, complaint."""
    if not words:
        return 0
    said = talk.engine.extract(words, talk.now, row.intent, None)
    main = talk.dialogues[row.intent].main if row.intent in talk.dialogues else ""
    if main and main not in said and len(words) <= _NAME:  # 唱歌那个 is the choir
        told = talk.engine.extract(words, talk.now, row.intent, main).get(main)
        said = {**said, main: told} if told is not None else said
    if row.intent == "meal" and "part" in said:
        said = {k: v for k, v in said.items() if k != "part"}
    agree = sum(
        _same(row.slots.get(name), value)
        for name, value in said.items()
        if name != "note" and (times or name not in WHEN)
    )
    return agree or int(_named(talk, row, words))


def _same(mine: Any, said: Any) -> bool:
    if isinstance(mine, str) and isinstance(said, str) and len(said) > 1 and len(mine) > 1:
        return said in mine or mine in said
    if isinstance(mine, list) and isinstance(said, list):
        names = {str(dish.get("name")) for dish in mine if isinstance(dish, Mapping)}
        return any(isinstance(d, Mapping) and str(d.get("name")) in names for d in said)
    return mine is not None and bool(mine == said)


def _named(talk: Talk, row: Booking, text: str) -> bool:
    """Whether a value of this booking is in the words, or the words in its name."""
    values = [value for value in row.slots.values() if isinstance(value, str) and len(value) > 1]
    return any(value in text for value in values) or (len(text) > 1 and text in thing(talk, row))


def fewer(talk: Talk, row: Booking) -> dict[str, Any]:
    """退一份, of two that are the same: one stays; empty when none would."""
    match, dishes = talk.acts.match("back", talk.heard), row.slots.get("items")
    if match is None or not isinstance(dishes, list) or len(dishes) != 1:
        return {}
    back = int(talk.words.data["shift_numbers"].get(match["n"], 0))
    rest = int(dishes[0].get("quantity") or 1) - back
    return {"items": [{**dishes[0], "quantity": rest}]} if back and rest > 0 else {}


def other_day(talk: Talk, row: Booking, text: str) -> dict[str, Any]:
    """今天莫来，明天来: the day or time it is wished for instead; empty when there is none."""
    clauses = bare(text).split("，")
    for clause in reversed(clauses if len(clauses) > 1 else []):
        if len(clause) > _SHORT or talk.acts.found("negative", clause):
            continue
        said = talk.engine.extract(clause, talk.now, row.intent, "date")
        new = {k: said[k] for k in WHEN if said.get(k) is not None}
        if any(row.slots.get(k) != v for k, v in new.items()):
            return new
    return {}
