"""Beside hassil: the sentence matcher of Home Assistant with its own Chinese sentences, in one run.

hassil is asked what it was made for (commands for lamps and the like, drawn from its own zh-CN
sentences) and what elders say; Linli is asked what elders say. The two know different domains, so
what can be compared is time, and what one misheard syllable does to each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any, TypeAlias
from zlib import crc32

import yaml

from intents.engine import Engine
from intents.words.pinyin import sound, syllable

from .intents import NOW, utterances
from .row import Row

_MOST = 400
_EACH = 40
_FOLDER = Path(__file__).parents[2] / "tests" / "data"

Recognise: TypeAlias = Callable[[str], str]


def run(quick: bool) -> list[Row]:
    """Time and tolerance of both, on the same machine in the same run."""
    texts = [row["text"] for row in utterances("development")]
    clean = {row["text"]: row for row in utterances("development") if row["asr"]}
    started = perf_counter()
    hassil = _hassil()
    start = perf_counter() - started
    started = perf_counter()
    engine = Engine.load()
    own = perf_counter() - started
    commands = list(islice(_commands(), _MOST // (4 if quick else 1)))
    rows = [
        Row("start, hassil with zh-CN", round(start, 2), "s"),
        Row("start, Linli", round(own, 2), "s", "≤ 1.5", own <= 1.5),
    ]
    for what, recognise, said in (
        ("hassil, its own commands", hassil, [text for text, _ in commands]),
        ("hassil, what elders say", hassil, texts),
        ("Linli, what elders say", lambda t: engine.understand(t, NOW).first.name, texts),
    ):
        rows += _times(what, recognise, said)
    heard = [(_misheard(text), intent) for text, intent in commands]
    rows.append(_right("hassil, its own commands, as written", hassil, commands))
    rows.append(_right("hassil, its own commands, a syllable misheard", hassil, heard))
    asr = [(row["asr"], row["intent"]) for row in clean.values()]
    rows.append(
        _right(
            "Linli, what elders say, misheard", lambda t: engine.understand(t, NOW).first.name, asr
        )
    )
    return rows


def _hassil() -> Recognise:
    """Hassil as its own documentation uses it; the intent's name, empty for none."""
    from hassil import Intents, TextSlotList, recognize_best
    from home_assistant_intents import get_intents

    intents = Intents.from_dict(get_intents("zh-CN") or {})
    names = _words()["names"].items()
    lists: dict[str, Any] = {n: TextSlotList.from_strings(w, name=n) for n, w in names}

    def recognise(text: str) -> str:
        found = recognize_best(text, intents, slot_lists=lists)
        return found.intent.name if found else ""

    recognise("")
    return recognise


def _commands() -> Iterable[tuple[str, str]]:
    """Sentences drawn from hassil's grammar, at most so many an intent, with their intents."""
    from hassil import Intents, TextSlotList
    from hassil.sample import sample_intents
    from home_assistant_intents import get_intents

    intents = Intents.from_dict(get_intents("zh-CN") or {})
    names = _words()["names"].items()
    lists: dict[str, Any] = {n: TextSlotList.from_strings(w, name=n) for n, w in names}
    drawn = sample_intents(intents, lists, max_sentences_per_intent=_EACH, language="zh-CN")
    found = [(text, name) for name, text in drawn if len(text) > 2]
    return sorted(found, key=lambda told: crc32(told[0].encode()))


@cache
def _words() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_FOLDER / "peers.yaml").read_text("utf-8"))
    return found


def _misheard(text: str) -> str:
    """One character written as another that sounds alike in some accent."""
    start = crc32(text.encode())
    for at in ((start + step) % len(text) for step in range(len(text))):
        for other in str(_words()["alike"]):
            if other != text[at] and _alike(other, text[at]):
                return text[:at] + other + text[at + 1 :]
    return text


def _alike(one: str, other: str) -> bool:
    return syllable(other) != other and sound(one) == sound(other)


def _times(what: str, recognise: Recognise, texts: Sequence[str]) -> list[Row]:
    taken = []
    for text in texts:
        started = perf_counter()
        recognise(text)
        taken.append(1000 * (perf_counter() - started))
    taken.sort()
    return [
        Row(f"{what}, {name}", round(taken[int(len(taken) * at)], 2), "ms", n=len(taken))
        for name, at in (("median", 0.5), ("95th percentile", 0.95))
    ]


def _right(what: str, recognise: Recognise, said: Sequence[tuple[str, str]]) -> Row:
    right = sum(recognise(text) == intent for text, intent in said)
    return Row(f"right intent: {what}", round(100 * right / max(1, len(said)), 1), "%", n=len(said))
