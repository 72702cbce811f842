"""What the elder has to do at another time: a reason for the answer, never the answer."""

from __future__ import annotations

from intents.types import WHEN, Understanding

from .acts import bare
from .draft import Draft
from .talk import Talk


def without_plans(talk: Talk, intent: str, text: str) -> str:
    """后晌去，上午我要在家等人: the text without what else is on then, and why.

    Only what names another day or time than the rest does is left out; 明天我要去接人，九点
    is one answer.
    """
    acts, text = talk.acts, talk.engine.settled(text)
    clauses = bare(text).split("，")
    awake = [clause for clause in clauses if not acts.found("sleeps", clause)]
    if awake and len(awake) < len(clauses):
        text, clauses = "，".join(awake), awake
    if timed := _beside_events(talk, intent, clauses):
        text, clauses = "，".join(timed), timed
    put_off = {clause for clause in clauses if acts.found("put_off", clause)}
    plans = put_off | {clause for clause in clauses if acts.found("own_plans", clause)}
    others = [clause for clause in clauses if clause not in plans]
    if not plans or not others:
        return text
    plain = [clause for clause in others if acts.found("when_then", clause)]
    told = {clause: talk.engine.extract(clause, talk.now, intent) for clause in clauses}
    wanted = [told[clause] for clause in plain or others]
    excused = [
        clauses.index(plan)
        for plan in (plans if plain else put_off)
        for name in WHEN
        if any(one.get(name) and told[plan].get(name) not in (None, one[name]) for one in wanted)
    ]
    first = min(excused, default=len(clauses))
    taken = [told[clauses[at]].get("part") for at in excused]
    kept = (c for n, c in enumerate(clauses) if n < first or acts.found("when_then", c))
    return "，".join(c for c in kept if told[c].get("part") is None or told[c]["part"] not in taken)


def own_words(
    talk: Talk, intent: str, text: str, kept: str, meant: Understanding
) -> tuple[str, Understanding]:
    """The words without what is said of other matters (`kept` is left) and of other plans."""
    without = without_plans(talk, intent, kept)
    if bare(without) == bare(text):
        return text, meant
    return without, talk.engine.understand(without, talk.now)


def _beside_events(talk: Talk, intent: str, clauses: list[str]) -> list[str]:
    """四点放学，三点四十来: the clauses beside the event, where they name a time of their own."""
    rest = [clause for clause in clauses if not talk.acts.found("event", clause)]
    if len(rest) == len(clauses):
        return []
    timed = any(talk.engine.extract(clause, talk.now, intent).get("time") for clause in rest)
    return rest if timed else []


def puts_off_another(talk: Talk, draft: Draft, text: str) -> bool:
    """那明天的先不订, while one for today is read back."""
    if not talk.acts.found("put_off", text):
        return False
    day = talk.engine.extract(text, talk.now, draft.intent).get("date")
    return day not in (None, draft.full(talk.around).get("date"))
