"""What becomes of the dishes of an order: added to, taken off, swapped, counted anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from intents.values.ordered import plain
from intents.words.number import number

from .acts import Acts, bare

_FILLED = ("饺子", "包子", "馄饨", "馅饼", "汤圆", "粽子", "春卷")
"""Dishes that are filled with something."""
Dish = Mapping[str, Any]
"""`name` and `quantity`."""


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What is needed to tell a dish from other words."""

    acts: Acts
    """Finds taking off, swapping, adding."""
    names: frozenset[str]
    """The dishes that are known by name."""
    plain: str
    """The name of a set meal: what an amount alone is read as."""
    now: datetime
    """The clock."""
    measure: Callable[[str], str] = lambda _: ""
    """What a dish is counted by (馒头 by 个); empty where that is not known."""

    def cleaned(self, found: Sequence[Dish], text: str) -> list[dict[str, Any]]:
        """The dishes that are meant, without words that trail their names."""
        kept = []
        for dish in found:
            name = str(dish.get("name"))
            if name not in self.names:
                tail = self.acts.match("dish_tail", name)
                name = name[: tail.start()] if tail else name
            loose = any(self.acts.found(move, name) for move in ("any", "asks"))
            if name not in self.names and loose:
                continue
            said = name in self.names and (name != self.plain or name in text)
            if said or not (name == self.plain or self.acts.found("no_dish", name)):
                kept.append({**dish, "name": name})
        return kept

    def only_counts(self, dish: Dish) -> bool:
        """Whether it is a bare amount (来一份), which names no dish."""
        name = str(dish.get("name"))
        return name == self.plain or self.acts.found("no_dish", name)

    def gone(self, known: Sequence[Dish], text: str) -> set[str]:
        """Names of ordered dishes that are no longer wanted."""
        return {str(d.get("name")) for d in known if self._drops(str(d.get("name")), text)}

    def _filled(self, known: Dish, found: Sequence[Dish], text: str) -> dict[str, Any] | None:
        """韭菜馅的，十五个: what the dish that was ordered is filled with, and perhaps how many."""
        base, match = str(known.get("name")), self.acts.match("filling", _last(text))
        if match is None or not base.endswith(_FILLED) or "馅" in base:
            return None
        what = match["what"] or match["what1"]
        if what in base or any(str(dish.get("name")).endswith(_FILLED) for dish in found):
            return None
        amount = found[0].get("quantity") if len(found) == 1 and self._amount_in(text) else None
        return {"name": what + base, "quantity": amount or known.get("quantity")}

    def _cooked(self, known: Sequence[Dish], text: str) -> list[dict[str, Any]] | None:
        """那鱼我要清蒸的: how a dish that is known by its stuff alone shall be cooked."""
        match = self.acts.match("cooked", text)
        stuff = [dish for dish in known if str(dish.get("name")) == (match and match["stuff"])]
        if match is None or not stuff:
            return None
        return [{**d, "name": match["how"] + d["name"]} if d in stuff else dict(d) for d in known]

    def _as_many(
        self, known: Sequence[Dish], named: list[dict[str, Any]], text: str
    ) -> list[dict[str, Any]]:
        """都是套餐, of two that were ordered: there are still two."""
        had = {d.get("name"): d.get("quantity") for d in known}
        if self._amount_in(bare(text)):
            return named
        unnamed = [d for d in known if d.get("name") == self.plain]
        if len(named) == len(known) == len(unnamed) == 1 and not self.acts.found("add", text):
            return [{**named[0], "quantity": known[0].get("quantity")}]
        return [{**d, "quantity": had.get(d["name"]) or d.get("quantity")} for d in named]

    def _amount_in(self, text: str) -> bool:
        return self.acts.found("amount", text)

    def _drops(self, name: str, text: str) -> bool:
        shorter = name[-2:] if len(name) > 2 else name
        return self.acts.drops(name, text) or self.acts.drops(shorter, text)

    def after(
        self,
        known: Sequence[Dish],
        found: Sequence[Dish],
        text: str,
        *,
        right: Sequence[Dish] | None = None,
        replace: bool = False,
    ) -> list[dict[str, Any]] | None:
        """The whole order after these words; None when they leave it as it was.

        `found` are the dishes in the words, `right` the order as a correction of amounts would
        have it, `replace`: the elder was asked for the dishes anew.
        """
        if known and self.acts.found("asks", text):
            return None
        real = self._as_many(known, _in_full(known, self.cleaned(found, bare(text))), text)
        gone = self.gone(known, text)
        if gone:
            kept = [dict(d) for d in known if d.get("name") not in gone]
            if len(kept) == 1 and self.acts.found("all_of_it", text):
                total = float(sum(float(d.get("quantity") or 1) for d in known))
                kept[0]["quantity"] = int(total) if total.is_integer() else total
            had = {dish.get("name") for dish in known}
            instead = [dish for dish in right or () if dish["name"] not in had]
            new = [dish for dish in real or instead if dish["name"] not in gone]
            return _merged(kept, new) if kept or new else None
        if cooked := self._cooked(known, text):
            had = {dish.get("name") for dish in (*known, *cooked)}
            return _merged(cooked, [dish for dish in real if dish["name"] not in had])
        right = self._each(known, real, text) or right
        if right is not None and self._corrected(known, right, text):
            return self._put_right(known, real, right, text)
        filled = self._filled(known[0], found, text) if len(known) == 1 else None
        if filled is not None or not real:
            return [filled] if filled else self._counted(known, found, text)
        spelled = self._spelled_out(known, real) and not self.acts.found("add", text)
        anew = not known or replace or spelled or self.acts.found("swap", text)
        return real if anew else _merged(known, real)

    def _put_right(
        self, known: Sequence[Dish], named: Sequence[Dish], right: Sequence[Dish], text: str
    ) -> list[dict[str, Any]] | None:
        """The order as a correction of amounts would have it."""
        had = {str(d.get("name")) for d in known}
        order = self.cleaned(right, text + "".join(str(d.get("name")) for d in known))
        if any(d["name"] not in had and self.acts.drops(d["name"], text) for d in order):
            return None
        if known or order:
            return order or None
        return self._counted(named, right, text) or [dict(dish) for dish in named] or None

    def _corrected(self, known: Sequence[Dish], right: Sequence[Dish], text: str) -> bool:
        """Whether a correction that drops a dish is one: no dish goes without a word of it."""
        kept = {d.get("name") for d in known} <= {d.get("name") for d in right}
        unnamed = all(d.get("name") == self.plain for d in known)
        moves = ("corrects", "swap")
        return kept or unnamed or any(self.acts.found(move, text) for move in moves)

    def _spelled_out(self, known: Sequence[Dish], new: Sequence[Dish]) -> bool:
        """Two meals, then two dishes or more: they are what the meals shall be."""
        amounts = [sum(float(d.get("quantity") or 1) for d in part) for part in (known, new)]
        fits = amounts[0] == amounts[1] or amounts[0] == 1 or len(new) > 1
        return fits and all(d.get("name") == self.plain for d in known)

    def _each(
        self, known: Sequence[Dish], named: Sequence[Dish], text: str
    ) -> list[dict[str, Any]] | None:
        """两份三碗, of two dishes: an amount for each, in their order."""
        counts = [number(words) for words in self.acts.every("count", text)]
        if named or len(known) < 2 or len(counts) != len(known) or not all(counts):
            return None
        if any(self.acts.found(move, text) for move in ("negative", "dropping")):
            return None
        return [{**d, "quantity": plain(n)} for d, n in zip(known, counts, strict=True)]

    def _counted(
        self, known: Sequence[Dish], found: Sequence[Dish], text: str
    ) -> list[dict[str, Any]] | None:
        """A bare amount: of the only dish that is counted so (两个: 馒头), else of the last one."""
        if not known or len(found) != 1 or not found[0].get("quantity"):
            return None
        measures = [self.measure(str(dish.get("name"))) for dish in known]
        fits = [at for at, measure in enumerate(measures) if measure and measure in text]
        place = fits[0] if len(fits) == 1 else len(known) - 1
        after = [dict(dish) for dish in known]
        after[place]["quantity"] = found[0]["quantity"]
        return after

    def set_meal(self, found: Sequence[Dish]) -> list[dict[str, Any]]:
        """Whatever there is: a set meal, in the amount that was said."""
        amounts = [dish.get("quantity") for dish in found if dish.get("quantity")]
        return [{"name": self.plain, "quantity": amounts[0] if amounts else 1}]

    def left_out(self, text: str) -> str | None:
        """What is not to be put in (葱蒜都莫放), as it is written down."""
        match = self.acts.match("without", text)
        if match is None:
            return None
        what = next(filter(None, match.groupdict().values()))
        return re.sub("^(我|给我|也|就|里头|里面)+", "", what) or None


