"""What a service needs to be told, and how it is talked through.

The block `talk` of `services/<intent>.yaml` holds the slots in the order they are asked,
their defaults and choices, what is read back, promised and brought along. A service without
it (yes, louder …) is no request that can be taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from intents import HOME
from intents.errors import DataError
from intents.types import Choice

from .spoken import load_yaml

HERE = HOME / "services"
"""The service files."""

_FLAGS = (
    "need",
    "soft",
    "free",
    "keys",
    "default",
    "default_when_any",
    "as_said",
    "otherwise_when",
)
_SLOT_KEYS = frozenset(
    (
        *_FLAGS,
        "when",
        "unless",
        "asks",
        "again",
        "choices",
        "heard_as",
        "fallback",
        "unknown",
        "otherwise",
    )
)
_TOLD = 3
"""Characters from which on a way of saying a choice is recognised inside other words."""
_NEEDED = ("intent", "name", "thing", "fulfilled_by", "slots", "reads_back", "promises")
_MAY = (
    "priority",
    "urgent",
    "notices",
    "reads_back_by",
    "early",
    "inherits",
    "promises_by",
    "bring",
    "helpers",
)


@dataclass(frozen=True, slots=True)
class SlotTalk:
    """How one slot is talked about."""

    name: str
    """The slot."""
    need: bool = False
    """Must be known before filing."""
    soft: bool = False
    """Asked at most twice; without an answer the fallback stands, or it stays open."""
    free: bool = False
    """Any answer is taken as it is when none of the choices is recognised."""
    default: str = ""
    """The rule that fills it without asking; empty for none."""
    default_when_any: str = ""
    """The rule that fills it when the elder does not mind."""
    fallback: Any = None
    """The value when a soft question stays unanswered."""
    unknown: Any = None
    """The value when the elder does not know."""
    otherwise: Any = None
    """The value for words nobody knows, which go into the note; after a second such answer."""
    otherwise_when: str = ""
    """The move of talk (`ailing`) that makes any words such an answer at once."""
    as_said: bool = False
    """After a second answer nobody knows, the elder's own words are the value."""
    choices: tuple[Choice, ...] = ()
    """What can be touched, the most wanted first."""
    keys: bool = False
    """The question names its choices in order: telephone keys mean them."""
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Only while these slots have one of these values."""
    unless: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Not while these slots have one of these values; `any` stands for whatever value."""

    def applies(self, slots: Mapping[str, Any]) -> bool:
        """Whether this slot matters, given the others."""
        if any(slots.get(name) not in values for name, values in self.when.items()):
            return False
        for name, values in self.unless.items():
            value = slots.get(name)
            if value is not None and ("any" in values or value in values):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Dialogue:
    """How one service is talked about; its sentences are prompts `<intent>.…`."""

    intent: str
    """The service."""
    name: str
    """What it is called in a question: 叫车."""
    thing: str
    """Template for one booking of it."""
    fulfilled_by: str
    """Who does it."""
    slots: Mapping[str, SlotTalk]
    """In the order they are asked."""
    reads_back: tuple[str, ...]
    """Statement templates, the question comes after them."""
    reads_back_by: Mapping[str, Mapping[Any, tuple[str, ...]]] = field(default_factory=dict)
    """Slot → value → statements used instead."""
    promises_by: tuple[tuple[str, Any], ...] = ()
    """Values of a slot, or of `channel` (kiosk, phone), that have promises of their own."""
    priority: str = "ordinary"
    """ordinary or urgent."""
    urgent: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    """Slot values that make it urgent."""
    notices: tuple[str, ...] = ()
    """Which facts of the station are checked before reading back."""
    early: str = ""
    """What is added when no clock time was said."""
    helpers: tuple[str, ...] = ()
    """Which sorts of helpers the station asks for it, the likeliest first."""
    inherits: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The service before it → my slot → its slot whose value I take over."""
    bring: tuple[str, ...] = ()
    """What the elder brings along."""
    prompts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Prompt id → ways of saying it."""

    @property
    def main(self) -> str:
        """The slot without which it is nothing (destination, items); empty where there is none."""
        return next((slot.name for slot in self.slots.values() if slot.need), "")

    def statements(self, slots: Mapping[str, Any]) -> tuple[str, ...]:
        """The read-back's statement templates for these values."""
        for name, cases in self.reads_back_by.items():
            if slots.get(name) in cases:
                return cases[slots[name]]
        return self.reads_back

    def told(self, text: str, asked: str | None = None) -> dict[str, Any]:
        """The closed choices that are said somewhere in a text, in one of their ways."""
        return {
            slot.name: choice.value
            for slot in self.slots.values()
            if slot.keys or slot.name == asked
            for choice in slot.choices
            if any(way in text for way in choice.heard_as if len(way) >= _TOLD)
        }

    def named(self, text: str) -> dict[str, Any]:
        """The slot whose choice is said by its very name."""
        return {
            slot.name: choice.value
            for slot in self.slots.values()
            if slot.free or slot.keys
            for choice in slot.choices
            if text == choice.label
        }

    def promise(self, slots: Mapping[str, Any]) -> str:
        """The id of the promise for these values."""
        for name, value in self.promises_by:
            if slots.get(name) == value:
                return f"{self.intent}.promise.{value}"
        return f"{self.intent}.promise"

    def priority_of(self, slots: Mapping[str, Any]) -> str:
        """How soon staff must look."""
        urgent = any(slots.get(name) in values for name, values in self.urgent.items())
        return "urgent" if urgent else self.priority


