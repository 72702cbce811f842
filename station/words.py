"""The Chinese words staff read about requests, from `assets/text/station.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from .dossier import Call
    from .requests import Request
    from .residents import Contact

WORDS = Path(__file__).resolve().parent.parent / "assets" / "text" / "station.yaml"


@cache
def words() -> Mapping[str, Any]:
    """All words, by group."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


def told_slots(slots: Mapping[str, Any]) -> str:
    """A request's slots as staff read them: `到哪里 人民医院，几个人 2`."""
    names = words()["slots"]
    return "，".join(f"{names.get(k, k)} {told_value(v)}" for k, v in slots.items())


def told_value(value: object) -> str:
    """A slot's value as staff read it."""
    if isinstance(value, Mapping):
        quantity = value.get("quantity")
        return f"{value.get('name', '')}{'' if quantity is None else f'×{quantity}'}"
    if isinstance(value, list):
        return "、".join(map(told_value, value))
    key = str(value).lower() if isinstance(value, bool) else str(value)
    return str(words()["values"].get(key, value))


def told_call(call: Call) -> str:
    """What became of a call with an elder."""
    said = words()["calls"]
    if call.kind == "missed":
        return f"{said['why'][call.outcome]}，{said['settled' if call.closed else 'waits']}"
    return str(said["outcomes"].get(call.outcome, call.outcome or said["waits"]))


def told_by(contact: Contact) -> str:
    """Who asked in an elder's place."""
    who = f"{contact.relation}{contact.name}"
    return str(words()["asked_by"]).format(who=who)


def told_note(request: Request) -> str:
    """A request's note, with what staff must not overlook in front of it."""
    said = words()
    parts = [said["kinds"].get(request.kind, ""), said["unfinished"] if request.unfinished else ""]
    return "；".join(part for part in [*parts, request.note] if part)