def _last(text: str) -> str:
    """What was said last (肉的还是菜的？肉的)."""
    plain = bare(text)
    return plain.rpartition("，")[2] if plain.count("，") and "馅" not in plain else plain


def in_full(acts: Acts, known: Sequence[Dish], text: str) -> str:
    """鱼不要了, where 红烧鱼 is the only fish that is ordered: 红烧鱼不要了; 菜两份 alike.

    Where another comes instead, the dish may also begin so: 鱼换成豆腐, of 鱼香肉丝.
    """
    names = [str(dish.get("name")) for dish in known]
    swaps = acts.found("swap", text)
    for move in ("drops_short", "counts_short") if known else ():
        for words in acts.every(move, text):
            longer = _called(acts, words, names, begins=swaps and move == "drops_short")
            if longer is not None and longer not in text:
                text = text.replace(words, longer, 1)
    return text


def _called(acts: Acts, words: str, names: Sequence[str], *, begins: bool) -> str | None:
    """The one dish that is called so in short; None where there is none, or several."""
    found = [name for name in names if name.endswith(words)]
    if not found and acts.found("any_dish", words):
        found = [name for name in names if not acts.found("staple", name)]
    if not found and begins:
        found = [name for name in names if name.startswith(words)]
    return found[0] if len(found) == 1 and found[0] != words else None


