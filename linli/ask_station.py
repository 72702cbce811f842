"""The questions of `linli setup`, asked one after the other, each answer checked as it is given."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import time
from typing import Any, Final, get_args, get_origin

from .setup_answers import Question, Values, acceptable, field_at, questions, words
from .station_page import written

_NUMERALS: Final = {str(number): number for number in range(1, 8)}


class Unanswerable(Exception):
    """The words are no answer of the kind that is wanted."""


class Interview:
    """Asks. `ask` shows a prompt and gives what was typed (secret: unseen), `tell` shows a line."""

    def __init__(
        self, ask: Callable[[str, bool], str], tell: Callable[[str], None], known: Values
    ) -> None:
        self._ask, self._tell = ask, tell
        self._known = known
        self._says = words()["says"]
        self._open: set[str] = set()
        self.values: Values = {}

    def hold(self) -> Values:
        """Ask everything; the answers as tables of a station.toml, with `staff`."""
        for question in questions():
            if question.topic:
                self._tell(self._says["topic"].format(title=question.topic))
            if question.only and question.only not in self._open:
                continue
            if question.gate:
                self._gate(question)
            elif question.list:
                _put(self.values, question.list, self._entries(question))
            else:
                self._one(question)
        return self.values

    def _gate(self, question: Question) -> None:
        known = _at(self._known, question.gate)
        before = bool(known) and known != {"host": ""}
        if self.sure(question.ask, before if known is not None else None):
            self._open.add(question.gate)
            _put(self.values, question.gate, _at(self.values, question.gate) or {})

    def _one(self, question: Question) -> None:
        place = tuple(question.key.split("."))
        known = _at(self._known, question.key)
        while True:
            given = self._prompt(question, known)
            if given:
                value = self._value(question, place, given)
            elif known is None and field_at(place).is_required():
                value = self._refuse(question, given)
            else:
                value = known
            if value is not None:
                _put(self.values, question.key, value)
            if value is not None or (not given and not field_at(place).is_required()):
                return

    def _entries(self, question: Question) -> list[Values]:
        """Entry after entry until the first column is left empty; what is known is kept then."""
        known = _at(self._known, question.list) or []
        while True:
            self._tell(self._prompted(question.ask, self._shown_list(known)))
            entries: list[Values] = []
            while entry := self._entry(question, len(entries) + 1, entries):
                entries.append(entry)
            found = entries or list(known)
            if found or not question.needed:
                return found
            self._tell(self._says["needed"].format(needed=question.needed))

    def _entry(self, question: Question, number: int, before: Sequence[Values]) -> Values:
        self._tell(self._says["entry"].format(number=number))
        entry: Values = {}
        for first, column in zip([True] + [False] * 9, question.columns, strict=False):
            place = (*question.list.split("."), column.key)
            while True:
                given = self._prompt(column, None)
                if not given and first:
                    return {}
                if not given and not field_at(place).is_required():
                    break
                value = self._value(column, place, given)
                if value is None:
                    continue
                if first and any(each[column.key] == value for each in before):
                    self._refuse(column, given)
                    continue
                entry[column.key] = value
                break
        return entry

    def _value(self, question: Question, place: tuple[str, ...], given: str) -> Any:
        """The answer as a value; None, and said why, when it will not do."""
        try:
            value = understood(given, field_at(place).annotation, question.words)
        except Unanswerable:
            value = None
        if value is None or not acceptable(place, value) or self._contradicts(place, value):
            return self._refuse(question, given)
        return value

    def _contradicts(self, place: tuple[str, ...], value: object) -> bool:
        """Whether a table would be none any more with this value: it closes before it opens."""
        table = _at(self.values, ".".join(place[:-1]))
        if place[:-1] != ("hours",) or not isinstance(table, Mapping):
            return False
        told = {**table, place[-1]: value}
        opens, closes = (str(told.get(name, "")).zfill(5) for name in ("opens", "closes"))
        return place[-1] == "closes" and opens >= closes

    def _refuse(self, question: Question, given: str) -> Any:
        """Say why; gives nothing."""
        value = "" if question.secret else given
        self._tell(self._says["wrong"].format(value=value, wrong=question.wrong))

    def sure(self, what: str, before: bool | None = None) -> bool:
        """A yes or a no; an empty answer is what was before."""
        shown = {None: "", True: words()["words"]["yes"][0], False: words()["words"]["no"][0]}
        while True:
            given = self._ask(self._prompted(what, self._default(shown[before])), False).strip()
            if not given and before is not None:
                return before
            try:
                return bool(understood(given, bool))
            except Unanswerable:
                continue

    def _prompt(self, question: Question, known: object) -> str:
        hint = self._default("" if known is None or question.secret else plain(known))
        if not hint and question.example:
            hint = str(self._says["example"].format(example=question.example))
        return self._ask(self._prompted(question.ask, hint), question.secret).strip()

    def _prompted(self, ask: str, hint: str) -> str:
        return str(self._says["prompt"].format(ask=ask, hint=hint))

    def _default(self, shown: str) -> str:
        return str(self._says["default"].format(value=shown)) if shown else ""

    def _shown_list(self, known: Sequence[Mapping[str, Any]]) -> str:
        mark = words()["words"]["between"][0]
        return self._default(mark.join(str(next(iter(each.values()))) for each in known))


def plain(value: object) -> str:
    """A value as a person would type it."""
    mark = words()["words"]["between"][0]
    if isinstance(value, bool):
        return str(words()["words"]["yes" if value else "no"][0])
    if isinstance(value, list):
        return str(mark).join(map(str, value))
    return written(value).strip('"') if isinstance(value, time) else str(value)


def understood(given: str, kind: Any, named: Mapping[str, str] | None = None) -> Any:
    """What was typed as a value of this kind. Raises Unanswerable."""
    text = unicodedata.normalize("NFKC", given).strip()
    if named is not None:
        return _named(text, named)
    if kind is bool:
        return _yes(text)
    if kind in {int, float}:
        return _number(text, kind)
    if kind is time or time in get_args(kind):
        return text  # the settings tell what is a time
    if get_origin(kind) is list:
        return _days(text) if "int" in str(kind) else _parts(given)
    return given.strip()


def _named(text: str, named: Mapping[str, str]) -> str:
    for word, value in named.items():
        if word in text or value == text:
            return value
    raise Unanswerable(text)


def _yes(text: str) -> bool:
    said = words()["words"]
    if text.lower() not in [*said["yes"], *said["no"]]:
        raise Unanswerable(text)
    return text.lower() in said["yes"]


def _parts(text: str) -> list[str]:
    parts = re.split(f"[{re.escape(words()['words']['between'])}]+", text.strip())
    return [part for part in parts if part]


def _number(text: str, kind: type[float]) -> float:
    try:
        return kind(text)
    except ValueError:
        raise Unanswerable(text) from None


def _days(text: str) -> list[int]:
    """Weekdays: every day, a range, or one after the other; 1 is Monday."""
    said = words()["words"]
    if text in said["every_day"]:
        return list(range(1, 8))
    named = {word: number for number, word in enumerate(said["weekdays"], 1)} | _NUMERALS
    named |= dict.fromkeys(said["sunday"], 7)
    between = "|".join(map(re.escape, said["to"]))
    days = "".join(map(re.escape, named))
    spread = re.sub(
        rf"([{days}])\D??\D??(?:{between})\D??\D??([{days}])",
        lambda each: "".join(str(day) for day in range(named[each[1]], named[each[2]] + 1)),
        text,
    )
    found = sorted({named[letter] for letter in spread if letter in named})
    if not found:
        raise Unanswerable(text)
    return found


def _at(values: Mapping[str, Any], key: str) -> Any:
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _put(values: Values, key: str, value: Any) -> None:
    *outer, last = key.split(".")
    for part in outer:
        values = values.setdefault(part, {})
    values[last] = value
