"""What is ordered: dishes with their amounts."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from intents.data import load
from intents.lists import WordList
from intents.number import number
from intents.template import DIGITS

_SAID_ONCE = 1
_FAR = 99
_HALF = re.compile("一?(?P<m>[^半]*)半")


@dataclass(frozen=True, slots=True)
class Piece:
    """A dish or an amount, where it stands."""

    kind: str
    """dish or amount."""
    start: int
    """Where it begins."""
    end: int
    """One past its last character."""
    name: str = ""
    """The dish."""
    amount: float | None = None
    """How many; None when vague or a weight."""
    vague: bool = False
    """两三个, 半斤: to be asked."""


class Items:
    """Reads orders; amounts and stops are in `rules/items.yaml`, dishes in `lists/dishes.yaml`."""

    def __init__(self, path: Path, dishes: WordList) -> None:
        data = load(path)
        self._dishes = dishes
        n = f"[{DIGITS}]"
        measures = str(data["measures"])
        self._amount = re.compile(
            rf"(?P<vague>{data['vague']})(?:{measures})|"
            rf"(?P<n>(?:[0-9]+|{n}{{1,3}}?))(?P<m>{measures})(?P<half>半)?(?!钱|人|天|月|点|楼|荤|素|单元|老|娃|大人|小时)|"
            rf"(?P<pair>[俩仨])(?!人|口)|"
            rf"(?P<one>{data['single']})(?P<m1>份|碗|盘|笼|杯|盒)"
        )
        self._weights = set(data["weights"])
        self._generic = {str(k): str(v) for k, v in data["generic"].items()}
        self._short = {str(k): str(v) for k, v in data["small_soup"].items()}
        self._people = re.compile(str(data["people"]).replace("N", n))
        self._any = re.compile(data["any"])
        self._stop = re.compile(str(data["stops"]).replace("N", n))
        self._taken_back = re.compile(data["taken_back"])
        self._not_dish = set(map(str, data["not_dish"]))
        self._prefix, self._suffix = re.compile(data["prefix"]), re.compile(data["suffix"])

    def find(self, text: str) -> list[dict[str, Any]]:
        """`[{name, quantity}]` in the order said; quantity None when vague or a weight."""
        amounts = self._amounts(text)
        dishes = self._named(text)
        amounts = [
            a for a in amounts if not any(d.start < a.end and a.start < d.end for d in dishes)
        ]
        dishes += self._unnamed(text, amounts, dishes)
        dishes.sort(key=lambda piece: piece.start)
        if not dishes:
            return self._meals(text, amounts)
        return _joined(_bind(dishes, self._corrected(text, amounts)))

    def _amounts(self, text: str) -> list[Piece]:
        found = []
        for match in self._amount.finditer(text):
            start, end = match.span()
            if match["vague"]:
                found.append(Piece("amount", start, end, vague=True))
            elif match["pair"]:
                found.append(Piece("amount", start, end, amount=number(match["pair"])))
            elif match["one"]:
                found.append(Piece("amount", match.start("m1"), end, amount=_SAID_ONCE))
            else:
                value = number(match["n"])
                if value is not None and match["half"]:
                    value += 0.5
                weight = match["m"] in self._weights
                found.append(Piece("amount", start, end, "", None if weight else value, weight))
        return found

    def _named(self, text: str) -> list[Piece]:
        found = []
        for hit in self._dishes.find(text):
            name = str(hit.payload)
            filled = self._prefix.search(text, 0, hit.start)
            start = hit.start
            if filled and not self._stop.search(filled["filling"]):
                name, start = filled["filling"] + name, filled.start()
            found.append(Piece("dish", start, hit.end, name))
        return found

    def _unnamed(self, text: str, amounts: list[Piece], dishes: list[Piece]) -> list[Piece]:
        """Unlisted dishes: the words right after an amount that has no dish beside it."""
        found = []
        for amount in amounts:
            if any(0 <= d.start - amount.end <= 1 for d in dishes):
                continue
            rest = text[amount.end :]
            stop = self._stop.search(rest)
            name = (rest[: stop.start()] if stop else rest).lstrip("的")
            start = amount.end + len(rest[: stop.start()] if stop else rest) - len(name)
            if name in self._short:
                found.append(Piece("dish", start, start + len(name), self._short[name]))
            elif 2 <= len(name) <= 7 and name not in self._not_dish and name not in self._generic:
                found.append(Piece("dish", start, start + len(name), name))
        return found

    def _meals(self, text: str, amounts: list[Piece]) -> list[dict[str, Any]]:
        """No dish was named: so many meals, if an amount of meals was."""
        people = self._people.search(text)
        if people:
            return [{"name": "套餐", "quantity": _plain(number(people["n"]))}]
        for amount in amounts:
            rest = text[amount.end :].lstrip("的")
            named = next((g for g in self._generic if rest.startswith(g) and self._generic[g]), "")
            if (
                named
                or (amount.amount or 0) > 1
                or (amount.vague and not rest)
                or self._any.search(text)
            ):
                return [{"name": "套餐", "quantity": _plain(amount.amount)}]
        return []

    def _corrected(self, text: str, amounts: list[Piece]) -> list[Piece]:
        """Without amounts that are taken back right after (四个，不，五个)."""
        kept = list(amounts)
        for before, after in pairwise(amounts):
            if self._taken_back.fullmatch(text[before.end : after.start]):
                kept.remove(before)
        return kept

    def vague(self, text: str) -> str | None:
        """The words of a vague amount or a weight, for the note."""
        for amount in self._amounts(text):
            if amount.vague:
                return text[amount.start : amount.end]
        return None

    def bare_amount(self, text: str) -> float | None:
        """The amount of an answer such as 两份 or 三个; None when there is none."""
        for amount in self._amounts(text):
            return amount.amount
        return number(text)


def _bind(dishes: list[Piece], amounts: list[Piece]) -> list[Piece]:
    """Give every dish the amount said for it."""
    order = sorted([*dishes, *amounts], key=lambda piece: piece.start)
    after = order[0].kind == "dish" and len(order) > 1 and order[1].kind == "amount"
    bound: dict[int, Piece] = {}
    for index, piece in enumerate(order):
        if piece.kind != "amount":
            continue
        left = next((d for d in reversed(order[:index]) if d.kind == "dish"), None)
        right = order[index + 1] if index + 1 < len(order) else None
        if right is not None and right.kind != "dish":
            right = None
        left_free = left is not None and left.start not in bound
        before = piece.start - left.end if left is not None and left_free else _FAR
        behind = right.start - piece.end if right is not None else _FAR
        take = left if before < behind or (before == behind and after) else right
        if take is None and left_free:
            take = left
        if take is not None and take.start not in bound:
            bound[take.start] = piece
    result = []
    for dish in dishes:
        amount = bound.get(dish.start)
        if amount is None:
            result.append(replace(dish, amount=_SAID_ONCE))
        else:
            result.append(replace(dish, amount=amount.amount, vague=amount.vague))
    return result


def _plain(value: float | None) -> float | int | None:
    return int(value) if value is not None and value == int(value) else value


def _joined(dishes: list[Piece]) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    for dish in dishes:
        same = next((item for item in items if item["name"] == dish.name), None)
        if same is None:
            items.append({"name": dish.name, "quantity": _plain(dish.amount)})
        elif dish.amount not in (None, _SAID_ONCE):
            same["quantity"] = _plain(dish.amount)
    return items
