"""Services: what can be asked for, as their files say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from intents.errors import DataError
from intents.words.data import Macros, load, strings
from intents.words.lists import WordList
from intents.words.matcher import Matcher

Grade: TypeAlias = Literal["asks", "hints", "topics", "against", "about"]
GRADES: tuple[Grade, ...] = ("asks", "hints", "topics", "against", "about")
_KEYS = {
    "intent", "title", "priority", "slots", "meta", "control", "lists", "examples", "talk",
    *GRADES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What a service wants to know."""

    name: str
    """The slot's name."""
    type: str
    """Which reader finds it in a text."""
    need: str | bool = False
    """True when it must be known; a word for a rule the conversation knows."""
    default: str | None = None
    """Where its value comes from when nothing was said."""


@dataclass(frozen=True, slots=True)
class Service:
    """One thing that can be asked for."""

    intent: str
    """The intent's name."""
    title: str
    """What it is called on screens."""
    priority: str = "ordinary"
    """ordinary, prompt, urgent or emergency."""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    """What it wants to know, in the order of asking."""
    meta: bool = False
    """About another request: status, cancel, change."""
    control: bool = False
    """About the talk itself: repeat, louder, yes …"""


@dataclass(frozen=True, slots=True)
class Cue:
    """A wording that speaks for (or against) an intent."""

    intent: str
    """Which."""
    grade: Grade
    """asks: a request in itself; hints: nearly; topics: its field; about: names it."""
    source: str
    """The template or list it came from, for explanations."""


def _service(data: dict[str, Any], path: Path) -> Service:
    for name in data:
        if name not in _KEYS:
            line = getattr(name, "line", 1)
            raise DataError(path, line, f"unknown key {name!r}", f"one of {sorted(_KEYS)}")
    if "intent" not in data:
        raise DataError(path, 1, "no `intent`", "name the intent")
    slots = {}
    for name, spec in (data.get("slots") or {}).items():
        if not isinstance(spec, dict) or "type" not in spec:
            line = getattr(name, "line", 1)
            raise DataError(path, line, f"slot {name!r} has no type", "write {type: …}")
        slots[str(name)] = Slot(
            str(name), str(spec["type"]), spec.get("need", False), spec.get("default")
        )
    return Service(
        intent=str(data["intent"]),
        title=str(data.get("title", data["intent"])),
        priority=str(data.get("priority", "ordinary")),
        slots=slots,
        meta=bool(data.get("meta", False)),
        control=bool(data.get("control", False)),
    )


def load_examples(folder: Path) -> list[tuple[str, str]]:
    """Every example of the service files, with its intent."""
    found: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.yaml")):
        data = load(path)
        texts = strings(data.get("examples") or [], path, "examples")
        found.extend((str(text), str(data["intent"])) for text in texts)
    return found


def load_services(
    folder: Path, macros: Macros, lists: Mapping[str, WordList], cues: Matcher[Cue]
) -> Mapping[str, Service]:
    """Every service file of a folder; its wordings are filed in `cues`."""
    services: dict[str, Service] = {}
    for path in sorted(folder.glob("*.yaml")):
        data = load(path)
        service = _service(data, path)
        if service.intent in services:
            raise DataError(path, 1, f"intent {service.intent!r} exists already", "rename it")
        services[service.intent] = service
        for grade in GRADES:
            for source in strings(data.get(grade) or [], path, grade):
                cues.add(macros.parse(source, path), Cue(service.intent, grade, str(source)))
            for name in (data.get("lists") or {}).get(grade, ()):
                if name not in lists:
                    line = getattr(name, "line", 1)
                    raise DataError(path, line, f"no list {name!r}", "add it under lists/")
                for node, value in lists[name].matcher.entries():
                    cues.add(node, Cue(service.intent, grade, f"{{{name}: {value}}}"))
    return services
