"""Checks every spoken sentence: short, plain, never only one way, the question last."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from intents import HOME

from .prompts import Prompts, load_prompts, sentences, templates
from .spoken import load_words, load_yaml

LONGEST = 20
"""Characters of a sentence, without names and numbers."""
MOST = 2
"""Sentences of a prompt."""
_WAYS = 2
"""Wordings of a prompt, at least."""

_RULES = HOME / "rules" / "plain_words.yaml"
_HAN = re.compile(r"[\u4e00-\u9fff]")
_FIELD = re.compile(r"\{\w+\}")
_FOREIGN = re.compile(r"[0-9A-Za-z]")


@cache
def _rules() -> dict[str, list[str]]:
    return {kind: list(words) for kind, words in load_yaml(_RULES).items()}


def length(sentence: str) -> int:
    """Characters, without fields, numbers and marks."""
    data = load_words().data
    numbers = {*data["digits"], data["two"], data["hundred"], data["thousand"]}
    return sum(1 for c in _HAN.findall(_FIELD.sub("", sentence)) if c not in numbers)


def check(prompts: Prompts | None = None) -> list[str]:
    """Every problem, as `prompt or sentence: what; what to do`; empty when all is well."""
    chosen = prompts or load_prompts()
    said = templates() if prompts is None else (w for p in chosen for w in chosen.variants(p))
    return [*_prompts(chosen), *(p for template in sorted(set(said)) for p in _template(template))]


def _prompts(prompts: Prompts) -> Iterator[str]:
    for prompt in prompts:
        ways = prompts.variants(prompt)
        if len(set(ways)) < _WAYS:
            yield f"{prompt}: only one way of saying it; add another"
        for way in ways:
            said = sentences(way)
            if not 1 <= len(said) <= MOST:
                yield f"{prompt}: {len(said)} sentences in {way!r}; say at most {MOST}"
            if any(sentence.endswith("？") for sentence in said[:-1]):
                yield f"{prompt}: the question is not last in {way!r}; move it"


def _template(template: str) -> Iterator[str]:
    for sentence in sentences(template):
        if length(sentence) > LONGEST:
            yield f"{sentence!r}: {length(sentence)} characters; at most {LONGEST}"
    for kind, words in _rules().items():
        for word in words:
            if word in template:
                yield f"{template!r}: {word} ({kind}); say it otherwise"
    if _FOREIGN.search(_FIELD.sub("", template)):
        yield f"{template!r}: digits or letters; write them as they are spoken"