def only_part(acts: Acts, text: str) -> bool:
    """汤不要了, of a whole meal: something of it, or in it, is refused."""
    refused = acts.every("drops_short", text)
    part = any(not acts.found("whole_order", words) for words in refused)
    return part or acts.found("without", text)


def only_closer(known: Any, new: Any) -> bool:
    """Whether the same dishes in the same amounts are only named more closely (肉包子)."""
    if not isinstance(known, list) or not isinstance(new, list) or len(known) != len(new):
        return False
    return all(
        str(b.get("name")).endswith(str(a.get("name"))) and a.get("quantity") == b.get("quantity")
        for a, b in zip(known, new, strict=True)
    )


def _in_full(known: Sequence[Dish], named: Sequence[Dish]) -> list[dict[str, Any]]:
    """鱼一份, where 红烧鱼 is ordered and no other fish: the same dish in fewer words."""
    full: list[dict[str, Any]] = []
    for dish in named:
        name = str(dish["name"])
        longer = [str(d["name"]) for d in known if str(d["name"]).endswith(name)]
        full.append({**dish, "name": longer[0] if len(longer) == 1 else name})
    return full


def _merged(known: Sequence[Dish], more: Sequence[Dish]) -> list[dict[str, Any]]:
    """Both, a dish once; what is named anew, or more closely (肉包子), stands for the old."""
    new = {str(dish.get("name")): dish for dish in more}
    kept = []
    for dish in known:
        name = str(dish.get("name"))
        closer = next((n for n in new if n.endswith(name)), name)
        kept.append(dict(new.pop(closer, dish)))
    return [*kept, *(dict(dish) for dish in new.values())]
