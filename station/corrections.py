"""Corrections: what staff put right in a request, and in which words of the elder it was said.

Where the service was wrong, the words that opened the request teach the right one; where a
detail was wrong, the answer to its question does, else the opening words. What belongs to the
person or the day (names, places, dates, numbers of things) teaches nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from .anonymous import BLANK, Anonymous, rules
from .ledger import Ledger
from .requests import Change, Request
from .utterances import Utterance

_OURS: Final = frozenset({"elder", "linli"})
"""Whoever else changes a request works here."""
_KEPT: Final = timedelta(seconds=2)
"""So long after a filing the words that led to it are kept at the latest."""
_LEAST: Final = 2
"""Characters beside blanks that words must have to teach anything."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Words, how they were understood, and what staff say they mean; without who said them."""

    turn: int
    """The utterance's number in its conversation."""
    text: str
    """As it was heard, names blanked."""
    alternatives: tuple[str, ...]
    """What else was heard, likewise."""
    asked: str
    """The slot that had been asked for; empty for the words that opened the request."""
    understood: Mapping[str, Any]
    """`intent` and `slots`, as filed."""
    corrected: Mapping[str, Any]
    """The same as staff left it: only the slots they put right."""
    by: str = ""
    """Who put it right last."""


@dataclass(frozen=True, slots=True)
class _Put:
    """What staff changed in a request."""

    filed: Mapping[str, Any]
    """As it was filed."""
    now: Request
    """As it is."""
    slots: frozenset[str] = field(default_factory=frozenset)
    """Slots that staff touched."""
    intent: bool = False
    """Whether they touched the service."""
    by: str = ""
    """Who did so last."""

    @property
    def values(self) -> dict[str, Any]:
        """Slots that belong to the wording, and are not as they were filed."""
        was = self.filed.get("slots", {})
        return {
            name: value
            for name in sorted(self.slots & set(rules()["teachable"]))
            if (value := self.now.slots.get(name)) is not None and value != was.get(name)
        }


def candidates(ledger: Ledger, number: str, anonymous: Anonymous) -> list[Candidate]:
    """What the corrections of a request may teach, as it stands now; none where nothing does.

    Raises UnknownRequest, LedgerError.
    """
    request = ledger.request(number)
    changes = ledger.history(number)
    if request.conversation is None or changes[0].by not in _OURS:
        return []
    put = _put(request, changes)
    turns = [
        each
        for each in ledger.utterances(request.conversation)
        if each.kind == "heard"
        and each.text
        and not each.guard
        and each.at <= changes[0].at + _KEPT
    ]
    opening = _last(turns, rules()["opens"])
    if put.intent and request.intent != put.filed["intent"]:
        found = [(opening, put.values)] if opening else []
    else:
        found = list(_by_turn(turns, opening, put.values))
    made = [_candidate(turn, values, put, opening, anonymous) for turn, values in found]
    return [each for each in made if len(each.text.replace(BLANK, "")) >= _LEAST]


def _put(request: Request, changes: Sequence[Change]) -> _Put:
    """What staff put right; a merging is no correction."""
    theirs = [
        each
        for each in changes[1:]
        if each.what == "changed" and each.by not in _OURS and "absorbed" not in each.new
    ]
    return _Put(
        changes[0].new,
        request,
        frozenset(name for each in theirs for name in each.new.get("slots", {})),
        any("intent" in each.new for each in theirs),
        theirs[-1].by if theirs else "",
    )


def _last(turns: Iterable[Utterance], asked: Sequence[str]) -> Utterance | None:
    return next((each for each in reversed(list(turns)) if each.asked in asked), None)


def _by_turn(
    turns: list[Utterance], opening: Utterance | None, values: Mapping[str, Any]
) -> Iterable[tuple[Utterance, dict[str, Any]]]:
    """The utterances that said the slots, with those slots."""
    said: dict[int, tuple[Utterance, dict[str, Any]]] = {}
    for name, value in values.items():
        turn = _last(turns, [name]) or opening
        if turn is not None:
            said.setdefault(turn.n, (turn, {}))[1][name] = value
    return said.values()


def _candidate(
    turn: Utterance,
    values: Mapping[str, Any],
    put: _Put,
    opening: Utterance | None,
    anonymous: Anonymous,
) -> Candidate:
    was = put.filed.get("slots", {})
    also = _named(put.filed.get("slots", {})) | _named(put.now.slots)
    others = (anonymous(each, also) for each in turn.alternatives if each != turn.text)
    return Candidate(
        turn=turn.n,
        text=anonymous(turn.text, also),
        alternatives=tuple(dict.fromkeys(others)),
        asked="" if turn is opening else turn.asked,
        understood={
            "intent": put.filed["intent"],
            "slots": {name: was[name] for name in rules()["teachable"] if name in was},
        },
        corrected={"intent": put.now.intent, "slots": dict(values)},
        by=put.by,
    )


def _named(slots: Mapping[str, Any]) -> set[str]:
    """Values of a request that name somebody or some place of theirs."""
    return {
        value for name in rules()["personal"] if isinstance(value := slots.get(name), str) and value
    }
