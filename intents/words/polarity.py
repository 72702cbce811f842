"""Yes or no, with their dialect forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeAlias

from intents.words.data import load, strings

Answer: TypeAlias = Literal["yes", "no"]


def _chain(words: Sequence[str]) -> str:
    return "|".join(map(re.escape, sorted(set(words), key=lambda w: (-len(w), w))))


class Polarity:
    """Reads answers; the words are in `rules/polarity.yaml`."""

    def __init__(self, path: Path, fold: Callable[[str], str]) -> None:
        data = load(path)
        words = {
            key: [folded for word in strings(data[key], path, key) if (folded := fold(word))]
            for key in ("yes", "no", "glue", "questions", "no_first", "yes_first")
        }
        raw = {key: [str(w) for w in data[key]] for key in words}
        both = {key: words[key] + raw[key] for key in words}
        self._kind = dict.fromkeys([*both["glue"], "，"], "glue")
        self._kind |= dict.fromkeys(both["yes"], "yes") | dict.fromkeys(both["no"], "no")
        self._any = re.compile(_chain(list(self._kind)))
        self._question = re.compile(_chain(both["questions"]))
        # Atomic, so that the 你好 of a greeting is never read as 你 and 好.
        self._no_first = re.compile(
            rf"(?>{_chain(both['glue'])}|，)*?(?:{_chain(both['no_first'])})(?=，|是|$)"
        )
        self._yes_first = re.compile(
            rf"(?>{_chain(both['glue'])}|，)*?(?:{_chain(both['yes_first'])})(?=，|$)"
        )

    def __call__(self, text: str) -> Answer | None:
        """The answer of a whole utterance; None when it is none (a question, a request)."""
        if not text or self._question.search(text):
            return None
        return self.whole(text) or self.first(text)

    def whole(self, text: str) -> Answer | None:
        """The answer when the text holds nothing else."""
        at = 0
        votes: list[str] = []
        while at < len(text):
            match = self._any.match(text, at)
            if not match:
                return None
            kind = self._kind[match.group()]
            if kind != "glue":
                votes.append(kind)
            at = match.end()
        if not votes:
            return None
        return "no" if "no" in votes else "yes"

    def first(self, text: str) -> Answer | None:
        """The answer with which a longer text begins."""
        if self._no_first.match(text):
            return "no"
        if self._yes_first.match(text):
            return "yes"
        return None
