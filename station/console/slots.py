"""Slots as form fields, and what was filled in as slots again."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final, Literal, TypeAlias

from station.requests import Slots
from station.words import words

from .mask import masked
from .words import told

Kind: TypeAlias = Literal["text", "date", "time", "count", "flag", "choice", "dishes", "shown"]
"""How a slot is filled in; `shown`: it cannot be, here."""

PREFIX: Final = "slot."
"""Before a slot's name in a form."""
_LONGEST: Final = 300
_MOST: Final = 99
_DISH: Final = re.compile(r"(?P<name>[^×xX*]+?)\s*(?:[×xX*]\s*(?P<quantity>\d{1,2}))?")


class WrongValue(ValueError):
    """What was filled in cannot be; says which field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One slot in a form."""

    name: str
    """As the form sends it."""
    label: str
    """As staff call it."""
    kind: Kind
    """How it is filled in."""
    value: str
    """What stands in it."""
    options: tuple[tuple[str, str], ...] = ()
    """Of a choice: value and words."""


def fields(intent: str, slots: Slots, *, hidden: bool) -> list[Field]:
    """Every slot of a service, those that it has now first as they stand.

    `hidden`: a value with somebody's number in it is shown, hidden, and not changed.
    """
    known = told()["services"].get(intent, ())
    return [_field(name, slots.get(name), hidden) for name in dict.fromkeys([*known, *slots])]


def _field(name: str, value: object, hidden: bool) -> Field:
    kind: Kind = told()["kinds"].get(name, "text")
    options = _options(name)
    if options:
        kind = "choice"
    written = _written(value, kind)
    if written is None:
        kind, written = "shown", str(value)
    if kind == "flag":
        options = tuple((key, words()["values"][key]) for key in ("true", "false"))
    if kind == "choice" and written and written not in dict(options):
        options = (*options, (written, written))  # what the engine learned after this page
    if hidden and kind != "date" and masked(written) != written:
        kind, written = "shown", masked(written)
    return Field(PREFIX + name, words()["slots"].get(name, name), kind, written, options)


def _options(name: str) -> tuple[tuple[str, str], ...]:
    listed = told()["choices"].get(name, ())
    return tuple((key, words()["values"].get(key, key)) for key in listed)


def _written(value: object, kind: Kind) -> str | None:
    """A slot as it stands in a field; None for what no field can hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str | int | float):
        return str(value)
    if kind == "dishes" and isinstance(value, list) and all(map(_is_dish, value)):
        return "、".join(
            f"{each['name']}×{each['quantity']}" if each.get("quantity") else str(each["name"])
            for each in value
        )
    return None


def _is_dish(value: object) -> bool:
    return isinstance(value, Mapping) and set(value) <= {"name", "quantity"} and "name" in value


def filled(intent: str, slots: Slots, form: Mapping[str, str], *, hidden: bool) -> dict[str, Any]:
    """What a form changes: slot → value, null where it was emptied. Raises WrongValue."""
    changed: dict[str, Any] = {}
    for field in fields(intent, slots, hidden=hidden):
        if field.kind == "shown" or field.name not in form:
            continue
        text = form[field.name].strip()
        if text != field.value:
            changed[field.name.removeprefix(PREFIX)] = _value(field, text)
    return changed


def _value(field: Field, text: str) -> object:
    if not text:
        return None
    try:
        return _read(field, text)
    except ValueError:
        wrong = told()["troubles"]["wrong"].format(name=field.label, value=text[:40])
        raise WrongValue(wrong) from None


def _read(field: Field, text: str) -> object:
    if len(text) > _LONGEST:
        raise ValueError("long")
    if field.kind == "date":
        return date.fromisoformat(text).isoformat()
    if field.kind == "time":
        return f"{time.fromisoformat(text):%H:%M}"
    if field.kind == "count":
        if not (text.isascii() and text.isdecimal() and 0 < int(text) <= _MOST):
            raise ValueError("no count")
        return int(text)
    if field.kind in {"flag", "choice"}:
        if text not in dict(field.options):
            raise ValueError("no choice")
        return text == "true" if field.kind == "flag" else text
    return _dishes(text) if field.kind == "dishes" else text


def _dishes(text: str) -> list[dict[str, Any]]:
    dishes: list[dict[str, Any]] = []
    for part in filter(None, (each.strip() for each in re.split(r"[、，,；;\n]", text))):
        found = _DISH.fullmatch(part)
        if found is None:
            raise ValueError(part)
        dish: dict[str, Any] = {"name": found["name"].strip()}
        if found["quantity"]:
            dish["quantity"] = int(found["quantity"])
        dishes.append(dish)
    if not dishes:
        raise ValueError(text)
    return dishes
