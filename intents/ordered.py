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
    """Give every dish the amount said for it."""
    order = sorted([*dishes, *amounts], key=lambda piece: piece.start)
    after = order[0].kind == "dish" and len(order) > 1 and order[1].kind == "amount"
    bound: dict[int, Piece] = {}
    lone = len(dishes) == 1 and len(amounts) == 1
    for near in (True, False):
        for index, piece in enumerate(order):
            if piece.kind != "amount" or piece in bound.values():
                continue
            left = next((d for d in reversed(order[:index]) if d.kind == "dish"), None)
            right = order[index + 1] if index + 1 < len(order) else None
            if right is not None and (right.kind != "dish" or right.start in bound):
                right = None
            left_free = left is not None and left.start not in bound
            before = _far(text, left.end, piece.start) if left is not None and left_free else _FAR
            behind = _far(text, piece.end, right.start) if right is not None else _FAR
            if min(before, behind) > (_NEAR if near else _FAR if lone else _MOST):
                continue
            take = left if before < behind or (before == behind and after) else right
            if take is None and left_free:
                take = left
            if take is not None and take.start not in bound:
                bound[take.start] = piece
    result = []
    for dish in dishes:
        amount = bound.get(dish.start)
        if amount is None:
            result.append(replace(dish, amount=SAID_ONCE))
        else:
            result.append(replace(dish, amount=amount.amount, vague=amount.vague))
    return result


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
        if same is None:
            items.append({"name": dish.name, "quantity": plain(amount)})
        elif dish.amount not in (None, SAID_ONCE):
            same["quantity"] = plain(amount)
    return items
