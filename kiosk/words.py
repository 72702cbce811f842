"""The words of the screen, from `assets/text/kiosk.yaml`, and which picture goes with which."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

PATH: Final = Path(__file__).resolve().parent.parent / "assets" / "text" / "kiosk.yaml"


@cache
def words() -> Mapping[str, Any]:
    """All words, by group."""
    loaded: Mapping[str, Any] = yaml.safe_load(PATH.read_text("utf-8"))
    return loaded


def narrow(label: str) -> list[str]:
    """A fixed button's words in two lines, where they are broken well."""
    return list(words()["narrow"].get(label, [label]))


def icon_of(slot: str, value: object, label: str) -> str:
    """The picture of a choice: by its value, by words in its label, else its slot's own."""
    icons = words()["icons"]
    if slot == "contact" and (person := _in_label(label, "people")):
        return person
    if isinstance(value, str) and value in icons["services"] and slot in ("service", ""):
        return str(icons["services"][value])
    return _in_label(label, "labels") or str(icons["slots"].get(slot, ""))


def _in_label(label: str, group: str) -> str:
    """The picture of the longest word that stands in a label; empty where none does."""
    found = next((word for word in _longest_first(group) if word in label), "")
    return str(words()["icons"][group].get(found, ""))


@cache
def _longest_first(group: str) -> tuple[str, ...]:
    return tuple(sorted(words()["icons"][group], key=len, reverse=True))
