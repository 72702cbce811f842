"""Reading one answer: which slots it fills, and whether it corrects something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .acts import bare
from .draft import Draft
from .talk import Talk
from .types import Intent, Understanding

_PURE = 4
"""Characters up to which a yes is nothing but a yes."""


class Answer:
    """Reads what was said to a request in the making."""

    def __init__(self, talk: Talk, draft: Draft) -> None:
        self._talk = talk
        self._draft = draft

    def read(
        self, text: str, meant: Understanding, asked: str | None
    ) -> tuple[dict[str, Any], bool]:
        """What the words say of this request's slots, and whether they correct something."""
        talk, draft = self._talk, self._draft
        values: dict[str, Any] = {}
        if [intent.name for intent in meant.intents] == ["yes"] and len(bare(text)) <= _PURE:
            return values, False
        whole, text = text, talk.acts.before("trailing_not", text)
        for intent in meant.intents if text == whole else ():
            if intent.name == draft.intent or _changes(intent, draft.intent):
                values |= {k: v for k, v in intent.slots.items() if v is not None and k != "about"}
        found = talk.engine.extract(text, talk.now, draft.intent, asked)
        values |= {k: v for k, v in found.items() if v is not None}
        right = talk.engine.correction(text, talk.now, draft.intent, draft.full(talk.around))
        right = right or self._contrast(text)
        if any(self._gone(text)) and found.get("items"):
            right = {k: v for k, v in right.items() if k != "items"}
        values |= {k: v for k, v in right.items() if v is not None}
        self._keep_dish(text, values)
        self._keep_clock(text, values)
        self._without_dropped_dishes(text, values)
        return values, bool(right)

    def _contrast(self, text: str) -> Mapping[str, Any]:
        """不是汽车站，是火车站: the slot that holds the one takes the other."""
        talk, draft = self._talk, self._draft
        found = talk.acts.contrast(text)
        if found is None:
            return {}
        old, new = found
        for name, value in draft.full(talk.around).items():
            if name in draft.dialogue.slots and self._is(name, value, old):
                values = talk.engine.extract(new, talk.now, draft.intent, name)
                if values.get(name) not in (None, value):
                    return {name: values[name]}
        return {}

    def _is(self, name: str, value: Any, words: str) -> bool:
        """Whether these words stand for the value a slot has."""
        talk = self._talk
        spoken = {str(value), talk.wording.value(name, value)}
        if any(w in words or words in w for w in spoken if len(w) > 1 and len(words) > 1):
            return True
        found = talk.engine.extract(words, talk.now, self._draft.intent, name)
        return bool(found.get(name) == value)

    def _keep_dish(self, text: str, values: dict[str, Any]) -> None:
        """A bare amount (两碗) is about the dish that was ordered, not about a new one."""
        acts, known = self._talk.acts, self._draft.said.get("items") or []
        new = values.get("items") or []
        dishes = set(self._talk.engine.vocabulary("dishes"))
        plain = str(self._talk.words.data["set_meal"])
        real = [d for d in new if d.get("name") in dishes and (d["name"] != plain or plain in text)]
        if (
            not known
            or len(real) == len(new)
            or acts.found("add", text)
            or acts.found("swap", text)
        ):
            return
        if not real and len(known) == len(new) == 1:
            values["items"] = [{**known[0], "quantity": new[0].get("quantity")}]
        else:
            values["items"] = real or known

    def _keep_clock(self, text: str, values: dict[str, Any]) -> None:
        """六点 said again to six in the morning means that six."""
        known = str(self._draft.full(self._talk.around).get("time") or "")
        new = str(values.get("time") or "")
        twelve = known[:2].isdigit() and new[:2].isdigit() and known[2:] == new[2:]
        if not twelve or self._talk.acts.found("day_part", text):
            return
        if (int(known[:2]) - int(new[:2])) % 12 == 0:
            values["time"] = known

    def _without_dropped_dishes(self, text: str, values: dict[str, Any]) -> None:
        """红烧肉不要了，换成红烧鱼: the one that is named so goes, the others stay."""
        draft = self._draft
        known = [dish for dish in draft.said.get("items") or [] if isinstance(dish, Mapping)]
        gone = self._gone(text)
        kept = [dish for dish in known if dish.get("name") not in gone]
        new = [d for d in values.get("items") or [] if str(d.get("name")) not in gone]
        if gone and (kept or new):
            values["items"] = [*(d for d in kept if d not in new), *new]
            draft.said["items"] = []

    def _gone(self, text: str) -> set[str]:
        """The dishes that were ordered and are no longer wanted."""
        known = [d for d in self._draft.said.get("items") or [] if isinstance(d, Mapping)]
        names = {str(dish.get("name")) for dish in known}
        return {name for name in names if self._talk.acts.drops(name, text)}


def _changes(intent: Intent, mine: str) -> bool:
    return intent.name == "change" and intent.slots.get("about") in (None, mine)
