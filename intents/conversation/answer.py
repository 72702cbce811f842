"""Reading one answer: which slots it fills, and whether it corrects something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from intents.types import WHEN, Intent, Understanding

from .acts import bare
from .denial import Left, left
from .dishes import Kitchen
from .draft import Draft
from .half_day import meant as meant_time
from .shifted import shifted
from .talk import Talk

_PURE = 4
"""Characters up to which a yes is nothing but a yes."""
_DAYS = ("date", "part")
CLOSED_SETS = frozenset(
    {"date", "time", "part", "meal", "delivery", "passengers", "quantity", "method", "action"}
)
"""Slots whose values cannot be conjured from a stray word."""
_WEAKEST = "refill"
"""What is wanted of a medicine where it is only wanted."""
_CHILD = "孩子"
_COUNTS = ("passengers", "quantity", "amount")
_SURMISED = frozenset(
    {"department", "service", "matter", "activity", "bill", "action", "method", "medicine"}
)


@dataclass(slots=True)
class Answered:
    """What an answer says."""

    values: dict[str, Any] = field(default_factory=dict)
    """Slot → value; `items` is the whole order as it is wanted now."""
    corrected: bool = False
    """Something that was understood is being put right."""
    doubtful: frozenset[str] = frozenset()
    """Slots whose value was found by sound."""
    echo: bool = False
    """What was read back is said again, and nothing else."""

    def fills(self, asked: str | None) -> bool:
        """Whether the slot that was asked for has its value."""
        return asked is not None and self.values.get(asked) is not None


class Answer:
    """Reads what was said to a request in the making."""

    def __init__(self, talk: Talk, draft: Draft) -> None:
        self._talk = talk
        self._draft = draft

    def read(self, text: str, meant: Understanding, asked: str | None) -> Answered:
        """What the words say of this request's slots, and whether they correct something."""
        talk, draft = self._talk, self._draft
        if talk.engine.polarity(text) == "yes" and len(bare(text)) <= _PURE:
            return Answered()
        before = draft.full(talk.around)
        if draft.confirming:
            found = self._extract(text, asked) | self._counted(text)
            found.pop("note", None)
            echo = bool(found) and all(before.get(k) == v for k, v in found.items())
            if talk.verdict(text, echo=echo) == "yes" and (echo or not found):
                said = {k: v for k, v in found.items() if k in CLOSED_SETS}
                return Answered(said, echo=echo)
        rest = left(talk.acts, text)
        mine = [i for i in meant.intents if i.name == draft.intent or _changes(i, draft.intent)]
        values: dict[str, Any] = {}
        for intent in mine if rest.text == bare(text) else ():
            said = {k: v for k, v in intent.slots.items() if k != "about"}
            values |= {k: v for k, v in said.items() if not self._asks(v)}
        found = self._extract(rest.text, asked)
        values = {k: v for k, v in values.items() if k in found or not _surmised(k, before)}
        here = found.get(asked or "")
        values = {k: v for k, v in values.items() if k in found or v != here}
        values |= found
        told = talk.acts.found("papers_ready", rest.text) or talk.acts.found("last_time", rest.text)
        ready = draft.confirming and told
        if ready or talk.acts.found("times_only", rest.text):  # 早头 is no head that aches
            values = {k: v for k, v in values.items() if k == asked or k not in _SURMISED}
        if asked != "department" and before.get("department") and not rest.denied:
            values = {k: v for k, v in values.items() if k != "department" or self._named(v, rest)}
        right = dict(talk.engine.correction(text, talk.now, draft.intent, before) or {})
        right = {k: v for k, v in right.items() if v is not None and self._heard(k, v, found, text)}
        items = self._items(rest, found, right.pop("items", None), asked)
        values |= self._instead(rest) if rest.denied else right
        values |= self._other_day(rest.text, before)
        values |= self._sharper(rest.text, values)
        values = {k: v for k, v in values.items() if not (before.get(k) and self._vaguer(v))}
        if not (right or rest.denied):
            values = {k: v for k, v in values.items() if not _coarser(v, before.get(k))}
        if values.get("for_whom") == _CHILD and before.get("for_whom"):
            del values["for_whom"]  # 是娃儿看: the grandson who is known
        values.pop("items", None)
        values |= {} if items is None else {"items": items}
        if draft.confirming and all(before.get(k) == v for k, v in values.items()):
            values |= self._counted(rest.text)
        if draft.confirming:
            values |= shifted(talk, draft.dialogue.slots, text, before, values)
        self._finish(text, values, asked)
        if talk.acts.found("tastes", text):
            values.pop("diet", None)
        fuzzy = frozenset(name for intent in mine for name in intent.fuzzy) & set(values)
        values = {k: v for k, v in values.items() if v is not None}
        return Answered(values, bool(right) or bool(rest.denied), fuzzy)

    def _extract(self, text: str, asked: str | None) -> dict[str, Any]:
        """The slots in some words; at a read-back each clause is read by itself if need be."""
        found = self._slots(text, asked) if text else {}
        if not found and self._draft.confirming:
            for clause in text.split("，"):
                found |= self._slots(clause, asked)
        return found

    def _named(self, department: Any, rest: Left) -> bool:
        """Whether another department is asked for, and not only one more complaint is told."""
        return str(department) in rest.text or self._talk.acts.found("asks_doctor", rest.text)

    def _heard(self, name: str, value: Any, found: Mapping[str, Any], text: str) -> bool:
        """Whether a correction's value is more than a sound in the refusal before it."""
        return name in (*WHEN, "items") or name in found or str(value) in text

    def _slots(self, text: str, asked: str | None) -> dict[str, Any]:
        talk = self._talk
        found = talk.engine.extract(text, talk.now, self._draft.intent, asked)
        weak = self._draft.confirming and found.get("action") == _WEAKEST
        if weak and talk.verdict(text) == "yes":  # 要得 wants nothing new
            found = {k: v for k, v in found.items() if k != "action"}
        found = {k: v for k, v in found.items() if v is not None and not self._asks(v)}
        if self._draft.said.get("items") and not found.get("items"):
            found |= self._enough(bare(text).split("，"))
        return found

    def _enough(self, clauses: list[str]) -> dict[str, Any]:
        """一份就够了, 饭一碗就行: what is enough of what was ordered."""
        talk, acts = self._talk, self._talk.acts
        if any(acts.found("only_one", clause) for clause in clauses):
            return {"items": self._kitchen().set_meal([])}
        for clause in (c for c in clauses if acts.found("enough", c)):
            named = acts.before("enough", clause)
            items = talk.engine.extract(named, talk.now, self._draft.intent).get("items")
            if items:
                return {"items": items}
        return {}

    def _asks(self, value: Any) -> bool:
        """Whether a value in free words is a question (哪个医院)."""
        return isinstance(value, str) and self._talk.acts.found("asks", value)

    def _vaguer(self, value: Any) -> bool:
        """换个新的 names no thing: what is to be done anew is known already."""
        return isinstance(value, str) and self._talk.acts.found("thingless", value)

    def _counted(self, text: str) -> dict[str, Any]:
        """A bare number at the read-back (俩人) is of the one thing that is counted."""
        names = [name for name in _COUNTS if name in self._draft.dialogue.slots]
        acts = self._talk.acts
        text = acts.before("enough", text) if acts.found("enough", text) else text
        text = acts.after("wrong_count", text) or text
        bare_count = acts.after("count_lead", text) or text
        found = {name: self._extract(bare_count, name).get(name) for name in names}
        return {name: value for name, value in found.items() if value is not None}

    def _finish(self, text: str, values: dict[str, Any], asked: str | None) -> None:
        """What the readers do not know of: a choice said in other words, what is left out."""
        self._keep_clock(text, values)
        dialogue = self._draft.dialogue
        if "contact" in dialogue.slots and (child := self._child(text)):
            values["contact"] = child
        for name, value in {**dialogue.told(text, asked), **dialogue.named(bare(text))}.items():
            values.setdefault(name, value)
        if "diet" in self._draft.dialogue.slots and values.get("diet") is None:
            what = self._kitchen().left_out(text)
            if what:
                values["diet"] = str(self._talk.words.data["left_out"]).format(what=what)

    def _child(self, text: str) -> str | None:
        """哪个儿子？小的那个: one of those who were meant."""
        known = str(self._draft.said.get("contact") or "")
        said = next(
            (
                c
                for c in left(self._talk.acts, text).text.split("，")[::-1]
                if self._talk.acts.found("which_child", c)
            ),
            "",
        )
        match = self._talk.acts.match("which_child", said) if known and said else None
        if match is None:
            return None
        order = match["order"].removeprefix("老").replace("幺", "小") or ""
        found = self._slots(order + known, "contact").get("contact")
        return str(found) if found and str(found).endswith(known) and found != known else None

    # --- dishes ---------------------------------------------------------------------------------

    def _kitchen(self) -> Kitchen:
        talk = self._talk
        names = frozenset(talk.engine.vocabulary("dishes"))
        plain = str(talk.words.data["set_meal"])
        return Kitchen(talk.acts, names, plain, talk.now, talk.words.measure)

    def _items(
        self, rest: Left, found: Mapping[str, Any], right: Any, asked: str | None
    ) -> list[dict[str, Any]] | None:
        """The whole order after these words; None when they leave it as it was."""
        if "items" not in self._draft.dialogue.slots:
            return None
        kitchen, known = self._kitchen(), self._draft.said.get("items") or []
        dishes = found.get("items") or []
        found_in = self._talk.acts.found
        if found_in("as_before", rest.text):  # 老样子 is no dish
            dishes = [dish for dish in dishes if dish.get("name") in kitchen.names]
        refused = [w if found_in("dropping", w) else f"不要{w}" for w in rest.denied]
        whole = self._talk.engine.standard("dishes", "，".join([rest.text, *refused]))
        replace = asked == "items" or (bool(rest.denied) and bool(dishes))
        items = kitchen.after(known, dishes, whole, right=right, replace=replace)
        whatever = not known and not kitchen.cleaned(dishes, rest.text)
        counted = asked == "items" and any(map(kitchen.only_counts, dishes))
        if whatever and (counted or self._talk.acts.found("any", rest.text)):
            return kitchen.set_meal(dishes)
        return items

    # --- corrections ----------------------------------------------------------------------------

    def _instead(self, rest: Left) -> dict[str, Any]:
        """不是汽车站，火车站: the slot that holds the one takes the other."""
        before = self._draft.full(self._talk.around)
        values: dict[str, Any] = {}
        for name, value in before.items():
            if name not in self._draft.dialogue.slots or name in ("items", "note"):
                continue
            if any(self._is(name, value, words) for words in rest.denied):
                clauses = [rest.text, *rest.text.split("，")]
                found = [self._extract(c, name).get(name) for c in clauses]
                new = [v for v in found if v not in (None, value)]
                values |= {name: new[0]} if new else {}
        return values

    def _is(self, name: str, value: Any, words: str) -> bool:
        """Whether these words stand for the value a slot has."""
        talk = self._talk
        spoken = {str(value), talk.wording.value(name, value)}
        if any(w in words or words in w for w in spoken if len(w) > 1 and len(words) > 1):
            return True
        return bool(self._extract(words, name).get(name) == value)

    def _other_day(self, text: str, before: Mapping[str, Any]) -> dict[str, Any]:
        """后天我要去学校，大后天: beside the day that was understood another one is named."""
        clauses = text.split("，")
        if len(clauses) < 2:
            return {}
        found_in = self._talk.acts.found
        told = [self._extract(c, "date" if found_in("bare_number", c) else None) for c in clauses]
        values: dict[str, Any] = {}
        for name in _DAYS:
            named = [one[name] for one in told if one.get(name)]
            others = [value for value in named if value != before.get(name)]
            if others and before.get(name) in named:
                values[name] = others[-1]
        return values

    def _sharper(self, text: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """哪个医院？人民医院: named in full; 人民医院远，中医院吧: a better one is named."""
        found: dict[str, Any] = {}
        worse = self._talk.acts.found("drawback", text.split("，", maxsplit=1)[0])
        for name, value in values.items():
            if not isinstance(value, str) or name in ("note", *WHEN):
                continue
            for clause in text.split("，")[1:]:
                full = self._extract(clause, name).get(name)
                if not isinstance(full, str) or full == value:
                    continue
                if full.endswith(value) or (worse and full in clause and value not in clause):
                    found[name] = full
        return found

    def _keep_clock(self, text: str, values: dict[str, Any]) -> None:
        """六点 said again to six in the morning means that six."""
        if not values.get("time"):
            return
        known = str(self._draft.full(self._talk.around).get("time") or "")
        morning = self._draft.said.get("part") == "morning"
        said = self._talk.acts.found("day_part", text)
        values["time"] = meant_time(known, str(values["time"]), morning=morning, said=said)


def _surmised(name: str, before: Mapping[str, Any]) -> bool:
    """Whether a value that no reader finds may only be a surmise, where one is known already."""
    return name in _SURMISED and before.get(name) is not None


def _coarser(value: Any, known: Any) -> bool:
    """医保, where 医保报销 is known: the same, in fewer words."""
    both = isinstance(value, str) and isinstance(known, str) and len(value) > 1
    return both and value != known and (known.startswith(value) or known.endswith(value))


def _changes(intent: Intent, mine: str) -> bool:
    return intent.name == "change" and intent.slots.get("about") in (None, mine)
