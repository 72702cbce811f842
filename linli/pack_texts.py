"""What the prompt pack must be able to say: collected from the data of the house.

Sentences and the fragments between fields come from the prompts, words from
the prompts' word tables, from the lists of dishes, departments, drugs and the
like, and from `assets/pack/extra.yaml`. A word that two others say together
(上午 + 八点) is left to be put together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import yaml

from intents.conversation.prompts import fill, sentences, spoken_texts, templates
from voices.pack import MARKS, bare

from .paths import ASSETS, SOURCE

EXTRA = ASSETS / "pack" / "extra.yaml"
"""Words that stand in no other data file, samples for the fields, and what is composed."""

LISTS = SOURCE / "intents" / "lists"
"""Dishes, departments, drugs, services, matters, activities, kin."""

_TABLES = ("samples", "carriers")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something the pack must be able to say."""

    text: str
    """What is said, with its marks."""
    kind: Literal["sentence", "fragment", "word"]
    """A whole sentence, what stands between two fields, or a word that fills a field."""
    carrier: str = ""
    """A sentence to cut a fragment from, with pauses around it; for a word only where
    it came out badly among others."""


def extra() -> dict[str, Any]:
    """`extra.yaml` as it stands: words by group, samples, carriers."""
    return dict(yaml.safe_load(EXTRA.read_text(encoding="utf-8")))


def samples(which: int = 0) -> dict[str, str]:
    """A value for every field of the prompts; there are three sets, 0 to 2."""
    return {name: str(values[which]) for name, values in extra()["samples"].items()}


def words() -> list[str]:
    """The words of `extra.yaml`."""
    groups = extra()
    return [str(w) for name, group in groups.items() if name not in _TABLES for w in group]


def _listed(directory: Path) -> Iterator[str]:
    """The canonical words of every list the elder may be answered with."""
    for path in sorted(directory.glob("*.yaml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        yield from map(str, data.get("values") or ())


def _screen() -> Iterator[Wanted]:
    """What the screen says besides what a conversation says."""
    said = yaml.safe_load((ASSETS / "text" / "kiosk.yaml").read_text(encoding="utf-8"))["said"]
    yield from (Wanted(str(text), "sentence") for text in said.values() if "{" not in text)


def _line() -> Iterator[Wanted]:
    """What the telephone line says besides what a conversation says."""
    text = yaml.safe_load((ASSETS / "text" / "phone.yaml").read_text(encoding="utf-8"))
    help_ = yaml.safe_load((ASSETS / "text" / "emergency.yaml").read_text(encoding="utf-8"))
    lists = [
        *text["notices"].values(),
        *(text["family"][name] for name in ("cannot", "nobody")),
        help_["told"],
    ]
    told = [sentence for each in (*lists, *help_["rescue"].values()) for sentence in each]
    single = (*text["said"].values(), *help_["said"].values(), text["promised"])
    for said in (*single, *told):
        for sentence in sentences(str(said)):
            if "{" in sentence:
                yield from _cut(sentence, samples())
            else:
                yield Wanted(sentence, "sentence")


def _fragments() -> Iterator[Wanted]:
    filling = samples()
    for template in templates():
        for sentence in sentences(template):
            if "{" not in sentence and "[" not in sentence:
                continue
            yield from _cut(re.sub(r"[\[\]]", "", sentence), filling)


def _cut(template: str, filling: dict[str, str]) -> Iterator[Wanted]:
    """The fragments of a template, each with a carrier that has a pause at every field."""
    parts = re.split(r"(\{\w+\})", template)
    spoken = [filling.get(p[1:-1], filling["other"]) if _FIELD.fullmatch(p) else p for p in parts]
    filled = [part.strip(MARKS) for part in spoken]
    end = template[-1] if template[-1] in "。？！" else "。"
    carrier = "，".join(part for part in filled if part) + end
    for part in parts:
        if not _FIELD.fullmatch(part) and bare(part):
            yield Wanted(bare(part), "fragment", carrier)


def _composed(word: str, others: set[str]) -> bool:
    """Whether a time of day falls into a part of the day and a clock time."""
    head, clock = word[:2], word[2:]
    hour, _, minutes = clock.partition("点")
    if head not in others or "点" not in clock or f"{hour}点" not in others:
        return False
    return minutes in ("", "半") or minutes in others


def wanted() -> list[Wanted]:
    """Everything, each text once, in order of importance: sentences, fragments, words."""
    texts = list(spoken_texts((*words(), *_listed(LISTS))))
    found = [Wanted(t.text, "sentence") for t in texts if t.kind == "sentence"]
    found += _screen()
    found += _line()
    found += _fragments()
    others = {bare(t.text) for t in texts if t.kind == "word"}
    single = (t.text for t in texts if t.kind == "word" and not _composed(t.text, others))
    carriers = extra()["carriers"] or {}
    found += (Wanted(bare(word), "word", carriers.get(bare(word), "")) for word in single)
    return list(_once(found))


def filled(which: int) -> list[str]:
    """Every sentence with fields, filled with one set of samples: what is put together."""
    filling = samples(which)
    found = (
        sentence
        for template in templates()
        for sentence in sentences(fill(template, filling))
        if "{" in template
    )
    return list(dict.fromkeys(found))


def _once(found: Iterable[Wanted]) -> Iterator[Wanted]:
    seen: set[tuple[str, bool]] = set()
    for item in found:
        key = item.text if item.kind == "sentence" else bare(item.text), item.kind == "sentence"
        said_already = (bare(item.text), True) in seen
        if _HANZI.search(item.text) and key not in seen and not said_already:
            seen.add(key)
            seen.add((bare(item.text), item.kind == "sentence"))
            yield item
