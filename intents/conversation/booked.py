"""What is asked for, seen in the light of what is booked: a request may be a change, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from intents.types import AMENDS, WHEN, Intent

from .acts import bare
from .bookings import Booking
from .denial import left
from .talk import Talk
from .which import kinds_in, named_by

_AMENDING: tuple[tuple[tuple[str, ...], str], ...] = (
    (("changes", "more_of", "without", "sooner", "another_time"), "change"),
    (("no_longer",), "cancel"),
)
"""Moves that make a request for what is booked already a change of it, or its end."""
_REALLY: tuple[tuple[tuple[str, ...], str], ...] = (
    (("undo", "no_longer"), "cancel"),
    (("changes", "shifts", "instead"), "change"),
)
"""Moves that make a question about a booking its end, or a change of it."""
_EACH: tuple[tuple[tuple[str, ...], str], ...] = (
    (("undo", "no_longer", "not_any_more"), "cancel"),
    (("changes", "to_new"), "change"),
)
"""Moves that say in one clause what is wanted of one booking."""
_OF_OLD = ("refers", "changes", "undo", "asks", "asks_when", "no_longer", "to_new", "my_list")
"""Moves that speak of something that is booked already."""
WORDS = "words"
"""Of several that are wanted in one breath: the clauses that are about this one."""
_CLOSED = frozenset({*WHEN, "action", "delivery", "passengers", "wheelchair"})
_SHORT = 6
"""Characters up to which words right after a request are about it."""


def of_booked(talk: Talk, first: Intent, text: str) -> Intent | None:
    """What these words want of a booking; None when it is not about one, or plainly so already."""
    found, rows = talk.acts.found, talk.bookings.open()
    if first.name == "status" and rows and not found("asks", text):
        name = _moved(talk, text, _REALLY)
        return Intent(name, dict(first.slots), first.fuzzy) if name else None
    if not any(row.intent == first.name for row in rows):
        return _another_moved(talk, first, text)
    untold = not set(first.slots).difference(WHEN) and not found("asks_new", text)
    if (untold and found("asks_when", text)) or found("where_is", text):
        return Intent("status", {"about": first.name})
    if found("undo", text) and (found("keep", text) or not first.slots):
        return Intent("cancel", {"about": first.name})
    told = [row for row in rows if row.index in talk.listed]
    wrong = found("corrects", text) and not found("asks_new", text) and len(told) == 1
    if wrong and told[0].intent == first.name:
        return Intent("change", {**first.slots, "about": first.name}, first.fuzzy)
    dish = first.name == "meal" and _dish_of(rows, text)
    swaps = dish and found("swap", text)
    halts = found("halts", text) and any(row.here for row in rows)
    names = dish and not swaps and (found("refers", text) or halts)
    name = "change" if swaps or names else _moved(talk, text, _AMENDING)
    new = {} if names else first.slots
    return Intent(name, {**new, "about": first.name}, first.fuzzy) if name else None


def _another_moved(talk: Talk, first: Intent, text: str) -> Intent | None:
    """订的饭，妹妹要接我去她家，改到后天中午: what is booked is moved, whatever the reason is."""
    kinds = kinds_in(talk, talk.bookings.open())
    moved = talk.acts.after("moved_to", text)
    if first.name in AMENDS or len(kinds) != 1 or not moved or not talk.acts.found("refers", text):
        return None
    about = kinds.pop()
    said = talk.engine.extract(moved, talk.now, about, None)
    when = {name: said[name] for name in WHEN if said.get(name) is not None}
    return Intent("change", {"about": about, **when}) if when else None


def each_of(talk: Talk, text: str, least: int = 2) -> list[Intent]:
    """剃头改到大后天，车就不要了: what is wanted of each booking; empty where it is of fewer.

    A clause that names none (推到礼拜五上午) is about the one before it.
    """
    wanted: dict[str, Intent] = {}
    about = ""
    for clause in bare(text).split("，"):
        rows = named_by(talk, talk.bookings.open(), clause)
        kinds = kinds_in(talk, talk.bookings.open(), clause)
        if len(rows) != 1:
            rows = [row for row in rows or talk.bookings.open() if row.intent in kinds]
        named = rows[0].intent if len(rows) == 1 else ""
        name = _moved(talk, clause, _EACH)
        timed = about in wanted and talk.acts.found("times_only", clause)
        about = named or about
        if not about or (name is None and not timed):
            continue
        known = wanted.get(about)
        name = known.name if known and (timed or name is None) else name
        said = talk.engine.extract(clause, talk.now, about) if name == "change" else {}
        when = {slot: said[slot] for slot in WHEN if said.get(slot) is not None}
        before = known.slots if known else {}
        words = f"{before[WORDS]}，{clause}" if known else clause
        wanted[about] = Intent(str(name), {**before, "about": about, **when, WORDS: words})
    return list(wanted.values()) if len(wanted) >= least else []


def _dish_of(rows: Sequence[Booking], text: str) -> bool:
    """Whether a dish that is ordered already is named: 那碗米饭，给我换成花卷."""
    dishes = [d for row in rows if row.intent == "meal" for d in row.slots.get("items") or ()]
    return any(str(dish.get("name")) in text for dish in dishes)


def _moved(talk: Talk, text: str, table: tuple[tuple[tuple[str, ...], str], ...]) -> str | None:
    """The first name in the table one of whose moves the words make."""
    made = (name for moves, name in table if any(talk.acts.found(move, text) for move in moves))
    return next(made, None)


def new_after_all(talk: Talk, first: Intent, text: str) -> Intent | None:
    """保洁，礼拜五或者礼拜六都可以: sounds like a change, but nothing of the kind is booked."""
    about = str(first.slots.get("about") or "")
    booked = any(row.intent == about for row in talk.bookings.known())
    if first.name not in AMENDS or about not in talk.dialogues or booked:
        return None
    if any(talk.acts.found(move, text) for move in _OF_OLD) or talk.asides.topic(text):
        return None
    main = talk.dialogues[about].main
    said = talk.engine.extract(text, talk.now, about, None)
    return Intent(about, said) if said.get(main) is not None else None


def afterthought(talk: Talk, text: str) -> Intent | None:
    """下午, right after something was filed for the morning: it shall be otherwise."""
    made, said = _right_after(talk, text)
    new = {k: v for k, v in said.items() if made and made.slots.get(k) != v}
    return Intent("change", {"about": made.intent, **new}) if made and new else None


def said_once_more(talk: Talk, text: str) -> bool:
    """下午, right after something was filed for the afternoon: so it is."""
    made, said = _right_after(talk, text)
    same = made is not None and all(made.slots.get(k) == v for k, v in said.items())
    return same and bool(said)


def _right_after(talk: Talk, text: str) -> tuple[Booking | None, dict[str, Any]]:
    """What was just filed, and what a few words right after it say of it and of nothing else."""
    made = [row for row in talk.bookings.open() if row.here]
    asked = talk.question is not None and talk.question.prompt == "more"
    text = left(talk.acts, talk.acts.after("halts", text) or text).text
    short = len(bare(text)) <= _SHORT or talk.acts.found("times_only", text)
    if not made or not asked or talk.outcomes[-1:] != ["created"] or not short:
        return None, {}
    said = talk.engine.extract(text, talk.now, made[0].intent, None)
    return (made[0], dict(said)) if _CLOSED.issuperset(said) else (None, {})
