"""Which amount belongs to which dish of an order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

SET = "套餐"
"""What is served where no dish is named."""
SAID_ONCE = 1
"""The amount of a dish for which none was said."""
_FAR = 99
_MOST = 24
_NEAR = 1
_CLOSE = 6
_APART = 4


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


def bind(text: str, dishes: list[Piece], amounts: list[Piece]) -> list[Piece]:
    """Give every dish the amount said for it; the nearest first."""
    order = sorted([*dishes, *amounts], key=lambda piece: piece.start)
    after = order[0].kind == "dish" and len(order) > 1 and order[1].kind == "amount"
    lone = len(dishes) == 1 and len(amounts) == 1
    bound: dict[int, Piece] = {}
    for most in (_NEAR, _CLOSE, _FAR if lone else _MOST):
        for index, piece in enumerate(order):
            if piece.kind != "amount" or piece in bound.values():
                continue
            free = [each for each in order if each.start not in bound and each.kind == "dish"]
            dish = _beside(text, order, index, free, most=most, after=after)
            if dish is not None:
                bound[dish.start] = piece
    return [_counted(dish, bound.get(dish.start)) for dish in dishes]


def _beside(
    text: str, order: list[Piece], index: int, free: list[Piece], *, most: int, after: bool
) -> Piece | None:
    """The dish an amount belongs to: the nearer of its neighbours that have none yet.

    `most`: no dish that is farther; `after`: amounts are said after their dishes.
    """
    amount = order[index]
    left = next((each for each in reversed(order[:index]) if each.kind == "dish"), None)
    left = left if left in free else None
    right = order[index + 1] if index + 1 < len(order) and order[index + 1] in free else None
    before = _far(text, left.end, amount.start) if left else _FAR
    behind = _far(text, amount.end, right.start) if right else _FAR
    if min(before, behind) > most:
        return None
    return left if before < behind or (before == behind and after) else right or left


def _counted(dish: Piece, amount: Piece | None) -> Piece:
    if amount is None:
        return replace(dish, amount=SAID_ONCE)
    return replace(dish, amount=amount.amount, vague=amount.vague)


def _far(text: str, low: int, high: int) -> int:
    """How far apart an amount and a dish are; a pause and 给 set them further apart."""
    between = text[low:high]
    return min(_FAR, len(between) + _APART * between.count("，") + _APART * between.count("给"))


def plain(value: float | None) -> float | int | None:
    """2 for 2.0."""
    return int(value) if value is not None and value == int(value) else value


def joined(dishes: list[Piece], times: int) -> list[dict[str, Any]]:
    """Each dish once, as slots keep it; of two amounts of one dish the later holds."""
    items: list[dict[str, Any]] = []
    for dish in dishes:
        amount = dish.amount * times if dish.amount is not None else None
        same = next((item for item in items if item["name"] == dish.name), None)
        again = dish.amount == SAID_ONCE and not same and _named_shorter(dish.name, items)
        if again:
            continue  # 酸辣土豆丝……土豆丝莫放花椒
        if same is None:
            items.append({"name": dish.name, "quantity": plain(amount)})
        elif dish.amount not in (None, SAID_ONCE):
            same["quantity"] = plain(amount)
    return items


def _named_shorter(name: str, items: list[dict[str, Any]]) -> bool:
    """Whether a dish is one that was named in full before."""
    return len(name) > 2 and any(str(item["name"]).endswith(name) for item in items)