def _values(data: Mapping[str, Any] | None) -> dict[str, tuple[Any, ...]]:
    return {k: tuple(v) if isinstance(v, list) else (v,) for k, v in (data or {}).items()}


def _slot(path: Path, name: str, data: Mapping[str, Any] | None) -> SlotTalk:
    data = data or {}
    unknown = set(data) - _SLOT_KEYS
    if unknown:
        raise DataError(path, 0, f"slot {name}: unknown key {sorted(unknown)[0]}", "correct it")
    if data.get("need") and not data.get("asks"):
        raise DataError(path, 0, f"slot {name} is needed but has no asks", "add a question")
    plain = {k: data[k] for k in _FLAGS if k in data}
    ways = data.get("heard_as", {})
    choices = tuple(
        Choice(value, label, tuple(ways.get(label, ())))
        for label, value in data.get("choices", {}).items()
    )
    return SlotTalk(
        name,
        **plain,
        fallback=data.get("fallback"),
        unknown=data.get("unknown"),
        otherwise=data.get("otherwise"),
        choices=choices,
        when=_values(data.get("when")),
        unless=_values(data.get("unless")),
    )


def _prompts(data: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    intent = data["intent"]
    found = {f"{intent}.promise": tuple(data["promises"])}
    for cases in data.get("promises_by", {}).values():
        found |= {f"{intent}.promise.{value}": tuple(said) for value, said in cases.items()}
    for name, slot in data["slots"].items():
        for key in ("asks", "again"):
            if slot and key in slot:
                found[f"{intent}.{name}.{key}"] = tuple(slot[key])
    return found


def read(path: Path) -> Dialogue | None:
    """How one service is talked through, None for one that is not.

    Raises `DataError` naming the file and what is wrong.
    """
    whole = load_yaml(path)
    if "talk" not in whole:
        return None
    data = {"intent": whole.get("intent"), **(whole["talk"] or {})}
    unknown = set(data) - {*_NEEDED, *_MAY}
    if unknown:
        raise DataError(path, 0, f"unknown key {sorted(unknown)[0]}", "correct or remove it")
    for key in _NEEDED:
        if key not in data:
            raise DataError(path, 0, f"{key} is missing", "add it")
    cases = data.get("promises_by", {}).items()
    return Dialogue(
        intent=data["intent"],
        name=data["name"],
        thing=data["thing"],
        fulfilled_by=data["fulfilled_by"],
        slots={name: _slot(path, name, slot) for name, slot in data["slots"].items()},
        reads_back=tuple(data["reads_back"]),
        reads_back_by={
            slot: {value: tuple(said) for value, said in by.items()}
            for slot, by in data.get("reads_back_by", {}).items()
        },
        promises_by=tuple((slot, value) for slot, by in cases for value in by),
        priority=data.get("priority", "ordinary"),
        urgent=_values(data.get("urgent")),
        notices=tuple(data.get("notices", ())),
        early=data.get("early", ""),
        inherits=data.get("inherits", {}),
        bring=tuple(data.get("bring", ())),
        helpers=tuple(data.get("helpers", ())),
        prompts=_prompts(data),
    )


@cache
def load_dialogues(directory: Path = HERE) -> Mapping[str, Dialogue]:
    """Every service's dialogue, by intent; read once."""
    found = [dialogue for path in sorted(directory.glob("*.yaml")) if (dialogue := read(path))]
    if not found:
        raise DataError(directory, 0, "holds no service that is talked through", "restore them")
    return {dialogue.intent: dialogue for dialogue in found}
