"""A yes beside what was read back, whatever else is said with it."""

from __future__ import annotations

from .acts import bare
from .draft import Draft
from .talk import Talk


def has_yes(talk: Talk, draft: Draft, text: str, *, last: bool = False) -> bool:
    """不是我，是邻居，对头: whether a clause, or the `last` one, agrees and nothing is asked."""
    clauses = bare(text).split("，")
    unready = talk.acts.found("holds_back", text) or talk.verdict(clauses[-1]) == "question"
    if not draft.confirming or unready:
        return False
    return any(
        talk.engine.polarity(clause) == "yes" == talk.verdict(clause)
        for clause in (clauses[-1:] if last else clauses)
    )
