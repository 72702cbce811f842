"""Every sentence Linli speaks, with its variants; no sentence lives in code.

A prompt is an id with several ways of saying it, kept in `prompts/*.yaml` and
in the services' dialogue files. A way of saying it may hold `{fields}` and
`[optional parts]`, which are dropped when one of their fields is empty.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from intents import HOME
from intents.errors import DataError

from .dialogue import load_dialogues
from .spoken import load_words, load_yaml

HERE = HOME / "prompts"
"""The prompt files; `words.yaml` beside them holds words, not sentences."""

_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
_SPOKEN = re.compile(r"[\u4e00-\u9fff]+")
_SENTENCE = re.compile(r"[^。？！]+[。？！]?[”」]?")


@dataclass(frozen=True, slots=True)
class SpokenText:
    """Something the prompt pack should hold, so that nobody waits for it to be synthesised."""

    text: str
    """What is said."""
    kind: Literal["sentence", "fragment", "word"]
    """A whole fixed sentence, what stands between two fields, or a word that fills a field."""


def fill(template: str, fields: Mapping[str, str]) -> str:
    """Put the fields in; an optional part with an empty field is left out."""

    def optional(match: re.Match[str]) -> str:
        names = _FIELD.findall(match[1])
        return match[1] if all(fields.get(name) for name in names) else ""

    return _FIELD.sub(lambda m: fields.get(m[1], ""), _OPTIONAL.sub(optional, template))


def complete(template: str, fields: Mapping[str, str]) -> bool:
    """Whether every field outside the optional parts has a value."""
    return all(fields.get(name) for name in _FIELD.findall(_OPTIONAL.sub("", template)))


def sentences(text: str) -> tuple[str, ...]:
    """Cut at the end of each sentence; the mark stays with it."""
    return tuple(part.strip() for part in _SENTENCE.findall(text) if part.strip())


class Prompts:
    """All prompts, by id."""

    def __init__(self, variants: Mapping[str, tuple[str, ...]]) -> None:
        self._variants = variants

    def __contains__(self, prompt: object) -> bool:
        return prompt in self._variants

    def __iter__(self) -> Iterator[str]:
        return iter(self._variants)

    def variants(self, prompt: str) -> tuple[str, ...]:
        """The ways of saying a prompt, as templates."""
        return self._variants[prompt]

    def pick(
        self,
        prompt: str,
        turn: int,
        fields: Mapping[str, str] | None = None,
        avoid: Collection[str] = (),
    ) -> tuple[str, ...]:
        """The sentences of one variant: the `turn`-th, or the next that repeats no `avoid`."""
        ways = self._variants[prompt]
        said = [sentences(fill(way, fields or {})) for way in ways]
        for ahead in range(len(said)):
            choice = said[(turn + ahead) % len(said)]
            if not set(choice) & set(avoid):
                return choice
        for ahead in range(len(said)):
            choice = said[(turn + ahead) % len(said)]
            if choice[-1] not in avoid:
                return choice
        return said[turn % len(said)]


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, ways in load_yaml(path).items():
        if isinstance(ways, dict):
            found |= {f"{name}.{key}": tuple(said) for key, said in ways.items()}
        elif isinstance(ways, list) and all(isinstance(way, str) for way in ways):
            found[name] = tuple(ways)
        else:
            raise DataError(path, 0, f"{name} must be a list of sentences", "put quotes around")
    return found


@cache
def load_prompts(directory: Path = HERE) -> Prompts:
    """All prompts of the files and of the services; read once."""
    found: dict[str, tuple[str, ...]] = {}
    for path in sorted(directory.glob("*.yaml")):
        if path.name != "words.yaml":
            found |= _read(path)
    for dialogue in load_dialogues().values():
        found |= dialogue.prompts
    return Prompts(found)


def templates() -> Iterator[str]:
    """Every template that is spoken: prompts, read-backs, names of bookings."""
    prompts = load_prompts()
    for prompt in prompts:
        yield from prompts.variants(prompt)
    for dialogue in load_dialogues().values():
        yield from dialogue.reads_back
        for cases in dialogue.reads_back_by.values():
            for said in cases.values():
                yield from said
        yield dialogue.thing


def _fragments(sentence: str) -> Iterator[str]:
    for piece in re.split(r"\{\w+\}|[\[\]]", sentence):
        bare = piece.strip("，。？！：、")
        if bare:
            yield bare


def _texts() -> Iterator[SpokenText]:
    for template in templates():
        for sentence in sentences(template):
            if "{" not in sentence and "[" not in sentence:
                yield SpokenText(sentence, "sentence")
            else:
                yield from (SpokenText(piece, "fragment") for piece in _fragments(sentence))
    yield from (SpokenText(word, "word") for word in _slot_words())


def _leaves(data: Any) -> Iterator[str]:
    if isinstance(data, dict):
        for value in data.values():
            yield from _leaves(value)
    elif isinstance(data, list):
        for value in data:
            yield from _leaves(value)
    elif isinstance(data, str) and _SPOKEN.fullmatch(data):
        yield data


def _numbers() -> Iterator[str]:
    words = load_words()
    data = words.data
    for n in range(1, 100):
        yield words.number(n)
    for n in range(1, 32):
        yield data["day"].format(n=words.number(n))
    for n in range(1, 13):
        yield data["month"].format(n=words.number(n))
    for hour in range(1, 25):
        for minute in range(0, 60, 5):
            yield words.clock(f"{hour % 24:02d}:{minute:02d}")
    for measure in (data["measure"], *data["measures"]):
        for amount in (0.5, 1, 1.5, 2, 3, 4, 5, 6):
            yield words.quantity(amount, measure)


def _slot_words() -> Iterator[str]:
    yield from _leaves(load_words().data)
    yield from _numbers()
    for dialogue in load_dialogues().values():
        yield dialogue.name
        yield from dialogue.bring
        for slot in dialogue.slots.values():
            for choice in slot.choices:
                yield choice.label
                yield from _leaves(choice.value)


def spoken_texts(more_words: Iterable[str] = ()) -> Iterable[SpokenText]:
    """What the prompt pack renders ahead: each text once, sentences first.

    `more_words` are further slot words, such as an engine's vocabulary of dishes.
    """
    order = ("sentence", "fragment", "word")
    seen: dict[str, SpokenText] = {}
    extra = (SpokenText(word, "word") for word in more_words)
    for found in sorted([*_texts(), *extra], key=lambda spoken: order.index(spoken.kind)):
        seen.setdefault(found.text, found)
    return tuple(seen.values())
