"""What is ordered: dishes with their amounts."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from intents.values.food import Food
from intents.values.ordered import SAID_ONCE, SET, Piece, bind, joined, plain
from intents.words.data import load
from intents.words.lists import WordList
from intents.words.normalise import PAUSE
from intents.words.number import number
from intents.words.template import DIGITS

_ENDS = ("", PAUSE, "吧", "嘛", "就", "够")
_TOSSED = "拌"
_COLD = "凉"
_GONE = Piece("amount", 0, 0)


class Items:
    """Reads orders; amounts and stops are in `rules/items.yaml`, dishes in `lists/dishes.yaml`."""

    def __init__(self, path: Path, dishes: WordList) -> None:
        data = load(path)
        self._dishes, self._food = dishes, Food(path.with_name("food.yaml"))
        self._refused, self._had = re.compile(data["refused"]), re.compile(data["had"])
        self._too_many = re.compile(data["too_many"])
        self._gone = re.compile(data["gone"])
        self._swap, self._each = re.compile(data["swap"]), re.compile(data["each"])
        self._theirs = re.compile(data["theirs"])
        self._one_each, self._tale = re.compile(data["one_each"]), re.compile(data["tale"])
        self._detail = re.compile(data["detail"])
        self._remark = re.compile(data["remark"])
        self._staple = re.compile(data["staple"])
        self._manner = re.compile(data["manner"])
        self._carrier = re.compile(data["carrier"])
        self._rice = re.compile(data["rice"])
        n = f"[{DIGITS}]"
        measures = str(data["measures"])
        self._amount = re.compile(
            rf"(?P<vague>{data['vague']})(?:{measures})|"
            rf"(?P<n>(?:[0-9]+|{n}{{1,3}}?))(?P<m>{measures})(?P<half>半)?(?!{data['not_counted']})|"
            rf"(?P<pair>[俩仨])(?!人|口|菜|荤|素(?!包|饺|馅|馄)|汤$)|"
            rf"(?P<one>{data['single']})(?P<m1>份|碗|盘|笼|杯|盒|个(?=鱼|鸡|汤|蛋|凉菜|素菜|荤菜|炒菜))"
        )
        self._weights = set(data["weights"])
        self._generic = {str(k): str(v) for k, v in data["generic"].items()}
        self._short = {str(k): str(v) for k, v in data["small_soup"].items()}
        self._people = re.compile(str(data["people"]).replace("N", n))
        self._any = re.compile(data["any"])
        self._stop = re.compile(str(data["stops"]).replace("N", n))
        self._taken_back = re.compile(data["taken_back"])
        self._not_dish = set(map(str, data["not_dish"]))
        self._prefix = re.compile(data["prefix"])
        self._filled = re.compile(
            str(data["filled"]).replace("FILLING", f"(?:{data['fillings']})").replace("N", n)
        )
        self._how = re.compile(data["how"])
        self._never, self._one_of = re.compile(data["never"]), re.compile(data["one_of"])

    def find(self, text: str) -> list[dict[str, Any]]:
        """`[{name, quantity}]` in the order said; quantity None when vague or a weight.

        What a tale names (那年头炖一锅白菜就算待客了) counts where nothing else does.
        """
        rest = self._tale.sub("，", text)
        return (self._find(rest) if rest != text else []) or self._find(text)

    def _find(self, text: str) -> list[dict[str, Any]]:
        amounts = self._amounts(text)
        dishes = self._named(text)
        amounts = [
            a for a in amounts if not any(d.start < a.end and a.start < d.end for d in dishes)
        ]
        amounts += [
            Piece("amount", dish.start - 1, dish.start, amount=SAID_ONCE)
            for dish in dishes
            if self._one_of.search(text, 0, dish.start)
        ]
        amounts.sort(key=lambda piece: piece.start)
        for whole in self._unnamed(text, amounts, dishes):
            dishes = [d for d in dishes if not whole.start <= d.start < whole.end]
            dishes.append(whole)
        dishes = self._wanted(text, sorted(dishes, key=lambda piece: piece.start))
        if not dishes:
            return self._meals(text, amounts)
        counted = self._corrected(text, amounts)
        each = self._each.search(text) or (
            self._one_each.search(text) and all((a.amount or 1) <= 1 for a in counted)
        )
        return joined(bind(text, dishes, counted), 2 if each else 1)

    def _wanted(self, text: str, dishes: list[Piece]) -> list[Piece]:
        """Without dishes that are refused (不要套餐), had enough of, or given up for another."""
        kept: list[Piece] = []
        for dish in dishes:
            if self._again(text, dish, kept):
                continue
            refuses = self._refused.search(text, 0, dish.start)
            refused = refuses or self._had.match(text, dish.end)
            mine = refuses and not self._theirs.search(text, 0, dish.start)
            if mine or self._gone.match(text, dish.end):
                kept = [piece for piece in kept if piece.name != dish.name]
            if refused or (
                kept
                and self._detail.match(
                    text[dish.start - 1 : dish.start] + "·" + text[dish.end : dish.end + 2]
                )
            ):
                continue
            if kept and self._swap.search(text[kept[-1].end : dish.start]):
                kept.pop()
            kept.append(dish)
        return kept

    def _again(self, text: str, dish: Piece, kept: list[Piece]) -> bool:
        """How a dish that was ordered shall be done (鸡蛋面一碗，面多煮会儿)."""
        words = text[dish.start : dish.end]
        named = any(
            words in (text[k.start : k.end], k.name) or k.name.endswith(words) or words[0] in k.name
            for k in kept
        )
        return named and bool(self._manner.match(text, dish.end))

    def _amounts(self, text: str) -> list[Piece]:
        found = []
        for match in self._amount.finditer(text):
            start, end = match.span()
            if self._too_many.match(text, end):  # 一份就够了，两份吃不完
                continue
            if match["vague"]:
                found.append(Piece("amount", start, end, vague=True))
            elif match["pair"]:
                found.append(Piece("amount", start, end, amount=number(match["pair"])))
            elif match["one"]:
                found.append(Piece("amount", match.start("m1"), end, amount=SAID_ONCE))
            else:
                value = number(match["n"])
                if value is not None and match["half"]:
                    value += 0.5
                weight = match["m"] in self._weights
                found.append(Piece("amount", start, end, "", None if weight else value, weight))
        return found

    def _named(self, text: str) -> list[Piece]:
        """Dishes of the list and composed names; the longer holds, the list before the other."""
        found = [
            Piece("dish", start, end, self._listed(name))
            for start, end, name in self._food.find(text)
        ]
        for hit in self._dishes.find(text):
            name = str(hit.payload)
            filled = self._prefix.search(text, 0, hit.start)
            start = hit.start
            if filled and not self._stop.search(filled["filling"]):
                name, start = filled["filling"] + name, filled.start()
            elif told := self._filled.match(text, hit.start):
                name = told["filling"] + name
            found.append(Piece("dish", start, hit.end, name))
        if found:
            rice = self._rice.finditer(text)
            found += [Piece("dish", *m.span(m.lastgroup or 0), "米饭") for m in rice]
        kept: list[Piece] = []
        for piece in sorted(found, key=lambda p: (p.start - p.end, p.start)):
            if all(piece.end <= other.start or piece.start >= other.end for other in kept):
                kept.append(piece)
        return self._carried(text, sorted(kept, key=lambda p: p.start))

    def _listed(self, name: str) -> str:
        """A composed name as the list has it, if it does."""
        for said in (name, _COLD + name if name.startswith(_TOSSED) else name):
            hits = self._dishes.find(said)
            if len(hits) == 1 and hits[0].length == len(said):
                return str(hits[0].payload)
        return name

    def _carried(self, text: str, dishes: list[Piece]) -> list[Piece]:
        """Two that are one: what it is filled or topped with, and what carries it (X盖饭)."""
        joined: list[Piece] = []
        for dish in dishes:
            before = joined[-1] if joined else None
            gap = text[before.end : dish.start] if before else "，"
            if before and gap in ("", "的", "馅", "馅的", "馅儿") and self._carries(before, dish):
                name = text[before.start : before.end] + text[dish.start : dish.end]
                joined[-1] = Piece("dish", before.start, dish.end, name)
            else:
                joined.append(dish)
        return joined

    def _carries(self, before: Piece, dish: Piece) -> bool:
        return bool(self._carrier.match(dish.name) and not self._staple.search(before.name))

    def _unnamed(self, text: str, amounts: list[Piece], dishes: list[Piece]) -> list[Piece]:
        """Unlisted dishes: the words right after an amount that has no dish beside it."""
        found = []
        for amount in amounts:
            if (short := self._short_before(text, amount)) is not None:
                found.append(short)
                continue
            if any(0 <= d.start - amount.end <= 1 for d in dishes):
                continue
            rest = text[amount.end :]
            stop = self._stop.search(rest)
            name = (rest[: stop.start()] if stop else rest).lstrip("的")
            start = amount.end + len(rest[: stop.start()] if stop else rest) - len(name)
            if name in self._short:
                found.append(Piece("dish", start, start + len(name), self._short[name]))
            elif self._nameable(name):
                found.append(Piece("dish", start, start + len(name), name))
            elif not name and (before := self._before(text, amount, dishes)):
                found.append(before)
        return found

    def _short_before(self, text: str, amount: Piece) -> Piece | None:
        """鱼一份，米饭两碗: a clause of a short name and its amount."""
        name = text[: amount.start].rpartition(PAUSE)[2]
        if name not in self._short or text[amount.end : amount.end + 1] not in ("", PAUSE):
            return None
        return Piece("dish", amount.start - len(name), amount.start, self._short[name])

    def _nameable(self, name: str) -> bool:
        return (
            2 <= len(name) <= 7
            and name not in self._not_dish
            and name not in self._generic
            and not name.endswith("的")
            and not self._never.match(name)
        )

    def _before(self, text: str, amount: Piece, dishes: list[Piece]) -> Piece | None:
        """An unlisted dish whose amount stands right after it (锅巴粥一碗)."""
        low = max([d.end for d in dishes if d.end <= amount.start], default=0)
        head = text[low : amount.start]
        cuts = [m.end() for m in self._stop.finditer(head)]
        name = head[cuts[-1] if cuts else 0 :]
        if name in self._short:
            return Piece("dish", amount.start - len(name), amount.start, self._short[name])
        at = amount.start - len(name)
        if not name and head.endswith(PAUSE):
            at, name = self._told_how(head[:-1], low)
        if self._nameable(name) and not self._remark.search(name):
            return Piece("dish", at, at + len(name), name)
        return None

    def _told_how(self, head: str, low: int) -> tuple[int, str]:
        """The dish of a clause that also tells how it shall be (水煮肉片不要太辣，一份)."""
        start = head.rfind(PAUSE) + 1
        clause = head[start:]
        how = self._how.search(clause)
        name = clause[: how.start()] if how else clause
        return low + start, "" if self._stop.search(name) else name

    def _meals(self, text: str, amounts: list[Piece]) -> list[dict[str, Any]]:
        """No dish was named: so many meals, if an amount of meals was."""
        people = self._people.search(text)
        if people:
            return [{"name": SET, "quantity": plain(number(people["n"]))}]
        for amount in amounts:
            rest = text[amount.end :].lstrip("的")
            named = next((g for g in self._generic if rest.startswith(g) and self._generic[g]), "")
            if (
                named
                or (amount.amount or 0) > 1
                or (amount.vague and not rest)
                or self._any.search(text)
            ):
                return [{"name": SET, "quantity": plain(amount.amount)}]
        return []

    def _corrected(self, text: str, amounts: list[Piece]) -> list[Piece]:
        """Without amounts that are taken back right after (四个，不，五个).

        One that names no dish of its own stands where the other stood.
        """
        kept = list(amounts)
        for at, (before, after) in enumerate(pairwise(amounts)):
            between, rest = text[before.end : after.start], text[after.end : after.end + 1]
            bare = between == PAUSE and rest in _ENDS
            bare = bare or (rest == "吧" and between.find(PAUSE) == len(between) - 1 > 0)
            if bare or self._takes_back(between, rest):
                if rest in _ENDS and between[:1] == PAUSE:
                    kept[at + 1] = replace(after, start=kept[at].start, end=kept[at].end)
                kept[at] = _GONE
        return [piece for piece in kept if piece is not _GONE]

    def _takes_back(self, between: str, rest: str) -> bool:
        """Whether the first of two amounts is taken back; its dish may stand between them."""
        behind = between[between.find(PAUSE) :] if PAUSE in between else ""
        same = rest in _ENDS and behind.count(PAUSE) > 1 and self._taken_back.fullmatch(behind)
        return bool(same or self._taken_back.fullmatch(between))

    def vague(self, text: str) -> str | None:
        """The words of a vague amount or a weight, for the note."""
        for amount in self._amounts(text):
            if amount.vague:
                return text[amount.start : amount.end]
        return None

    def short(self, text: str) -> list[dict[str, Any]]:
        """A dish by a name too short to be heard in longer words (鱼), said alone."""
        name = self._short.get(text)
        return [{"name": name, "quantity": 1}] if name else []

    def bare_amount(self, text: str) -> float | None:
        """The amount of an answer such as 两份 or 三个; None when there is none."""
        for amount in self._amounts(text):
            return amount.amount
        return number(text)
